"""How conversions read parts of an element, and what they leave out."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.ccda.tree import Attribute, Element, Place
from gateway.sdk import Value


def element(place: Place) -> Element:
    return place.element if isinstance(place, Attribute) else place


def full(members: Mapping[str, Any]) -> dict[str, Any] | None:
    """The members that hold something; None without any."""
    found = {name: value for name, value in members.items() if value or value is False or value == 0}
    return found or None


def first(*values: Any) -> Any:
    """The first that is there."""
    return next((value for value in values if value is not None), None)


def joined(values: Iterable[Value], separator: str = " ") -> Value | None:
    """One text out of several, with all their origins; None without any."""
    found = list(values)
    origins = tuple(o for v in found for o in v.origins)
    return Value(separator.join(str(v.content) for v in found), origins) if found else None


def spaced(value: Value) -> Value:
    """The text with single blanks between its words."""
    return value.to(" ".join(str(value.content).split()))


def because(item: Any, *reasons: Value | None) -> Any:
    """The item with the origins of what decided its form: without them the ledger would call these leaves unread."""
    origins = tuple(o for reason in reasons if reason is not None for o in reason.origins)
    return _traced(item, origins) if origins else item


def _traced(item: Any, origins: tuple[str, ...]) -> Any:
    if isinstance(item, Mapping):
        return {name: _traced(value, origins) for name, value in item.items()}
    if isinstance(item, list):
        return [_traced(value, origins) for value in item]
    if isinstance(item, Value):
        return Value(item.content, tuple(dict.fromkeys((*item.origins, *origins))))
    return Value(item, origins) if item is not None else None


def is_null(place: Element | None) -> bool:
    """Says that nothing is there, and brings nothing all the same."""
    return place is None or (
        "nullFlavor" in place.attributes
        and not place.children
        and not place.text
        and not {"value", "code", "extension"} & place.attributes.keys()
    )


@cache
def _systems() -> Mapping[str, Mapping[str, str]]:
    text = files("adapters.ccda").joinpath("systems.csv").read_text("utf-8")
    return {row["oid"]: row for row in csv.DictReader(text.splitlines())}


def system_uri(oid: str) -> str:
    """URI of a code system: the registered one, else `urn:oid:`; an URI stays."""
    known = _systems().get(oid)
    return known["uri"] if known else oid if ":" in oid else f"urn:oid:{oid}"


def identifier_uri(root: str) -> str:
    """URI of an assigner: the registered one, `urn:uuid:` for a UUID, else `urn:oid:`."""
    known = _systems().get(root)
    if known and known["identifier"]:
        return known["identifier"]
    return root if ":" in root else f"urn:uuid:{root.lower()}" if "-" in root else f"urn:oid:{root}"
