"""How much a number and a family name prove that are not quite the same.

Registers hand numbers out one after another, to a family, or to those born on one day in one hospital. So two that are
one but for the last digit, as where one lost it, are two people's as easily as one's.
"""

from gateway.identity.evidence import Pair
from gateway.identity.given import HEARD
from gateway.identity.names import placeholders
from gateway.identity.numbers import national
from gateway.identity.words import CLOSE_FAMILY, EXACT_BIRTH, EXCHANGED, SPELT_ALIKE, STREET, SURE_FAMILY

ONE_FAMILY = SURE_FAMILY - {"not given"}


def of_number(p: Pair) -> float:
    """1: it is the same. Some eighty numbers are a slip away from any, and half of them are somebody's: such a one is a
    proof beside a birth date or a door, else half of one. Nothing: the last digit may be another's; half a proof, if it
    is a national number of two who bear one whole name."""
    if p.same_number or (p.near_number and (p.own_mail or not p.shared)):
        return 1.0
    if not p.near_number:
        return 0.0
    if p.last_digit_open:
        return 0.5 * (national(p.a.number, p.b.number) and p.given_agrees and one_family(p))
    return 1.0 if p.is_("birth date", EXACT_BIRTH) or p.is_("address", STREET) else 0.5


def one_family(p: Pair) -> bool:
    """One family name, maybe with a slip that makes no other name of it. Exchanged it is only where both names are."""
    slip = p.words["family name"] == SPELT_ALIKE and min(len(r.family or "") for r in (p.a, p.b)) > HEARD
    exchanged = p.words["family name"] == "exchanged with the given name" and p.words["given name"] == EXCHANGED
    return (slip or exchanged or p.is_("family name", ONE_FAMILY)) and not two_families(p)


def two_families(p: Pair) -> bool:
    """Two family names that thousands bear, be they a slip apart: Wang and Yang, not two spellings of Mohammed."""
    return p.a.family_sound != p.b.family_sound and {p.a.family, p.b.family} <= placeholders("common-family")


def family(p: Pair) -> bool:
    """The family names agree well enough beside the rest: one that is merely similar not beside another number, one
    with a slip in a short name not beside a number whose last digit may be another's, unless the door is one."""
    if p.shared and p.last_digit_open and not p.is_("address", STREET):
        return one_family(p)
    similar = p.words["family name"] == "similar" and (p.words["number"] != "differs" or not p.shared)
    return similar or p.is_("family name", CLOSE_FAMILY)
