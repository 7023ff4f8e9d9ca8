"""II: Identifiers (CDA-01)."""

import re
from functools import lru_cache
from typing import Any

from adapters.ccda.datatypes.parts import assigns_numbers, element, identifier_uri
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, because, full

_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_URIS = "2.16.840.1.113883.4.873"  # the extension is a URI of its own


def II(place: Place, context: Context) -> dict[str, Any] | None:
    """Identifier. A root alone is a value of `urn:ietf:rfc:3986`; one that is no OID or UUID is the source's own.

    Who assigns numbers is none: a root whose number is missing would be the same for everybody.
    """
    ii = element(place)
    root, extension = ii.get("root"), ii.get("extension")
    if root is None and extension is None:
        return None
    assigner = ii.get("assigningAuthorityName")
    shown = {"assigner": {"display": assigner}} if assigner else {}
    if root is None:
        return {"value": extension, **shown}
    text = str(root.content)
    if extension is None and ("nullFlavor" in ii.attributes or assigns_numbers(text)):
        return None
    if extension is None:
        urn = _urn(text)
        return {"system": "urn:ietf:rfc:3986", "value": root.to(urn), **shown} if urn else {"value": root, **shown}
    if text == _URIS:
        return full({"system": "urn:ietf:rfc:3986", "value": because(extension, root)})
    return {"system": root.to(_system(text, context.source)), "value": extension, **shown}


@lru_cache(1024)
def _system(root: str, source: str) -> str:
    """URI of who assigns; one that is no OID, UUID or URI is the source's own."""
    if _OID.fullmatch(root) or _UUID.fullmatch(root) or re.match(r"(?:urn|https?):\S+$", root):
        return identifier_uri(root)
    return f"urn:throughline:{source or 'local'}:{re.sub('[^A-Za-z0-9.-]', '-', root)}"


def of_one_stay(place: Place, context: Context) -> dict[str, Any] | None:
    """The id of an encounter, where no other encounter of another day has it, too: else it is no number.

    Where an entry names a visit by its id alone, that is no other encounter.
    """
    stay = element(place)
    number = stay.first("id")
    if number is None:
        return None
    shared = (e for e in stay.document.by_name.get("encounter", ())
              if (n := e.first("id")) is not None and n.attributes == number.attributes)
    return II(number, context) if len({what for e in shared if (what := _what(e))}) <= 1 else None


def _what(stay: Element) -> str:
    """The day, else the code: one visit may be billed by several."""
    code, time = stay.first("code"), stay.first("effectiveTime")
    low = time.first("low") if time is not None else None
    day = next((e.attributes["value"][:8] for e in (time, low) if e is not None and "value" in e.attributes), "")
    return day or (code.attributes.get("code", "") if code is not None else "")


def _urn(root: str) -> str:
    if _UUID.fullmatch(root):
        return f"urn:uuid:{root.lower()}"
    return f"urn:oid:{root}" if _OID.fullmatch(root) else ""
