"""FHIR R4 sources: servers, other gateways, files."""

from adapters.fhir.adapter import FHIR

__all__ = ["FHIR"]
