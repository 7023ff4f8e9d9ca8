"""Names as features: case, accents, scripts, particles, nicknames and placeholders taken into account.

Nothing here proves a person; a nickname or a transliteration is one level of a comparison, with its own weight.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple
from unicodedata import normalize

from anyascii import anyascii

from gateway.identity.unvowelled import sounds

_LONGEST = 200
_HEARD = 5  # given names with the same three letters in a row: fewer are chance, in a list of so many languages
_WORD = re.compile(r"[a-z0-9]+")
_MARKS = re.compile(r"['’`´ʼ\u0300-\u036f.]")
_UNREAD = re.compile(r"\ufffd|\?(?=\w)|(?<=\w)\?")  # for a letter that a machine did not know
UNREAD = "x"
_INITIAL = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_]{2})")  # F.Javier
PARTICLES = frozenset((
    "von", "van", "vande", "vanden", "vander", "vd", "der", "den", "de", "del", "della", "di", "da", "do", "dos",
    "das", "du", "la", "le", "les", "el", "al", "af", "av", "zu", "zum", "zur", "ten", "ter", "te", "y", "e", "bin",
    "binti", "ibn", "ben", "bint", "abu", "st", "und", "i"))
_LED_BY = re.compile("(?:v[ao]nde[rn]?|vd|dela|delos)(?=[a-z]{4})")  # vonderHeide, Delatour
_OF_A_SAINT = frozenset(("de", "del", "la", "las", "los", "do", "da", "dos", "das"))  # María del Carmen, Maria Carmen
_OF_A_MOTHER = frozenset(("bebegi", "bebesi"))  # behind her name
# Folded to ASCII they are other names; 児 stands behind the mother's name, and ends a name of two signs, as 健児.
_NEWBORN = re.compile("아기|신생아|新生児|ベビー|(?<=..)児$|宝宝|婴|嬰|之子|之女")
_COUNT = "0123456789"
_SERVANT_OF = frozenset(("abd", "abdul", "abdel", "abdal", "abdur", "abder", "abdou", "abdu", "abdus"))
_OF_THE = frozenset(("al", "el", "ul", "ur", "ar", "er", "us", "as"))
_BEFORE_A_NAME = frozenset(("thi", "van"))  # a Vietnamese woman's, man's
_NO_NAME = frozenset(("fnu", "lnu", "nfn", "nln", "nmn"))  # "first name unknown": people of one single name
# Scripts of signs, or without vowels: what becomes of them in ASCII is not spelt as those names are that we know.
_SIGNS = re.compile("[\u0590-\u109f\u1100-\u1cff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\ufeff\uff66-\uff9f]")
_OTHER_LETTERS = re.compile("[\u0370-\u1dff\u1f00-\u1fff\u2c00-\u2c5f\u2c80-\ua71f\ua800-\uabff\uac00-\ufaff"
                            "\ufb13-\ufdff\ufe70-\ufefc\uff66-\uffdc]")
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_VIETNAMESE = re.compile("[\u1ea0-\u1ef9ơưăđƠƯĂĐ]")
_OF_VIETNAM = frozenset(
    ("nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "ngo", "ly"))
_SYLLABLES = re.compile("[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff66-\uff9f]")
_NOTHING = frozenset(("n/a", "n.a.", "-", "?"))
_GENERATIONS = {"jr": "2", "junior": "2", "ii": "2", "2nd": "2", "sr": "1", "senior": "1", "i": "1", "1st": "1",
                "iii": "3", "3rd": "3", "iv": "4", "4th": "4", "v": "5", "hijo": "2", "padre": "1"}
# Of names in another script some look like these in ASCII: عمر (Omar) is "mr".
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "hr", "fru", "frk", "sir", "dame", "sra",
                     "dra", "mme", "mlle", "md", "phd", "rev", "reverend", "smt", "shri", "shrimati", "senor", "senora",
                     "mevrouw", "mevr", "dhr", "dipl", "soeur", "schwester", "hermana", "bhikkhu", "phra", "ven",
                     "hajji", "hajja"))
_OF_WOMEN = frozenset(
    ("mrs", "ms", "miss", "frau", "fru", "frk", "sra", "senora", "dame", "mme", "mlle", "smt", "shrimati", "mevrouw",
     "mw", "pani", "signora", "mevr", "rouva", "doamna", "dona", "signorina"))
_OF_MEN = frozenset(("mr", "herr", "hr", "sir", "senor", "dhr", "monsieur", "signor", "shri"))
# Before a given name; alone they may be one.
_ADDRESSED = frozenset(("sr", "fr", "sister", "brother", "mother", "father", "dona", "dna", "ing", "mag", "sheikh",
                        "haji", "frere"))


class Name(NamedTuple):
    """One person's names, folded to lower-case ASCII.

    given, family        first given name; family name without particles, words joined; None when not given
    full                 family name with its particles, joined
    middle               further given names, joined by blanks
    whole                all given names without particles, joined: to find names that a blank parts, or that stand in
                         the family name's place
    firsts               the first given name of every use (official, nickname, former)
    givens, families     every name over all uses, further given names and parts of double names too
    generation           "1" senior, "2" junior or II, "3" …
    placeholder          a name stood there that names nobody ("John Doe", "Unknown")
    newborn              a name stood there that only says that a child was born ("Baby boy")
    signs                the given name was written in a script of signs, or one without vowels
    family_signs         the family name was written in signs of whole syllables, which no slip of a letter changes
    latin                the given name was written in Latin letters
    sounds               the first given name, all of them, and the family name, parted by `|`, where that was in a
                         script without vowels (unvowelled.py)
    written              the given names as they were written, where that was in Chinese signs alone: many sound alike
    tones                the given names as they were written, where the name is in Vietnamese letters: Thúy, Thùy
    sex                  what a title says: "Mrs John Smith" is his wife
    role                 what a word beside the name makes of somebody else: donor, partner, fetus
    """

    given: str | None = None
    family: str | None = None
    full: str | None = None
    middle: str | None = None
    whole: str | None = None
    firsts: tuple[str, ...] = ()
    givens: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    generation: str | None = None
    placeholder: bool = False
    newborn: bool = False
    signs: bool = False
    family_signs: bool = False
    written: str | None = None
    latin: bool = True
    sounds: str | None = None
    tones: str | None = None
    sex: str | None = None
    role: str | None = None


def words(text: object) -> list[str]:
    """Lower-case ASCII words of a text in any script; apostrophes and accents vanish, hyphens part words."""
    return list(_words(text[:_LONGEST])) if isinstance(text, str) and text else []


@lru_cache(maxsize=65536)
def _words(text: str) -> tuple[str, ...]:
    if text.strip().lower() in _NOTHING or text.startswith("#"):
        return ()
    if not text.isascii():
        text = _read_again(text)
    text = _INITIAL.sub(r"\1 ", _UNREAD.sub(UNREAD, text))
    if not text.isascii():
        text = anyascii(_MARKS.sub("", _in_greek(text)))
    return tuple(_WORD.findall(_MARKS.sub("", text.lower())))


# ELOT 743 reads two Greek letters as one sound: ου, γγ, and ευ by what follows.
_GREEK = (("ο[υύ]", "ou"), ("γγ", "ng"), ("γξ", "nx"), ("γχ", "nch"),
          ("α[υύ](?=[θκξπστφχψς]|\\b)", "af"), ("α[υύ]", "av"), ("ε[υύ](?=[θκξπστφχψς]|\\b)", "ef"), ("ε[υύ]", "ev"))
_TWO_GREEK = tuple((re.compile(pattern, re.IGNORECASE), sound) for pattern, sound in _GREEK)
_OF_GREEK = re.compile("[\u0370-\u03ff]")


def _in_greek(text: str) -> str:
    for pattern, sound in _TWO_GREEK if _OF_GREEK.search(text) else ():
        text = pattern.sub(sound, text)
    return text


def _read_again(text: str) -> str:
    """UTF-8 that was read as Windows-1252, MÃ¼ller, as it was written: other text is no UTF-8 when it is taken back."""
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


def join(text: object) -> str | None:
    """The words of a text as one, or None."""
    return "".join(words(text)) or None


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    lines = files(__package__).joinpath(name).read_text("utf-8").splitlines()
    return tuple(tuple(line.split(",")) for line in lines[1:] if line)


@cache
def placeholders(kind: str) -> frozenset[str]:
    """Values of one kind that stand for "unknown" (placeholders.csv)."""
    return frozenset(value for k, value in rows("placeholders.csv") if k == kind)


@cache
def _nicknames() -> dict[str, tuple[str, ...]]:
    roots: dict[str, set[str]] = {}
    for root, *others in rows("nicknames.csv"):
        for name in filter(None, (root, *others)):
            roots.setdefault(name, set()).add(root)
    return {name: tuple(sorted(found)) for name, found in roots.items()}


@cache
def _short_forms() -> frozenset[tuple[str, str]]:
    """(name, its short form): what stands before the gap in a row of nicknames.csv; behind are other names."""
    return frozenset((root, short) for root, *others in rows("nicknames.csv") for short in others[:others.index("")])


def short_for(one: str, other: str) -> bool:
    """One is the short form of the other, and no name of its own: Will of William, not Emma of Emily."""
    return not {(one, other), (other, one)}.isdisjoint(_short_forms())


@cache
def _roots_of_short() -> dict[str, frozenset[str]]:
    """Short form → the names that it is short for."""
    found: dict[str, set[str]] = {}
    for root, short in _short_forms():
        found.setdefault(short, set()).add(root)
    return {short: frozenset(roots) for short, roots in found.items()}


def both_short(one: str, other: str) -> bool:
    """Both are short forms of one name, and neither is a name of its own: Bob and Rob."""
    known = _roots_of_short()
    return one != other and not known.get(one, frozenset()).isdisjoint(known.get(other, ()))


@cache
def given_names() -> frozenset[str]:
    """Given names that parents choose: two of them are not one name with a typing error (given_names.csv)."""
    return frozenset(row[0] for row in rows("given_names.csv"))


@cache
def _threes() -> frozenset[str]:
    """Three letters in a row that several given names have, beginning and end included."""
    found = Counter(three for name in given_names() for three in set(_in_threes(name)))
    return frozenset(three for three, names in found.items() if names >= _HEARD)


def _in_threes(name: str) -> list[str]:
    marked = f"^{name}$"
    return [marked[i:i + 3] for i in range(len(marked) - 2)]


@lru_cache(maxsize=65536)
def like_a_name(name: str) -> bool:
    """A given name that parents choose, or one that is spelt like those: none of its parts is unheard of."""
    return name in given_names() or all(three in _threes() for three in _in_threes(name))


def roots(givens: Iterable[str]) -> tuple[str, ...]:
    """Full names that the given names may be short for, themselves included."""
    known = _nicknames()
    return tuple(sorted({root for name in givens for root in (name, *known.get(name, ()))}))


_SOUNDS = tuple((re.compile(p), r) for p, r in (
    ("^mc", "mac"), ("tsch|tch|ch|ck|q", "k"), ("sch|sh|sz|cz|zh|ts|tz|z|c(?=[eiy])", "s"), ("x", "ks"),
    ("ph|v|w", "f"), ("gh(?!a)", ""), ("th|dh|d", "t"), ("c|g|kh", "k"), ("b", "p"),
    ("dj|j(?=[aeiouy])|(?<=[aeiou])j", "i"), ("h", ""), ("[aeiouyj]+", "a"), (r"(.)\1+", r"\1")))


@lru_cache(maxsize=65536)
def sound(name: str) -> str:
    """A rough sound that spellings and transliterations of one name share: alexei, aleksey and Алексей."""
    text = name
    for pattern, replacement in _SOUNDS:
        text = pattern.sub(replacement, text)
    return text.removesuffix("a") or text


def _family(text: object) -> tuple[list[str], str | None]:
    """Words of a family name without generation mark, and the mark."""
    found = words(text)
    generation = None
    while found and found[-1] in _GENERATIONS and found[-1] not in ("v", "i"):
        generation = _GENERATIONS[found.pop()]
    return _led(found), generation


def _led(found: list[str]) -> list[str]:
    """Particles that a list sorted by names puts behind the name, `Berg, van der`, before it."""
    name = len(found)
    while name > 1 and found[name - 1] in PARTICLES:
        name -= 1
    return found if name == 1 and found[0] in PARTICLES else [*found[name:], *found[:name]]


def core(found: list[str]) -> str | None:
    """A family name's words without particles, joined."""
    return "".join(w for w in found if w not in PARTICLES) or "".join(found) or None


