"""Sections of a record and what each source said about them (faces 1.1), as pure functions of plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Section → resource types; the order is the order on every page.
SECTIONS: dict[str, tuple[str, ...]] = {
    "allergies": ("AllergyIntolerance",),
    "medications": ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"),
    "problems": ("Condition",),
    "results": ("Observation", "DiagnosticReport"),
    "immunizations": ("Immunization",),
    "procedures": ("Procedure",),
    "journey": ("Encounter",),
    "documents": ("DocumentReference", "Media"),
}
SECTION_OF = {type: name for name, types in SECTIONS.items() for type in types}

# Codes that assert an absence: SNOMED CT, and the IPS absent-unknown codes. None of them is a row of its section.
ABSENT = {
    "716186003": "No known allergies", "160244002": "No known allergies", "409137002": "No known drug allergies",
    "429625007": "No known food allergies", "428607008": "No known environmental allergies",
    "428197003": "No known insect allergies", "1003774007": "No known latex allergy",
    "160245001": "No current problems", "no-known-allergies": "No known allergies",
    "no-known-medication-allergies": "No known drug allergies", "no-known-food-allergies": "No known food allergies",
    "no-known-environmental-allergies": "No known environmental allergies",
    "no-known-medications": "No known medications", "no-known-problems": "No known problems",
}

# States in which a source has not told what it may hold.
MISSING = ("pending", "no_answer", "stale", "not_asked", "unreadable")


@dataclass(frozen=True, slots=True)
class SourceSaid:
    """What is known of one source when a record is shown.

    answered    FHIR instant of its last good answer, or None
    failing     why its last try failed, or ""
    late        True when the last answer is older than its promised rhythm
    sends       sections that it normally sends; empty: not stated, so any
    on_demand   True when it is asked about one person at a time, and tells nothing by itself
    trial       True when it is being tried out: nobody counts on its answers yet
    unreadable  section → how many of this person's items could not be read
    """

    name: str
    organisation: str = ""
    country: str = ""
    answered: str | None = None
    failing: str = ""
    since: str = ""
    late: bool = False
    asked: bool = True
    sends: tuple[str, ...] = ()
    unreadable: Mapping[str, int] = field(default_factory=dict)
    on_demand: bool = False
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One section as it stands: `state` is the gravest thing to know, `sources` maps each source to its state."""

    name: str
    state: str
    rows: tuple[Mapping[str, Any], ...]
    absent: tuple[Mapping[str, Any], ...]
    sources: Mapping[str, str]

    def json(self) -> dict[str, Any]:
        return {"state": self.state, "sources": dict(self.sources)}


def absence(resource: Mapping[str, Any]) -> str:
    """The words of an asserted absence ("No known drug allergies"), or "" for anything else."""
    codings = (resource.get("code") or resource.get("medicationCodeableConcept") or {}).get("coding", ())
    words = next((ABSENT[c["code"]] for c in codings if c.get("code") in ABSENT), "")
    return "" if _codes(resource, "verificationStatus") & {"refuted", "entered-in-error"} else words


def live(resource: Mapping[str, Any]) -> bool:
    """Is it a positive statement that holds: not refuted, not done, not cancelled?"""
    dead = {"refuted", "entered-in-error", "not-done", "not-taken", "cancelled"}
    return not (dead & ({resource.get("status", "")} | _codes(resource, "verificationStatus")))


def _codes(resource: Mapping[str, Any], element: str) -> set[str]:
    value = resource.get(element)
    return {c.get("code", "") for c in value.get("coding", ())} if isinstance(value, Mapping) else set()


def section(name: str, resources: Sequence[Mapping[str, Any]], said_by: Mapping[str, Iterable[str]],
            sources: Sequence[SourceSaid]) -> Section:
    """One section of a record.

    resources  merged resources of the person; said_by: "Type/id" → names of the sources whose facts stand behind it
    """
    mine = [r for r in resources if SECTION_OF.get(r["resourceType"]) == name]
    absent = tuple(r for r in mine if absence(r))
    rows = tuple(r for r in mine if not absence(r))
    with_rows = {s for r in rows for s in said_by.get(_ref(r), ())}
    with_none = {s for r in absent for s in said_by.get(_ref(r), ())}
    states = {s.name: _state(s, name, s.name in with_rows, s.name in with_none) for s in sources}
    return Section(name, _gravest(states.values()), rows, absent, states)


def _ref(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _state(source: SourceSaid, section: str, has_rows: bool, has_none: bool) -> str:
    if source.unreadable.get(section):
        return "unreadable"
    if source.trial:
        return "data" if has_rows else "asserted_none" if has_none else "unsupported"
    if source.sends and section not in source.sends:
        return "data" if has_rows else "unsupported"
    if not source.asked:
        return "not_asked"
    if source.failing:
        return "no_answer"
    if source.late:
        return "stale"
    if has_rows:
        return "data"
    if has_none:
        return "asserted_none"
    return "empty" if source.answered else "pending"


_GRAVITY = ("unreadable", "no_answer", "stale", "pending", "not_asked", "data", "asserted_none", "empty", "unsupported")


def _gravest(states: Iterable[str]) -> str:
    return min(states, key=_GRAVITY.index, default="empty")
