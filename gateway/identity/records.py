"""Two records and how they compare: what one glance at names, numbers and mailboxes says."""

from dataclasses import dataclass

from gateway.identity.features import Features
from gateway.identity.names import given_names, placeholders, short_for
from gateway.identity.score import Score
from gateway.identity.spelling import one_spelling
from gateway.identity.words import SAME_MAIL, SAME_NUMBER, words_of
from gateway.once import once

OWN = 4  # letters of a given name that are no chance in an e-mail
GROWN_UP = 2005  # born later: children, whose twins live with them


@dataclass(frozen=True)
class Records:
    """Two records and how they compare, in words. shared: people of these records share homes."""

    a: Features
    b: Features
    score: Score
    shared: bool = True

    @once
    def words(self) -> dict[str, str]:
        """Feature → word of its level (words.py)."""
        return words_of(self.a, self.b, self.score, self.two_records)

    def is_(self, feature: str, words: frozenset[str]) -> bool:
        return self.words[feature] in words

    def given(self, feature: str) -> bool:
        return self.words[feature] != "not given"

    @once
    def years_apart(self) -> int | None:
        x, y = self.a.birth_year, self.b.birth_year
        return None if x is None or y is None else abs(x - y)

    @once
    def two_records(self) -> bool:
        """One assigner gave them two record numbers."""
        one, two = set(self.a.record_numbers), set(self.b.record_numbers)
        return not one & two and bool({n.rpartition("|")[0] for n in one} & {n.rpartition("|")[0] for n in two})

    @once
    def contradicted(self) -> bool:
        """Something that one person has once differs, or what seldom changes."""
        return any(self.words[f] == "differs"
                   for f in ("middle name", "sex", "phone", "e-mail", "mother's maiden name"))

    @once
    def elsewhere(self) -> bool:
        """Number or address differ."""
        return self.words["number"] == "differs" or self.words["address"] == "differs"

    @once
    def grown_up(self) -> bool:
        """Neither is a child, whose twin lives in the same house."""
        return max(self.a.birth_year or 0, self.b.birth_year or 0) <= GROWN_UP

    @once
    def same_number(self) -> bool:
        return self.is_("number", SAME_NUMBER)

    @property
    def own_number(self) -> bool:
        """A valid national number agrees. Any other number may be a policy's, which a family shares, or that of another
        hospital."""
        return self.words["number"] == "same national number"

    @once
    def digits(self) -> tuple[str, str]:
        """The digits of both numbers behind their common letters; of anything else none."""
        x, y = (f"{r.number or ''}".rpartition("|")[2] for r in (self.a, self.b))
        letters = x.rstrip("0123456789")
        x, y = x.removeprefix(letters), y.removeprefix(letters)
        return (x, y) if x.isdigit() and y.isdigit() else ("", "")

    @once
    def last_digit_open(self) -> bool:
        """Numbers that are one but for a last digit that is wrong or lost: ten were handed out one after another."""
        x, y = self.digits
        return x != y and (x[:-1] in (y, y[:-1]) or y[:-1] == x)

    @once
    def one_mail(self) -> bool:
        """The same e-mail, or one with a slip but the same digits: no namesake's."""
        digits = [[c for c in r.mailbox or "" if c.isdigit()] for r in (self.a, self.b)]
        return self.is_("e-mail", SAME_MAIL) and digits[0] == digits[1]

    @once
    def own_mail(self) -> bool:
        """One e-mail, which spells one of the given names: it is a person's own, not the household's. Where it spells
        two names that parents choose, Hanna and Johanna, it may be the other's."""
        if not self.one_mail:
            return False
        one, two = self.a.given or "", self.b.given or ""
        boxes = [r.mailbox or "" for r in (self.a, self.b)]
        both = one != two and min(len(one), len(two)) >= OWN and one in boxes[0] and two in boxes[0]
        if self.shared and both and {one, two} <= given_names() and not (
                short_for(one, two) or one_spelling(one, two)):
            return False
        return any(name in box for name in (one, two) if len(name) >= OWN for box in boxes)

    @once
    def marked(self) -> bool:
        """Both bear one mark of generation (Jr, III), which of brothers, or of father and son, only one does."""
        return self.a.life.generation is not None and self.a.life.generation == self.b.life.generation

    @property
    def crowd(self) -> bool:
        """A family name of so many that a city has several people of one name and birth date."""
        common = placeholders("common-family")
        return self.shared and not (common.isdisjoint(self.a.families) and common.isdisjoint(self.b.families))

    @once
    def two_houses(self) -> bool:
        """One surname of two is the same, and each has another beside it: García López, García Ruiz."""
        one, two = ({*r.families} - {r.family} for r in (self.a, self.b))
        return self.shared and not one.isdisjoint(two) and bool(one - two) and bool(two - one)
