"""What a reader may not do whoever it is about: known before anybody is looked for, so it tells nothing of anybody."""

from dataclasses import replace

from gateway.disclose.transfer import Asked
from gateway.policy.decide import decide
from gateway.policy.request import Request
from gateway.policy.scopes import granted


def turned_away(request: Request, type: str = "", letter: str = "r") -> str:
    """Why this reader may not read resources of a type (any, when none is named), "" when it may.

    letter  interaction of SMART 2: r(ead) or s(earch)
    An empty list would say that there are none, so a search without the right to one is refused (POL-07).
    """
    decision = decide(request, request.patient)
    if not decision.permit:
        return f"Not permitted: {'; '.join(decision.rules)}."
    scopes = granted(request.scopes, letter, bool(request.patient))
    if type and not (decision.scope.allows(type) and scopes.allows(type)):
        return f"Not permitted: no scope grants {'searching' if letter == 's' else 'reading'} {type}."
    return ""


def narrowed(asked: Asked) -> Asked:
    """The same reader, who reads the Patient alone: nothing else of a record is opened, or told to the log as shown.

    Only for who may search for people: it grants both letters.
    """
    scopes = tuple(f"{c}/Patient.rs" for c in sorted(granted(asked.request.scopes).contexts))
    return replace(asked, request=replace(asked.request, scopes=scopes))