def _joined(text: object) -> list[str]:
    """The names that a hyphen joins."""
    parts = text[:_LONGEST].split("-") if isinstance(text, str) else []
    return [name for part in parts if len(parts) > 1 and (name := core(words(part)))]


def _whole(given: list[str]) -> list[str]:
    """Given names whose first word is no name by itself: `Abd al-Rahman` is one name, `Thị Lan` is Lan."""
    if given[:1] and given[0] in _SERVANT_OF and len(given) > 1:
        rest = 2 if len(given) > 2 and given[1] in _OF_THE else 1
        return ["".join(given[:rest + 1]), *given[rest + 1:]]
    if given[:1] and given[0] in _BEFORE_A_NAME and len(given) > 1:
        return [*given[1:], given[0]]
    return given


def _in_chinese(texts: Sequence[str]) -> str | None:
    text = "".join(text.replace(" ", "") for text in texts)
    return text if _CHINESE.fullmatch(text) else None


def _sounds(given_texts: Sequence[str], family_text: str) -> str | None:
    texts = " ".join(given_texts)
    first = next(iter(texts.split()), "")
    found = [sounds(text) or "" for text in (first, texts, family_text)]
    return "|".join(found) if any(found) else None


def _unmarked(given: list[str]) -> tuple[list[str], str | None]:
    """Without a mark of generation behind a given name, and the mark: `John Jr`, not the initials I and V."""
    if len(given) > 1 and len(given[-1]) > 1 and given[-1] in _GENERATIONS:
        return given[:-1], _GENERATIONS[given[-1]]
    return given, None


