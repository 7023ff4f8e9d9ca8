"""A FHIR R4 Patient as features. Total: any JSON object gives `Features`; what is not as FHIR says is not given."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.identity.contacts import Address, address_of, email
from gateway.identity.dates import birth_of
from gateway.identity.features import Features, Life, assemble
from gateway.identity.names import join, name_of
from gateway.identity.numbers import numbers_of
from gateway.identity.phones import phone_key

Json = Mapping[str, Any]
MOST = 50  # of anything repeated: bounds the work for hostile input
_USES = {"official": 0, "usual": 1, "": 2, "temp": 3, "nickname": 4, "anonymous": 5, "old": 6, "maiden": 7}
_SEXES = frozenset({"male", "female", "other"})
_MOTHERS_MAIDEN = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
_HOUSE_NUMBER = "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-houseNumber"

_HANGUL, _HAN = re.compile("[\uac00-\ud7a3]{2,4}"), re.compile("[\u3400-\u9fff]{2,4}")
_OF_TWO_SIGNS = frozenset("남궁 황보 제갈 사공 선우 서문 독고 欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 东方 東方 皇甫 "
                          "尉迟 尉遲 公孙 公孫 慕容".split())
_CHINESE = frozenset(("cn", "chn", "china", "中国", "中國", "tw", "twn", "taiwan", "台灣", "臺灣", "hk", "hkg",
                      "hong kong", "香港", "mo", "mac"))


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [v for v in value[:MOST] if isinstance(v, str)]
    return [value] if isinstance(value, str) else []


def _objects(parent: Json, name: str) -> list[Json]:
    value = parent.get(name)
    found = value if isinstance(value, list) else [value]
    return [v for v in found[:MOST] if isinstance(v, dict)]


def _text(parent: Json, name: str) -> str:
    value = parent.get(name)
    return value if isinstance(value, str) else ""


def _extension(parent: Json, url: str) -> str:
    return next((_text(e, "valueString") for e in _objects(parent, "extension") if e.get("url") == url), "")


def _names(patient: Json, country: str) -> Iterator[tuple[str, list[str], list[str]]]:
    for name in sorted(_objects(patient, "name"), key=lambda n: _USES.get(_text(n, "use"), 2)):
        given, family = _texts(name.get("given")), _text(name, "family")
        if not given and not family:
            family, given = _parted(_text(name, "text"), country)
        yield family, given, _texts(name.get("suffix"))


def _parted(text: str, country: str) -> tuple[str, list[str]]:
    """`Berg, Anna` or `Anna Berg` as family and given names; 김민준, and 王小明 of a Chinese address, begin with the
    family name. Where a Japanese one ends nobody can tell."""
    family, comma, given = text.partition(",")
    if comma:
        return family, given.split()
    parts, name = text.split(), text.strip()
    if _HANGUL.fullmatch(name) or (_HAN.fullmatch(name) and country.strip().lower() in _CHINESE):
        ends = 2 if len(name) > 2 and name[:2] in _OF_TWO_SIGNS else 1
        return name[:ends], [name[ends:]]
    return (parts[-1], parts[:-1]) if parts else ("", [])


def _identifiers(patient: Json) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for identifier in _objects(patient, "identifier"):
        codes = (_text(c, "code") for kind in _objects(identifier, "type") for c in _objects(kind, "coding"))
        yield _text(identifier, "system"), _text(identifier, "value"), tuple(codes)


def _address(address: Json) -> Address:
    house = next((h for line in _objects(address, "_line") if (h := _extension(line, _HOUSE_NUMBER))), "")
    return address_of("\n".join(_texts(address.get("line"))), house, _text(address, "postalCode"),
                      _text(address, "city"), _text(address, "state"))


def _telecoms(patient: Json, country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    phones, emails = set(), set()
    for telecom in _objects(patient, "telecom"):
        value, system = _text(telecom, "value"), _text(telecom, "system")
        if "@" in value or system == "email":
            emails.add(email(value))
        elif system in ("phone", "sms", "fax", "pager", ""):
            phones.add(phone_key(value, country))
    return tuple(sorted(p for p in phones if p)), tuple(sorted(e for e in emails if e))


def _relatives(patient: Json) -> tuple[str, ...]:
    found = {join(" ".join([*_texts(name.get("given"))[:1], _text(name, "family")]))
             for contact in _objects(patient, "contact") for name in _objects(contact, "name")}
    return tuple(sorted(r for r in found if r))


def _life(patient: Json) -> Life:
    died, order = _text(patient, "deceasedDateTime"), patient.get("multipleBirthInteger")
    return Life(died[:10] if len(died) >= 10 else None, bool(died) or patient.get("deceasedBoolean") is True,
                None if order is None else str(order)[:10])


def features_of(patient: Json) -> Features:
    """The `Features` of a FHIR R4 Patient."""
    addresses = sorted(_objects(patient, "address"), key=lambda a: _text(a, "use") == "old")
    country = next((c for a in addresses if (c := _text(a, "country"))), "")
    phones, emails = _telecoms(patient, country)
    sex = _text(patient, "gender").lower()
    born = birth_of(patient.get("birthDate"))
    return assemble(
        name_of(_names(patient, country)), born, sex if sex in _SEXES else "",
        numbers_of(_identifiers(patient), born.whole or ""), phones, emails,
        [a for a in map(_address, addresses) if any(a)], join(_extension(patient, _MOTHERS_MAIDEN)),
        _relatives(patient), _life(patient))
