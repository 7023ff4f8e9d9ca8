"""How a pair compares, in words: for each feature the word of its level, where the whole pair does not say otherwise.

Levels look at one feature; whether a name is misspelt, or another one, is seen beside the other names and the numbers.
"""

from itertools import product

from gateway.identity.compare import FEATURES
from gateway.identity.features import Features
from gateway.identity.names import both_short, given_names, like_a_name
from gateway.identity.romanised import may_be_one, one_reading
from gateway.identity.score import Score
from gateway.identity.spelling import (
    cut_off,
    letters_apart,
    one_spelling,
    one_writing,
    out_of_order,
    short_of_a_slip,
)
from gateway.identity.unvowelled import reads

OF_A_PART = 4  # letters of a part of a family name that is no chance
GARBLED = 3  # letters of a long e-mail that slips change: another mailbox differs in more
MIDDLE = "is a middle name of the other"
MISPLACED = "one name stands in the other's place"
EXCHANGED = "exchanged with the family name"
SPELT_ALIKE = "spelt alike"
SHORT_FORM = "short form of the same name"
BUT_FOR_BLANKS = "same but for blanks"
UNLIKE = frozenset({"similar", "same initial only", "differs"})
SAME_GIVEN = frozenset({"same", BUT_FOR_BLANKS, EXCHANGED})
OTHER_PLACE = frozenset({MIDDLE, MISPLACED})
OTHER_FORM = frozenset({SHORT_FORM, "sounds alike"})
LIKE_NAMED = frozenset({SPELT_ALIKE, "sounds alike", "similar"})
CLOSE_GIVEN = SAME_GIVEN | OTHER_FORM | {SPELT_ALIKE}
CLOSE_FAMILY = frozenset({"same", "exchanged with the given name", SPELT_ALIKE, "sounds alike",
                          "shares a part or former name"})
_BY_LETTERS = frozenset({SPELT_ALIKE, "sounds alike", "similar"})
SURE_FAMILY = frozenset({"same", "shares a part or former name", "not given"})
SAME_DAY = frozenset({"same"})
UNLIKELY_DAY = frozenset({"same, but an unlikely day"})
EXACT_BIRTH = SAME_DAY | {"day and month exchanged", "one typing error"}
CLOSE_BIRTH = EXACT_BIRTH | UNLIKELY_DAY
PARTLY_BIRTH = frozenset({"same as far as given", "same year and month, or same day"})
OTHER_BIRTH = frozenset({"differs", "same year or the next"})
SAME_NUMBER = frozenset({"same national number", "same number"})
OTHER_NUMBER = frozenset({"differs", "not given"})
SAME_MAIL = frozenset({"same", "similar"})
STREET = frozenset({"same door", "same street and house", "same street and town", "same house number and postcode"})
DOOR = frozenset({"same door", "same street and house"})
TOWN = frozenset({"same town", "same street or postcode"})


