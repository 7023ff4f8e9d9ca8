"""Whether two given names are one person's: misspelt, shortened, read by a machine, or those of two children."""

from gateway.identity.names import both_short, given_names, like_a_name, short_for
from gateway.identity.records import Records
from gateway.identity.romanised import may_be_one
from gateway.identity.spelling import cut_off, letters_apart, misread, run_together, shortened
from gateway.identity.words import (
    CLOSE_GIVEN,
    DOOR,
    LIKE_NAMED,
    OTHER_FORM,
    SAME_DAY,
    SAME_GIVEN,
    SHORT_FORM,
    SPELT_ALIKE,
)
from gateway.once import once

HEARD = 4  # letters of a given name of which can be said whether it is spelt like one


class Given(Records):
    """Two records, by their given names."""

    @once
    def both_known(self) -> bool:
        """Both given names are names that parents choose, or nobody can tell who reads them in ASCII."""
        return self.in_signs or {self.a.given, self.b.given} <= given_names()

    @property
    def in_signs(self) -> bool:
        """Both given names were written in a script of signs (桂英, 秀英), or one without vowels."""
        return self.a.life.signs and self.b.life.signs

    @property
    def unreadable(self) -> bool:
        """One given name was written in signs, or without vowels, and the other was not: that they differ says little,
        who knows how 花子 or 嘉敏 is read."""
        return self.a.life.signs != self.b.life.signs

    @once
    def names(self) -> bool:
        """Both given names may be somebody's: chosen by parents, or spelt so, or too short to tell."""
        return all(len(name) < HEARD or like_a_name(name) for name in (self.a.given or "", self.b.given or ""))

    @once
    def two_names(self) -> bool:
        """Two given names, unlike each other: parents choose both, or both are spelt so and not of the same letters."""
        one, two = self.a.given or "", self.b.given or ""
        return self.words["given name"] == "differs" and (
            self.both_known or (like_a_name(one) and like_a_name(two) and letters_apart(one, two) > 1))

    @once
    def as_written(self) -> bool:
        """One given name, letter by letter: two forms of one may be those of two wives or cousins."""
        one, two = ({r.given, r.given_whole} - {None} for r in (self.a, self.b))
        exchanged = {r.given_whole for r in (self.a, self.b)} == {r.family for r in (self.a, self.b)}
        return not one.isdisjoint(two) or exchanged or not self.given("given name")

    @once
    def of_one_mark(self) -> bool:
        """Two forms of one name, of which brothers would not both bear the mark: Will III, Bill III."""
        return self.marked and not set(self.a.roots).isdisjoint(self.b.roots)

    @once
    def two_given(self) -> bool:
        """Both given names are known to be chosen by parents and are not the same, or they are not alike at all. A
        short form beside its own name is no second one where the sex is one: nobody calls twins Will and William. Nor
        are two forms of one name under one mark of generation."""
        short = self.words["sex"] == "same" and short_for(self.a.given or "", self.b.given or "")
        if short or self.of_one_mark:
            return False
        return (self.both_known and not self.is_("given name", SAME_GIVEN)) or not self.is_(
            "given name", CLOSE_GIVEN | {"not given"})

    @once
    def short_form(self) -> bool:
        """One is short for the other and for no other name, or the sex is one: Chris may be Christina as well."""
        certain = self.words["sex"] == "same" or max(len(self.a.roots), len(self.b.roots)) <= 2
        return certain and short_for(self.a.given or "", self.b.given or "")

    @once
    def other_form(self) -> bool:
        """One given name in another form: a short one, or one that sounds alike or has the same root, and not two that
        parents choose: Emma and Emily. Whose number or e-mail is one's own may be called by either."""
        own = self.words["given name"] == SHORT_FORM and (self.short_form or self.own_number or self.own_mail)
        known = max(self.a.given or "", self.b.given or "", key=len) in given_names()
        open_to_two = self.shared and known and self.words["given name"] == SHORT_FORM and max(
            len(self.a.roots), len(self.b.roots)) > 2
        return own or (self.is_("given name", OTHER_FORM) and not self.both_known and not open_to_two)

    @once
    def misspelt(self) -> bool:
        """The given names are one with a slip of the pen, not those of brother and sister: one is a name that parents
        choose, the other is not even spelt like one, has its letters in another order, or is cut off."""
        one, two = sorted((self.a.given or "", self.b.given or ""), key=lambda name: name in given_names())
        slip = two in given_names() and one not in given_names() and (
            not like_a_name(one) or sorted(one) == sorted(two) or cut_off(one, two))
        return self.words["given name"] == SPELT_ALIKE and slip and not self.in_signs

    @once
    def one_given(self) -> bool:
        """The given names are one, maybe misspelt: not two that parents choose."""
        if self.is_("given name", CLOSE_GIVEN):
            return self.is_("given name", SAME_GIVEN) or not self.both_known
        one, two = self.a.given or "", self.b.given or ""
        two_names = self.in_signs or (like_a_name(one) and like_a_name(two))
        return self.words["given name"] == "similar" and not two_names

    @once
    def like_named(self) -> bool:
        """The given names are two that look or sound alike: Anna and Anne."""
        return self.is_("given name", LIKE_NAMED) and not self.one_given

    @once
    def lengthened(self) -> bool:
        """One given name is the other with a letter behind it: George and Georgea."""
        one, two = sorted((self.a.given or "", self.b.given or ""), key=len)
        return two[:-1] == one

    @property
    def _one_root(self) -> bool:
        """A short form, or two, of one name: Joe and José, Bob and Rob; or that name in another language, unless two
        children may bear both: Anna and Anne."""
        one, two = self.a.given or "", self.b.given or ""
        short = short_for(one, two) or both_short(one, two)
        return short or (not self.is_("given name", LIKE_NAMED) and not set(self.a.roots).isdisjoint(self.b.roots))

    @once
    def by_another_name(self) -> bool:
        """On one valid national number and birth date, the given name of one is a further or a former one of the other,
        or what a machine made of it."""
        if not self.own_number or not self.is_("birth date", SAME_DAY):
            return False
        one, two = self.a.given or "", self.b.given or ""
        whole = (self.a.given_whole or one, self.b.given_whole or two)
        mine, theirs = ([r.given, *(r.middle or "").split()] if r.given else [] for r in (self.a, self.b))
        told = bool(mine and theirs) and (
            shortened(mine, theirs, self.b.givens) or shortened(theirs, mine, self.a.givens))
        read = one == two or run_together(one, two) or (misread(one, two) and not self.both_known)
        return told or self._one_root or may_be_one(*whole) or _compound(*whole) or (read and self.is_("address", DOOR))


def _compound(one: str, other: str) -> bool:
    """One is the first part of two names in one word: Anna, Annalena."""
    short, long = sorted((one, other), key=len)
    return len(short) >= HEARD - 1 and long.startswith(short) and long.removeprefix(short) in given_names()
