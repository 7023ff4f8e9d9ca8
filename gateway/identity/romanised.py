"""One name of another alphabet, as countries, standards and passports of today write it in Latin letters.

A key is what the spellings of one name agree on: the letters of each table below, read as sounds. Where letters are
read in two ways (ch in Chekhov and in Chruschtschow), the first reading is the usual one; a name has a key for each.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice, product

from gateway.identity.names import rows

_SHORTEST = 4  # letters of a key: shorter ones are alike by chance
_MOST = 64     # keys of one name


class _Table:
    """How the letters of one group of languages are read: `letters>reading|another`, then what is the same to the ear.

    of    the names that it is for
    """

    def __init__(self, readings: str, folds: str, of: str = "") -> None:
        rows = (row.split(">") for row in readings.split())
        self.readings = {letters: tuple(sounds.split("|")) for letters, sounds in rows}
        self.letters = re.compile("|".join([*sorted(self.readings, key=len, reverse=True), "."]))
        self.folds = tuple((re.compile(p), r) for p, _, r in (rule.partition(">") for rule in folds.split()))
        self.of = re.compile(of)

    def keys(self, name: str) -> Iterator[str]:
        """What a name may sound like; the usual reading first."""
        read = (self.readings.get(letters, (letters,)) for letters in self.letters.findall(name))
        for sounds in islice(product(*read), _MOST):
            key = "".join(sounds)
            for pattern, replacement in self.folds:
                key = pattern.sub(replacement, key)
            if len(key) >= _SHORTEST:
                yield key


_ONCE = r"([b-df-hj-np-tv-z])\1+>\1"
# Cyrillic by ICAO Doc 9303, BGN/PCGN, GOST, ISO 9 without its marks, in German, French and Croatian letters; Hebrew.
_SLAVIC = _Table(
    "schtsch>shc shch>shc stsch>shc tsch>c tch>c sht>sht|st|sc sch>sh|zh|s|z sh>sh|s zh>zh|z dzh>dz dj>d gj>d "
    "kh>h ch>c|h ts>c tz>c cz>c ce>ce ci>ci cy>ci c>k|c x>ks ph>f w>v jo>io|e yo>io|e j>i|z y>i lji>li nji>ni "
    "ji>ji|zi jun>jun z>z|c gh>g h>h|g gue>ge gui>gi",
    rf"off$>ov eff$>ev iou>iu ii+>i ie(?=.)>e {_ONCE} (?<=l)iu>u (?<=[chsz])o(?=v$)>e (?<=a)h$>")
# Hindi, Bengali, Tamil, Sinhala, Urdu and Persian: breathed letters, long vowels, v and w.
_INDIC = _Table(
    "ksh>ks x>ks shw>sv shr>sr th>t dh>d bh>b kh>k gh>g jh>j chh>ch ee>i oo>u y>i w>v ei>ai ey>ai ay>ai au>ou "
    "ow>ou q>k ph>f", rf"{_ONCE} ii+>i (?<=a)h$>")
# Passports leave long vowels out; m before b, m and p.
_OF_SYLLABLES = "(?:(?:[kgsztdnhbpmr]?y?|[wjf]|sh|ch|ts)[aeiou]h?|n|m(?=[bmp])|[kstp](?=[kstp])|t(?=ch))+$"
_JAPANESE = _Table("ou>o oo>o uu>u mb>nb mm>nm mp>np", "oh(?=[bcdfgkmnpstz]|$)>o", _OF_SYLLABLES)
# Spellings of before 1972: Soekarno, Tjahjo, Widjaja.
_INDONESIAN = _Table("oe>u tj>c dj>j j>y nj>ny sj>sy ch>kh", "", ".*(?:oe|tj|dj|sj)")
_INDONESIAN_NOW = _Table("", "", ".*")
# ELOT 743, and Greek as it is heard.
_GREEK = _Table(
    "ch>h kh>h mp>b nt>d gk>g gg>g ng>g ph>f th>t x>ks y>i yi>i gi>i gy>i ei>i oi>i ai>e ou>u oy>u tz>c ts>c dj>c "
    "eu>ev ef>ev au>av af>av c>k w>o j>i", _ONCE)
_KUNREI = _Table(
    "tsu>tu shi>si chi>ti ji>zi fu>hu sha>sya shu>syu sho>syo cha>tya chu>tyu cho>tyo ja>zya ju>zyu jo>zyo ou>o "
    "oo>o uu>u", "oh(?=[bcdfgkmnpstz]|$)>o", _OF_SYLLABLES)
_INDONESIAN_J = _Table("oe>u tj>c dj>j j>j|y nj>ny sj>sy ch>kh ie>i", "")
_USUAL = (("slavic", _SLAVIC), ("indic", _INDIC), ("japanese", _JAPANESE), ("indonesian", _INDONESIAN),
          ("indonesian", _INDONESIAN_NOW))
_MORE = (*_USUAL, ("greek", _GREEK), ("kunrei", _KUNREI), ("indonesian", _INDONESIAN_J))

_INITIALS = dict(zip("b p d t g k j q x zh ch z c r".split(), "p p' t t' k k' ch ch' hs ch ch' ts ts' j".split(),
                     strict=True))
_PINYIN = re.compile("(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)(iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|"
                     "en|in|un|ia|ie|iu|ua|ui|uo|ue|er|a|e|i|o|u)")
_HISSED = {"zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tzu", "si": "ssu",
           "yan": "yen", "ye": "yeh", "you": "yu", "ge": "ko", "ke": "ko", "he": "ho", "e": "o", "er": "erh",
           "gui": "kuei", "kui": "kuei"}
_FINALS = (("ian", "ien"), ("ie", "ieh"), ("ue", "ueh"), ("ong", "ung"), ("uo", "o"))


@lru_cache(maxsize=65536)
def _usual(name: str) -> frozenset[tuple[str, str]]:
    tables = ((language, table) for language, table in _USUAL if table.of.match(name))
    keys = {(language, key) for language, table in tables for key in islice(table.keys(name), 1)}
    return frozenset(keys | {("korean", korean) for korean in _korean(name)})


@lru_cache(maxsize=65536)
def _any(name: str) -> frozenset[tuple[str, str]]:
    keys = {(language, key) for language, table in _MORE if table.of.match(name) for key in table.keys(name)}
    return frozenset(keys | {("korean", korean) for korean in _korean(name)})


@cache
def _syllables() -> dict[str, str]:
    """Korean syllables as they are romanised, and what they are by the rule of 2000."""
    return {spelling: row[0] for row in rows("korean.csv") for spelling in row}


def _korean(name: str) -> Iterator[str]:
    """A name of two syllables by the rule of 2000, in each way that it can be parted."""
    known = _syllables()
    for i in range(1, len(name)):
        if (one := known.get(name[:i])) and (two := known.get(name[i:])):
            yield f"{one}-{two}"


def _wade_giles(syllable: re.Match[str]) -> str:
    if known := _HISSED.get(syllable[0]):
        return known
    initial, final = syllable[1], syllable[2]
    if initial + final not in ("guo", "kuo", "huo", "shuo"):
        final = next((old for new, old in _FINALS if final == new), final)
    return _INITIALS.get(initial, initial).replace("'", "") + final


@lru_cache(maxsize=65536)
def _old_chinese(name: str) -> str:
    """Pinyin as Wade and Giles wrote it, without their marks: Zhiming as Chihming."""
    return _PINYIN.sub(_wade_giles, name)


def one_reading(one: str, other: str) -> bool:
    """Two spellings that the usual readings make one name: Yuliya, Iuliia and Julia."""
    return not _usual(one).isdisjoint(_usual(other))


def may_be_one(one: str, other: str) -> bool:
    """Two spellings of which some readings make one name, though two children may bear them: Schukow and Zhukov."""
    return not _any(one).isdisjoint(_any(other)) or other == _old_chinese(one) or one == _old_chinese(other)
