"""SMART scopes, versions 1 (`.read`) and 2 (`.rs`): which resource types a token may read and search."""

import re
from dataclasses import dataclass
from functools import lru_cache

_SCOPE = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]+)\.(\*|read|write|c?r?u?d?s?)(\?.*)?")
_LETTERS = {"read": "rs", "write": "cud", "*": "cruds"}


@dataclass(frozen=True, slots=True)
class Granted:
    """What the scopes of one token grant.

    types     resource types that may be read; None: all
    contexts  patient | user | system: what was asked for, also where it grants nothing
    """

    types: frozenset[str] | None
    contexts: frozenset[str]

    def allows(self, type: str) -> bool:
        return self.types is None or type in self.types


@lru_cache(maxsize=1024)
def granted(scopes: tuple[str, ...], letter: str = "r", patient: bool = True) -> Granted:
    """What is granted for an interaction letter of SMART 2 (c r u d s).

    patient  whether the token names a patient: without one a `patient/` scope beside others grants nothing
    A scope with a query (`?category=…`) narrows what we cannot narrow to: it grants nothing here, rather than too much.
    Words that are no resource scopes (`openid`, `launch/patient`) grant nothing.
    """
    types: set[str] = set()
    contexts: set[str] = set()
    for scope in scopes:
        match = _SCOPE.fullmatch(scope)
        if match and not match[4] and letter in _LETTERS.get(match[3], match[3]):
            contexts.add(match[1])
            if patient or match[1] != "patient":
                types.add(match[2])
    return Granted(None if "*" in types else frozenset(types), frozenset(contexts))
