"""What may not be linked by a computer, however high the score: one row of GUARDS adds a rule.

A *thin* pair has too little evidence of its own: a human decides, unless other records bring both together. A *hold* speaks
against one person: a human decides, and no automatic link may cross it. A *veto* stands even against a human's "same" until
the contradiction is solved. Each says why, in words. (ID-07)
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from gateway.identity.compare import FEATURES
from gateway.identity.features import Features
from gateway.identity.names import given_names
from gateway.identity.numbers import contradiction
from gateway.identity.score import Score

_GENERATION = 13   # years: the least age of a parent
_CONSECUTIVE = 100 # numbers handed out one after another differ by less
_SAME_GIVEN = frozenset({"same", "exchanged with the family name", "short form of the same name"})
_CLOSE_GIVEN = _SAME_GIVEN | {"spelt or sounds alike"}
_LIKE_GIVEN = frozenset({"spelt or sounds alike", "similar"})
_CLOSE_FAMILY = frozenset({"same", "exchanged with the given name", "spelt or sounds alike", "shares a part or former name"})
_SAME_DAY = frozenset({"same", "same, but an unlikely day"})
_CLOSE_BIRTH = _SAME_DAY | {"day and month exchanged", "one typing error"}
_PARTLY_BIRTH = frozenset({"same as far as given", "same year and month, or same day"})
_SAME_NUMBER = frozenset({"same national number", "same number"})
_DOOR = frozenset({"same door", "same street and house"})
_STREET = _DOOR | {"same street and town", "same house number and postcode"}


@dataclass(frozen=True)
class Pair:
    """Two records and how they compare, in the words that guards use."""

    a: Features
    b: Features
    score: Score

    @cached_property
    def words(self) -> dict[str, str]:
        """Feature → word of its level."""
        return {f.name: f.levels[i].word for f, i in zip(FEATURES, self.score.levels, strict=True)}

    def is_(self, feature: str, words: frozenset[str]) -> bool:
        return self.words[feature] in words

    def given(self, feature: str) -> bool:
        return self.words[feature] != "not given"

    @cached_property
    def years_apart(self) -> int | None:
        x, y = self.a.birth_year, self.b.birth_year
        return None if x is None or y is None else abs(x - y)

    @cached_property
    def names_agree(self) -> bool:
        return self.given_agrees and self.is_("family name", _CLOSE_FAMILY)

    @cached_property
    def household(self) -> bool:
        """Something that people who live together share."""
        return (self.is_("address", _STREET) or self.is_("phone", frozenset({"same"})) or self.words["e-mail"] == "same"
                or self.words["mother's maiden name"] == "same" or self.words["relative"] == "same")

    @cached_property
    def same_number(self) -> bool:
        return self.is_("number", _SAME_NUMBER)

    @cached_property
    def near_number(self) -> bool:
        """A number with a typing error, and not one of two handed out one after another."""
        return self.words["number"] == "one typing error" and not self.consecutive

    @cached_property
    def consecutive(self) -> bool:
        x, y = (f"{r.number or ''}".rpartition("|")[2] for r in (self.a, self.b))
        return x.isdigit() and y.isdigit() and x != y and abs(int(x) - int(y)) < _CONSECUTIVE

    @cached_property
    def misspelt(self) -> bool:
        """One given name is known, the other is not and looks like it: a slip, not the name of a brother or sister."""
        known = given_names()
        return (self.a.given in known) != (self.b.given in known) and self.is_("given name", _LIKE_GIVEN)

    @cached_property
    def given_agrees(self) -> bool:
        return self.is_("given name", _CLOSE_GIVEN) or self.misspelt


class Guard(NamedTuple):
    """One rule. effect: "veto", "hold" or "thin"; reason: one sentence for people."""

    name: str
    effect: str
    reason: str
    fires: Callable[[Pair], bool]


def _numbers_conflict(p: Pair) -> bool:
    return contradiction(p.a.identifiers, p.b.identifiers) is not None


def _unchecked_conflict(p: Pair) -> bool:
    return (contradiction(p.a.identifiers, p.b.identifiers, checked=False) is not None
            and not p.same_number and not p.near_number)


def _deaths_conflict(p: Pair) -> bool:
    return p.a.died is not None and p.b.died is not None and p.a.died != p.b.died


def _born_after_death(p: Pair) -> bool:
    pairs = ((p.a, p.b), (p.b, p.a))
    return any(x.died and y.birth_span and y.birth_span > x.died for x, y in pairs)


def _placeholder(p: Pair) -> bool:
    return p.a.name.placeholder or p.b.name.placeholder


def _newborn(p: Pair) -> bool:
    return (p.a.name.newborn or p.b.name.newborn) and not (p.same_number and p.is_("birth date", _SAME_DAY))


def _birth_order(p: Pair) -> bool:
    return (p.a.birth_order is not None and p.b.birth_order is not None and p.a.birth_order != p.b.birth_order
            and p.is_("birth date", _CLOSE_BIRTH))


def _twins(p: Pair) -> bool:
    given = p.words["given name"]
    if given in _SAME_GIVEN or not p.is_("birth date", _CLOSE_BIRTH | _PARTLY_BIRTH):
        return False
    other_sex = p.words["sex"] == "differs"
    if p.same_number and (given in _CLOSE_GIVEN or p.is_("birth date", _CLOSE_BIRTH)):
        return other_sex
    if (p.near_number and given in _CLOSE_GIVEN | {"not given"}) or (p.misspelt and not p.consecutive):
        return other_sex
    return p.household or p.consecutive or (p.given("given name") and p.is_("family name", _CLOSE_FAMILY))


def _generations(p: Pair) -> bool:
    marks = {p.a.name.generation, p.b.name.generation} - {None}
    return len(marks) == 2 or ((p.years_apart or 0) >= _GENERATION and not p.same_number)


def _overlay(p: Pair) -> bool:
    other_name = p.words["given name"] in ("differs", "similar")
    other_birth = p.words["birth date"] in ("differs", "same year")
    other_sex = p.words["sex"] == "differs"
    return (p.same_number or p.words["number"] == "one typing error") and other_name + other_birth + other_sex >= 2


def _other_given(p: Pair) -> bool:
    same = p.same_number and p.is_("birth date", _CLOSE_BIRTH) and (p.is_("family name", _CLOSE_FAMILY) or p.household)
    return p.words["given name"] == "differs" and not same


def _sex_and_birth(p: Pair) -> bool:
    return p.words["sex"] == "differs" and p.words["birth date"] in ("differs", "same year")


def _other_birth(p: Pair) -> bool:
    return p.words["birth date"] == "differs" and not (p.same_number and p.names_agree)


def _little_evidence(p: Pair) -> bool:
    """Name, birth date and number count 1 each; half of one, and what a household shares, 1/2; two are needed."""
    given = p.given_agrees
    name = 1.0 if p.names_agree else 0.5 * given
    birth = 1.0 if p.is_("birth date", _CLOSE_BIRTH) else 0.5 * p.is_("birth date", _PARTLY_BIRTH)
    return name + birth + (p.same_number or p.near_number) + 0.5 * (p.household and given) < 2


def _namesakes(p: Pair) -> bool:
    middle = p.words["middle name"] == "same" and len(p.a.middle or "") > 1
    return not (p.same_number or p.near_number or p.household or middle)


GUARDS = (
    Guard("national-numbers-conflict", "veto", "Both have a valid national number of the same kind, and they differ.",
          _numbers_conflict),
    Guard("deaths-conflict", "veto", "Both have died, on different days.", _deaths_conflict),
    Guard("reused-number", "hold", "One was born after the other had died.", _born_after_death),
    Guard("numbers-conflict", "hold", "Both have a national number of the same kind, and they differ by more than a typing "
          "error.", _unchecked_conflict),
    Guard("placeholder-name", "thin", "A name stands for an unknown person.", _placeholder),
    Guard("unnamed-newborn", "hold", "A newborn without a name of its own, and no number that proves which child it is.",
          _newborn),
    Guard("multiple-birth", "hold", "Born on the same day with another place in the order of a multiple birth.",
          _birth_order),
    Guard("twins", "hold", "Same birth date and family or household, but the given names are not the same: may be twins.",
          _twins),
    Guard("generations", "hold", "Named alike but a generation apart: may be parent and child.", _generations),
    Guard("overlay", "hold", "Same number, but name, birth date or sex say another person: the number may be shared, reused "
          "or overwritten.", _overlay),
    Guard("other-given-name", "hold", "The given names differ, and no number and birth date agree.", _other_given),
    Guard("sex-and-birth-date", "hold", "Sex and birth date both differ.", _sex_and_birth),
    Guard("other-birth-date", "hold", "The birth dates differ, and no number agrees.", _other_birth),
    Guard("household-only", "thin", "Fewer than two of name, birth date and number agree: what agrees is shared by people "
          "who live together.", _little_evidence),
    Guard("namesakes", "thin", "Only name and birth date agree: may be two people of the same name.", _namesakes),
)


def fired(a: Features, b: Features, score: Score) -> tuple[Guard, ...]:
    """The guards that fire for a pair, in the order of the table."""
    pair = Pair(a, b, score)
    return tuple(g for g in GUARDS if g.fires(pair))
