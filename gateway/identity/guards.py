"""What may not be linked by a computer, however high the score: one row of GUARDS adds a rule.

*far*   so little in common that nobody is asked, unless other records bring both together
*thin*  too little evidence of its own: a human decides, unless other records bring both together
*hold*  something speaks against one person: a human decides, and no automatic link may cross it
*no*    another person, without asking; no automatic link may cross it
*veto*  stands even against a human's "same" until the contradiction is solved

Each says why, in words. (ID-07)
"""

from collections.abc import Callable
from typing import NamedTuple

from gateway.identity import doubts, proof
from gateway.identity.evidence import GENERATION, Pair
from gateway.identity.features import Features
from gateway.identity.numbers import contradiction, other_end
from gateway.identity.relatives import (
    after_one_who_died,
    another_day,
    born_in_one_year,
    couple,
    further_names,
    named_after_each_other,
    of_two_sexes,
    on_an_unchecked_number,
    on_anothers_card,
    on_one_policy,
    other_year_only,
    two_slips,
)
from gateway.identity.score import Score
from gateway.identity.words import (
    CLOSE_BIRTH,
    CLOSE_FAMILY,
    CLOSE_GIVEN,
    DOOR,
    EXACT_BIRTH,
    MISPLACED,
    OTHER_BIRTH,
    OTHER_FORM,
    OTHER_NUMBER,
    PARTLY_BIRTH,
    SAME_DAY,
    SAME_GIVEN,
    STREET,
    SURE_FAMILY,
    UNLIKELY_DAY,
)

LITTLE = frozenset({"thin", "far"})  # what other records may make up for


class Guard(NamedTuple):
    """One rule. effect: "no", "veto", "hold", "thin" or "far"; reason: one sentence for people."""

    name: str
    effect: str
    reason: str
    fires: Callable[[Pair], bool]


def _numbers_conflict(p: Pair) -> bool:
    return contradiction(p.a.person_numbers, p.b.person_numbers) is not None


def _unchecked_conflict(p: Pair) -> bool:
    """A check digit tells two numbers from one with a slip; without one, near numbers are one."""
    if p.same_number:
        return False
    one, two = p.a.person_numbers, p.b.person_numbers
    differ = contradiction(one, two, checked=False) is not None and not p.last_digit
    ends = any(other_end(x.life.end, y.person_numbers, y.life.end) for x, y in ((p.a, p.b), (p.b, p.a)))
    return contradiction(one, two, changing=True) is not None or ((differ or ends) and not p.near_number)


def _deaths_conflict(p: Pair) -> bool:
    return p.a.life.died is not None and p.b.life.died is not None and p.a.life.died != p.b.life.died


def _born_after_death(p: Pair) -> bool:
    pairs = ((p.a, p.b), (p.b, p.a))
    return any(x.life.died and y.birth_span and y.birth_span > x.life.died for x, y in pairs)


def _placeholder(p: Pair) -> bool:
    return any(r.life.placeholder and not r.given for r in (p.a, p.b))


def _newborn(p: Pair) -> bool:
    return (p.a.life.newborn or p.b.life.newborn) and p.words["number"] != "same national number"


def _birth_order(p: Pair) -> bool:
    order = {p.a.life.birth_order, p.b.life.birth_order} - {None}
    return len(order) == 2 and p.is_("birth date", CLOSE_BIRTH)


# What says that two given names are one person's; else people of one birth date and one home may be twins.
_ONE_NAME: tuple[Callable[[Pair], bool], ...] = (
    lambda p: p.all_but_given or p.garbled or p.by_another_name,
    lambda p: (p.other_form or p.of_one_mark) and not p.consecutive and (p.same_number or not p.differently),
    lambda p: (p.same_number or p.near_number) and p.one_given,
    lambda p: ((p.same_number or p.near_number) and p.is_("given name", CLOSE_GIVEN) and p.grown_up
               and not p.in_signs and (p.own_number or p.own_mail or not p.shared)),
    # Twins may share a number, but are not on two that are nearly the same.
    lambda p: p.near_number and p.words["given name"] == "similar" and not p.both_known,
    lambda p: p.misspelt and not p.consecutive and not (p.lengthened and p.differently))


