"""Blocking keys: two records are compared when they share one. Pure: keys follow from the record and the model alone,
never from how many records there are, so an index of them can live in the store.

Names enter by sound and in one key space, so exchanged names meet; day and month enter in order, so exchanged ones do.
No value that many people have (1 January, a common name, a town) is a key of its own.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from gateway.identity.features import Features
from gateway.identity.numbers import dated


class Key(NamedTuple):
    """One kind of key. meets: which errors it survives, for people."""

    name: str
    meets: str
    values: Callable[[Features], Iterator[str]]


def _sounds(r: Features) -> list[str]:
    return sorted({s[:6] for s in (r.given_sound, r.family_sound) if s})


def _day(r: Features) -> str | None:
    if not r.birth:
        return None
    month, day = r.birth[4:6], r.birth[6:]
    return f"{r.birth[:4]}{min(month, day)}{max(month, day)}"


def _number(r: Features) -> Iterator[str]:
    for number in (*r.numbers, *r.record_numbers):
        value = number.rpartition("|")[2]
        yield value if len(value) >= 6 else number


def _value(r: Features) -> str:
    """The number without its system, where it is long enough to part; else empty."""
    value = (r.number or "").rpartition("|")[2]
    return value if len(value) >= 6 else ""


def _half_a_number(r: Features) -> Iterator[str]:
    """The first and the last digits with the year of birth, unless the number begins with it."""
    if r.birth_year and (value := _value(r)):
        if not dated(r.number or ""):
            yield f"{value[:4]}|{r.birth_year}"
        yield f"{r.birth_year}|{value[-4:]}"


def _start_of_a_number(r: Features) -> Iterator[str]:
    """Zeros in front and a birth date are no start of one's own."""
    if len(value := _value(r).lstrip("0")) >= 6 and (initials := _initials(r)) and not dated(r.number or ""):
        yield f"{initials}|{value[:4]}"


def _digits(r: Features) -> Iterator[str]:
    """Digits that were exchanged are the same digits."""
    if value := _value(r):
        yield from (f"{''.join(sorted(value))}|{with_}" for with_ in (r.postcode or r.city, _initials(r)) if with_)


def _birth_and_name(r: Features) -> Iterator[str]:
    """A day that only means a year (1 January) has many people: there the place counts too."""
    day = _day(r)
    place = "" if r.birth_day else r.postcode or r.city
    if day and place is not None:
        for sound in _sounds(r):
            yield f"{day}|{sound}|{place}"


def _street(r: Features, letters: int) -> str:
    """The first letters of the street, blanks left out."""
    return (r.street or "").replace(" ", "")[:letters]


def _birth_and_place(r: Features) -> Iterator[str]:
    """Postcodes have slips, names of streets and towns mostly behind their first letters."""
    if (day := _day(r)) and r.birth_day:
        for place in (r.postcode, (r.city or "")[:4], _street(r, 5)):
            if place:
                yield f"{day}|{place}"


def _initials(r: Features) -> str:
    return "".join(sorted((r.given[0], r.family[0]))) if r.given and r.family else ""


def _birth_and_initials(r: Features) -> Iterator[str]:
    if r.birth_day and (initials := _initials(r)):
        yield f"{_day(r)}|{initials}"


def _names(r: Features) -> str:
    sounds = _sounds(r)
    return "|".join(sounds) if len(sounds) == 2 else ""


def _names_and_town(r: Features) -> Iterator[str]:
    if names := _names(r):
        if r.postcode:
            yield f"{names}|{r.postcode}"
        if r.city:
            yield f"{names}|{r.city[:6]}|{r.birth[2:3] if r.birth else ''}"


def _names_and_part_of_birth(r: Features) -> Iterator[str]:
    """Two of year, month and day: the other may be wrong. Where only the year is certain, the town counts too."""
    if not (names := _names(r)):
        return
    if r.birth_day:
        year, month, day = r.birth_day.split("-")
        yield from (f"{names}|{year}-{month}", f"{names}|{year}--{day}", f"{names}|{month}-{day}")
    elif r.birth_year and (place := r.city or r.postcode):
        yield f"{names}|{r.birth_year}|{place[:6]}"


def _door_and_name(r: Features) -> Iterator[str]:
    if r.street and r.house:
        for sound in _sounds(r):
            yield f"{r.house}|{r.street[:6]}|{sound[:3]}"


def _street_and_name(r: Features) -> Iterator[str]:
    """The door without its number."""
    if (street := _street(r, 6)) and (town := (r.city or r.postcode or "")[:4]):
        for sound in _sounds(r):
            yield f"{street}|{town}|{sound[:3]}"


def _postcode_and_initials(r: Features) -> Iterator[str]:
    if r.postcode and (initials := _initials(r)):
        yield f"{r.postcode}|{initials}"


def _contact(r: Features) -> Iterator[str]:
    yield from r.phones
    yield from r.emails


KEYS = (
    Key("number", "any change but of the number", _number),
    Key("birth date and a name", "other family name, names exchanged, moved, day and month exchanged", _birth_and_name),
    Key("birth date and place", "names misspelt or left out, postcode or town wrong", _birth_and_place),
    Key("birth date and initials", "both names misspelt, moved", _birth_and_initials),
    Key("names and town", "wrong birth date", _names_and_town),
    Key("names and part of the birth date", "one part of the date wrong, moved", _names_and_part_of_birth),
    Key("door and a name", "wrong birth date, one name changed", _door_and_name),
    Key("postcode and initials", "names misspelt, wrong birth date", _postcode_and_initials),
    Key("phone or e-mail", "everything else changed", _contact),
    Key("half a number and the year of birth", "slips in everything", _half_a_number),
    Key("street and a name", "house number, postcode and birth date wrong or left out", _street_and_name),
    Key("start of a number and initials", "names, birth date and address wrong", _start_of_a_number),
    Key("digits of a number and place or initials", "digits exchanged, birth date and names or place changed", _digits),
)


def keys(record: Features) -> frozenset[str]:
    """Every blocking key of a record, each with the number of its kind before it: `1|19800517|karl|`."""
    return frozenset(f"{i}|{value}" for i, key in enumerate(KEYS) for value in key.values(record))
