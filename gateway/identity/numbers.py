"""Identifiers as features: assigner, compact form, check digit, and whether two different values can be one person.

One row of SCHEMES adds a national number. An identifier of any other system is a number of that assigner; one without
a system is a bare number, which never contradicts by itself.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from anyascii import anyascii

from gateway.identity import checkdigits
from gateway.identity.names import placeholders


@dataclass(frozen=True, slots=True)
class Scheme:
    """A national person number.

    valid     test of the compact value
    checked   it has a check digit: two valid values that differ are two people
    systems   URIs that name it; types: HL7 v2-0203 codes that name it where no system is given
    digits    how many last characters count (Swedish numbers come with and without century), 0: all
    dated     it is made of the birth date: where the number agrees, so does the date
    """

    name: str
    valid: Callable[[str], bool]
    checked: bool
    systems: tuple[str, ...]
    types: tuple[str, ...] = ()
    digits: int = 0
    dated: bool = False


SCHEMES = (
    Scheme("se-personnummer", checkdigits.personnummer, True,
           ("urn:oid:1.2.752.129.2.1.3.1", "http://electronichealth.se/identifier/personnummer"),
           ("NNSWE", "NNSE"), 10, dated=True),
    Scheme("se-samordningsnummer", checkdigits.samordningsnummer, True,
           ("urn:oid:1.2.752.129.2.1.3.3", "http://electronichealth.se/identifier/samordningsnummer"), (), 10,
           dated=True),
    Scheme("dk-cpr", checkdigits.cpr, False, ("urn:oid:1.2.208.176.1.2",), ("NNDNK", "NNDK"), dated=True),
    Scheme("no-fodselsnummer", checkdigits.fodselsnummer, True, ("urn:oid:2.16.578.1.12.4.1.4.1",), ("NNNOR", "NNNO"),
           dated=True),
    Scheme("no-d-number", checkdigits.d_number, True, ("urn:oid:2.16.578.1.12.4.1.4.2",), dated=True),
    Scheme("fi-hetu", checkdigits.hetu, True, ("urn:oid:1.2.246.21",), ("NNFIN", "NNFI"), dated=True),
    Scheme("de-kvnr", checkdigits.kvnr, True,
           ("http://fhir.de/sid/gkv/kvid-10", "http://fhir.de/NamingSystem/gkv/kvid-10"), ("GKV", "KVZ10", "NNDEU")),
    Scheme("nl-bsn", checkdigits.bsn, True,
           ("http://fhir.nl/fhir/NamingSystem/bsn", "urn:oid:2.16.840.1.113883.2.4.6.3"), ("NNNLD", "NNNL")),
    Scheme("fr-nir", checkdigits.nir, True,
           ("urn:oid:1.2.250.1.213.1.4.8", "urn:oid:1.2.250.1.213.1.4.10"), ("INS-NIR", "NNFRA", "NNFR"), dated=True),
    Scheme("es-dni", checkdigits.dni, True, ("urn:oid:1.3.6.1.4.1.19126.3",), ("NNESP", "NNES")),
    Scheme("es-nie", checkdigits.nie, True, ("urn:oid:1.3.6.1.4.1.19126.4",)),
    Scheme("it-codice-fiscale", checkdigits.codice_fiscale, True,
           ("urn:oid:2.16.840.1.113883.2.9.4.3.2", "http://hl7.it/sid/codiceFiscale",
            "http://hl7.it/sid/fiscalCode"), ("NNITA", "NNIT"), dated=True),
    Scheme("uk-nhs-number", checkdigits.nhs_number, True,
           ("https://fhir.nhs.uk/Id/nhs-number", "http://fhir.nhs.net/Id/nhs-number",
            "urn:oid:2.16.840.1.113883.2.1.4.1"), ("NH", "NNGBR", "NNGB")),
    Scheme("uk-chi-number", checkdigits.nhs_number, True, ("urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53",), dated=True),
    Scheme("us-ssn", checkdigits.ssn, False,
           ("http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1", "urn:us:ssn"), ("SS", "NNUSA", "NNUS")),
    Scheme("us-mbi", checkdigits.mbi, False,
           ("http://hl7.org/fhir/sid/us-mbi", "urn:oid:2.16.840.1.113883.4.927"), ("MC",)),
    Scheme("be-niss", checkdigits.niss, True,
           ("https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin",
            "https://www.ehealth.fgov.be/standards/fhir/NamingSystem/ssin"), ("NNBEL", "NNBE"), dated=True),
    Scheme("pl-pesel", checkdigits.pesel, True, ("urn:oid:2.16.840.1.113883.3.4424.1.1.616",), ("NNPOL", "NNPL"),
           dated=True),
    Scheme("ch-ahv", checkdigits.ahv, True, ("urn:oid:2.16.756.5.32",), ("NNCHE", "NNCH")),
    Scheme("is-kennitala", checkdigits.kennitala, True, ("urn:oid:2.16.840.1.113883.3.3.28",), ("NNISL", "NNIS"),
           dated=True),
    Scheme("ee-isikukood", checkdigits.isikukood, True,
           ("https://fhir.ee/sid/pid/est/ni", "urn:oid:1.3.6.1.4.1.28284.6.2.2.1"), ("NNEST", "NNEE"), dated=True),
    Scheme("lv-personas-kods", checkdigits.personas_kods, False, ("urn:oid:1.3.6.1.4.1.38760.3.1.1",),
           ("NNLVA", "NNLV"), dated=True),
    Scheme("lt-asmens-kodas", checkdigits.isikukood, True, (), ("NNLTU", "NNLT"), dated=True),
    Scheme("ie-pps", checkdigits.pps, True, (), ("NNIRL", "NNIE")),
    Scheme("at-svnr", checkdigits.svnr, True, ("urn:oid:1.2.40.0.10.1.4.3.1",), ("NNAUT", "NNAT"), dated=True),
    Scheme("au-ihi", checkdigits.ihi, True, ("http://ns.electronichealth.net.au/id/hi/ihi/1.0",)),
)
_BY_NAME = {s.name: s for s in SCHEMES}
_BY_SYSTEM = {uri.lower(): s for s in SCHEMES for uri in (s.name, *s.systems)}
_BY_TYPE = {code: s for s in SCHEMES for code in s.types}
_SISTERS = {"se-personnummer": "se-samordningsnummer", "se-samordningsnummer": "se-personnummer",
            "no-fodselsnummer": "no-d-number", "no-d-number": "no-fodselsnummer", "es-dni": "es-nie",
            "es-nie": "es-dni"}
# Numbers that one person and his family, or each visit, has for itself say nothing about who it is.
_NOT_PERSONAL = frozenset(("AN", "ANC", "ANON", "ANT", "VN", "BA", "FI", "FILL", "PLAC", "ACSN", "SN", "SNO", "MB"))
_PER_ASSIGNER = frozenset(("MR", "MRT", "PI", "PT", "PE", "U"))
# Documents that are renewed under another number: two that differ are no contradiction, nor a typing error.
_RENEWED, _PASSPORT = frozenset(("PPN",)), "http://hl7.org/fhir/sid/passport-"
_SHORTEST = 4
_KEEP = re.compile(r"[^0-9A-Z+]")
_SEQUENCES = ("01234567890", "98765432109")


@dataclass(frozen=True, slots=True)
class Numbers:
    """A patient's numbers; each is `scheme or system|compact value`, sorted.

    valid    scheme → values that pass their test
    ids      every number that passes its test, or has none, and is no record number; person: those of `valid`
    records  numbers of a medical record: one source's, easily reused or shared by mistake
    systems  those where a different value speaks against one person
    values   values long enough to mean something without their assigner
    main     the number to compare for typing errors
    """

    valid: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    ids: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    main: str | None = None


def compact(text: str) -> str:
    """Upper case without separators; the Finnish century sign is kept."""
    text = text.strip().upper()[:64]
    sign = text[6:7] if len(text) == 11 and text[6:7] in "+-" else ""
    return text[:6] + sign + _KEEP.sub("", text[7:]) if sign else _KEEP.sub("", text).replace("+", "")


def meaningless(value: str) -> bool:
    """Placeholders: one digit repeated, digits in sequence, words for unknown, published specimens."""
    bare = value.lstrip("0")
    if not bare or value in placeholders("identifier") or (len(set(bare)) == 1 and len(value) > 2):
        return True
    return len(value) >= 5 and any(value in run for run in _SEQUENCES)


def scheme_of(system: str, type_codes: Iterable[str], value: str) -> Scheme | None:
    """The national number that a system URI, else a type code, names; sister schemes are told by their shape."""
    scheme = _BY_SYSTEM.get(system.strip().lower().rstrip("/"))
    if scheme is None and not system:
        scheme = next((_BY_TYPE[c] for c in type_codes if c in _BY_TYPE), None)
    sister = _SISTERS.get(scheme.name) if scheme else None
    if scheme and sister and not scheme.valid(_value(scheme, value)) and _BY_NAME[sister].valid(_value(scheme, value)):
        return _BY_NAME[sister]
    return scheme


def _value(scheme: Scheme, value: str) -> str:
    value = value if scheme.name == "fi-hetu" else value.replace("-", "").replace("+", "")
    if scheme.name == "nl-bsn":
        value = value.zfill(9)
    return value[-scheme.digits:] if scheme.digits else value


def numbers_of(identifiers: Iterable[tuple[str, str, tuple[str, ...]]]) -> Numbers:
    """The `Numbers` of (system, value, type codes) triples."""
    valid: dict[str, set[str]] = {}
    ids: set[str] = set()
    records: set[str] = set()
    systems: set[str] = set()
    values: set[str] = set()
    ranked: list[tuple[int, str]] = []
    for system, text, codes in identifiers:
        value = compact(text)
        if not value or _NOT_PERSONAL.intersection(codes) or meaningless(value.replace("-", "").replace("+", "")):
            continue
        scheme = scheme_of(system, codes, value)
        name = scheme.name if scheme else anyascii(system[:200]).strip().lower()
        value = _value(scheme, value) if scheme else value.replace("-", "").replace("+", "")
        number = f"{name}|{value}"
        if scheme and scheme.valid(value):
            valid.setdefault(name, set()).add(value)
        written = {number, number if scheme else f"{name}|{_short(value)}"}
        if not scheme and _PER_ASSIGNER.intersection(codes):
            records |= written
            continue
        if not scheme or scheme.valid(value):
            ids |= written
        if _RENEWED.intersection(codes) or name.startswith(_PASSPORT):
            continue
        systems.add(name)
        ranked.append((0 if scheme else 2 if name else 1, number))
        if len(value) >= 6:
            values.add(value)
    person = {f"{s}|{v}" for s, found in valid.items() for v in found}
    return Numbers({s: tuple(sorted(v)) for s, v in sorted(valid.items())}, _sorted(ids), _sorted(person),
                   _sorted(records), _sorted(systems), _sorted(values), min(ranked)[1] if ranked else None)


def _short(value: str) -> str:
    """Without zeros in front: one system fills a number up with them, another does not."""
    short = value.lstrip("0")
    return short if short.isdigit() and len(short) >= _SHORTEST else value


def _sorted(found: set[str]) -> tuple[str, ...]:
    return tuple(sorted(found))


def dated(number: str) -> bool:
    """Is this number, `scheme|value`, made of the birth date?"""
    scheme = _BY_NAME.get(number.partition("|")[0])
    return scheme is not None and scheme.dated


def national(*numbers: str | None) -> bool:
    """Are these numbers, `scheme|value`, of a national kind?"""
    return all((number or "").partition("|")[0] in _BY_NAME for number in numbers)


def contradiction(a: Numbers, b: Numbers, checked: bool = True) -> str | None:
    """The scheme in which both hold valid numbers and share none; only schemes with (without) a check digit."""
    for name, values in a.valid.items():
        if _BY_NAME[name].checked is checked and name in b.valid and not set(values) & set(b.valid[name]):
            return name
    return None
