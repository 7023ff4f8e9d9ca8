"""The CapabilityStatement, made from the table of search parameters: it can promise nothing that is not there."""

from functools import cache
from typing import Any

from gateway.disclose.shaping import INCLUDES, SHARED
from gateway.fhir.own import own
from gateway.fhir.search import PARAMETERS, parameters

INTERACTIONS = ("read", "vread", "search-type", "history-instance")
DATE = "2026-11-27"
TERMINOLOGY = {"translate": "ConceptMap-translate", "lookup": "CodeSystem-lookup",
               "validate-code": "CodeSystem-validate-code"}
DEFINITION = "http://hl7.org/fhir/OperationDefinition"
SYSTEM = {**{name: f"{DEFINITION}/{d}" for name, d in TERMINOLOGY.items()},
          "export": "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"}
PATIENT = {"everything": f"{DEFINITION}/Patient-everything", "match": f"{DEFINITION}/Patient-match",
           "export": "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
           "summary": "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
           "ihe-pix": "https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix"}


@cache
def capability(base: str) -> dict[str, Any]:
    """What the merged view under /fhir supports."""
    return own({
        "resourceType": "CapabilityStatement", "status": "active", "date": DATE, "kind": "instance",
        "fhirVersion": "4.0.1", "format": ["json", "xml"], "software": {"name": "throughline"},
        "instantiates": ["http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"],
        "implementation": {"description": "Merged view, read-only; facts under /fhir/source", "url": f"{base}/fhir"},
        "rest": [{"mode": "server", "security": {"description": "Bearer token with SMART scopes and purpose of use"},
                  "resource": [_resource(t) for t in sorted(PARAMETERS)],
                  "operation": [{"name": n, "definition": d} for n, d in SYSTEM.items()]}]})


def _resource(type: str) -> dict[str, Any]:
    operations = {"validate": f"{DEFINITION}/Resource-validate", **(PATIENT if type == "Patient" else {})}
    return {
        "type": type, "interaction": [{"code": i} for i in INTERACTIONS], "versioning": "versioned",
        "readHistory": False,
        "searchInclude": ["*", *(f"{type}:{n}" for n in sorted({**SHARED, **INCLUDES.get(type, {})}))],
        "searchRevInclude": ["Provenance:target"],
        "searchParam": [{"name": n, "type": kind} for n, kind in sorted(
            {"_lastUpdated": "date", **{n: kind for n, (kind, _) in parameters(type).items()}}.items())],
        "operation": [{"name": n, "definition": d} for n, d in operations.items()]}
