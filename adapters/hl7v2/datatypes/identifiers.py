"""CX, EI, EIP, HD, DLN, PLN: Identifiers that always say who assigned them (V2-12).

The system is, in this order: what the source's settings say for the authority; the URI, OID or UUID that the message
gives; a URI of the source with the authority's name in it; without any authority one with the type code or the
field's name in it, where fields that carry one and the same number (PID-3 and MRG-1) share a name.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.hl7v2.datatypes.parts import Place, at, code_text, local_uri, part, texts
from adapters.hl7v2.datatypes.times import moment, period
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Value, because, first, full

UNIVERSAL = "http://terminology.hl7.org/CodeSystem/v2-0301"
TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_SSN, _NPI = "http://hl7.org/fhir/sid/us-ssn", "http://hl7.org/fhir/sid/us-npi"
_SYSTEMS = {"2.16.840.1.113883.4.1": _SSN, "USSSA": _SSN, "SSA": _SSN, "2.16.840.1.113883.4.6": _NPI, "NPI": _NPI,
            "2.16.840.1.113883.4.572": "http://hl7.org/fhir/sid/us-medicare",
            "2.16.840.1.113883.4.927": "http://hl7.org/fhir/sid/us-mbi",
            "2.16.840.1.113883.2.1.4.1": "https://fhir.nhs.uk/Id/nhs-number"}
_SAME = {"MRG-1": "PID-3", "MRG-4": "PID-2", "MRG-2": "PID-4", "MRG-3": "PID-18", "MRG-5": "PV1-19", "MRG-6": "PV1-50",
         "OBR-2": "ORC-2", "OBR-3": "ORC-3", "TXA-13": "TXA-12", "TXA-14": "ORC-2", "TXA-15": "ORC-3", "QPD-3": "PID-3"}
_OID = re.compile(r"(?:urn:oid:)?([0-2](?:\.(?:0|[1-9]\d*)){2,})", re.ASCII)
_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})", re.ASCII | re.IGNORECASE)
_URI = re.compile(r"(?:https?://|urn:)\S+", re.ASCII)
Authority = Place | tuple[Value | None, ...] | None
_AMERICAN = re.compile(r"\d{3}-?\d{2}-?\d{4}", re.ASCII)


_NO_OIDS = frozenset(("HCD", "L", "M", "N", "X400", "X500", "RANDOM", "LABELS"))


def system_of(authority: Authority, context: Context) -> Value | None:
    """The identifier system that an HD, or its three parts, name; None when they name nothing."""
    parts = authority if isinstance(authority, tuple) else [at(authority, n) for n in (1, 2, 3)]
    return _system(parts[0], parts[1], parts[2], context)


def _system(namespace: Value | None, universal: Value | None, kind: Value | None, context: Context) -> Value | None:
    return because(_uri(namespace, universal, kind, context), kind if universal else None)


def _uri(namespace: Value | None, universal: Value | None, kind: Value | None, context: Context) -> Value | None:
    values = [v for v in (universal, namespace) if v is not None]
    names = [str(v.content) for v in values]
    both = context.assigners.get(f"{names[-1]}&{names[0]}") if len(names) == 2 else None
    if both:
        return because(namespace and namespace.to(both), universal)
    foreign = str(kind.content).upper() if kind and universal else ""
    for value, name in zip(values, names, strict=True):
        if uri := context.assigners.get(name, ""):
            return value.to(uri)
    for value, name in zip(values, names, strict=True):
        if uri := _global(name, foreign if value is universal else ""):
            return value.to(uri)
    return values[-1].to(local_uri(context, names[-1])) if values else None


def _global(name: str, kind: str = "") -> str:
    """The URI that a name is or stands for everywhere, or ""; a type of table 0301 that is none overrules the looks."""
    if kind in _NO_OIDS:
        return ""
    if match := _OID.fullmatch(name):
        return _SYSTEMS.get(match[1], f"urn:oid:{match[1]}")
    if match := _UUID.fullmatch(name):
        return f"urn:uuid:{match[1].lower()}"
    return name if _URI.fullmatch(name) else _SYSTEMS.get(name.upper(), "")


def identifier(node: Place, context: Context, value: Value | None, authority: Authority, code: Value | None,
               own: str = "", **more: Any) -> dict[str, Any] | None:
    """An Identifier; `own` names what it is where the message names no authority."""
    if value is None:
        return None
    system = system_of(authority, context)
    if code is not None and code.content == "NPI":
        system = code.to(_NPI)
    elif system is None and code is not None:
        american = code.content == "SS" and _AMERICAN.fullmatch(str(value.content))
        system = code.to(_SSN if american else local_uri(context, str(code.content)))
    return full({"type": _type(code, context), "system": system or local_uri(context, own or _field_name(node)),
                 "value": value, **more})


def _type(code: Value | None, context: Context) -> dict[str, Any] | None:
    """Table 0203 where it has the code; else the code is one of the source's own."""
    if code is None:
        return None
    if code.content in _known_types():
        return {"coding": [{"system": TYPES, "code": code}]}
    return {"coding": [{"system": local_uri(context, "HL70203"), "code": code_text(code)}], "text": code}


@cache
def _known_types() -> frozenset[str]:
    return frozenset(files("adapters.hl7v2").joinpath("identifier_types.csv").read_text("utf-8").split())


def _field_name(node: Place) -> str:
    name = f"{node.segment.name}-{node.number}" if isinstance(node, Node) else node.segment.name
    return _SAME.get(name, name)