def words_of(a: Features, b: Features, score: Score, two_records: bool) -> dict[str, str]:
    """Feature → word of its level. Names are exchanged only where both are, and letters out of order are a slip.

    two_records: one assigner gave them two record numbers
    """
    words = {f.name: f.levels[i].word for f, i in zip(FEATURES, score.levels, strict=True)}
    given, family = (a.given or "", b.given or ""), (a.family or "", b.family or "")
    if words["given name"] == EXCHANGED and words["family name"] != "exchanged with the given name":
        words["given name"] = "differs"
    if 1 in map(len, given) and words["given name"] in OTHER_FORM:
        words["given name"] = "same initial only"
    if words["family name"] == MISPLACED:       # the given name says so already
        words["family name"] = "differs"
    if words["given name"] not in ("same", "not given") and _one_spelling(a, b) and _one_person(a, b, two_records):
        words["given name"] = "same"
    if words["given name"] in UNLIKE and (_scrambled(a, b) or cut_off(*given)):
        words["given name"] = SPELT_ALIKE
    if words["given name"] in ("same", BUT_FOR_BLANKS) and a.life.written and b.life.written and not one_writing(
            a.life.written, b.life.written):
        words["given name"] = "similar"
    if words["given name"] in ("same", BUT_FOR_BLANKS) and a.life.tones and b.life.tones and not _one_tone(
            a.life.tones, b.life.tones):
        words["given name"] = "similar"
    if words["given name"] in UNLIKE and short_of_a_slip(*given):
        words["given name"] = SHORT_FORM
    if words["given name"] in LIKE_NAMED and both_short(*given):
        words["given name"] = SHORT_FORM
    if words["family name"] in UNLIKE and (out_of_order(*family) or cut_off(*family)):
        words["family name"] = SPELT_ALIKE
    exchanged = words["family name"] == "exchanged with the given name" and words["given name"] != EXCHANGED
    if a.life.family_signs and b.life.family_signs and (words["family name"] in _BY_LETTERS or exchanged):
        part = not set(a.families).isdisjoint(b.families)
        words["family name"] = "shares a part or former name" if part else "differs"
    if words["family name"] in (*UNLIKE, *_BY_LETTERS) and _one_family(a, b):
        words["family name"] = "same"
    if words["family name"] in UNLIKE and _one_part(a, b):
        words["family name"] = "shares a part or former name"
    if words["family name"] in UNLIKE and words["given name"] == "same" and _chained(a, b):
        words["family name"] = "shares a part or former name"
    one, two = a.email or "", b.email or ""
    if words["e-mail"] == "differs" and letters_apart(one, two) <= min(GARBLED, max(len(one), len(two)) // 6):
        words["e-mail"] = "garbled"
    if words["address"] == "differs" and out_of_order(a.city or "", b.city or ""):
        words["address"] = "same town"
    return words


def _one_tone(one: str, other: str) -> bool:
    """The given names as Vietnamese writes them: one in its tones, or a part of the other's."""
    a, b = one.split(), other.split()
    return a == b or {*a} <= {*b} or {*b} <= {*a}


def _chained(a: Features, b: Features) -> bool:
    """One has a name more of his fathers: Abebe Kebede, and Abebe Kebede Tesfaye."""
    return any(x.family and x.family in (y.middle or "").split() for x, y in ((a, b), (b, a)))


def _one_spelling(a: Features, b: Features) -> bool:
    """The given names are one in two romanisations, as a table knows them, or one of them in letters of its own, the
    first names or all as one word: 지영, Ji-young. In Latin letters Daria and Darya may be twins."""
    names = ((a.given or "", b.given or ""), (a.given_whole or "", b.given_whole or ""))
    return any(one_spelling(*two) or (a.life.latin != b.life.latin and one_reading(*two)) for two in names) or (
        _reads(a, b, 0) or _reads(a, b, 1))


def _reads(a: Features, b: Features, part: int) -> bool:
    """Of one person a name stands in a script without vowels, the other's is how somebody hears it: first given name,
    all of them, family name."""
    if a.life.sounds is b.life.sounds:  # neither, as most
        return False
    one, other = ((r.life.sounds or "||").split("|")[part] for r in (a, b))
    if bool(one) == bool(other):
        return False
    latin = b if one else a
    return reads(one or other, (latin.given, latin.given_whole, latin.family)[part] or "")


def _one_family(a: Features, b: Features) -> bool:
    """The family names are one in two romanisations, or with their particles."""
    names = ((a.family or "", b.family or ""), (a.family_full or "", b.family_full or ""))
    read = may_be_one if a.given == b.given else one_reading
    return _reads(a, b, 2) or any(bool(one) and (one == other or one_spelling(one, other) or read(one, other))
                                  for one, other in names)


def _one_part(a: Features, b: Features) -> bool:
    """Of double family names one part is written otherwise: Müller, Mueller-Meier."""
    parts = ({name for name in r.families if len(name) >= OF_A_PART} for r in (a, b))
    return any(one_spelling(one, other) for one, other in product(*parts))


def _one_person(a: Features, b: Features, two_records: bool) -> bool:
    """Nothing says that two romanisations of a name are two people: twins may well be Sara and Sarah, with numbers of
    their own."""
    numbers = (set(a.numbers), set(b.numbers))
    return not two_records and (not all(numbers) or bool(numbers[0] & numbers[1]))


def _scrambled(a: Features, b: Features) -> bool:
    """One given name is known, the other has its letters out of order and is not even spelt like a name."""
    one, two = sorted((a.given_whole or "", b.given_whole or ""), key=lambda name: name in given_names())
    return two in given_names() and not like_a_name(one) and out_of_order(one, two)
