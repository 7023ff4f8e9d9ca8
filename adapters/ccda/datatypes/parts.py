"""How conversions read parts of an element, and what they leave out."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from adapters.ccda.tree import Attribute, Element, Place
from gateway.sdk import Value


def element(place: Place) -> Element:
    return place.element if isinstance(place, Attribute) else place


def spaced(value: Value) -> Value:
    """The text with single blanks between its words."""
    content = str(value.content)
    plain = " ".join(content.split())
    return value if plain == value.content else value.to(plain)


def told(place: Element) -> Value | None:
    """The text of an element with single blanks between its words; None where it has none."""
    text = place.text
    return Value(" ".join(text.split()), (place.path,)) if text else None


def is_null(place: Element | None) -> bool:
    """Says that nothing is there, and brings nothing all the same."""
    return place is None or ("nullFlavor" in place.attributes and not place.children and not place.text
                             and not {"value", "code", "extension"} & place.attributes.keys())


@cache
def _systems() -> Mapping[str, Mapping[str, str]]:
    text = files("adapters.ccda").joinpath("systems.csv").read_text("utf-8")
    return {row["oid"]: row for row in csv.DictReader(text.splitlines())}


def system_uri(oid: str) -> str:
    """URI of a code system: the registered one, else `urn:oid:`; an URI stays."""
    known = _systems().get(oid)
    return known["uri"] if known else oid if ":" in oid else f"urn:oid:{oid}"


def assigns_numbers(root: str) -> bool:
    """Whether a root is that of a register of numbers, such as social security."""
    known = _systems().get(root)
    return known is not None and bool(known["identifier"])


def identifier_uri(root: str) -> str:
    """URI of an assigner: the registered one, `urn:uuid:` for a UUID, else `urn:oid:`."""
    known = _systems().get(root)
    if known and known["identifier"]:
        return known["identifier"]
    return root if ":" in root else f"urn:uuid:{root.lower()}" if "-" in root else f"urn:oid:{root}"
