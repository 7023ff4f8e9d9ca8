"""Two things that do not agree whole, of which each alone would be a slip: a brother, cousin or namesake is as likely.

A given name that is written otherwise, an initial, a letter of the family name, another mother: desks mistake one of
them for one person. Two of them, or one beside another number, are two people's as well.
"""

import re

from rapidfuzz.distance import DamerauLevenshtein

from gateway.identity.evidence import Pair
from gateway.identity.features import Features
from gateway.identity.names import PARTICLES, given_names, like_a_name
from gateway.identity.numbers import national
from gateway.identity.relatives import OTHER_DAY, mail_of_one, month_and_day_differ, other_year_only
from gateway.identity.spelling import bare, cut_off, letters_apart, misread, one_spelling
from gateway.identity.words import DOOR, EXCHANGED, PARTLY_BIRTH, SAME_DAY, SAME_GIVEN, SPELT_ALIKE, UNLIKELY_DAY

BY_LETTERS = frozenset({SPELT_ALIKE, "sounds alike", "similar"})
_INITIALS = re.compile("[a-z]|[b-df-hj-np-tv-xz]{2}")  # J, or J.M. written in one
OTHERWISE = frozenset({"similar", "differs"})


def _otherwise(p: Pair) -> bool:
    """The given names are not one by their letters, nor one name in two spellings or a form of it."""
    first = (p.as_written and p.words["given name"] != "similar") or p.is_("given name", SAME_GIVEN) or p.short_form
    return not (p.by_another_name or (first and not _further_otherwise(p)))


def _further_otherwise(p: Pair) -> bool:
    """The further given names differ, or are two that parents choose, and neither is one cut short: Ain, Aina, not
    Antonio, Ant."""
    one, two = (p.a.middle or "").split(), (p.b.middle or "").split()
    chosen = p.words["middle name"] == "similar" and {*one, *two} <= given_names()
    if p.words["middle name"] != "differs" and not chosen:
        return False
    pairs = zip(one, two, strict=False)
    return any(not _cut(*sorted(pair, key=len)) for pair in pairs if pair[0] != pair[1])


def _cut(short: str, long: str) -> bool:
    return (len(short) == 1 and long.startswith(short)) or (long.startswith(short) and len(long) - len(short) > 1)


def name_and_number(p: Pair) -> bool:
    """Jörg, and J?rg for his brother Jürg: one register gave them two numbers."""
    return p.words["number"] == "differs" and not (p.same_number or p.near_number or p.own_mail) and _otherwise(p)


def name_and_birth_date(p: Pair) -> bool:
    """Jonar and Jomar, born a digit apart, or nobody tells when, with no national number in common: brothers."""
    other = not p.is_("birth date", SAME_DAY)
    return other and not (p.own_number or p.own_mail) and _otherwise(p)


def both_names(p: Pair) -> bool:
    """Given and family name are both written otherwise than the other's, on one number: the line of a list slipped."""
    one = p.is_("given name", SAME_GIVEN) or p.by_another_name
    families = (p.a.family or "", p.b.family or "")
    return (p.is_("family name", OTHERWISE) and p.given("given name") and not p.own_mail
            and not p.misspelt and not _one_family(*families)
            and (p.is_("middle name", OTHERWISE) if one else _otherwise(p)))


def _one_family(one: str, other: str) -> bool:
    """The family names are one that a machine misread or cut short, or a long one with two slips."""
    slips = DamerauLevenshtein.distance(one, other, score_cutoff=2) <= 2 and min(len(one), len(other)) > 5
    return slips or misread(one, other) or one.startswith(other) or other.startswith(one)


def initials(p: Pair) -> bool:
    """An initial stands for two brothers, or for man and wife: beside it birth date or number have to agree whole."""
    apart = not p.is_("birth date", SAME_DAY) or p.strange_numbers or p.two_records
    if not apart or p.own_number or p.own_mail or p.a.life.signs or p.b.life.signs:
        return False
    return any(name and _INITIALS.fullmatch(name) for name in (p.a.given, p.b.given))


def letter_of_the_family_name(p: Pair) -> bool:
    """Jan Hansen and Jan Jansen of one street: a letter of the family name, and number or phone are another's. An
    umlaut that is written out is no letter more: Sørensen has one number here and another across the border."""
    one, two = p.a.family_full, p.b.family_full
    alike = p.is_("family name", BY_LETTERS) or (
        p.words["family name"] == "same" and one != two and p.a.life.latin and p.b.life.latin)
    letters = alike and bare(one or "") != bare(two or "")
    return letters and p.contradicted and not (p.same_number or p.near_number or p.own_mail)


