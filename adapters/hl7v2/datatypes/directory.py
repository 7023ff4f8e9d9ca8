"""PL and HD as entries of a directory: every level of a place, every identifier of an assigning authority."""

from typing import Any

from adapters.hl7v2.datatypes.identifiers import HD, UNIVERSAL, system_of
from adapters.hl7v2.datatypes.parts import at, local_uri, part
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Value, full, joined

_LEVELS = {"bed": 3, "room": 2, "ward": 1, "floor": 8, "building": 7, "site": 4}
_REGISTERS = {"CLIA": "urn:oid:2.16.840.1.113883.4.7", "NPI": "http://hl7.org/fhir/sid/us-npi"}
_ABOVE = (7, 8, 1, 2, 3)


def place(node: Node, context: Context, level: str = "") -> dict[str, Any] | None:
    """Identifier of one level of a PL (bed, room, ward, floor, building, site), None where it is not named.

    It holds all levels above it, for bed 1 is another one in each room. Without `level`: of the finest that is named.
    """
    name = level or next((known for known, number in _LEVELS.items() if at(node, number)), "")
    if name not in _LEVELS:
        if name:
            raise ValueError(f"has no level {name!r}")
        return None
    number = _LEVELS[name]
    if at(node, number) is None:
        return None
    if name == "site" and (facility := part(node, 4)):
        found: dict[str, Any] | None = HD(facility, context, "identifier")
        return found
    above = _ABOVE[:_ABOVE.index(number) + 1]
    return full({"system": system_of(part(node, 4), context) or local_uri(context, "location"),
                 "value": joined([v for n in above if (v := at(node, n))], " / ")})


def authority(node: Node, context: Context) -> list[dict[str, Any]]:
    """Identifiers of the organisation that an HD names: its namespace within the source, and its OID or other id."""
    namespace, universal, kind = at(node, 1), at(node, 2), at(node, 3)
    found: list[dict[str, Any]] = []
    if namespace:
        found.append({"system": local_uri(context, "organization"), "value": namespace})
    if universal:
        coded = {"type": {"coding": [{"system": UNIVERSAL, "code": kind}]}} if kind else {}
        own = HD(node, context, "identifier") or {}
        if own.get("system") == "urn:ietf:rfc:3986":
            found.append({**coded, **own})
        if all(i["value"].content != universal.content for i in found):   # and as the message writes it
            system = _REGISTERS.get(_name(kind).upper()) or local_uri(context, _name(kind))
            found.append({**coded, "system": system, "value": universal})
    return found


def _name(kind: Value | None) -> str:
    return str(kind.content) if kind else "organization"
