"""Structural validation of FHIR R4 4.0.1: base rules of the specification, no profiles, no terminology server.

Checked are names, types, cardinalities, choices, required codes, formats, references, narratives, contained
resources, Bundles and invariants. Each fault is one issue with the FHIRPath of its element.
"""

from typing import Any

from gateway.errors import Issue
from gateway.fhir.passes import passes
from gateway.fhir.salvage import salvage
from gateway.fhir.walk import walked

__all__ = ["salvage", "validate"]


def validate(resource: Any, path: str | None = None) -> list[Issue]:
    """Every fault of a resource as an Issue of severity error; empty when it is valid R4 4.0.1.

    `path` is the FHIRPath of the resource in what contains it; without it the resource type starts every `where`.
    Resources in `contained`, Bundle entries and Parameters are checked too. Never raises, for any JSON value; after
    200 issues one more says that there are others.
    """
    return [] if passes(resource) else walked(resource, path).issues
