"""Resources that we build ourselves (CapabilityStatement, Provenance): checked through the models of fhir.resources.

The models are R4B; they differ from R4 4.0.1 in no member of these types. The raw JSON stays what is sent: the model
only checks it, because it would rewrite decimals and times.
"""

from typing import Any


def own(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource, as it is, if its model accepts it. Raises ValueError when we built something invalid."""
    from fhir.resources.R4B import get_fhir_model_class  # half a second to import: only where it is used

    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return resource
