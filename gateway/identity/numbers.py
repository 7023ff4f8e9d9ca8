"""Identifiers as features: assigner, compact form, check digit, and whether two different values can be one person.

National numbers are told by SCHEMES. An identifier of any other system is a number of that assigner; one without a
system is a bare number, which never contradicts by itself.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from anyascii import anyascii

from gateway.identity.names import placeholders
from gateway.identity.schemes import SCHEMES, SISTERS, Scheme, plain


def _uri(system: str) -> str:
    return system.strip().lower().rstrip("/").removeprefix("https://").removeprefix("http://")


_BY_NAME = {s.name: s for s in SCHEMES}
_BY_SYSTEM = {_uri(uri): s for s in SCHEMES for uri in (s.name, *s.systems)}
_BY_TYPE = {code: s for s in SCHEMES for code in s.types}
_SISTERS = {one: _BY_NAME[other] for pair in SISTERS for one, other in (pair, pair[::-1])}
# Numbers that one person and his family, or each visit, has for itself say nothing about who it is.
_NOT_PERSONAL = frozenset(("AN", "ANC", "ANON", "ANT", "VN", "BA", "FI", "FILL", "PLAC", "ACSN", "SN", "SNO", "MB"))
_PER_ASSIGNER = frozenset(("MR", "MRT", "PI", "PT", "PE", "U"))
# Documents that are renewed under another number: two that differ are no contradiction, nor a typing error.
_RENEWED, _PASSPORT = frozenset(("PPN",)), "http://hl7.org/fhir/sid/passport-"
# A newborn's record may hold the number of its mother, as does that of its twin.
_OF_A_MOTHER = frozenset((_uri("https://fhir.kemkes.go.id/id/nik-ibu"),))
_OF_A_COUNTRY = re.compile("NN[A-Z]{2,3}")
_SPOILT = re.compile(r"\s*(?:\d[.,]\d+E\+?\d+|#.*)\s*", re.IGNORECASE)  # what a spreadsheet makes of a long number
_MASKED = re.compile(r"[*•●█]|X{3}", re.IGNORECASE)
_SHORTEST = 4
_PART, _END = 6, 4  # digits: fewer of a national number are a part of it; so many are its end
_KEEP = re.compile(r"[^0-9A-Z+]")
_LETTERS = re.compile(r"[A-Z]")
_UNTOLD = re.compile(r"[^0-9A-WYZ]")
_REPEATED = re.compile(r"(\d\d)\1{3,}\d?|(\d{3})\2{2,}\d{0,2}")
_SEQUENCES = ("01234567890", "98765432109")
_ROUND = ("0123456789" * 4, "9876543210" * 4)


class Numbers(NamedTuple):
    """A patient's numbers; each is `scheme or system|compact value`, sorted.

    ids      every number that passes its test, or has none, and is no record number
    person   those of a national scheme that pass its test
    records  numbers of a medical record: one source's, easily reused or shared by mistake
    systems  those where a different value speaks against one person
    values   values long enough to mean something without their assigner
    main     the number to compare for typing errors
    end      the last four digits of a national number of which no more is told, as in the US
    """

    ids: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    main: str | None = None
    end: str | None = None


def compact(text: str) -> str:
    """Upper case without separators, digits of any script as ASCII; the Finnish century sign is kept."""
    text = text.strip()[:64]
    text = (text if text.isascii() else anyascii(text)).upper()[:64]
    sign = text[6:7] if len(text) == 11 and text[6:7] in "+-" else ""
    return text[:6] + sign + _KEEP.sub("", text[7:]) if sign else _KEEP.sub("", text).replace("+", "")


def meaningless(value: str) -> bool:
    """Placeholders: no digit, one digit or up to three repeated, digits in sequence, words for unknown, published
    specimens."""
    bare = value.lstrip("0")
    if not bare or value in placeholders("identifier") or (len(set(bare)) == 1 and len(value) > 2):
        return True
    if value.isalpha() or _REPEATED.fullmatch(value):
        return True
    return len(value) >= 5 and any(value in run for run in (_SEQUENCES if len(value) < 10 else _ROUND))


def scheme_of(system: str, type_codes: Iterable[str], value: str) -> Scheme | None:
    """The national number that a system URI, else a type code, names; sister schemes are told by their shape. In a
    system that nobody knows, a country's code (NNBRA) names it only where the value passes a check digit."""
    if scheme := _BY_SYSTEM.get(_uri(system)):
        return _sister(scheme, value)
    typed = ((c, _sister(_BY_TYPE[c], value)) for c in type_codes if c in _BY_TYPE)
    return next((s for c, s in typed if not system or (
        s.checked and _OF_A_COUNTRY.fullmatch(c) and s.valid(s.form(value)))), None)


def _sister(scheme: Scheme, value: str) -> Scheme:
    sister = _SISTERS.get(scheme.name)
    other = sister is not None and not scheme.valid(scheme.form(value)) and sister.valid(sister.form(value))
    return sister if sister and other else scheme


