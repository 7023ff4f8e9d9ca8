"""Two people of one name: what tells relatives apart who share name, home, phone, e-mail and policy.

Families name children after each other and all of them after one saint or prophet, and a policy, a phone and a mailbox
may be the whole family's. What only one person has is a national number that passes its test.
"""

import re

from gateway.identity.evidence import Pair
from gateway.identity.names import given_names, roots
from gateway.identity.numbers import checked, national
from gateway.identity.proof import one_family, two_families
from gateway.identity.romanised import may_be_one
from gateway.identity.spelling import one_spelling
from gateway.identity.words import DOOR, EXACT_BIRTH, EXCHANGED, OTHER_BIRTH, SAME_DAY, SAME_GIVEN, STREET

OTHER_DAY = OTHER_BIRTH | {"same year and month, or same day"}
NEAR_DAY = OTHER_DAY - {"differs"} | {"one typing error"}
CENTURY = 100  # years: a slip of the pen, and no parent
OF_TWO_SEXES = (("singh", "kaur"),)
OF_MEN, OF_WOMEN = re.compile("(o|os|us)$"), frozenset({"a", "e"})  # endings of names with one root


def further_names(p: Pair) -> bool:
    """María Luisa and María Teresa, Muhammad Hasan and Muhammad Husain: one first name, and a further one of their own.
    On one national number they are one grown-up whose further name somebody knew otherwise, but not where the first
    names are only alike (Soo-jin, Seo-yeon); so is who is known by the other's further name as well."""
    one, two = ((r.middle or "").split() for r in (p.a, p.b))
    chosen = {*one, *two} <= given_names()
    similar = p.words["middle name"] == "similar" and chosen and len(one) == len(two)
    if not (similar or p.words["middle name"] == "differs") or not p.shared or not p.given_agrees:
        return False
    if p.words["given name"] == EXCHANGED:  # then part of the family name stands among the given names
        return False
    if set(one) <= set(p.b.givens) or set(two) <= set(p.a.givens):
        return False
    if not set(roots(set(one) - set(two))).isdisjoint(roots(set(two) - set(one))):
        return False
    if len(one) == len(two) and all(x == y or one_spelling(x, y) or (p.own_number and may_be_one(x, y))
                                    for x, y in zip(one, two, strict=True)):
        return False
    one_first = p.is_("given name", SAME_GIVEN) or not p.names
    return not (p.own_number and one_first and (p.grown_up or not chosen))


def named_after_each_other(p: Pair) -> bool:
    """Where a child's second name is his father's first, Ali Hassan's son or cousin is Hassan Ali; names in the wrong
    fields are told from that by the whole birth date."""
    exchanged = p.words["family name"] == "exchanged with the given name"
    own = p.same_number or p.own_mail
    return exchanged and not p.is_("birth date", EXACT_BIRTH) and not own and p.shared


def on_one_policy(p: Pair) -> bool:
    """One name and a number that a family or a firm may share, and two birth dates that differ by more than a slip or
    the next day."""
    numbered = p.same_number or (p.near_number and not national(p.a.number, p.b.number))
    if not numbered or not p.shared or p.own_number or p.years_apart == CENTURY or mail_of_one(p):
        return False
    if p.words["birth date"] == "one typing error":
        phone_only = p.words["phone"] == "differs" and not p.is_("address", STREET)
        return (p.words["address"] == "differs" and not _one_home(p)) or phone_only
    return p.is_("birth date", OTHER_DAY) and (p.a.birth_month != p.b.birth_month or days_apart(p))


def days_apart(p: Pair) -> bool:
    """In one month, more than a day apart, and no digit of the day the same."""
    one, two = p.a.birth_day, p.b.birth_day
    return one is not None and two is not None and one[8] != two[8] and one[9] != two[9] and abs(
        int(one[8:]) - int(two[8:])) > 1


def mail_of_one(p: Pair) -> bool:
    """A mailbox that bears the given name, and more than the name: a whole name may be that of uncle and nephew."""
    bare = all(c.isalpha() or c in "._-" for r in (p.a, p.b) for c in r.mailbox or "")
    whole = any(r.family and r.family in (r.mailbox or "").replace(".", "") for r in (p.a, p.b))
    return p.own_mail and not (bare and whole)


def another_day(p: Pair) -> bool:
    """A digit of the birth date alone would be a slip; cousins and colleagues of one name have a number or a home of
    their own as well."""
    if not p.shared or p.same_number or p.near_number:
        return False
    if p.words["birth date"] == "day and month exchanged":
        return p.strange_numbers
    if p.words["birth date"] != "one typing error":
        return False
    own = p.own_mail or p.words["number"] == "same record number"
    at_home = p.is_("address", DOOR) or not p.given("address")
    return not own and (p.elsewhere or not at_home or p.words["middle name"] != "same")


