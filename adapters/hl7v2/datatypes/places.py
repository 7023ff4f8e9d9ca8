"""XAD, XTN and PL: addresses, numbers to call, and where in a hospital."""

from collections.abc import Sequence
from typing import Any

from adapters.hl7v2.datatypes.identifiers import system_of
from adapters.hl7v2.datatypes.numbers import NM
from adapters.hl7v2.datatypes.parts import at, choice, deep, local_uri, part, texts, translate, whole
from adapters.hl7v2.datatypes.times import period
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Value, because, first, full, joined

_USES = {"H": "home", "RH": "home", "P": "home", "B": "work", "O": "work", "C": "temp", "V": "temp", "BA": "old",
         "BI": "billing"}
_KINDS = {"M": "postal", "SH": "postal"}
_VACATION = "http://hl7.org/fhir/StructureDefinition/iso21090-AD-use"
_PART = "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-"
_STREET = {2: "streetName", 3: "houseNumber"}
_DIALLED = {5: "country", 6: "area", 7: "local", 8: "extension"}
_POINT = "http://hl7.org/fhir/StructureDefinition/contactpoint-"
_PURPOSES = {"PRN": "home", "ORN": "home", "VHN": "home", "WPN": "work", "PRS": "mobile"}
_EQUIPMENT = {"PH": "phone", "CP": "phone", "FX": "fax", "BP": "pager", "MD": "other", "SAT": "other", "TDD": "other",
              "TTY": "other", "INTERNET": "email", "X.400": "email", "URL": "url"}


def XAD(node: Node, context: Context, form: str = "") -> Any:
    """Address; `XAD(text)`: the address as one text; `XAD(organization)`: of one, which has no home (org-2)."""
    if form == "text":
        return joined(choice(node, 1, 2, 3, 4, 5, 6), ", ")
    said = texts(node, 19)
    line, street, code = said[1], deep(node, 1), said[7]
    pieces = []
    if street is not None:
        line = line or joined(choice(street, 3, 2))
        pieces = [{"url": _PART + name, "valueString": value} for n, name in _STREET.items()
                  if (value := at(street, n))]
    found = full({"line": [v for v in (line, said[2] and whole(node, 2), said[19]) if v],
                  "_line": [{"extension": pieces}] if pieces else None, "city": said[3],
                  "district": at(node, 9, 2) or said[9], "state": said[4], "postalCode": said[5], "country": said[6]})
    during = period(part(node, 13), part(node, 14), context) or period(part(node, 12, 1), part(node, 12, 2), context)
    more = [{"url": _VACATION, "valueCode": code}] if code and code.content == "HV" else []
    if tract := said[10]:
        more.append({"url": _PART + "censusTract", "valueString": tract})
    return full({"extension": more, "use": _use(translate(code, _USES), form), "type": translate(code, _KINDS), **found,
                 "period": during}) if found else None


def LA2(node: Node, context: Context) -> dict[str, Any] | None:
    """Address out of a location of RXA-11: components 9 to 14, where a PL has other things."""
    said = texts(node, 14)
    return full({"line": [v for v in said[9:11] if v], "city": said[11], "state": said[12], "postalCode": said[13],
                 "country": said[14]})


def XTN(node: Node, context: Context, form: str = "") -> list[dict[str, Any]] | None:
    """ContactPoints: the number, and the address for messages, where both stand in one XTN.

    `XTN(organization)`: of one, which has no home (org-1).
    """
    said = texts(node, 12)
    use, equipment, mail = said[2:5]
    system, number = translate(equipment, _EQUIPMENT), _number(said)
    mails = system is not None and system.content in ("email", "url")
    network = use is not None and str(use.content).upper() == "NET"
    written = mail is None and number is not None and "@" in str(number.content)
    if number is not None and (written or (mails and mail is None)):
        number, mail = None, number
    purpose = translate(use, _PURPOSES)
    if equipment is not None and str(equipment.content).upper() == "CP":
        purpose = equipment.to("mobile")
    common = {"use": _use(purpose, form), "rank": NM(rank, context, "int") if (rank := part(node, 18)) else None,
              "period": period(part(node, 13), part(node, 14), context)}
    by_mail = {"system": system if mails else because("email", use if network else None), "value": mail, **common}
    pieces = [{"url": _POINT + name, "valueString": value} for n, name in _DIALLED.items() if (value := at(node, n))]
    by_phone = {"extension": pieces, "system": system or "phone", "value": None if mails else number, **common}
    return [full(point) or {} for point in (by_phone, by_mail) if point["value"]] or None


def _use(use: Value | None, form: str) -> Value | None:
    """The use; senders write PRN and H beside an organisation too, whom FHIR allows no home."""
    return None if form == "organization" and use is not None and use.content == "home" else use


def _number(said: Sequence[Value | None]) -> Value | None:
    """The number from its parts (5 to 8), else as dialled (12), else the text of older versions (1)."""
    country, area, local, extension = said[5:9]
    if local is None:
        return first(said[12], said[1])
    plus = country.to(f"+{str(country.content).lstrip('+')}") if country else None
    ending = extension.to(f"x{extension.content}") if extension else None
    return joined(v for v in (plus, area, local, ending) if v)


def PL(node: Node, context: Context, form: str = "") -> Any:
    """Reference to a Location. `PL(display)` its name, `PL(identifier)`, `PL(facility)` a Reference to it.

    `PL(number)`: the Identifier in PL.10 alone.
    """
    facility = first(at(node, 4, 1), at(node, 4, 2))
    if form == "number":
        return {"system": _numbering(node, context), "value": at(node, 10)} if at(node, 10) else None
    if form == "facility":
        return {"type": "Organization", "display": facility} if facility else None
    name = joined(choice(node, 7, 8, 1, 2, 3), " / ") or (None if _has_address(node) else at(node, 9)) or facility
    if form == "display" or name is None:
        return name
    number = _location(node, context, name)
    return number if form == "identifier" else {"type": "Location", "identifier": number, "display": name}


def _location(node: Node, context: Context, name: Value) -> dict[str, Any]:
    """PL.10 where the message numbers its locations; else building, floor, point of care, room and bed."""
    if _has_address(node):
        return {"system": system_of(part(node, 4), context) or local_uri(context, "location"), "value": name}
    return {"system": _numbering(node, context), "value": at(node, 10) or name}


def _has_address(node: Node) -> bool:
    """Whether this is an LA2, which ends with an address, and no PL."""
    return node.segment.name == "RXA" and node.number == 11


def _numbering(node: Node, context: Context) -> Value | str:
    own = part(node, 10)
    parts = [system_of((at(own, 2), at(own, 3), at(own, 4)), context)] if own else []
    return first(*parts, system_of(part(node, 11), context), system_of(part(node, 4), context)) \
        or local_uri(context, "location")
