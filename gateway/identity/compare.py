"""What is compared, and how closely: one table. A row adds a feature; scoring, training, review and tests follow it.

Levels are tried from the top, the first that holds counts. m and u of each level lie in the model (model.json).
"""

from dataclasses import dataclass

from gateway.identity.levels import (
    ELSE,
    Test,
    alike,
    apart,
    begins,
    either,
    every,
    lone,
    long,
    member,
    missing,
    same,
    shared,
    typo,
    within,
)


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of agreement. word: for people and reasons; frequency: the column whose common values count less;
    neutral: it counts elsewhere, so m = u here."""

    word: str
    test: Test
    null: bool = False
    frequency: str | None = None
    neutral: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature and its levels, the closest agreement first. household: people who live together share it, so that
    it never counts for more than HOUSEHOLD_U lets it."""

    name: str
    levels: tuple[Level, ...]
    household: bool = False


HOUSEHOLD_U = 2e-4


def _row(name: str, null: Test, *levels: Level, household: bool = False) -> Feature:
    return Feature(name, (Level("not given", null, null=True), *levels, Level("differs", ELSE)), household)


def _near(left: str, right: str) -> Test:
    """Spelt alike, in each other's place; a father's name in a patronymic is not."""
    return either(alike(0.92, left, right), every(typo(left, 2, right), long(left, 5, right)))


_SWAPPED = either(
    every(either(same("given", "family"), same("given_whole", "family")),
          either(alike(0.85, "family", "given"), alike(0.85, "family", "given_whole"))),
    every(either(same("family", "given"), same("family", "given_whole")),
          either(alike(0.85, "given", "family"), alike(0.85, "given_whole", "family"))),
    every(_near("given_whole", "family"), _near("family", "given_whole")),
    every(_near("given", "family"), _near("family", "given")),
    every(typo("given", 1, "family"), long("given", 3, "family"),
          typo("family", 1, "given"), long("family", 3, "given")))

_MISPLACED = either(same("given_whole", "family"), same("family", "given_whole"),
                    every(typo("given_whole", 1, "family"), long("given_whole", 5, "family")),
                    every(typo("family", 1, "given_whole"), long("family", 5, "given_whole")))

_TOWN = either(same("postcode"), alike(0.92, "city"), every(typo("city", 2), long("city", 5)), typo("postcode"))

FEATURES: tuple[Feature, ...] = (
    _row("given name", missing("given"),
         Level("same", same("given"), frequency="given"),
         Level("same but for blanks", same("given_whole")),
         Level("spelt alike", either(
             every(typo("given"), long("given", 3)), every(typo("given", 2), long("given", 7)),
             every(typo("given_whole"), long("given_whole", 5)))),
         Level("sounds alike", every(same("given_sound"), alike(0.75, "given"))),
         Level("short form of the same name", shared("roots")),
         Level("exchanged with the family name", _SWAPPED),
         Level("similar", either(alike(0.85, "given"), every(typo("given", 2), long("given", 4)),
                                 every(typo("given", 3), long("given", 6)))),
         Level("is a middle name of the other", member("given", "givens")),
         Level("one name stands in the other's place", _MISPLACED),
         Level("same initial only", every(same("initial"), lone("given")))),
    _row("family name", missing("family"),
         Level("same", same("family"), frequency="family"),
         Level("spelt alike", either(
             same("family_full"), every(typo("family"), long("family", 4)), every(typo("family", 2), long("family", 7)),
             alike(0.93, "family"))),
         Level("sounds alike", every(same("family_sound"), alike(0.75, "family"))),
         Level("exchanged with the given name", _SWAPPED, neutral=True),
         Level("shares a part or former name", shared("families")),
         Level("similar", either(alike(0.85, "family"), every(typo("family", 2), long("family", 4)),
                                 every(typo("family", 3), long("family", 6)))),
         Level("one name stands in the other's place", _MISPLACED, neutral=True)),
    _row("middle name", missing("middle"),
         Level("same", same("middle")),
         Level("same initial", every(same("middle_initial"), lone("middle"))),
         Level("similar", either(alike(0.9, "middle"), begins("middle")))),
    _row("birth date", missing("birth_span", "birth_typed"),
         Level("same", same("birth_day")),
         Level("day and month exchanged",
               either(same("birth_day", "birth_swapped"), same("birth_swapped", "birth_day"))),
         Level("same, but an unlikely day", same("birth")),
         Level("one typing error", every(typo("birth_typed"), either(within("birth_year", 14), missing("birth_year")))),
         Level("same as far as given", begins("birth_span")),
         Level("same year and month, or same day", either(
             same("birth_month"), every(either(same("birth_month_day"), typo("birth_typed", 2)),
                                        within("birth_year", 14)))),
         Level("same year or the next", within("birth_year", 1))),
    _row("sex", missing("sex"), Level("same", same("sex"))),
    _row("number", apart("number_systems", "number_values", "record_numbers"),
         Level("same national number", shared("person_numbers")),
         Level("same number", shared("numbers")),
         Level("same record number", shared("record_numbers")),
         Level("same number, doubtful or of another assigner", shared("number_values")),
         Level("one typing error", every(typo("number"), long("number", 6)))),
    _row("phone", missing("phones"),
         Level("same", shared("phones")),
         Level("same but for the area", shared("phone_ends")),
         Level("one typing error", every(typo("phone"), long("phone", 7))), household=True),
    _row("e-mail", missing("emails"),
         Level("same", shared("emails")),
         Level("similar", typo("email", 2)),
         Level("garbled", alike(0.93, "email")),
         Level("same mailbox", every(same("mailbox"), long("mailbox", 5))), household=True),
    _row("address", missing("street", "postcode", "city"),
         Level("same door", shared("places")),
         Level("same street and house", every(alike(0.92, "street"), same("house"), either(
             _TOWN, every(missing("postcode"), missing("city"))))),
         Level("same street and town", every(alike(0.92, "street"), _TOWN)),
         Level("same house number and postcode", every(same("house"), same("postcode"))),
         Level("same street or postcode", either(alike(0.92, "street"), same("postcode"))),
         Level("same town", either(
             alike(0.92, "city"), every(typo("city", 2), long("city", 5)), typo("postcode"))), household=True),
    _row("mother's maiden name", missing("mother"),
         Level("same", same("mother")),
         Level("similar", alike(0.88, "mother")), household=True),
    _row("relative", missing("relatives"), Level("same", shared("relatives")), household=True),
)