def _unaddressed(given: list[str]) -> list[str]:
    """Without what stands before a given name and may be one by itself."""
    first = next((i for i, word in enumerate(given[:-1]) if word not in _ADDRESSED), max(len(given) - 1, 0))
    return given[first:]


def _role(given: list[str]) -> tuple[list[str], str | None]:
    """Without a word that says whose record this is, where a name stands beside it, and the word."""
    role = next((word for word in given if word in placeholders("role")), None) if len(given) > 1 else None
    return [w for w in given if w != role and not (role and w == "of")], role


def _addressed_as(given_texts: Sequence[str]) -> str | None:
    """The sex that a title before a name in Latin letters tells."""
    first = next((w for text in given_texts[:1] if not _SIGNS.search(text) for w in words(text)[:1]), "")
    alone = len([w for text in given_texts for w in words(text)]) < 2
    return None if alone else "female" if first in _OF_WOMEN else "male" if first in _OF_MEN else None


def _in_tones(family: str, given_texts: Sequence[str]) -> str | None:
    """Given names as they were written in Vietnamese, lower case."""
    text = " ".join(given_texts)
    vietnamese = _VIETNAMESE.search(text) or _VIETNAMESE.search(family) or (
        not (text + family).isascii() and "".join(words(family)[-1:]) in _OF_VIETNAM)
    return normalize("NFC", _UNSEEN.sub("", text)).lower() if vietnamese and not text.isupper() else None


