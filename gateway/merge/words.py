"""Words as they are compared, and the words that say nothing."""

import unicodedata
from functools import lru_cache

# Whoever writes these does not know; as a finding "none" and "other" say something, as a name they do not.
UNKNOWN = frozenset({"unknown", "unk", "not known", "n/a", "na", "?", "see notes"})
# Whoever writes these in the place of a result says that there is none.
NO_RESULT = frozenset({
    "cancelled", "canceled", "error", "insufficient sample", "invalid", "no result", "no sample", "not available",
    "not done", "not measured", "not performed", "not tested", "qns", "quantity not sufficient", "specimen haemolysed",
    "specimen hemolyzed", "test not performed", "tnp", "unable to measure"})
SAYS_NOTHING = UNKNOWN | {"", "other", "unspecified", "none", "-"}


@lru_cache(maxsize=16384)
def fold(words: str) -> str:
    """Text as it is compared: composed, case folded, blanks collapsed."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def says_nothing(words: str) -> bool:
    """Is this what people write where they know no name, number or code?"""
    return fold(words) in SAYS_NOTHING
