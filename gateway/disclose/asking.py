"""What is said of a person to a source that is asked about them: numbers that it may know, logged before they leave."""

from dataclasses import replace

from gateway.config import Source
from gateway.disclose.pages import issuers
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import Views
from gateway.jsontext import canonical
from gateway.model import Identifier
from gateway.opened import Gate


def numbers(gate: Gate, asked: Asked, person: str, source: Source) -> list[Identifier]:
    """The identifiers by which a source is asked about a person, none when nothing may be said of the person to it.

    The source is the reader: a consent that hides something from its organisation hides the numbers, too. A number that
    another source alone gives out is not told, for it would tell that the person is known there.
    """
    reader = replace(asked.request, purpose="TREAT", role="asked", organisation=source.organisation or source.name,
                     country=source.country, care=False, scopes=("system/Patient.rs",))
    with gate.store.read() as tx:
        view = Views(gate).get(tx, reader, person)
    patient = view.resource(f"Patient/{view.patient}") if view.decision.permit and view.patient else None
    told = [Identifier(i.get("system", ""), i["value"]) for i in (patient or {}).get("identifier", ())
            if i.get("value") and _common(gate, i.get("system", ""), source)]
    body = canonical([[i.system, i.value] for i in told])
    hand_over(gate, Asked(reader, "ask", asked.text), Answer(200, body), [view], "done" if told else "empty")
    return told


def _common(gate: Gate, system: str, source: Source) -> bool:
    return issuers(gate).get(system) in (None, source.organisation or source.name)
