"""When care happened: which resources belong to a range of days (`Patient/$everything`, parameters `start` and `end`).

Those are dates of care, not of recording (R4, Patient-everything). A resource is in the range where the time of what it
tells meets it. A problem, allergy or medicine lasts from its start until an end is told or its status says that it is
over; so what goes on today is in every range behind its start. What has no date of care is in every range: left out,
it would look as if it were not there.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.errors import UsageError, error
from gateway.fhir.search import bounds, is_date, period, select

# type → where its times stand: the first of the groups that holds one counts. A `*` reads all that begins so.
_TIMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "AdverseEvent": (("date",),), "Appointment": (("start", "end"),), "CarePlan": (("period",),),
    "CareTeam": (("period",),), "Claim": (("billablePeriod",),), "ClinicalImpression": (("effective*",), ("date",)),
    "Communication": (("sent", "received"),), "Composition": (("event.period",), ("date",)), "Coverage": (("period",),),
    "DeviceUseStatement": (("timing*",), ("recordedOn",)), "DiagnosticReport": (("effective*",), ("issued",)),
    "DocumentReference": (("context.period",), ("date",)), "Encounter": (("period",),), "EpisodeOfCare": (("period",),),
    "ExplanationOfBenefit": (("billablePeriod",),), "Flag": (("period",),),
    "ImagingStudy": (("started",),), "Immunization": (("occurrence*",),), "Media": (("created*",), ("issued",)),
    "MedicationAdministration": (("effective*",),), "MedicationDispense": (("whenHandedOver", "whenPrepared"),),
    "MedicationRequest": (("authoredOn", "dispenseRequest.validityPeriod",
                           "dosageInstruction.timing.repeat.boundsPeriod"),),
    "MedicationStatement": (("effective*",),), "Observation": (("effective*",), ("issued",)),
    "Procedure": (("performed*",),), "QuestionnaireResponse": (("authored",),), "RiskAssessment": (("occurrence*",),),
    "ServiceRequest": (("occurrence*",), ("authoredOn",)), "Specimen": (("collection.collected*",), ("receivedTime",)),
}
# What lasts: type → where it starts, where its end stands. The other types happen, and are over.
_ABATED = "http://hl7.org/fhir/StructureDefinition/allergyintolerance-abatement"
_MEDICINE_ENDS = ("effectivePeriod.end", "dispenseRequest.validityPeriod.end",
                  "dosageInstruction.timing.repeat.boundsPeriod.end")
_LASTING: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "AllergyIntolerance": (("onset*",), (_ABATED,)), "Condition": (("onset*",), ("abatement*",)),
    "Goal": (("startDate",), ()),
    "MedicationRequest": (_TIMES["MedicationRequest"][0], _MEDICINE_ENDS),
    "MedicationStatement": (_TIMES["MedicationStatement"][0], _MEDICINE_ENDS),
}
_OVER = frozenset(("completed", "stopped", "cancelled", "not-taken", "entered-in-error", "draft"))
_TIME = re.compile(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
FIRST, LAST = "0000", "9999-12-31T23:59:59"


def days(start: str, end: str) -> tuple[str, str]:
    """The range that `start` and `end` name ("" is open), as comparable text; partial dates count whole.

    Raises UsageError for what is no date, and where the end lies before the start.
    """
    for name, value in (("start", start), ("end", end)):
        if value and not (_DAY.fullmatch(value) and is_date(value)):
            raise UsageError(error("search-value", f"{value[:40]!r} is no date.", name, "Write 2026-01-31 or 2026-01."))
    low, high = period(start)[0] if start else FIRST, period(end)[1] if end else LAST
    if low > high:
        raise UsageError(error("search-value", "The end lies before the start.", "end", "Exchange the two dates."))
    return low, high


def during(resource: Mapping[str, Any], range: tuple[str, str]) -> bool:
    """Does what a resource tells meet a range of days? What has no date of care always does."""
    when = interval(resource)
    return when is None or (when[0] <= range[1] and range[0] <= when[1])


def interval(resource: Mapping[str, Any]) -> tuple[str, str] | None:
    """First and last second of what a resource tells, as comparable text; None where it has no date of care.

    Days are those of the place where it happened, as a search takes them.
    """
    type = resource["resourceType"]
    if type in _LASTING:
        starts, ends = (_told(resource, names) for names in _LASTING[type])
        over = ends or resource.get("status") in _OVER
        if not (starts or ends):
            return None
        return min((a for a, _ in starts), default=FIRST), max(b for _, b in starts + ends) if over else LAST
    found = next((f for names in _TIMES.get(type, ()) if (f := _told(resource, names))), ())
    return (min(a for a, _ in found), max(b for _, b in found)) if found else None


def _told(resource: Mapping[str, Any], names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [b for name in names for value in _times(select(resource, name)) if (b := bounds(value))]


def _times(values: Iterator[Any]) -> Iterator[Any]:
    """Dates and periods; words, ages and schedules tell no day."""
    return (v for v in values if isinstance(v, Mapping) or (isinstance(v, str) and _TIME.fullmatch(v)))