def two_mothers(p: Pair) -> bool:
    """Cousins and half-brothers bear one grandfather's name: the mothers are two, and the birth date is not one."""
    return (p.words["mother's maiden name"] == "differs" and not p.own_number and p.given("birth date")
            and not p.is_("birth date", SAME_DAY))


def cut_short(p: Pair) -> bool:
    """Konstant may be Konstantin or his sister Konstantina, where nobody tells the sex."""
    one, two = p.a.given or "", p.b.given or ""
    return p.words["sex"] == "not given" and cut_off(one, two) and not p.own_number


def another_birth_date(p: Pair) -> bool:
    """Month and day are another's, be the year one: uncle and nephew of one name, on a mailbox that bears it."""
    own = p.own_number or (p.near_number and national(p.a.number, p.b.number)) or mail_of_one(p)
    return not own and p.is_("birth date", OTHER_DAY) and month_and_day_differ(p) and not other_year_only(p)


def fathers_of_two_names(p: Pair) -> bool:
    """Mohamed Abdi Hassan and Mohamed Abdi Hussein: where a family name is the father's or grandfather's given name, as
    both are here, a wedding does not change it."""
    families = {p.a.family, p.b.family}
    two = p.words["family name"] == "differs" or (
        p.is_("family name", BY_LETTERS) and letters_apart(p.a.family or "", p.b.family or "") > 2)
    return (two and p.words["sex"] != "differs" and "female" not in (p.a.sex, p.b.sex)
            and families <= given_names() and not p.own_number and not p.own_mail)


def of_a_role(p: Pair) -> bool:
    """Anna, and Anna (donor): a desk opened a record of the one under the other's name."""
    return p.a.life.role != p.b.life.role


def name_in_the_family_field(p: Pair) -> bool:
    """Of one no given name is told but in the field of the family name, and it is another's."""
    if p.given("given name") or p.own_number:
        return False
    named, bare = sorted((p.a, p.b), key=lambda r: r.given is None)
    if named.given is None or bare.given is not None:
        return False
    own = {named.given, *(named.middle or "").split()} - {*bare.families}
    return bool(own) and bool({*bare.families} - {bare.family, bare.family_full} - {*named.families} - {*named.givens})


def exchanged_with_another(p: Pair) -> bool:
    """Anna Berg, and Berg Anne: the names stand in each other's fields, and one of them is another, no slip."""
    if p.words["given name"] != EXCHANGED or p.own_number:
        return False
    a, b = p.a, p.b
    signs = all(r.life.signs or r.life.family_signs for r in (a, b))

    def one(given: Features, family: Features) -> bool:
        further = {*family.families} - {family.family, family.family_full}
        names = {*given.givens} - PARTICLES
        if further & names and all(map(like_a_name, further ^ names)) and further - names and names - further:
            return False
        found = {family.family, family.family_full} & {given.given, given.given_whole, *given.givens}
        return bool(found) or one_spelling(given.given or "", family.family or "") or not (
            signs or (like_a_name(given.given_whole or "") and like_a_name(family.family or "")))
    return not (one(a, b) and one(b, a))


def number_of_two(p: Pair) -> bool:
    """A number that is made of the birth date was given to two born on one day: family name, home and phone, or
    mailbox, are another's, and no third record makes one person of both."""
    return (p.dated and p.contradicted and p.words["family name"] == "differs" and p.words["address"] == "differs"
            and not p.own_mail)


def another_day_elsewhere(p: Pair) -> bool:
    """Namesakes who give one mailbox, or whose numbers a wrong merge mixed: the birth dates are not one, and neither
    home nor phone is."""
    other = p.is_("birth date", OTHER_DAY) and bool(p.a.birth_day and p.b.birth_day)
    apart = p.contradicted and not p.is_("address", DOOR | {"not given"}) and p.words["middle name"] != "same"
    return other and apart and (not p.own_number or (not p.as_written and month_and_day_differ(p)))


def year_and_two_numbers(p: Pair) -> bool:
    """Of both perhaps only the year of birth is known, and one register gave them two numbers."""
    return (p.words["number"] == "differs" and p.strange_numbers and p.is_("birth date", UNLIKELY_DAY | PARTLY_BIRTH)
            and not p.own_mail)
