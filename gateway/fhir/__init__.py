"""FHIR R4 4.0.1 as data: the element table, structural validation, reading JSON, XML and NDJSON."""
