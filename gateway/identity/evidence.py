"""A pair of records as guards see it: which names, dates, numbers and places agree, and what that proves."""

from rapidfuzz.distance import DamerauLevenshtein

from gateway.identity.given import Given
from gateway.identity.names import given_names, like_a_name
from gateway.identity.numbers import dated, of_a_day
from gateway.identity.romanised import may_be_one
from gateway.identity.spelling import misread
from gateway.identity.words import (
    CLOSE_BIRTH,
    CLOSE_FAMILY,
    CLOSE_GIVEN,
    DOOR,
    EXACT_BIRTH,
    MIDDLE,
    MISPLACED,
    OTHER_PLACE,
    SAME_DAY,
    SAME_GIVEN,
    SPELT_ALIKE,
    STREET,
    SURE_FAMILY,
    TOWN,
)
from gateway.once import once

CONSECUTIVE = 6  # numbers handed out one after another differ by less
GENERATION = 13  # years: the least age of a parent


class Pair(Given):
    """Two records, whose names, dates, numbers and homes are weighed together."""

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
    def own_name(self) -> bool:
        """On one national number and birth date, one given name, or a form of it, and family names as two countries or
        two sexes write them, or beside one given name with a slip."""
        if not self.own_number or not self.is_("birth date", SAME_DAY):
            return False
        one, two = self.a.family or "", self.b.family or ""
        family = self.is_("family name", SURE_FAMILY) or may_be_one(one, two) or misread(one, two)
        slip = self.is_("family name", CLOSE_FAMILY) and self.is_("given name", SAME_GIVEN)
        return slip or (family and (self.is_("given name", SAME_GIVEN) or self.by_another_name))

    @once
    def familiar(self) -> bool:
        """Something that strangers in one place do not share agrees, and nothing speaks against it. A camp and a
        village have one phone for many: it needs a door of one's own."""
        here = any(self.words[f] == "same" for f in ("middle name", "phone", "e-mail")) and self.is_("address", DOOR)
        apart = self.contradicted or not self.as_written or (self.words["number"] == "differs" and not self.own_mail)
        return not apart and (here or self.words["mother's maiden name"] == "same")

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
    def town(self) -> bool:
        """The same postcode, or town where none is given, where no two streets are, and nothing that tells them apart.
        Who bear one mark of generation may lack one postcode."""
        one, two = self.a.postcode, self.b.postcode
        if (self.a.street and self.b.street) or self.crowd or self.elsewhere or self.contradicted or self.two_houses:
            return False
        lacking = not (one and two) if self.marked and not self.strange_numbers else not (one or two)
        return (lacking and self.words["address"] == "same town") or (one == two and one is not None)

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
    def two_children(self) -> bool:
        """Children with two given names that nobody knows, both spelt like names, and no number that is the same: who
        can say whether one is misspelt, or they are twins?"""
        one, two = self.a.given or "", self.b.given or ""
        return (not self.grown_up and not self.same_number and not self.is_("given name", SAME_GIVEN)
                and {one, two}.isdisjoint(given_names()) and sorted(one) != sorted(two)
                and like_a_name(one) and like_a_name(two))

    @once
    def given_agrees(self) -> bool:
        return self.is_("given name", CLOSE_GIVEN) or self.misspelt or self.garbled