def _real(found: list[str], kind: str) -> bool:
    unknown = placeholders(kind)
    return bool(found) and "".join(found) not in unknown and not all(w in unknown or w.isdigit() for w in found)


def _single(missing: list[str], name: list[str]) -> bool:
    """Of people of one single name, whose other name an office has to write nevertheless."""
    return bool(missing) and _NO_NAME.issuperset(missing) and _real(name, "name")


def _nobody(given: list[str], family: list[str]) -> bool:
    """"John Doe", also with the names exchanged."""
    return not {" ".join(given + family), " ".join(family + given)}.isdisjoint(placeholders("full-name"))


def _newborn(given: list[str]) -> bool:
    """"Baby boy", "Girl A", "Recién nacido", "B/O Priya", "Ayşe Bebeği": the first word begins with one mark, or a word
    is another."""
    if not given or given[:2] == ["b", "o"] or given[-1] in _OF_A_MOTHER:
        return bool(given)
    return (given[0].rstrip(_COUNT) in placeholders("newborn-word") or given[0].startswith(_born())
            or "".join(given).startswith(_born()))


@cache
def _born() -> tuple[str, ...]:
    return tuple(placeholders("newborn"))


def name_of(uses: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> Name:
    """The `Name` of (family, given names, suffixes) triples, the most official first."""
    first = Name()
    firsts: set[str] = set()
    givens: set[str] = set()
    families: set[str] = set()
    placeholder = newborn = signs = family_signs = other = False
    generation = role = sex = None
    for family_text, given_texts, suffixes in uses:
        family, mark = _family(family_text)
        written = [w for text in given_texts for w in words(text) if w not in _TITLES or _SIGNS.search(text)]
        written, told = _unmarked(written)
        given, part = _role(_whole(_unaddressed(written)))
        role, sex = role or part, sex or _addressed_as(given_texts)
        mark = mark or told
        generation = generation or mark or _suffix(suffixes)
        if _nobody(given[:1], family[-1:]):
            placeholder, given, family = True, [], []
        if not {*given, *family}.isdisjoint(placeholders("test-name")):
            placeholder, given, family = True, [], []
        if _newborn(given) or any(_NEWBORN.search(text) for text in given_texts):
            newborn, given = True, []
        if _single(given, family):
            given = []
        if _single(family, given):
            family = []
        if given and not _real(given, "name"):
            placeholder, given = True, []
        if family and not _real(family, "name"):
            placeholder, family = True, []
        other = other or any(_OTHER_LETTERS.search(text) for text in given_texts)
        signs = signs or any(_SIGNS.search(text) for text in given_texts)
        family_signs = family_signs or bool(_SYLLABLES.search(family_text))
        firsts.update(given[:1])
        givens.update(given)
        if family:
            whole = "".join(family)
            families.update([core(family) or "", whole, *_joined(family_text)])
            families.update([_LED_BY.sub("", whole)] if _LED_BY.match(whole) else [])
            families.update(w for w in family if w not in PARTICLES and len(w) > 1)
        if first.given is None and first.family is None:
            further = " ".join(w for w in given[1:] if w not in _OF_A_SAINT)
            first = Name(next(iter(given), None), core(family), "".join(family) or None, further or None,
                         core(written) if given else None, written=_in_chinese(given_texts) if given else None,
                         sounds=_sounds(given_texts if given else (), family_text),
                         tones=_in_tones(family_text, given_texts) if given else None)
    return first._replace(firsts=tuple(sorted(firsts)), givens=tuple(sorted(givens)), families=tuple(sorted(families)),
                          generation=generation, placeholder=placeholder, newborn=newborn, signs=signs,
                          family_signs=family_signs, latin=not other, sex=sex, role=role)


def _suffix(suffixes: Iterable[str]) -> str | None:
    marks = (_GENERATIONS.get("".join(words(s))) for s in suffixes)
    return next((m for m in marks if m), None)
