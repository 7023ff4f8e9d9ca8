"""What comparisons, guards and blocking keys look at: one row of columns for each record."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from gateway.identity.contacts import Address
from gateway.identity.dates import Birth
from gateway.identity.names import Name, roots, sound
from gateway.identity.numbers import Numbers

Text: TypeAlias = str | None
Texts: TypeAlias = tuple[str, ...]


class Life(NamedTuple):
    """What only guards read. died: day of death; dead: also without a day; birth_order: place in a multiple birth;
    generation, placeholder, newborn, signs, family_signs, latin, written, sounds, tones, role: of the name (Name);
    end: of a number (numbers.Numbers)."""

    died: Text = None
    dead: bool = False
    birth_order: Text = None
    generation: Text = None
    placeholder: bool = False
    newborn: bool = False
    signs: bool = False
    family_signs: bool = False
    end: Text = None
    written: Text = None
    latin: bool = True
    sounds: Text = None
    tones: Text = None
    role: Text = None


class Features(NamedTuple):
    """The columns that comparisons and the trained model see (None and (): not given), then what only guards read."""

    given: Text
    given_sound: Text
    given_whole: Text
    initial: Text
    middle: Text
    middle_initial: Text
    roots: Texts
    givens: Texts
    family: Text
    family_full: Text
    family_sound: Text
    families: Texts
    birth_day: Text
    birth: Text
    birth_typed: Text
    birth_span: Text
    birth_swapped: Text
    birth_month_day: Text
    birth_month: Text
    birth_year: int | None
    sex: Text
    numbers: Texts
    person_numbers: Texts
    record_numbers: Texts
    number_systems: Texts
    number_values: Texts
    number: Text
    phone: Text
    phones: Texts
    phone_ends: Texts
    emails: Texts
    email: Text
    mailbox: Text
    places: Texts
    street: Text
    house: Text
    postcode: Text
    city: Text
    mother: Text
    relatives: Texts
    life: Life

    def row(self) -> dict[str, Any]:
        """The columns as Splink takes them: lists for tuples, None for empty."""
        values = ((name, getattr(self, name)) for name in COLUMNS)
        return {name: (list(v) or None) if isinstance(v, tuple) else v for name, v in values}


_SQL = {Text: "VARCHAR", Texts: "VARCHAR[]", int | None: "INTEGER"}
COLUMNS: Mapping[str, str] = {name: _SQL[kind] for name, kind in Features.__annotations__.items() if kind in _SQL}


def covers(whole: Features, part: Features) -> bool:
    """Does one record say all that the other says?"""
    return _covered(part[:-1], whole[:-1]) and _covered(part.life, whole.life)


def _covered(part: tuple[Any, ...], whole: tuple[Any, ...]) -> bool:
    return all(not x or x == y or (isinstance(x, tuple) and set(x) <= set(y)) for x, y in zip(part, whole, strict=True))


def _initial(text: Text) -> Text:
    return text[:1] if text else None


def assemble(name: Name, born: Birth, sex: str, numbers: Numbers, phones: Texts, emails: Texts,
             addresses: Sequence[Address], mother: Text = None, relatives: Texts = (),
             life: Life | None = None) -> Features:
    """`Features` out of normalised parts: the one place that both Patients and CSV rows pass."""
    home = addresses[0] if addresses else Address()
    email = emails[0] if emails else None
    return Features(
        given=name.given, given_sound=sound(name.given) if name.given else None, given_whole=name.whole,
        initial=_initial(name.given), middle=name.middle, middle_initial=_initial(name.middle),
        roots=roots(name.firsts), givens=name.givens, family=name.family, family_full=name.full,
        family_sound=sound(name.family) if name.family else None, families=name.families,
        birth_day=born.day, birth=born.whole, birth_typed=None if born.january else born.whole,
        birth_span=born.span, birth_swapped=born.swapped,
        birth_month_day=born.day and born.day[5:], birth_month=born.day and born.day[:7], birth_year=born.year,
        sex=sex or name.sex, numbers=numbers.ids, person_numbers=numbers.person, record_numbers=numbers.records,
        number_systems=numbers.systems, number_values=numbers.values, number=numbers.main,
        phone=phones[0] if phones else None, phones=phones,
        phone_ends=tuple(sorted({p[-7:] for p in phones})), emails=emails, email=email,
        mailbox=email and email.split("@")[0], places=tuple(sorted({a.place for a in addresses if a.place})),
        street=home.street, house=home.house, postcode=home.postcode, city=home.city,
        mother=mother, relatives=relatives,
        life=(life or Life())._replace(generation=name.generation, placeholder=name.placeholder, newborn=name.newborn,
                                       signs=name.signs, family_signs=name.family_signs, end=numbers.end,
                                       written=name.written, latin=name.latin, sounds=name.sounds,
                                       tones=name.tones, role=name.role))
