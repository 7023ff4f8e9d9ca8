"""Blocking keys: two records are compared when they share one. Pure: keys follow from the record and the model alone,
never from how many records there are, so an index of them can live in the store.

Names enter by sound and in one key space, so exchanged names meet; day and month enter in order, so exchanged ones do.
No value that many people have (1 January, a common name, a town) is a key of its own.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from gateway.identity.features import Features


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


def _town(r: Features) -> str | None:
    return r.postcode[:2] if r.postcode else r.city[:3] if r.city else None


def _number(r: Features) -> Iterator[str]:
    for number in (*r.numbers, *r.record_numbers):
        value = number.rpartition("|")[2]
        yield value if len(value) >= 6 else number


def _birth_and_name(r: Features) -> Iterator[str]:
    if day := _day(r):
        for sound in _sounds(r):
            yield f"{day}|{sound}"


def _birth_and_place(r: Features) -> Iterator[str]:
    if (day := _day(r)) and r.birth_day and (place := r.postcode or r.city):
        yield f"{day}|{place}"


def _birth_and_initials(r: Features) -> Iterator[str]:
    if (day := _day(r)) and r.given and r.family:
        first, second = sorted((r.given[0], r.family[0]))
        yield f"{day}|{first}{second}"


def _names_and_town(r: Features) -> Iterator[str]:
    sounds = _sounds(r)
    if len(sounds) == 2 and (town := _town(r)):
        yield f"{sounds[0]}|{sounds[1]}|{town}|{r.birth[2:3] if r.birth else ''}"


def _names_and_year(r: Features) -> Iterator[str]:
    sounds = _sounds(r)
    if len(sounds) == 2 and r.birth_year:
        yield f"{sounds[0]}|{sounds[1]}|{r.birth_year}"


def _door_and_name(r: Features) -> Iterator[str]:
    if r.street and r.house:
        for sound in _sounds(r):
            yield f"{r.house}|{r.street[:6]}|{sound[:3]}"


def _postcode_and_initials(r: Features) -> Iterator[str]:
    if r.postcode and r.given and r.family:
        first, second = sorted((r.given[0], r.family[0]))
        yield f"{r.postcode}|{first}{second}"


def _contact(r: Features) -> Iterator[str]:
    yield from r.phones
    yield from r.emails


KEYS = (
    Key("number", "any change but of the number", _number),
    Key("birth date and a name", "other family name, names exchanged, moved, day and month exchanged", _birth_and_name),
    Key("birth date and place", "both names misspelt", _birth_and_place),
    Key("birth date and initials", "both names misspelt, moved", _birth_and_initials),
    Key("names and town", "wrong birth date", _names_and_town),
    Key("names and birth year", "wrong day, moved", _names_and_year),
    Key("door and a name", "wrong birth date, one name changed", _door_and_name),
    Key("postcode and initials", "names misspelt, wrong birth date", _postcode_and_initials),
    Key("phone or e-mail", "everything else changed", _contact),
)


def keys(record: Features) -> frozenset[str]:
    """Every blocking key of a record, each with the number of its kind before it: `1|19800517|karl`."""
    return frozenset(f"{i}|{value}" for i, key in enumerate(KEYS) for value in key.values(record))
