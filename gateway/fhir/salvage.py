"""What may be shown of a resource that is not valid: failing elements are set aside where the rest is safe.

The fact is held as a whole when what fails decides what the fact says or whom it is about: an element in HELD or a
name that resembles one (`statuss`), a required or modifier element of the resource, a rule of the whole resource.
Deeper down, what contains a failing required or modifier element goes with it. A fault in a resource inside another
(contained, entry of a Bundle) holds the outer one.
"""

import copy
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, NamedTuple

from gateway.errors import Issue, Severity
from gateway.fhir.elements import ELEMENTS, Element
from gateway.fhir.findings import Findings, Place, steps
from gateway.fhir.primitives import PRIMITIVES
from gateway.fhir.walk import examine

# Elements (choices by their stem) whose failure holds the fact: what it says, whom it is about, whether and when.
HELD = {
    "*": "resourceType id implicitRules modifierExtension contained status clinicalStatus verificationStatus intent "
         "doNotPerform code subject patient",
    "AllergyIntolerance": "type category criticality reaction",
    "CarePlan": "activity period",
    "Composition": "section type",
    "Condition": "abatement bodySite onset severity stage",
    "Consent": "provision scope",
    "Device": "type",
    "DeviceUseStatement": "device",
    "DiagnosticReport": "conclusion conclusionCode effective result",
    "DocumentReference": "content type",
    "Encounter": "class period",
    "FamilyMemberHistory": "condition deceased relationship",
    "Goal": "description lifecycleStatus target",
    "Immunization": "doseQuantity occurrence protocolApplied vaccineCode",
    "Medication": "amount form ingredient",
    "MedicationAdministration": "dosage effective medication",
    "MedicationDispense": "dosageInstruction medication quantity",
    "MedicationRequest": "authoredOn dosageInstruction medication",
    "MedicationStatement": "dosage effective medication",
    "Observation": "bodySite component dataAbsentReason effective interpretation value",
    "Patient": "active birthDate deceased gender identifier link multipleBirth name",
    "Person": "birthDate gender identifier link name",
    "Procedure": "bodySite outcome performed",
    "Provenance": "agent recorded target",
    "RelatedPerson": "birthDate gender identifier name relationship",
    "ServiceRequest": "bodySite occurrence",
    "Specimen": "collection type",
}
_ROUNDS = 12
_ALIKE = 0.8
Json = dict[str, Any]


def salvage(resource: Json) -> tuple[Json | None, list[Issue]]:
    """(what may be kept, issues). What is kept is valid; it is the resource given where nothing fails.

    None: hold the whole fact; the issues are errors then. Else each is a warning and tells what was set aside.
    The resource given is not changed.
    """
    found = examine(resource)
    issues, kept = list(found.issues), resource
    for _ in range(_ROUNDS):
        if not found.issues:
            return kept, [set_aside(issue) for issue in issues]
        if any(place[0] is None for place in found.places):
            break
        kept = copy.deepcopy(resource) if kept is resource else kept
        if not take_out(kept, found):
            break
        found = examine(kept)
        issues += [issue for issue in found.issues if issue.code != "fhir-required"]  # follows from what was taken out
    return None, issues


def set_aside(issue: Issue) -> Issue:
    said = f"{issue.message}; what fails was set aside, the rest is kept"
    return replace(issue, severity=Severity.warning, message=said)


class Cut(NamedTuple):
    """One element (`member` None) or one member of it, with the extensions beside it, under its JSON names."""

    owner: Json
    keys: tuple[str, ...]
    member: int | None = None

    def remove(self) -> None:
        for key in self.keys:
            if self.member is None:
                self.owner.pop(key, None)
            elif isinstance(self.owner.get(key), list) and self.member < len(self.owner[key]):
                del self.owner[key][self.member]


def take_out(resource: Json, found: Findings) -> bool:
    """Remove what fails from a resource. False, and nothing removed, when the fact is to be held."""
    cuts = {}
    for place in found.places:
        found_cut = cut(resource, place)
        if found_cut is None:
            return False
        cuts[id(found_cut.owner), found_cut.keys, found_cut.member] = found_cut
    for one in sorted(cuts.values(), key=lambda c: -1 if c.member is None else c.member, reverse=True):
        one.remove()
    prune(resource)
    return True


def prune(owner: Json) -> None:
    """Take out what got empty; in an array of extensions beside values null holds the place."""
    for name, value in list(owner.items()):
        if isinstance(value, dict):
            prune(value)
        elif isinstance(value, list):
            for member in value:
                if isinstance(member, dict):
                    prune(member)
            value[:] = [m or None for m in value] if name.startswith("_") else [m for m in value if m != {}]
        if value in ({}, []) or (name.startswith("_") and isinstance(value, list) and not any(value)):
            del owner[name]


def cut(resource: Json, place: Place) -> Cut | None:
    """The smallest element around a fault that may go; None when the fact is to be held."""
    group, path = resource.get("resourceType"), steps(place)[1:]
    if group not in ELEMENTS.resources or not path or is_held(group, path[0]):
        return None
    smallest: Cut | None = None
    value: Any = resource
    for depth, step in enumerate(path):
        if isinstance(step, int) and smallest:
            smallest = Cut(smallest.owner, smallest.keys, step)
            value = value[step] if step < len(value) else None
            continue
        name = step.name if isinstance(step, Element) else step
        element = (ELEMENTS.children(group) or {}).get(name)
        keys = present(value, name, group) if isinstance(value, dict) else ()
        if element and element.type == "Resource":
            return None
        if not keys or (element and element.modifier):
            break
        smallest = Cut(value, keys)
        value = value[keys[-1] if shadowed(element, path, depth) else keys[0]]
        group = element.type if element else ""
    return smallest


def shadowed(element: Element | None, path: list[Any], depth: int) -> bool:
    """True when a path leads on below a primitive, into its id and extensions."""
    primitive = element is not None and element.type in PRIMITIVES
    return primitive and any(not isinstance(step, int) for step in path[depth + 1:])


def present(owner: Json, name: str, group: str) -> tuple[str, ...]:
    """JSON names under which an element stands: its value, its extensions, every type of a choice given by its stem."""
    names = {name} | {e.name for e in (ELEMENTS.children(group) or {}).values() if e.choice_of == name}
    return tuple(sorted((key for key in owner if key.removeprefix("_") in names or key == name), reverse=True))


def is_held(type: str, step: Any) -> bool:
    """True when a fault in this element of a resource holds the fact."""
    held = {*HELD["*"].split(), *HELD.get(type, "").split()}
    elements = (ELEMENTS.children(type) or {}).values()
    stem = str(step.choice_of if isinstance(step, Element) else step)
    if any(stem in (e.name, e.choice_of) for e in elements):
        return stem in held
    return bool(get_close_matches(stem, held | {e.name for e in elements if e.modifier or e.min}, 1, _ALIKE))
