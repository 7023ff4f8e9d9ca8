"""Structural validation of FHIR R4 4.0.1 resources: base rules of the specification, no profiles, no terminology
servers (requirement: an issue for every defect, with the FHIRPath of the element).

`validate` is the whole check. A resource that the JSON Schema of schema.py accepts is right in every detail that
a schema can say, and only its invariants are looked at; every other one is walked, which explains what is wrong.
"""

from typing import Any

from gateway.errors import Issue, Severity
from gateway.fhir.findings import Findings, Place, TooMany, fhirpath, root
from gateway.fhir.walk import resource_check

Resource = dict[str, Any]
_MANY = "the resource has more faults than are listed"
_DEEP = "the resource is nested too deeply to be checked"


def validate(resource: Any, path: str | None = None) -> list[Issue]:
    """Every fault of a resource as an Issue; empty when it is valid R4 4.0.1.

    `path` is the FHIRPath of the resource in what contains it; without it the resource type starts every `where`.
    Resources in `contained`, Bundle entries and Parameters are checked too. Never raises, for any JSON value.
    """
    return examine(resource, path).issues


def examine(resource: Any, path: str | None = None) -> Findings:
    """As `validate`, with the places of the issues, as salvage needs them."""
    type = resource.get("resourceType") if isinstance(resource, dict) else None
    start: Place = root(path or (type if isinstance(type, str) and type.isidentifier() else "Resource"))
    found = Findings()
    try:
        resource_check(resource, start, found)
    except TooMany:
        found.issues.append(Issue("fhir-many", Severity.error, _MANY, fhirpath(start)))
        found.places.append(start)
    except RecursionError:
        found = Findings([Issue("fhir-deep", Severity.error, _DEEP, fhirpath(start))], [start])
    return found
