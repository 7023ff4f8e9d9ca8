"""When a fact was said, by the element in which its type says so; never by when it came here."""

from gateway.merge.body import obj, text
from gateway.merge.times import OLDEST, Instant, order
from gateway.model import Fact

# Type → elements in order of preference. A Period counts by its end, else its start.
ASSERTED = {
    "Observation": ("issued", "effectiveDateTime", "effectiveInstant", "effectivePeriod"),
    "DiagnosticReport": ("issued", "effectiveDateTime", "effectivePeriod"),
    "Condition": ("recordedDate",),
    "AllergyIntolerance": ("recordedDate",),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("dateAsserted",),
    "Immunization": ("recorded",),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "Encounter": ("period",),
}


def stated(fact: Fact, otherwise: Instant) -> Instant:
    """The asserted time of a fact: its type's own element, else the time of its version; none is the oldest."""
    for element in ASSERTED.get(fact.type, ()):
        period = obj(fact.resource, element)
        at = order(text(period, "end") or text(period, "start") or text(fact.resource, element))
        if at != OLDEST:
            return at
    return otherwise
