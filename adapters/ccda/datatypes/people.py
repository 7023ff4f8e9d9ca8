"""PN, ON, AD and TEL: HumanName, the name of an organisation, Address, ContactPoint."""

import re
from collections.abc import Iterator
from typing import Any

from adapters.ccda.datatypes.parts import element, told
from adapters.ccda.datatypes.times import IVL
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value, because, full, joined

_NAME_USES = {"C": "official", "L": "usual", "P": "nickname", "A": "nickname", "ASGN": "usual", "OR": "official",
              "M": "maiden", "BIR": "maiden", "anonymous": "anonymous"}
_QUALIFIED = {"CL": "nickname", "BR": "maiden"}
_ADDRESS_USES = {"H": "home", "HP": "home", "HV": "home", "WP": "work", "DIR": "work", "PUB": "work", "TMP": "temp",
                 "BAD": "old", "OLD": "old"}
_KINDS = {"PHYS": "physical", "PST": "postal"}
_TELECOM_USES = {"H": "home", "HP": "home", "HV": "home", "WP": "work", "DIR": "work", "PUB": "work", "AS": "work",
                 "TMP": "temp", "BAD": "old", "MC": "mobile", "PG": "mobile"}
_SCHEMES = {"tel": "phone", "x-text-tel": "phone", "callto": "phone", "fax": "fax", "x-text-fax": "fax",
            "mailto": "email", "http": "url", "https": "url", "ftp": "url", "sms": "sms", "pager": "pager"}
_said = re.compile(r"\w").search
_WEB = ("http", "https", "ftp")
_LINES = ("careOf", "streetAddressLine", "deliveryAddressLine", "additionalLocator", "unitType", "unitID", "postBox")
_STREET = ("houseNumber", "houseNumberNumeric", "direction", "streetName", "streetNameType", "streetNameBase")
_PLACES = ("city", "district", "state", "postalCode", "country")
# Parts of an address, and what of FHIR's they are or belong to.
_PARTS = {**dict.fromkeys(_LINES, "line"), **dict.fromkeys(_STREET, "street"), "city": "city", "county": "district",
          "state": "state", "postalCode": "postalCode", "country": "country"}


def PN(place: Place, context: Context, form: str = "") -> Any:
    """HumanName; `PN(text)` all of it as one text. A name without parts keeps its text.

    What a qualifier sets apart is a name of its own; a name that begins with a given name at birth is an old one.
    """
    name = element(place)
    parts = [(c, value) for c in name.children if (value := told(c)) is not None]
    family = joined([v for c, v in parts if c.name == "family" and not _says(c, "BR", "SP")])
    family = family or joined([v for c, v in parts if c.name == "family" and not _says(c, "BR")])
    maiden = None if family else next((c for c, _ in parts if c.name == "family"), None)
    family = family or joined([v for c, v in parts if c.name == "family"])
    plain = [c for c, _ in parts if c.name == "given" and not _says(c, "CL", "BR")]
    born = next((c for c, _ in parts if c.name == "given" and _says(c, "BR")), None)
    at_birth = born is not None and (not plain or born.number < plain[0].number)
    apart = ("CL",) if at_birth else ("CL", "BR")
    given = [v for c, v in parts if c.name == "given" and not _says(c, *apart)]
    given = given or [v for c, v in parts if c.name == "given"]
    text = told(name) if not (family or given) else None
    if form == "text":
        return text or joined(v for c, v in parts if c.name in ("prefix", "given", "family", "suffix"))
    if not (text or family or given):
        return None
    period = IVL(valid, context) if (valid := name.first("validTime")) is not None else None
    use = _use(name, _NAME_USES) or (
        because("old", born.get("qualifier")) if at_birth and born is not None else
        because("maiden", maiden.get("qualifier")) if maiden is not None else None)
    whole = full({"use": use, "text": text, "family": family, "given": given,
                  "prefix": [v for c, v in parts if c.name == "prefix"],
                  "suffix": [v for c, v in parts if c.name == "suffix"], "period": period})
    return [whole, *_other_names(parts, family, given)]


def _other_names(parts: list[tuple[Element, Value]], family: Value | None,
                 given: list[Value]) -> Iterator[dict[str, Any]]:
    """Names that a qualifier sets apart: what somebody is called, was called at birth, a spouse's beside the own."""
    own = any(c.name == "family" and not _says(c, "BR", "SP") for c, _ in parts)
    now = any(c.name == "family" and not _says(c, "BR") for c, _ in parts)
    for child, value in parts:
        if child.name == "given" and _says(child, "CL") and value not in given:
            yield {"use": because("nickname", child.get("qualifier")), "given": [value]}
        if child.name == "given" and _says(child, "BR") and value not in given:
            yield full({"use": because("old", child.get("qualifier")), "family": family, "given": [value]}) or {}
        if child.name == "family" and _says(child, "SP") and own:
            yield {"family": value}
        if child.name == "family" and _says(child, "BR") and now:
            yield {"use": because("maiden", child.get("qualifier")), "family": value}


def _says(part: Element, *qualifiers: str) -> bool:
    said = part.attributes.get("qualifier")
    return said is not None and not set(qualifiers).isdisjoint(said.split())


def _use(place: Element, uses: dict[str, str], form: str = "") -> Value | None:
    """The first use that has a counterpart."""
    said = place.get("use") if "use" in place.attributes else None
    found = next((uses[u] for u in str(said.content).split() if u in uses), None) if said else None
    return said.to(found) if said and found and not (form and found == "home") else None


def ON(place: Place, context: Context) -> Value | None:
    """The name of an organisation, as one text."""
    name = element(place)
    return told(name) or joined(value for c in name.children if (value := told(c)) is not None)


def AD(place: Place, context: Context, form: str = "") -> dict[str, Any] | None:
    """Address; one without parts keeps its text. `AD(organisation)`: one that has no home (org-2)."""
    address = element(place)
    said: dict[str, list[Value]] = {}
    for part in address.children:
        if (kind := _PARTS.get(part.name)) and (value := told(part)) is not None:
            said.setdefault(kind, []).append(value)
    street = joined(said.get("street", ()))
    found = full({"line": [*said.get("line", ()), *([street] if street else [])],
                  **{name: joined(said[name]) for name in _PLACES if name in said},
                  "text": told(address)})
    if found is None:
        return None
    period = IVL(valid, context) if (valid := address.first("useablePeriod")) is not None else None
    return full({"use": _use(address, _ADDRESS_USES, form), "type": _use(address, _KINDS), **found, "period": period})


def TEL(place: Place, context: Context, form: str = "") -> dict[str, Any] | None:
    """ContactPoint: the scheme says the system; a number without scheme is a phone, one with @ an e-mail."""
    tel = element(place)
    value = tel.get("value") or tel.value
    if value is None:
        return None
    text = str(value.content).strip()
    scheme, colon, rest = text.partition(":")
    known = _SCHEMES.get(scheme.strip().lower()) if colon else None
    number = (text if known == "url" else rest if known else text).strip().strip("/" if known != "url" else " ")
    if not _said(number):
        return None
    system = known or ("email" if "@" in number else "phone")
    period = IVL(valid, context) if (valid := tel.first("useablePeriod")) is not None else None
    return full({"system": value.to(system), "value": value.to(number), "use": _use(tel, _TELECOM_USES, form),
                 "period": period})
