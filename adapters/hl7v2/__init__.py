"""HL7 v2.1 to 2.9: our own parser with positions, files and folders, paths, and conversions to FHIR data types."""

from adapters.hl7v2.adapter import HL7v2

__all__ = ["HL7v2"]
