"""Security labels: a part of a document that is restricted, or of which the sender hid something (CDA-04)."""

from itertools import islice
from typing import Any

from adapters.ccda.datatypes.parts import element
from adapters.ccda.tree import Place
from gateway.sdk import Context

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
MASKED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "display": "masked"}
# What HL7's former table called a reason for restriction restricts still.
# The numbers are Switzerland's: restricted, secret.
_RESTRICTED = {"R": "R", "V": "V", "263856008": "R", "1141000195107": "V",
               **dict.fromkeys("HIV PSY ETH SDV S T C D I B".split(), "R")}
_NAMES = {"R": "restricted", "V": "very restricted"}


def security(place: Place, context: Context, form: str = "") -> list[dict[str, Any]]:
    """Codings of `meta.security`; none for what is open as usual. `security(whole)`: the strictest of all its parts."""
    entry = element(place)
    document, found = entry.document, list[dict[str, Any]]()
    if document.restricted:
        near = (c for e in entry.above() if (c := e.first("confidentialityCode")) is not None)
        said = document.by_name.get("confidentialityCode", ()) if form == "whole" else islice(near, 1)
        told = [(kept, code) for e in said if (code := e.get("code")) is not None
                and (kept := _RESTRICTED.get(str(code.content)))]
        for kept, code in sorted(told, key=lambda t: t[0], reverse=True)[:1]:
            found.append({"system": CONFIDENTIALITY, "code": code.to(kept), "display": _NAMES[kept]})
    if (hidden := document.masked.get(entry)) is not None:
        found.append({**MASKED, "code": hidden.to("MASKED")})
    return found