def _nobodys(system: str, codes: Iterable[str], value: str) -> bool:
    """No number, or none of the person's own: a placeholder, a family's, a visit's, the mother's."""
    return (not value or bool(_NOT_PERSONAL.intersection(codes)) or meaningless(plain(value))
            or _uri(system) in _OF_A_MOTHER)


def _part(value: str) -> str:
    """The digits of a number of which no more is told, as the last four in the US: XXX-XX-1234."""
    digits = _UNTOLD.sub("", value)
    return digits if digits.isdigit() and len(digits) < _PART else ""


def _date_itself(value: str, day: str) -> bool:
    """No more than the birth date (YYYYMMDD), maybe between letters or before zeros: namesakes of one day share it."""
    if not day:
        return False
    digits, month, dd = _LETTERS.sub("", plain(value)), day[4:6], day[6:]
    dates = (text for year in (day[:4], day[2:4]) for text in (year + month + dd, dd + month + year, month + dd + year))
    return any(digits in (text, f"{text}0000") for text in dates)


def numbers_of(identifiers: Iterable[tuple[str, str, tuple[str, ...]]], day: str = "") -> Numbers:
    """The `Numbers` of (system, value, type codes) triples. day: the birth date, YYYYMMDD."""
    ids: set[str] = set()
    person: set[str] = set()
    records: set[str] = set()
    systems: set[str] = set()
    values: set[str] = set()
    ends: set[str] = set()
    ranked: list[tuple[int, str]] = []
    for system, text, codes in identifiers:
        value = compact(text)
        if _nobodys(system, codes, value) or _SPOILT.fullmatch(text) or _date_itself(value, day):
            continue
        scheme = scheme_of(system, codes, value)
        name = scheme.name if scheme else anyascii(system[:200]).strip().lower()
        part = _part(value) if scheme and not scheme.valid(scheme.form(value)) else ""
        value = scheme.form(value) if scheme else plain(value)
        if part or _MASKED.search(text):
            ends.update([f"{name}|{part}"] if len(part) == _END and text.strip().endswith(part) else ())
            continue
        number = f"{name}|{value}"
        if scheme and scheme.valid(value):
            person.add(number)
        written = {number, number if scheme else f"{name}|{_short(value)}"}
        if not scheme and _PER_ASSIGNER.intersection(codes):
            records |= written
            continue
        if not scheme or scheme.valid(value):
            ids |= written
        if _RENEWED.intersection(codes) or name.startswith(_PASSPORT) or (scheme and scheme.several):
            continue
        systems.add(name)
        ranked.append((0 if scheme else 2 if name else 1, number))
        if len(value) >= 6:
            values.add(value)
    return Numbers(_sorted(ids), _sorted(person), _sorted(records), _sorted(systems), _sorted(values),
                   min(ranked)[1] if ranked else None, min(ends, default=None))


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


def checked(number: str) -> bool:
    """Does this number, `scheme|value`, pass a check digit, or is it made of the birth date?"""
    scheme = _BY_NAME.get(number.partition("|")[0])
    return scheme is not None and (scheme.checked or scheme.dated)


def of_a_day(*numbers: str | None) -> bool:
    """Are these numbers made of the birth date, with no check digit? Those of one day are nearly the same."""
    schemes = [_BY_NAME.get((number or "").partition("|")[0]) for number in numbers]
    return all(s is not None and s.dated and not s.checked for s in schemes)


def national(*numbers: str | None) -> bool:
    """Are these numbers, `scheme|value`, of a national kind?"""
    return all((number or "").partition("|")[0] in _BY_NAME for number in numbers)


def contradiction(one: Sequence[str], other: Sequence[str], checked: bool = True, changing: bool = False) -> str | None:
    """The scheme in which both hold valid numbers, `scheme|value`, and share none: only schemes with (without) a check
    digit, and only numbers for life, or those that are exchanged (changing). Of some a person may have two."""
    mine, theirs = _by_scheme(one), _by_scheme(other)
    meant = (checked, changing, False)
    return next((s.name for s in map(_BY_NAME.__getitem__, mine) if (s.checked, s.changing, s.several) == meant
                 and s.name in theirs and mine[s.name].isdisjoint(theirs[s.name])), None)


def _by_scheme(numbers: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number in numbers:
        found.setdefault(number.partition("|")[0], set()).add(number)
    return found


def other_end(end: str | None, numbers: Sequence[str], others: str | None) -> bool:
    """Is of one person only the end of a national number told, and not that of the other's numbers (or of what end is
    told of them)?"""
    if end is None:
        return False
    kind, _, digits = end.partition("|")
    whole = [number for number in (*numbers, others or "") if number.partition("|")[0] == kind]
    return bool(whole) and not any(number.endswith(digits) for number in whole)