def after_one_who_died(p: Pair) -> bool:
    """The next child is given the name of the one who died: the elder has died, nobody tells when, and the years of
    birth differ."""
    if not (p.a.life.dead or p.b.life.dead) or not p.shared or p.own_number or not p.years_apart:
        return False
    elder = min(p.a, p.b, key=lambda r: r.birth_year or 0)
    return elder.life.dead and not elder.life.died


def couple(p: Pair) -> bool:
    """Man and wife of one given name, Harpreet Singh and Harpreet Kaur, on one policy."""
    if p.words["number"] != "same number" or not p.shared or p.is_("birth date", SAME_DAY):
        return False
    sex = p.words["sex"]
    return (sex == "differs" and p.is_("birth date", EXACT_BIRTH)) or (
        sex == "not given" and _surnames_of_two_sexes(p))


def _surnames_of_two_sexes(p: Pair) -> bool:
    one, two = ({*r.givens, *r.families} for r in (p.a, p.b))
    return any((man in one and woman in two) or (man in two and woman in one) for man, woman in OF_TWO_SEXES)


def on_anothers_card(p: Pair) -> bool:
    """Who has no insurance, or no papers, gives another's card or number, name and birth date, and his own home: sex
    and home are another's."""
    if p.words["sex"] != "differs" or not p.shared:
        return False
    return (p.given("phone") or p.given("address")) and not _one_home(p)


def on_an_unchecked_number(p: Pair) -> bool:
    """Digits that pass no test are a namesake's as easily, where another number was typed into their field, or lent:
    neither birth date nor home agree."""
    if not p.own_number or not p.shared or not p.is_("birth date", OTHER_DAY):
        return False
    if _one_home(p):
        return False
    return not any(map(checked, {*p.a.person_numbers} & {*p.b.person_numbers}))


def month_and_day_differ(p: Pair) -> bool:
    """Both birth dates are told to the day, and two slips at least lie between them."""
    one, two = p.a.birth_day, p.b.birth_day
    return one is not None and two is not None and one[5:7] != two[5:7] and one[8:] != two[8:]


def _one_home(p: Pair) -> bool:
    shared = any(p.words[f] == "same" for f in ("phone", "e-mail", "relative", "mother's maiden name"))
    return shared or p.own_mail or p.is_("address", DOOR)


def born_in_one_year(p: Pair) -> bool:
    """1 January often means only a year: two wives, cousins or refugees of one year bear forms of one name, Zaynab and
    Zeinab, or one name and those of two fathers, and share a card."""
    if p.a.birth_day or p.b.birth_day or not p.shared or p.own_number or p.own_mail:
        return False
    two_forms = not p.as_written and p.names and not p.short_form
    return p.given_agrees and (two_forms or p.words["family name"] == "differs")


def two_slips(p: Pair) -> bool:
    """Neither birth date nor number agree whole. The whole name at one door makes up for it; in one town it does beside
    a national number: people of one family, whose numbers may follow one another, differ in the given name."""
    slip = p.words["birth date"] == "one typing error"
    if not (p.near_number and p.is_("birth date", NEAR_DAY)) or p.own_mail or not p.shared:
        return False
    exactly = p.words["given name"] == "same" and one_family(p)
    named = exactly or (slip and p.names_agree and p.given("family name") and not two_families(p))
    town = slip and exactly and national(p.a.number, p.b.number) and p.words["address"] != "differs"
    return not town and not (named and p.is_("address", STREET))


def other_year_only(p: Pair) -> bool:
    """The year is wrong and the day is not, beside a national number, or by a century: no son was born on his father's
    birthday. Where nobody shares a home there are no fathers."""
    day = p.a.birth_month_day
    return not p.shared or (day is not None and day == p.b.birth_month_day
                            and (p.years_apart == CENTURY or national(p.a.number, p.b.number)))


def of_two_sexes(p: Pair) -> bool:
    """Paul and Paula, Mario and Maria, where nobody says which sex they have and no national number does."""
    pairs = ((p.a.given or "", p.b.given or ""), (p.b.given or "", p.a.given or ""))
    stems = [(OF_MEN.sub("", man), woman) for man, woman in pairs if man != woman]
    woman = any(len(stem) > 2 and w.startswith(stem) and w.removeprefix(stem) in OF_WOMEN for stem, w in stems)
    return woman and p.words["sex"] == "not given" and not p.own_number