def CX(node: Node, context: Context, form: str = "") -> Any:
    """Identifier. `CX(value)`, `CX(system)`: that alone; any other word is a type beside its own: `CX(VN)`."""
    said, during = texts(node, 5), period(part(node, 7), part(node, 8), context)
    if said[1] is None:
        return None
    authority = part(node, 4)
    display = said[4] or at(authority, 2)
    found = identifier(node, context, said[1], authority, said[5],
                       period=during,
                       assigner={"display": display} if display else None,
                       extension=check_digit(node, 2, 3))
    if found is None or form in ("value", "system"):
        return found and found.get(form)
    return {**found, "type": _also(found.get("type", {}), form)} if form else found


def check_digit(node: Node, digit: int, scheme: int) -> list[dict[str, Any]]:
    """Extensions for a check digit that stands beside its number, and for how it was made."""
    named = (("identifier-checkDigit", at(node, digit)), ("namingsystem-checkDigit", at(node, scheme)))
    return [{"url": f"http://hl7.org/fhir/StructureDefinition/{name}", "valueString": v} for name, v in named if v]


def _also(own: dict[str, Any], code: str) -> dict[str, Any]:
    codings = [c for c in own.get("coding", ()) if getattr(c["code"], "content", "") != code]
    return {**own, "coding": [{"system": TYPES, "code": code}, *codings]}


def typed(node: Node, context: Context, code: str) -> dict[str, Any] | None:
    """Identifier of a CX whose type code (CX.5) is this one, else None."""
    value = at(node, 5)
    return CX(node, context) if value is not None and value.content == code else None


def EI(node: Node, context: Context, form: str = "") -> Any:
    """Identifier. `EI(value)`, `EI(system)`: that alone; any other word is its type code: `EI(PLAC)`.

    `EI(universal)`: its type is that of EI.3 (table 0301), and EI.3 alone is an identifier as well.
    """
    found = _entity(node, context)
    if form == "universal":
        return _universal(node, found, context)
    if found is None or form in ("value", "system"):
        return found and found.get(form)
    return {"type": {"coding": [{"system": TYPES, "code": form}]}, **found} if form else found


def _universal(node: Node, found: dict[str, Any] | None, context: Context) -> dict[str, Any] | None:
    value, kind = at(node, 3), at(node, 4)
    uri = _own_uri(str(value.content), str(kind.content).upper() if kind else "") if value else ""
    if found is None and value is not None:
        found = {"system": "urn:ietf:rfc:3986" if uri else local_uri(context, _field_name(node)),
                 "value": because(value.to(uri or value.content), kind)}
    coded = {"type": {"coding": [{"system": UNIVERSAL, "code": kind}]}} if kind and value else {}
    return {**coded, **found} if found else None


def _entity(node: Node, context: Context) -> dict[str, Any] | None:
    value, namespace, universal, kind = texts(node, 4)[1:5]
    if value is None:
        return None
    system = _system(namespace, universal, kind, context)
    return {"system": system or local_uri(context, _field_name(node)), "value": value,
            **_named(namespace, universal)}


def _named(namespace: Value | None, universal: Value | None) -> dict[str, Any]:
    """The assigner by name, where the system is made of its universal id."""
    return {"assigner": {"display": namespace}} if namespace and universal else {}


def EIP(node: Node, context: Context, form: str = "") -> Any:
    """Identifiers of placer and filler, with their types; `EIP(placer)`, `EIP(filler)`: one of them.

    A number may be that of an order or of a group: v2-to-FHIR says group, so both types stand.
    """
    found = {}
    for number, name, codes in ((1, "placer", ("PLAC", "PGN")), (2, "filler", ("FILL", "FGN"))):
        inner = part(node, number)
        value = at(inner, 1)
        if value is not None:
            authority = _system(at(inner, 2), at(inner, 3), at(inner, 4), context)
            system = authority or local_uri(context, f"ORC-{number + 1}")
            found[name] = {"type": {"coding": [{"system": TYPES, "code": code} for code in codes]}, "system": system,
                           "value": value, **_named(at(inner, 2), at(inner, 3))}
    return found.get(form) if form else list(found.values())


def _own_uri(name: str, kind: str) -> str:
    """The URI of an organisation itself: its OID, even where a URL is usual for the numbers that it gives."""
    match = _OID.fullmatch(name) if kind not in _NO_OIDS else None
    return f"urn:oid:{match[1]}" if match else _global(name, kind)


def HD(node: Node, context: Context, form: str = "") -> Any:
    """The name. `HD(uri)`: its system; `HD(identifier)`: an Identifier of the organisation itself."""
    if form == "uri":
        return system_of(node, context)
    name = first(at(node, 1), at(node, 2))
    if form == "identifier" and name is not None:
        universal, kind = at(node, 2), at(node, 3)
        uri = _own_uri(str(universal.content), str(kind.content).upper() if kind else "") if universal else ""
        return {"system": "urn:ietf:rfc:3986", "value": because(universal.to(uri), kind)} if universal and uri else \
            {"system": local_uri(context, "organization"), "value": name}
    return name


def DLN(node: Node, context: Context) -> dict[str, Any] | None:
    """Identifier of a driver's licence; the issuing state or country is its authority."""
    value, state = at(node, 1), at(node, 2)
    name = f"DL-{state.content}" if state else "DL"
    system = context.assigners.get(name) or local_uri(context, name)
    return full({"type": {"coding": [{"system": TYPES, "code": "DL"}]}, "system": state.to(system) if state else system,
                 "value": value, "period": full({"end": moment(part(node, 3), context)}),
                 "assigner": {"display": state} if state else None}) if value else None


def PLN(node: Node, context: Context) -> dict[str, Any] | None:
    """Identifier of a practitioner or licence: number, type, state."""
    return identifier(node, context, at(node, 1), None, at(node, 2), "practitioner",
                      period=full({"end": moment(part(node, 4), context)}))

