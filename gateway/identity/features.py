"""A Patient as features: what comparisons, guards and blocking keys look at. Pure, total: any JSON gives a `Features`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.identity.contacts import Address, address_of, email, phone_key
from gateway.identity.dates import Birth, birth_of
from gateway.identity.names import Name, join, name_of, roots, sound, words
from gateway.identity.numbers import Numbers, numbers_of

_MOST = 20  # of anything repeated: bounds the work for hostile input
_USES = {"official": 0, "usual": 1, "": 2, "temp": 3, "nickname": 4, "anonymous": 5, "old": 6, "maiden": 7}
_MOTHERS_MAIDEN = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
_ABSENT_SEX = frozenset({"unknown", ""})

# The columns that comparisons and the trained model see: name → type, as DuckDB and Splink know them.
COLUMNS: Mapping[str, str] = {
    "given": "VARCHAR", "given_sound": "VARCHAR", "initial": "VARCHAR", "middle": "VARCHAR", "middle_initial": "VARCHAR",
    "roots": "VARCHAR[]", "givens": "VARCHAR[]", "family": "VARCHAR", "family_full": "VARCHAR", "family_sound": "VARCHAR",
    "families": "VARCHAR[]", "birth_day": "VARCHAR", "birth": "VARCHAR", "birth_span": "VARCHAR", "birth_swapped": "VARCHAR",
    "birth_month_day": "VARCHAR", "birth_month": "VARCHAR", "birth_year": "INTEGER", "sex": "VARCHAR", "numbers": "VARCHAR[]",
    "person_numbers": "VARCHAR[]", "number_systems": "VARCHAR[]", "number_values": "VARCHAR[]", "number": "VARCHAR",
    "phones": "VARCHAR[]", "phone_ends": "VARCHAR[]", "emails": "VARCHAR[]", "email": "VARCHAR", "mailbox": "VARCHAR",
    "places": "VARCHAR[]", "street": "VARCHAR", "house": "VARCHAR", "postcode": "VARCHAR", "city": "VARCHAR",
    "mother": "VARCHAR", "relatives": "VARCHAR[]"}


@dataclass(frozen=True, slots=True)
class Features:
    """One column for each of COLUMNS (None: not given), and behind them what only guards read."""

    given: str | None
    given_sound: str | None
    initial: str | None
    middle: str | None
    middle_initial: str | None
    roots: tuple[str, ...]
    givens: tuple[str, ...]
    family: str | None
    family_full: str | None
    family_sound: str | None
    families: tuple[str, ...]
    birth_day: str | None
    birth: str | None
    birth_span: str | None
    birth_swapped: str | None
    birth_month_day: str | None
    birth_month: str | None
    birth_year: int | None
    sex: str | None
    numbers: tuple[str, ...]
    person_numbers: tuple[str, ...]
    number_systems: tuple[str, ...]
    number_values: tuple[str, ...]
    number: str | None
    phones: tuple[str, ...]
    phone_ends: tuple[str, ...]
    emails: tuple[str, ...]
    email: str | None
    mailbox: str | None
    places: tuple[str, ...]
    street: str | None
    house: str | None
    postcode: str | None
    city: str | None
    mother: str | None
    relatives: tuple[str, ...]
    name: Name = field(default_factory=Name)
    identifiers: Numbers = field(default_factory=Numbers)
    born: Birth = field(default_factory=Birth)
    died: str | None = None
    dead: bool = False
    multiple: bool = False
    birth_order: str | None = None

    def row(self) -> dict[str, Any]:
        """The columns as Splink takes them: lists for tuples, None for empty."""
        values = ((name, getattr(self, name)) for name in COLUMNS)
        return {name: (list(v) or None) if isinstance(v, tuple) else v for name, v in values}


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [v for v in value[:_MOST] if isinstance(v, str)]
    return [value] if isinstance(value, str) else []


def _objects(parent: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = parent.get(name)
    found = value if isinstance(value, list) else [value]
    return [v for v in found[:_MOST] if isinstance(v, dict)]


def _text(parent: Mapping[str, Any], name: str) -> str:
    value = parent.get(name)
    return value if isinstance(value, str) else ""


def _names(patient: Mapping[str, Any]) -> Iterator[tuple[object, list[object], list[object]]]:
    found = sorted(_objects(patient, "name"), key=lambda n: _USES.get(_text(n, "use"), 2))
    for name in found:
        given, family = _texts(name.get("given")), _text(name, "family")
        if not given and not family and (whole := _text(name, "text")):
            last, _, first = whole.partition(",")
            parts = whole.split()
            family, given = (last, [first]) if first else (parts[-1] if parts else "", parts[:-1])
        yield family, list(given), list(_texts(name.get("suffix")))


def _identifiers(patient: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for identifier in _objects(patient, "identifier"):
        if identifier.get("use") == "old" and "period" not in identifier:
            continue
        codes = tuple(_text(c, "code") for kind in _objects(identifier, "type") for c in _objects(kind, "coding"))
        yield _text(identifier, "system"), _text(identifier, "value"), codes


def _addresses(patient: Mapping[str, Any]) -> list[Address]:
    found = sorted(_objects(patient, "address"), key=lambda a: _text(a, "use") == "old")
    out = [address_of(" ".join(_texts(a.get("line"))), postcode=_text(a, "postalCode"), city=_text(a, "city"),
                      state=_text(a, "state"), house=_house(a)) for a in found]
    return [a for a in out if any(a)]


def _house(address: Mapping[str, Any]) -> str:
    for part in _objects(address, "extension") + _objects(_objects(address, "_line")[0] if "_line" in address and
                                                          _objects(address, "_line") else {}, "extension"):
        if _text(part, "url").endswith("iso21090-ADXP-houseNumber"):
            return _text(part, "valueString")
    return ""


def _telecoms(patient: Mapping[str, Any], country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    phones, emails = set(), set()
    for telecom in _objects(patient, "telecom"):
        value, system = _text(telecom, "value"), _text(telecom, "system")
        if "@" in value or system == "email":
            emails.add(email(value))
        elif system in ("phone", "sms", "fax", "pager", ""):
            phones.add(phone_key(value, country))
    return tuple(sorted(p for p in phones if p)), tuple(sorted(e for e in emails if e))


def _relatives(patient: Mapping[str, Any]) -> tuple[str, ...]:
    found = set()
    for contact in _objects(patient, "contact"):
        for name in _objects(contact, "name"):
            found.add("".join(w for text in [*_texts(name.get("given"))[:1], _text(name, "family")] for w in words(text)))
    return tuple(sorted(found - {""}))


def _mother(patient: Mapping[str, Any]) -> str | None:
    return next((join(_text(e, "valueString")) for e in _objects(patient, "extension") if e.get("url") == _MOTHERS_MAIDEN),
                None)


def _country(patient: Mapping[str, Any]) -> str:
    return next((c for a in _objects(patient, "address") if (c := _text(a, "country"))), "")


def _died(patient: Mapping[str, Any]) -> tuple[str | None, bool]:
    when = _text(patient, "deceasedDateTime")
    return (when[:10] if len(when) >= 10 else None), bool(when) or patient.get("deceasedBoolean") is True


def features_of(patient: Mapping[str, Any]) -> Features:
    """The `Features` of a FHIR R4 Patient; parts that are not what FHIR says they are count as not given."""
    died, dead = _died(patient)
    order = patient.get("multipleBirthInteger")
    phones, emails = _telecoms(patient, _country(patient))
    return assemble(
        name_of(_names(patient)), birth_of(patient.get("birthDate")), _text(patient, "gender").lower(),
        numbers_of(_identifiers(patient)), phones, emails, _addresses(patient), mother=_mother(patient),
        relatives=_relatives(patient), died=died, dead=dead,
        multiple=order is not None or patient.get("multipleBirthBoolean") is True,
        birth_order=str(order) if order is not None else None)


def assemble(name: Name, born: Birth, sex: str, numbers: Numbers, phones: tuple[str, ...], emails: tuple[str, ...],
             addresses: list[Address], mother: str | None = None, relatives: tuple[str, ...] = (), died: str | None = None,
             dead: bool = False, multiple: bool = False, birth_order: str | None = None) -> Features:
    """`Features` out of normalised parts: the one place that both Patients and CSV rows pass."""
    home = addresses[0] if addresses else Address()
    return Features(
        given=name.given, given_sound=sound(name.given) if name.given else None, initial=(name.given or "")[:1] or None,
        middle=name.middle, middle_initial=(name.middle or "")[:1] or None, roots=roots(name.firsts), givens=name.givens,
        family=name.family, family_full=name.full, family_sound=sound(name.family) if name.family else None,
        families=name.families, birth_day=born.day, birth=born.whole, birth_span=born.span, birth_swapped=born.swapped,
        birth_month_day=born.day and born.day[5:], birth_month=born.day and born.day[:7], birth_year=born.year,
        sex=None if sex in _ABSENT_SEX else sex, numbers=numbers.ids, person_numbers=numbers.person,
        number_systems=numbers.systems, number_values=numbers.values, number=numbers.main, phones=phones,
        phone_ends=tuple(sorted({p[-7:] for p in phones})), emails=emails, email=emails[0] if emails else None,
        mailbox=emails[0].split("@")[0] if emails else None, places=tuple(sorted({a.place for a in addresses if a.place})),
        street=home.street, house=home.house, postcode=home.postcode, city=home.city, mother=mother, relatives=relatives,
        name=name, identifiers=numbers, born=born, died=died, dead=dead, multiple=multiple, birth_order=birth_order)
