"""Policy's answer to one request about one person: deny by default, a table of rules, consents on top.

A decision is a set of cells (consent.Cell); nothing here reads a clock or a store.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.ids import digest
from gateway.policy import request as pou
from gateway.policy.consent import Cell, Deny, denies
from gateway.policy.request import Request
from gateway.policy.scopes import Granted, granted

RESTRICTED = frozenset({"R", "V"})
# Sections that the house needs in every view: who the person is, and the directory entries that facts refer to.
DIRECTORY = frozenset({"Organization", "Practitioner", "PractitionerRole", "Location", "HealthcareService", "Endpoint",
                       "Medication"})


@dataclass(frozen=True)
class Decision:
    """permit or deny, the rules that gave it, what is owed in return, and which facts stay visible."""

    permit: bool
    rules: tuple[str, ...]
    obligations: tuple[str, ...] = ()
    scope: Granted = field(default_factory=lambda: Granted(frozenset(), frozenset()))
    denied: tuple[Deny, ...] = ()

    def shows(self, cell: Cell, reference: str) -> bool:
        """Is a fact of this cell, named `source/Type/id`, visible?"""
        return (self.permit and (self.scope.allows(cell.type) or cell.type in DIRECTORY)
                and not any(d.hides(cell, reference) for d in self.denied))

    def uses(self, cell: Cell, reference: str) -> bool:
        """May a fact of this cell be merged? A Patient beyond the scopes is: what is shown names whom it is about."""
        return self.shows(cell, reference) or (cell.type == "Patient" and replace(
            self, scope=replace(self.scope, types=None)).shows(cell, reference))

    @property
    def name(self) -> str:
        """Names the decision class: requests with equal names see the same of a person."""
        return digest([self.permit, sorted(self.scope.types) if self.scope.types is not None else "*",
                       sorted(str(d) for d in self.denied)])[:16]


def _patient_reads_own(r: Request, person: str) -> bool:
    return r.purpose in pou.PATIENT and bool(person) and r.patient == person


# Rule → when it permits. The first that holds permits; none: denied.
PERMITS: tuple[tuple[str, Callable[[Request, str], bool]], ...] = (
    ("treatment", lambda r, p: r.purpose in pou.TREATMENT and r.patient in ("", p)),
    ("emergency", lambda r, p: r.purpose in pou.EMERGENCY and r.patient in ("", p)),
    ("patient reads own record", _patient_reads_own),
    ("operations", lambda r, p: r.purpose in pou.OPERATIONS and r.patient in ("", p)),
)


def decide(request: Request, person: str = "", consents: Iterable[tuple[str, Mapping[str, Any]]] = ()) -> Decision:
    """The decision for one person (its merged Patient id), given that person's consents as (source, Consent)."""
    scope = granted(request.scopes, patient=bool(request.patient))
    if not scope.contexts:
        return Decision(False, ("no scope grants reading",))
    if scope.contexts == {"patient"} and not request.patient:
        return Decision(False, ("the token names no patient",))
    if scope.contexts == {"patient"} and request.patient != person:
        return Decision(False, ("the token is bound to another patient",))
    if request.purpose not in pou.PURPOSES:
        return Decision(False, (f"no rule permits the purpose {request.purpose!r}" if request.purpose
                                else "no purpose of use was stated",))
    rule = next((name for name, holds in PERMITS if holds(request, person)), "")
    if not rule:
        return Decision(False, (f"no rule permits {request.purpose} to this reader",))
    denied = [] if rule == "patient reads own record" else _taken_away(request, consents)
    rules = (f"permit: {rule}", *sorted({f"deny: {d.rule}" for d in denied}))
    return Decision(True, rules, _obligations(request), scope, tuple(denied))


def _taken_away(request: Request, consents: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Deny]:
    """Emergency access goes past consents and labels, is logged as such, and the patient is told."""
    if request.purpose in pou.EMERGENCY:
        return []
    labels = [] if request.care else [Deny("restricted label", labels=RESTRICTED)]
    return [*labels, *denies(consents, request)]


def _obligations(request: Request) -> tuple[str, ...]:
    return ("log", "tell-patient", "review-within-72h") if request.purpose in pou.EMERGENCY else ("log",)
