"""A pair of records in the words that guards use: which names, dates, numbers and places agree."""

from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from gateway.identity.features import Features
from gateway.identity.names import given_names, like_a_name, placeholders, short_for
from gateway.identity.numbers import dated, of_a_day
from gateway.identity.score import Score
from gateway.identity.spelling import cut_off, letters_apart, misread, run_together
from gateway.identity.words import (
    CLOSE_BIRTH,
    CLOSE_FAMILY,
    CLOSE_GIVEN,
    DOOR,
    EXACT_BIRTH,
    LIKE_NAMED,
    MIDDLE,
    MISPLACED,
    OTHER_FORM,
    OTHER_PLACE,
    SAME_DAY,
    SAME_GIVEN,
    SAME_MAIL,
    SAME_NUMBER,
    SHORT_FORM,
    SPELT_ALIKE,
    STREET,
    TOWN,
    words_of,
)
from gateway.once import once

CONSECUTIVE = 6  # numbers handed out one after another differ by less
OWN = 4  # letters of a given name that are no chance in an e-mail
HEARD = 4  # letters of a given name of which can be said whether it is spelt like one
GENERATION = 13  # years: the least age of a parent
GROWN_UP = 2005  # born later: children, whose twins live with them


@dataclass(frozen=True)
class Pair:
    """Two records and how they compare, in the words that guards use. shared: people of these records share homes."""

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
    def names_agree(self) -> bool:
        """The given names agree, and so do the family names as far as they are given."""
        return self.given_agrees and (self.is_("family name", CLOSE_FAMILY) or not self.given("family name"))

    @once
    def household(self) -> bool:
        """Something that people who live together share."""
        return (self.is_("address", STREET) or self.words["phone"] == "same" or self.words["e-mail"] == "same"
                or self.own_mail or self.words["mother's maiden name"] == "same" or self.words["relative"] == "same")

    @once
    def half_name(self) -> bool:
        """One of the two names agrees, maybe in the other's place."""
        return (self.is_("family name", CLOSE_FAMILY) or self.words["given name"] == MISPLACED
                or (not self.given("family name") and self.is_("address", STREET)))

    @once
    def familiar(self) -> bool:
        """Something that strangers in one place do not share agrees, and nothing speaks against it. A camp and a
        village have one phone for many: it needs a door of one's own."""
        here = any(self.words[f] == "same" for f in ("middle name", "phone", "e-mail")) and self.is_("address", DOOR)
        apart = self.contradicted or not self.as_written or (self.words["number"] == "differs" and not self.own_mail)
        return not apart and (here or self.words["mother's maiden name"] == "same")

    @once
    def as_written(self) -> bool:
        """One given name, letter by letter: two forms of one may be those of two wives or cousins."""
        one, two = ({r.given, r.given_whole} - {None} for r in (self.a, self.b))
        exchanged = {r.given_whole for r in (self.a, self.b)} == {r.family for r in (self.a, self.b)}
        return not one.isdisjoint(two) or exchanged or not self.given("given name")

    @once
    def grown_up(self) -> bool:
        """Neither is a child, whose twin lives in the same house."""
        return max(self.a.birth_year or 0, self.b.birth_year or 0) <= GROWN_UP

    @once
    def all_but_given(self) -> bool:
        """Number, birth date and address of a grown-up agree, one name too or the day and the street exactly, and
        nothing else speaks against it: only the given name does, which somebody typed into the wrong line. Where both
        may be names, they may be twins on the number of one, unless both bear one mark of generation."""
        street, near = self.is_("address", STREET), self.is_("address", STREET | TOWN)
        if self.contradicted or self.two_records or not self.grown_up or not self.is_("birth date", EXACT_BIRTH):
            return False
        if self.dated and not self.own_mail and not self.is_("given name", OTHER_PLACE):
            return False
        exactly = street and (self.is_("birth date", SAME_DAY) or self.words["family name"] == "differs")
        misplaced = self.is_("given name", OTHER_PLACE) and not self.both_known
        one = self.own_mail or misplaced or (self.own_number and self.marked)
        if self.shared and (self.names or self.in_signs) and not one:
            return False
        if self.same_number:
            return near and (self.half_name or exactly)
        return self.near_number and street and self.half_name

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

    @property
    def crowd(self) -> bool:
        """A family name of so many that a city has several people of one name and birth date."""
        common = placeholders("common-family")
        return self.shared and not (common.isdisjoint(self.a.families) and common.isdisjoint(self.b.families))

    @once
    def town(self) -> bool:
        """The same postcode, or town where none is given, where no two streets are, and nothing that tells them apart.
        Who bear one mark of generation may lack one postcode."""
        one, two = self.a.postcode, self.b.postcode
        if (self.a.street and self.b.street) or self.crowd or self.elsewhere or self.contradicted or self.two_houses:
            return False
        lacking = not (one and two) if self.marked and not self.strange_numbers else not (one or two)
        return (lacking and self.words["address"] == "same town") or (one == two and one is not None)

    @once
    def two_houses(self) -> bool:
        """One surname of two is the same, and each has another beside it: García López, García Ruiz."""
        one, two = ({*r.families} - {r.family} for r in (self.a, self.b))
        return self.shared and not one.isdisjoint(two) and bool(one - two) and bool(two - one)

    @once
    def of_one_mark(self) -> bool:
        """Two forms of one name, of which brothers would not both bear the mark: Will III, Bill III."""
        return self.marked and not set(self.a.roots).isdisjoint(self.b.roots)

    @once
    def marked(self) -> bool:
        """Both bear one mark of generation (Jr, III), which of brothers, or of father and son, only one does."""
        return self.a.life.generation is not None and self.a.life.generation == self.b.life.generation

    @once
    def same_number(self) -> bool:
        return self.is_("number", SAME_NUMBER)

    @property
    def own_number(self) -> bool:
        """A valid national number agrees. Any other number may be a policy's, which a family shares, or that of another
        hospital."""
        return self.words["number"] == "same national number"

    @once
    def near_number(self) -> bool:
        """A number with a typing error, and not one of two handed out one after another to brothers and sisters, nor to
        people of one day who have no home and given name in common."""
        siblings = self.consecutive and not self.no_siblings
        of_a_day_only = of_a_day(self.a.number, self.b.number) and not (self.household and self.given("given name"))
        return self.words["number"] == "one typing error" and not siblings and not of_a_day_only

    @once
    def no_siblings(self) -> bool:
        """One given name of people who share no home: no two of one family, whose numbers follow one another."""
        return not self.shared and (self.is_("given name", SAME_GIVEN) or self.misspelt)

    @once
    def last_digit(self) -> bool:
        """Numbers that follow one another, of a grown-up with the same given names, birth date and home: no twins."""
        whole = len(self.a.given_whole or "") > 1 and self.a.given_whole == self.b.given_whole
        return (whole and self.grown_up and self.words["number"] == "one typing error" and self.is_("address", STREET)
                and self.is_("birth date", SAME_DAY) and not self.contradicted)

    @once
    def consecutive(self) -> bool:
        """Numbers that follow one another; of two given names, or where one is not told, also where that may hide
        behind a last digit that is wrong or lost."""
        x, y = self.digits
        nameless = self.shared and not self.given("given name")
        return (self.last_digit_open and (self.two_given or nameless)) or (
            x != y and abs(int(x) - int(y)) < CONSECUTIVE)

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
    def names(self) -> bool:
        """Both given names may be somebody's: chosen by parents, or spelt so, or too short to tell."""
        return all(len(name) < HEARD or like_a_name(name) for name in (self.a.given or "", self.b.given or ""))

    @once
    def two_names(self) -> bool:
        """Two given names, unlike each other: parents choose both, or both are spelt so and not of the same letters."""
        one, two = self.a.given or "", self.b.given or ""
        return self.words["given name"] == "differs" and (
            self.both_known or (like_a_name(one) and like_a_name(two) and letters_apart(one, two) > 1))

    @property
    def nobody_else(self) -> bool:
        """Nobody shares a home, and nothing tells two people: a name that is missing or garbled is nobody else's."""
        return not self.shared and not (
            self.two_names or self.two_records or self.words["sex"] == "differs"
            or (self.strange_numbers and self.words["address"] == "differs"))

    @once
    def no_parent(self) -> bool:
        """One name at one street, and not of parent and child: both bear one mark of generation and the birth dates
        differ by one slip. Where nobody shares a home, no mark is needed, and less than a generation apart will do."""
        family = self.is_("family name", CLOSE_FAMILY) or (self.marked and not self.given("family name"))
        one_name = family and (self.is_("given name", SAME_GIVEN) or self.misspelt)
        if not one_name or not self.is_("address", STREET) or self.contradicted:
            return False
        slip = DamerauLevenshtein.distance(self.a.birth_typed or "", self.b.birth_typed or "") == 1
        return (slip and self.marked) or (self.nobody_else and (slip or (self.years_apart or 0) < GENERATION))

    @once
    def dated(self) -> bool:
        """The number that agrees is made of the birth date: both together are one fact."""
        common = set(self.a.numbers) & set(self.b.numbers) or {self.a.number or "", self.b.number or ""}
        return (self.same_number or self.near_number) and all(map(dated, common))

    @once
    def strange_numbers(self) -> bool:
        """Each has a number of its own, and none agrees: not of the kind either, maybe."""
        return bool(self.a.numbers and self.b.numbers) and not self.same_number and not self.near_number

    @once
    def differently(self) -> bool:
        """Something of their own differs, be it numbers of two kinds."""
        return self.strange_numbers or self.contradicted

    @once
    def other_form(self) -> bool:
        """One given name in another form: a short one, or one that sounds alike or has the same root, and not two that
        parents choose: Emma and Emily. Whose number or e-mail is one's own may be called by either."""
        own = self.words["given name"] == SHORT_FORM and (self.short_form or self.own_number or self.own_mail)
        return own or (self.is_("given name", OTHER_FORM) and not self.both_known)

    @once
    def short_form(self) -> bool:
        """One is short for the other and for no other name, or the sex is one: Chris may be Christina as well."""
        certain = self.words["sex"] == "same" or max(len(self.a.roots), len(self.b.roots)) <= 2
        return certain and short_for(self.a.given or "", self.b.given or "")

    @once
    def misspelt(self) -> bool:
        """The given names are one with a slip of the pen, not those of brother and sister: one is a name that parents
        choose, the other is not even spelt like one, has its letters in another order, or is cut off."""
        one, two = sorted((self.a.given or "", self.b.given or ""), key=lambda name: name in given_names())
        slip = two in given_names() and one not in given_names() and (
            not like_a_name(one) or sorted(one) == sorted(two) or cut_off(one, two))
        return self.words["given name"] == SPELT_ALIKE and slip and not self.in_signs

    @once
    def one_mail(self) -> bool:
        """The same e-mail, or one with a slip but the same digits: no namesake's."""
        digits = [[c for c in r.mailbox or "" if c.isdigit()] for r in (self.a, self.b)]
        return self.is_("e-mail", SAME_MAIL) and digits[0] == digits[1]

    @once
    def own_mail(self) -> bool:
        """One e-mail, which spells one of the given names: it is a person's own, not the household's."""
        boxes = [r.mailbox or "" for r in (self.a, self.b)]
        names = {n for n in (self.a.given, self.b.given) if n and len(n) >= OWN}
        return self.one_mail and any(n in box for n in names for box in boxes)

    @once
    def garbled(self) -> bool:
        """The given names are one that was mistyped or left out: not both are names that parents choose, at least half
        of the letters stand where they should, and birth date and number agree, or an e-mail of one's own does.

        Twins may give the same e-mail, and have numbers that follow one another: names that are only somewhat alike
        need a number that is the same.
        """
        one, two, word = self.a.given or "", self.b.given or "", self.words["given name"]
        number, family = self.same_number or self.near_number, self.is_("family name", CLOSE_FAMILY)
        certain = number and self.own_mail and family
        if not one or not two or self.both_known or self.two_records or self.two_children:
            return False
        if not (certain or self.is_("birth date", CLOSE_BIRTH)):
            return False
        longest, heard = max(len(one), len(two)), like_a_name(one) and like_a_name(two)
        near = DamerauLevenshtein.distance(one, two, score_cutoff=longest // 2) <= longest // 2
        if not self.own_mail:
            return near and word != "differs" and number and self.household and family and not heard
        if word == SPELT_ALIKE and not number:
            here = self.words["phone"] == "same" or self.is_("address", STREET)
            return here and not self.given("number") and not self.strange_numbers
        if near and number:
            return word != "differs"
        return self.same_number and word in (MISPLACED, MIDDLE)

    @once
    def unlike_family(self) -> bool:
        """Number, door and given name agree, and the family name does not: no father and son."""
        return ((self.same_number or self.near_number) and self.is_("address", DOOR) and not self.contradicted
                and self.is_("given name", SAME_GIVEN) and self.words["family name"] == "differs")

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
    def both_known(self) -> bool:
        """Both given names are names that parents choose, or nobody can tell who reads them in ASCII."""
        return self.in_signs or {self.a.given, self.b.given} <= given_names()

    @property
    def in_signs(self) -> bool:
        """Both given names were written in a script of signs (桂英, 秀英), or one without vowels."""
        return self.a.life.signs and self.b.life.signs

    @once
    def two_children(self) -> bool:
        """Children with two given names that nobody knows, both spelt like names, and no number that is the same: who
        can say whether one is misspelt, or they are twins?"""
        one, two = self.a.given or "", self.b.given or ""
        return (not self.grown_up and not self.same_number and not self.is_("given name", SAME_GIVEN)
                and {one, two}.isdisjoint(given_names()) and sorted(one) != sorted(two)
                and like_a_name(one) and like_a_name(two))

    @once
    def by_another_name(self) -> bool:
        """On one valid national number and birth date, the given name of one is a further or a former one of the other,
        or what a machine made of it."""
        one, two = self.a.given or "", self.b.given or ""
        read = run_together(one, two) or (misread(one, two) and not self.both_known)
        told = any({x.given, *(x.middle or "").split()} <= {*y.givens} for x, y in ((self.a, self.b), (self.b, self.a)))
        return self.own_number and self.is_("birth date", SAME_DAY) and (told or (read and self.is_("address", DOOR)))

    @once
    def lengthened(self) -> bool:
        """One given name is the other with a letter behind it: George and Georgea."""
        one, two = sorted((self.a.given or "", self.b.given or ""), key=len)
        return two[:-1] == one

    @once
    def given_agrees(self) -> bool:
        return self.is_("given name", CLOSE_GIVEN) or self.misspelt or self.garbled
