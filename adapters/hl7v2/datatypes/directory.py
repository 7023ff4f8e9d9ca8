"""PL and HD as entries of a directory: every level of a place, every identifier of an assigning authority."""

from collections.abc import Mapping
from typing import Any

from adapters.hl7v2.datatypes.identifiers import HD, UNIVERSAL, system_of
from adapters.hl7v2.datatypes.parts import at, local_uri, part
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Value, full, joined

_REGISTERS = {"CLIA": "urn:oid:2.16.840.1.113883.4.7", "NPI": "http://hl7.org/fhir/sid/us-npi"}
# The component of each level: finest first, as official tables order PL (and NDL, whose components stand elsewhere).
PL_LEVELS = {"bed": 3, "room": 2, "ward": 1, "floor": 8, "building": 7, "site": 4}
NDL_LEVELS = {"bed": 6, "room": 5, "ward": 4, "floor": 11, "building": 10, "site": 7}
_ABOVE = ("building", "floor", "ward", "room", "bed")


def place(node: Node, context: Context, level: str = "") -> dict[str, Any] | None:
    """Identifier of one level of a PL (bed, room, ward, floor, building, site), None where it is not named.

    It holds all levels above it, for bed 1 is another one in each room. Without `level`: of the finest that is named.
    """
    return located(node, context, PL_LEVELS, level)


def located(node: Node, context: Context, levels: Mapping[str, int], level: str) -> dict[str, Any] | None:
    """As `place`, for a type whose component of each level `levels` tells. Raises ValueError for another level."""
    name = level or next((known for known, number in levels.items() if at(node, number)), "")
    if not name:
        return None
    if name not in levels:
        raise ValueError(f"has no level {name!r}")
    if at(node, levels[name]) is None:
        return None
    facility = part(node, levels["site"])
    if name == "site" and facility:
        found: dict[str, Any] | None = HD(facility, context, "identifier")
        return found
    above = _ABOVE[:_ABOVE.index(name) + 1]
    return full({"system": system_of(facility, context) or local_uri(context, "location"),
                 "value": joined([v for n in above if (v := at(node, levels[n]))], " / ")})


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
