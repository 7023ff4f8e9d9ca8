"""XAD, XTN and PL: addresses, numbers to call, and where in a hospital."""

from typing import Any

from adapters.hl7v2.datatypes.identifiers import system_of
from adapters.hl7v2.datatypes.parts import Place, at, first, full, joined, local_uri, part, translate
from adapters.hl7v2.datatypes.times import period
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Value

_USES = {"H": "home", "RH": "home", "P": "home", "B": "work", "O": "work", "C": "temp", "V": "temp", "BA": "old", "BI": "billing"}
_KINDS = {"M": "postal", "SH": "postal"}
_TELECOM_USES = {"PRN": "home", "ORN": "home", "VHN": "home", "WPN": "work", "PRS": "mobile"}
_EQUIPMENT = {"PH": "phone", "CP": "phone", "FX": "fax", "BP": "pager", "MD": "other", "SAT": "other", "TDD": "other",
              "TTY": "other", "INTERNET": "email", "X.400": "email", "URL": "url"}


def XAD(node: Node, context: Context, form: str = "") -> Any:
    """Address; `XAD(text)`: the address as one text."""
    if form == "text":
        return joined([v for n in (1, 2, 3, 4, 5, 6) if (v := at(node, n))], ", ")
    street = part(node, 1)
    line = first(at(street, 1), joined([v for n in (3, 2) if (v := at(street, n))]) if street and street.part(2) else None)
    during = period(part(node, 13), part(node, 14), context) or period(part(node, 12, 1), part(node, 12, 2), context)
    address = {"line": [v for v in (line, at(node, 2), at(node, 19)) if v], "city": at(node, 3),
               "district": at(node, 9), "state": at(node, 4), "postalCode": at(node, 5), "country": at(node, 6)}
    if not full(address):
        return None
    return full({"use": translate(at(node, 7), _USES), "type": translate(at(node, 7), _KINDS), **address, "period": during})


def XTN(node: Node, context: Context) -> list[dict[str, Any]] | None:
    """ContactPoints: the number, and the address for messages where both stand in one XTN."""
    use, equipment, mail = at(node, 2), at(node, 3), at(node, 4)
    system = translate(equipment, _EQUIPMENT)
    purpose = translate(use, _TELECOM_USES)
    if equipment is not None and str(equipment.content).upper() == "CP":
        purpose = equipment.to("mobile")
    during = period(part(node, 13), part(node, 14), context)
    by_mail = system is not None and system.content in ("email", "url")
    network = use is not None and str(use.content).upper() == "NET"
    number = _number(node)
    address = first(mail, number if by_mail or (network and number and "@" in str(number.content)) else None)
    points = []
    if number is not None and number is not address and not (by_mail and mail):
        points.append({"system": system if system and not by_mail else "phone", "value": number, "use": purpose, "period": during})
    if address is not None:
        points.append({"system": system if system and by_mail else "email", "value": address, "use": purpose, "period": during})
    return [point for p in points if (point := full(p))] or None


def _number(node: Node) -> Value | None:
    """The number: as dialled (12), from its parts (5 to 8), or the text of older versions (1)."""
    local = at(node, 7)
    whole = first(at(node, 12), at(node, 1) if local is None else None)
    if whole is not None or local is None:
        return first(whole, at(node, 1))
    country, area, extension = at(node, 5), at(node, 6), at(node, 8)
    plus = country.to(f"+{str(country.content).lstrip('+')}") if country else None
    ending = extension.to(f"x{extension.content}") if extension else None
    return joined([v for v in (plus, area, local, ending) if v])


def PL(node: Node, context: Context, form: str = "") -> Any:
    """Reference to a Location; `PL(display)` its name, `PL(identifier)`, `PL(facility)` Reference to the Organization."""
    facility = first(at(node, 4, 1), at(node, 4, 2))
    if form == "facility":
        return {"type": "Organization", "display": facility} if facility else None
    name = joined([v for n in (9, 7, 8, 1, 2, 3) if (v := at(node, n))], " / ")
    if name is None:
        name = facility
    if form == "display" or name is None:
        return name
    number = _location_number(node, context, name)
    return number if form == "identifier" else {"type": "Location", "identifier": number, "display": name}


def _location_number(node: Place, context: Context, name: Value) -> dict[str, Any]:
    """PL.10 where the message numbers its locations; else the point of care, room and bed, in their facility."""
    value, entity = part(node, 10), at(node, 10, 1)
    system = system_of(part(node, 11), context) or (system_of(part(node, 4), context))
    if value is not None and entity is not None:
        return {"system": system or local_uri(context, "location"), "value": entity}
    return {"system": system or local_uri(context, "location"), "value": name}