def _twins(p: Pair) -> bool:
    if p.nobody_else:
        return False
    if p.is_("given name", SAME_GIVEN | {"not given"}) or not p.is_("birth date", CLOSE_BIRTH | PARTLY_BIRTH):
        return False
    told_apart = (p.words["sex"] == "differs" and not p.by_another_name) or p.two_children or of_two_sexes(p)
    if not told_apart and any(one(p) for one in _ONE_NAME):
        return False
    return p.household or p.consecutive or p.same_number or p.is_("family name", CLOSE_FAMILY)


def _generations(p: Pair) -> bool:
    marks = {p.a.life.generation, p.b.life.generation} - {None}
    return len(marks) == 2 or (
        (p.years_apart or 0) >= GENERATION and not p.garbled and not p.unlike_family and not p.no_parent
        and not ((p.same_number or p.near_number) and (p.nobody_else or (p.one_given and other_year_only(p)))))


def _overlay(p: Pair) -> bool:
    other_name = not p.nobody_else and (
        p.words["given name"] == "differs" or (p.words["given name"] == "similar" and p.both_known))
    other_birth = p.is_("birth date", OTHER_BIRTH)
    other_sex = p.words["sex"] == "differs"
    return (p.same_number or p.words["number"] == "one typing error") and other_name + other_birth + other_sex >= 2


def _other_given(p: Pair) -> bool:
    return p.words["given name"] == "differs" and not (
        p.all_but_given or p.garbled or p.by_another_name or p.nobody_else)


def _siblings(p: Pair) -> bool:
    """Where nobody shares a home, who has one birth date and another given name is asked about: no twin is near."""
    if p.nobody_else or p.unreadable or (not p.shared and p.is_("birth date", SAME_DAY)):
        return False
    return (p.words["given name"] == "differs" and not p.same_number and not p.near_number
            and not p.is_("address", STREET))


def _another(p: Pair) -> bool:
    """What a person has for himself contradicts twice, and no number agrees."""
    if p.same_number or p.near_number or p.nobody_else:
        return False
    other_given = p.words["given name"] == "differs" and not p.unreadable
    older = (p.years_apart or 0) >= GENERATION and p.words["birth date"] == "differs"
    if other_given and p.is_("birth date", OTHER_BIRTH | PARTLY_BIRTH):
        return True
    apart = _numbers_conflict(p) or p.words["sex"] == "differs"
    more = apart or p.words["e-mail"] == "differs" or p.words["middle name"] == "differs"
    like_named = p.like_named and (apart or (more and p.is_("birth date", OTHER_BIRTH)))
    other_name = not p.is_("given name", SAME_GIVEN) and p.words["birth date"] == "differs"
    return like_named or (more and (other_given or older or other_name))


def _parent(p: Pair) -> bool:
    """Year, month and day of birth differ, the year by a generation. Where nobody shares a home, one name at one door,
    be the family name another, is asked about: the date may be another's."""
    one, two = p.a.birth_day, p.b.birth_day
    one_name = p.is_("given name", SAME_GIVEN) or p.names_agree or (
        not p.given("given name") and p.is_("family name", CLOSE_FAMILY))
    if not p.shared and one_name and p.is_("address", STREET):
        return False
    if not one or not two or (p.years_apart or 0) < GENERATION or p.own_mail or p.words["number"] not in OTHER_NUMBER:
        return False
    return p.words["birth date"] == "differs" and one[5:7] != two[5:7] and one[8:] != two[8:]


def _number_alone(p: Pair) -> bool:
    """A number agrees that is made of the birth date; family name and home do not, or the given names are two."""
    family = p.is_("family name", SURE_FAMILY) or (p.half_name and not p.contradicted) or p.own_name
    other = not family or (p.like_named and p.contradicted and not p.by_another_name)
    return p.dated and other and not p.household and (p.contradicted or p.words["middle name"] != "same")


