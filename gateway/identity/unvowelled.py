"""Names in scripts that leave vowels out, beside their Latin spellings: محمد and Mohamed, רחל and Rachel.

The letters of the one are the consonants of the other, in their order, and a long vowel that is written has to be
heard: حسن is Hasan, not Hussein, and محمد is not Mahmoud.
"""

import re
from functools import lru_cache

from anyascii import anyascii

_FEWEST = 3  # letters of a spelling
_OF_THESE = re.compile("[\u0590-\u06ff\u0750-\u077f\u0900-\u109f\u1200-\u139f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SHORT = "(?:ae|[aeiou])?"  # a vowel that nobody writes
# Letters as sounds, one sign each: `*` is a vowel or none, `A` a long one, `E` the end of Leyla, `H` a rough h.
_SOUNDS = str.maketrans(dict(zip(
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءئؤأإآپچژگکیہھےٹڈڑںאבגדהוזחטיכךלמםנןסעפףצץקרשת",
    "AbtTjhXdDrzsSsdtz*GfqklmnhwyEh**wAAApQJgkyhhEtdrn*bgdhwzHtykklmmnns*ppCCqrSt", strict=True)))
# What anyascii makes of other scripts.
_TWO_AS_ONE = (("sh", "S"), ("th", "T"), ("dh", "D"), ("kh", "X"), ("gh", "G"), ("ts", "C"), ("ch", "Q"), ("zh", "J"),
               ("ph", "P"))
_HEARD = {
    "*": "(?:ae|ay|[aeiou])?", "A": "(?:aa|[aeiou])", "a": "(?:aa|[aeiou])", "i": "(?:ee|ie|[iey])",
    "e": "(?:ei|[ea])", "u": "(?:ou|oo|[uo])", "o": "(?:ou|oo|[ou])", "y": "(?:ee|ei|ey|ai|ay|ie|iy|yy|y|i|j|e)",
    "E": "(?:ee|ai|ay|[aeiy])", "w": "(?:ou|oo|au|aw|ow|uw|w|v|u|o)", "h": "h?", "H": "(?:kh|ch|h)",
    "t": "(?:tt?h?)", "T": "(?:t?th|ts|t|s)", "d": "(?:dd?h?|z)", "D": "(?:dh|z|d|th)", "z": "(?:zz?|dh|s)",
    "j": "(?:dj|dzh|jj?|g)", "s": "(?:ss?|c)", "S": "(?:sh|sch|ch|s)", "C": "(?:ts|tz|c|z)", "q": "(?:gh|q|k|g|c)",
    "k": "(?:kh|ch|ck|kk?|c|q)", "X": "(?:kh|ch|h|k|x)", "G": "(?:gh|g|r)", "g": "(?:gg?|gh|j)", "f": "(?:ff?|ph?)",
    "p": "(?:ph?|f)", "P": "(?:ph?|f)", "b": "(?:bb?|v)", "l": "ll?", "m": "mm?", "n": "nn?", "r": "rr?",
    "Q": "(?:t?ch?|j)", "J": "(?:zh|j|z)", "v": "(?:ou|oo|[vwfuo])", "x": "(?:x|ks)"}
_LAST = {"h": "(?:[aeo]?h|at|a|e|o|i)", "y": "(?:ee|ie|iy|ai|ay|ei|y|i|e)"}
_ARTICLE = re.compile("(?:al|el|ul|ol|a[sznrtd])(?=...)")  # Az-Zahrani
_WRITTEN_ARTICLE = re.compile("Al(?=...)")


def sounds(text: str) -> str | None:
    """A text in such a script as `reads` takes it; None for any other text."""
    if not _OF_THESE.search(text):
        return None
    return "".join(map(_sound, text.replace("\u06cc\u0670", "\u0649"))) or None


@lru_cache(maxsize=4096)
def _sound(sign: str) -> str:
    """One letter as signs of `_HEARD`."""
    if (known := sign.translate(_SOUNDS)) != sign:
        return known
    sound = anyascii(sign).lower()
    for two, one in _TWO_AS_ONE:
        sound = sound.replace(two, one)
    return "".join(c for c in sound if c.isalpha())


@lru_cache(maxsize=65536)
def _pattern(letters: str) -> re.Pattern[str]:
    letters = letters.replace("yy", "y")
    first, last = letters[:-1], letters[-1]
    heard = [_HEARD.get(c, re.escape(c)) for c in first]
    return re.compile(_SHORT.join([*heard, _LAST.get(last) or _HEARD.get(last, re.escape(last))]))


def reads(letters: str | None, spelling: str) -> bool:
    """Is this Latin spelling, folded to lower case without blanks, of a name that these letters write without vowels?
    An article may be left out: الحداد, Haddad."""
    if not letters or len(spelling) < _FEWEST:
        return False
    article = _WRITTEN_ARTICLE.match(letters)
    written = (letters, letters[article.end():]) if article else (letters,)
    names = (spelling, _ARTICLE.sub("", spelling, count=1)) if article and _ARTICLE.match(spelling) else (spelling,)
    return any(_pattern(text).fullmatch(name) for text in written for name in names)
