"""Step 1b: what a later complete listing of the same source and scope omits is no longer listed since then."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gateway.merge.body import obj, of_contact, text
from gateway.merge.said import Listing
from gateway.merge.times import Instant
from gateway.merge.versions import Entry, Key, Times

# Well-known section names → resource types; a scope may also be a type, a section's LOINC code, or
# `Patient/<id>/<section>`.
SECTIONS = {
    "allergies": ("AllergyIntolerance",),
    "medications": ("MedicationStatement", "MedicationRequest"),
    "problems": ("Condition",),
    "immunizations": ("Immunization",),
    "results": ("Observation", "DiagnosticReport"),
    "vitals": ("Observation",),
    "procedures": ("Procedure",),
    "encounters": ("Encounter",),
    "documents": ("DocumentReference",),
    "devices": ("Device", "DeviceUseStatement"),
    "plans": ("CarePlan",),
    "goals": ("Goal",),
    "coverage": ("Coverage",),
    "family history": ("FamilyMemberHistory",),
}
_SAME = {"allergy": "allergies", "allergyintolerances": "allergies", "medication": "medications",
         "medicines": "medications", "medication list": "medications", "meds": "medications", "drugs": "medications",
         "problem": "problems",
         "problem list": "problems", "conditions": "problems", "diagnoses": "problems", "immunization": "immunizations",
         "immunisations": "immunizations", "vaccinations": "immunizations", "vaccines": "immunizations",
         "result": "results", "labs": "results", "laboratory": "results", "observations": "results",
         "current medications": "medications", "active medications": "medications", "active problems": "problems",
         "48765-2": "allergies", "10160-0": "medications", "11450-4": "problems", "11369-6": "immunizations",
         "30954-2": "results", "8716-3": "vitals", "47519-4": "procedures", "46240-8": "encounters",
         "46264-8": "devices", "18776-5": "plans", "61146-7": "goals", "48768-6": "coverage",
         "10157-6": "family history", "vital signs": "vitals", "procedure": "procedures", "encounter": "encounters",
         "visits": "encounters", "journey": "encounters", "document": "documents"}


# What a list that omits it takes off the current ones.
_LEAVE = frozenset({"Condition", "MedicationStatement", "MedicationRequest"})
_Scopes = Mapping[str, list[Listing]]
_Speaks = Callable[[Entry, str, str, _Scopes], bool]


class Unlisted(NamedTuple):
    """Since which listing a key is no longer listed: its time as it was written."""

    at: Instant
    since: str


def unlisted(entries: Iterable[Entry], listings: Iterable[Listing], times: Times) -> dict[Key, Unlisted]:
    """Keys that their own source no longer lists; not those asserted after the listing, or listed again."""
    return _omitted(entries, listings, times, _belongs)


def elsewhere(entries: Iterable[Entry], listings: Iterable[Listing], times: Times) -> dict[Key, Unlisted]:
    """Keys that a later list of their source omits which is under another number of the person: they may be over.

    They may as well not be: a house that registered somebody twice has two lists that both hold.
    """
    return _omitted(entries, listings, times, _of_another)


def _omitted(entries: Iterable[Entry], listings: Iterable[Listing], times: Times,
             speaks: _Speaks) -> dict[Key, Unlisted]:
    by_source: dict[str, dict[str, list[Listing]]] = {}
    for listing in listings:
        by_source.setdefault(listing.source, {}).setdefault(listing.scope, []).append(listing)
    found = {}
    for entry in entries:
        scopes = by_source.get(entry.key[0])
        gone = _unlisted(entry, scopes, times, speaks) if scopes and entry.head else None
        if gone:
            found[entry.key] = gone
    return found


def _unlisted(entry: Entry, scopes: _Scopes, times: Times, speaks: _Speaks) -> Unlisted | None:
    reference = f"{entry.key[1]}/{entry.key[2]}"
    holding = [li.at for listings in scopes.values() for li in listings if reference in li.keys]
    present = max([*holding, *(times[f.id].last for f in entry.alive)])
    later = [(li.at, li.when) for scope, listings in scopes.items() for li in listings
             if li.at > present and speaks(entry, reference, scope, scopes)]
    return Unlisted(*min(later)) if later else None


def _belongs(entry: Entry, reference: str, scope: str, scopes: _Scopes) -> bool:
    """Is the fact of the section that the scope names, or did any listing of the scope ever hold its key?

    The diagnosis of a contact is of no list of problems; a list of all that its source has of the type holds it.
    """
    if any(reference in li.keys for li in scopes[scope]):
        return True
    return _of_section(entry, scope) and _of_patient(entry, scope)


def _of_another(entry: Entry, reference: str, scope: str, scopes: _Scopes) -> bool:
    """Is it of the section, or did a list of this name (of one custodian) under its own number ever hold its key?"""
    if entry.key[1] not in _LEAVE or _of_patient(entry, scope):
        return False
    name = scope.rpartition("/")[2]
    return _of_section(entry, scope) or any(
        reference in li.keys for other, lists in scopes.items() if other.rpartition("/")[2] == name for li in lists)


def _of_section(entry: Entry, scope: str) -> bool:
    apart = entry.key[1] == "Condition" and entry.head is not None and of_contact(entry.head.resource)
    return entry.key[1] in types_of(scope) and not (apart and not scope.endswith("Condition"))


def types_of(scope: str) -> tuple[str, ...]:
    """The resource types that a scope speaks of; none when its name says nothing to us."""
    name = scope.rstrip("/").replace("|", "/").rpartition("/")[2]
    folded = " ".join(name.casefold().replace("_", " ").split())
    spoken = folded.replace("-", " ")
    known = SECTIONS.get(_SAME.get(folded, folded)) or SECTIONS.get(_SAME.get(spoken, spoken))
    return known or (name,)


def _of_patient(entry: Entry, scope: str) -> bool:
    """A scope `Patient/<id>/<section>` speaks of that source patient's facts only."""
    parts = scope.split("/")
    if len(parts) < 3 or parts[-3] != "Patient" or entry.head is None:
        return True
    body = entry.head.resource
    subject = text(obj(body, "subject") or obj(body, "patient"), "reference")
    return not subject or subject.rpartition("/")[2] == parts[-2]