def _number_of_another(p: Pair) -> bool:
    return (p.words["given name"] == "differs" and p.words["address"] == "differs" and _number_alone(p)
            and not p.half_name)


def _strangers(p: Pair) -> bool:
    """Elsewhere, with no number or contact in common: names and birth date do not agree whole either."""
    if (p.words["number"] not in OTHER_NUMBER or p.household or p.words["middle name"] == "same"
            or p.words["address"] != "differs"):
        return False
    other_family = p.words["family name"] == "differs" and not p.half_name
    return other_family or (p.contradicted and not p.is_("birth date", SAME_DAY))


def _sex_and_birth(p: Pair) -> bool:
    return p.words["sex"] == "differs" and not p.is_("birth date", CLOSE_BIRTH)


def _other_birth(p: Pair) -> bool:
    street = p.is_("address", STREET)
    one_person = p.words["given name"] not in OTHER_FORM and p.given_agrees and (
        p.garbled or p.unlike_family or (p.same_number and (p.names_agree or street))
        or (p.near_number and p.names_agree and street))
    own = p.nobody_else and (p.same_number or (p.near_number and p.names_agree))
    return p.words["birth date"] == "differs" and not one_person and not own and not p.no_parent


def _little_evidence(p: Pair) -> bool:
    """Name, birth date, number, and an e-mail of the same given name, count 1 each; half of one, and what a household
    shares, 1/2; two are needed. Where nobody shares a home, all of it is a person's own. At home one mark of generation
    is one person's: it stands for the given name, or for the birth date, where that is not given. A number with a slip
    may count less (proof.py)."""
    if p.nobody_else:
        return False
    exactly = p.is_("birth date", EXACT_BIRTH) or (p.is_("birth date", UNLIKELY_DAY) and p.familiar)
    birth = 1.0 if exactly else 0.5 * p.is_("birth date", PARTLY_BIRTH | UNLIKELY_DAY)
    family = proof.family(p)
    similar = p.half_name and p.words["given name"] in ("similar", MISPLACED)
    certain = birth == 1 or p.one_given
    number = p.same_number or p.near_number
    here = p.same_number or p.own_mail or p.marked or p.is_("address", STREET)
    both = family or (p.names_agree and here)
    whole = (p.given_agrees or (number and p.one_given)) and both and certain
    nameless = p.same_number and family and not p.given("given name") and (birth > 0 or not p.given("birth date"))
    apart = p.strange_numbers or p.consecutive or p.words["sex"] == "differs"
    nobody = not p.given("given name") and not apart
    whole = whole or (family and p.own_mail and nobody and (number or not p.given("number")))
    marked = p.marked and p.is_("family name", CLOSE_FAMILY) and p.is_("address", STREET) and not p.contradicted
    whole = whole or (marked and nobody and birth == 1)
    name = 1.0 if whole else 0.5 * (p.given_agrees or similar or nameless)
    misplaced = (p.words["given name"] == MISPLACED and not p.is_("family name", CLOSE_FAMILY)
                 and p.is_("address", STREET) and not p.contradicted)
    numbered = name > 0 and ((p.same_number and (certain or nameless or misplaced)) or (
        p.near_number and p.is_("address", STREET) and (misplaced or p.is_("given name", SAME_GIVEN))))
    household = p.household and numbered
    near = birth > 0 and (p.is_("address", DOOR) or p.words["middle name"] == "same")
    differs = p.contradicted or (p.strange_numbers and not p.is_("given name", SAME_GIVEN))
    email = p.given_agrees and p.given("birth date") and (
        p.one_mail if birth == 1 else
        p.words["e-mail"] == "same" and (near or not differs) and (p.own_mail or not p.shared))
    at_home = 1.0 if marked and p.is_("given name", SAME_GIVEN) and not p.strange_numbers else 0.5 * household
    return name + birth + proof.of_number(p) + max(at_home, email) < 2


def _namesakes(p: Pair) -> bool:
    if p.nobody_else and p.names_agree and not p.contradicted and p.words["address"] != "differs" and (
            p.is_("birth date", SAME_DAY) or p.words["e-mail"] == "garbled"):
        return False
    middle = (p.words["middle name"] == "same" and len(p.a.middle or "") > 1 and not p.crowd
              and not (p.elsewhere or p.contradicted or p.two_houses))
    household = p.household and (not p.contradicted or (p.is_("birth date", SAME_DAY) and p.is_("address", DOOR)))
    town = p.town and (p.is_("birth date", SAME_DAY) or not p.shared)
    return not (p.same_number or p.near_number or household or middle or town or p.one_mail)


GUARDS = (
    Guard("national-numbers-conflict", "veto", "Both have a valid national number of the same kind, and they differ.",
          _numbers_conflict),
    Guard("deaths-conflict", "veto", "Both have died, on different days.", _deaths_conflict),
    Guard("reused-number", "hold", "One was born after the other had died.", _born_after_death),
    Guard("numbers-conflict", "hold",
          "Both have a national number of the same kind, and they differ by more than a typing error.",
          _unchecked_conflict),
    Guard("placeholder-name", "thin", "A name stands for an unknown person.", _placeholder),
    Guard("unnamed-newborn", "hold",
          "A newborn without a name of its own, and no number that proves which child it is.", _newborn),
    Guard("multiple-birth", "hold", "Born on the same day with another place in the order of a multiple birth.",
          _birth_order),
    Guard("twins", "hold",
          "Same birth date and family or household, but the given names are not the same: may be twins.", _twins),
    Guard("generations", "hold", "Named alike but a generation apart: may be parent and child.", _generations),
    Guard("further-given-names", "hold", "The first given names are the same and the further ones are not, and no "
          "national number agrees: may be twins, brothers or sisters named alike.", further_names),
    Guard("named-after-each-other", "hold", "Given and family name are exchanged, and the birth dates do not agree "
          "whole: may be relatives named after each other.", named_after_each_other),
    Guard("one-policy", "hold", "The birth dates differ, and the number that agrees is no national one: a family may "
          "share it, or two hospitals have given it.", on_one_policy),
    Guard("another-day", "hold", "The birth dates differ by a digit, and so do numbers or homes: may be relatives or "
          "colleagues of one name.", another_day),
    Guard("after-one-who-died", "hold", "One has died and was born in another year: a child may have been given the "
          "name of a brother or sister who died.", after_one_who_died),
    Guard("born-in-one-year", "hold", "Of the birth dates perhaps only the year is known, the given names are not "
          "written alike, and no national number agrees: may be two people of one home.", born_in_one_year),
    Guard("couple", "hold", "Sex and birth date differ, and no national number agrees: may be man and wife of one "
          "given name.", couple),
    Guard("card-of-another", "hold", "Sex, phone and address differ: card and number may be another's.",
          on_anothers_card),
    Guard("unchecked-number", "hold", "Birth date and home differ, and the number that agrees has no check digit: it "
          "may be another number in its field.", on_an_unchecked_number),
    Guard("overlay", "hold", "Same number, but name, birth date or sex say another person: the number may be shared, "
          "reused or overwritten.", _overlay),
    Guard("other-given-name", "hold", "The given names differ, and no number and birth date agree.", _other_given),
    Guard("siblings", "no", "The given names differ, and neither a number nor the street is the same.", _siblings),
    Guard("another-person", "no", "Two of given name, birth date, sex, middle name, e-mail and national number differ, "
          "and no number agrees: people of one household.", _another),
    Guard("parent-and-child", "no", "Born a generation apart, in another month and on another day, and no number "
          "agrees: parent and child, or namesakes.", _parent),
    Guard("number-of-another", "no", "Only a number that is made of the birth date agrees; both names and the address "
          "are another person's.", _number_of_another),
    Guard("sex-and-birth-date", "hold", "The sex differs, and the birth date does not agree.", _sex_and_birth),
    Guard("other-birth-date", "hold", "The birth dates differ, and no number agrees.", _other_birth),
    Guard("household-only", "thin", "Fewer than two of name, birth date and number agree: what agrees is shared by "
          "people who live together.", _little_evidence),
    Guard("number-alone", "thin", "A number that is made of the birth date agrees, and neither the whole name nor a "
          "home confirms it: the number may be another's.", _number_alone),
    Guard("two-slips", "thin", "Birth date and number agree but for a slip each, and no whole name at one door makes "
          "up for it: the number may be another's.", two_slips),
    Guard("strangers", "far", "They live elsewhere, no number or contact agrees, and the family name or the birth "
          "date is another: too little in common to ask.", _strangers),
    Guard("namesakes", "thin", "Only name and birth date agree: may be two people of the same name.", _namesakes),
)
# Asked only where nothing above speaks against one person: most candidates are told apart by then.
DOUBTS = (
    Guard("name-and-number", "hold", "The given names are not written alike, and one register gave them two numbers: "
          "may be twins.", doubts.name_and_number),
    Guard("name-and-birth-date", "hold", "Neither given name nor birth date are quite the same, and no national number "
          "agrees: may be brothers or sisters.", doubts.name_and_birth_date),
    Guard("cut-short", "hold", "A given name is cut short, and nobody tells the sex: may be brother and sister.",
          doubts.cut_short),
    Guard("another-birth-date", "hold", "Month and day of birth differ, and no national number agrees: may be "
          "relatives of one name.", doubts.another_birth_date),
    Guard("fathers-of-two-names", "hold", "The family names are two given names, as those of two fathers are: may be "
          "cousins.", doubts.fathers_of_two_names),
    Guard("role", "hold", "A word beside the name makes one record that of somebody else: donor, partner, child.",
          doubts.of_a_role),
    Guard("name-in-the-family-field", "hold", "The given name stands in the field of the family name, and it is "
          "another's.", doubts.name_in_the_family_field),
    Guard("exchanged-with-another", "hold", "Given and family name stand in each other's fields, and one of them is "
          "another: may be twins.", doubts.exchanged_with_another),
    Guard("both-names", "hold", "Given and family name are both another's, on one number or at one home.",
          doubts.both_names),
    Guard("initials", "hold", "Of the given name only an initial is told, and birth date or number are not the same: "
          "may be two of one family.", doubts.initials),
    Guard("letter-of-the-family-name", "hold", "The family names differ by a letter, and so do number, phone or "
          "mailbox: may be two people of like names.", doubts.letter_of_the_family_name),
    Guard("two-mothers", "hold", "The mothers' maiden names differ, and the birth dates are not the same: may be "
          "cousins named alike.", doubts.two_mothers),
    Guard("number-of-two", "hold", "Family name, address and phone or mailbox differ, and the number that agrees is "
          "made of the birth date: it may have been given to two.", doubts.number_of_two),
    Guard("another-day-elsewhere", "hold", "The birth dates are not the same, and neither home nor phone is: may be "
          "namesakes.", doubts.another_day_elsewhere),
    Guard("year-and-two-numbers", "hold", "Of the birth dates perhaps only the year is known, and one register gave "
          "them two numbers: may be two people of one home.", doubts.year_and_two_numbers),
)


def fired(a: Features, b: Features, score: Score, shared: bool = True) -> tuple[Guard, ...]:
    """The guards that fire for a pair, in the order of the tables. shared: people of these records share homes."""
    pair = Pair(a, b, score, shared)
    found = tuple(g for g in GUARDS if g.fires(pair))
    if not shared or any(g.effect not in LITTLE for g in found):
        return found
    return found + tuple(g for g in DOUBTS if g.fires(pair))
