"""The characters that MSH-1 and MSH-2 choose (chapter 2.5.4), and the text that escape sequences stand for (2.7)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from gateway.errors import error
from gateway.sdk import BadMessage, Issue, Severity

UNUSED = "\r"  # stands for a separator that MSH-2 does not name: it never occurs inside a segment
_RECOMMENDED = "^~\\&"
_JAPANESE = {"2842": "\x1b(B", "284A": "\x1b(J", "2949": "\x1b(I", "2442": "\x1b$B", "242844": "\x1b$(D"}
_LATIN = {"2D41": "iso8859-1", "2D42": "iso8859-2", "2D43": "iso8859-3", "2D44": "iso8859-4", "2D46": "iso8859-7",
          "2D47": "iso8859-6", "2D48": "iso8859-8", "2D4C": "iso8859-5", "2D4D": "iso8859-9"}


@dataclass(frozen=True)
class Separators:
    """What MSH-1 and MSH-2 say; `UNUSED` where they say nothing. `codec` decodes the bytes of hexadecimal escapes."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = UNUSED
    codec: str = "utf-8"

    @cached_property
    def blank(self) -> str:
        """Characters that hold no value of their own."""
        return f"{self.component}{self.repetition}{self.subcomponent} \t\n"

    @cached_property
    def cut(self) -> Callable[[str], list[str]]:
        """Cuts a field at every repetition, component and subcomponent."""
        return re.compile(f"[{re.escape(self.component + self.repetition + self.subcomponent)}]").split

    @cached_property
    def shape(self) -> Callable[[str, str], str]:
        """`shape("", field)` leaves of a field nothing but the separators at which `cut` cuts it."""
        return re.compile(f"[^{re.escape(self.component + self.repetition + self.subcomponent)}]+").sub

    @cached_property
    def _sequence(self) -> re.Pattern[str]:
        e = re.escape(self.escape)
        return re.compile(rf"((?:{e}[Xx](?:[0-9A-Fa-f]{{2}})+{e})+)|{e}([CM])([0-9A-Fa-f]{{4,6}}){e}([^{e}]*)"
                          rf"|{e}([FSTREPHN]|\.[a-z]{{2}}[+-]?\d{{0,4}}){e}")

    @cached_property
    def _words(self) -> dict[str, str]:
        return {"F": self.field, "S": self.component, "T": self.subcomponent, "R": self.repetition, "E": self.escape,
                "P": self.truncation.strip() or "#", "H": "", "N": "", ".br": "\n", ".sp": "\n", ".ce": "\n",
                ".fi": "", ".nf": "", ".in": "", ".ti": "", ".sk": " "}

    def unescape(self, text: str) -> str:
        """The text that is meant. What is no escape sequence, or cannot be decoded, stays as it is (V2-06)."""
        if self.escape not in text:
            return text
        return self._sequence.sub(self._meaning, text)

    def _meaning(self, match: re.Match[str]) -> str:
        hexadecimal, switch, code, switched, word = match.groups()
        try:
            if hexadecimal:
                digits = re.sub(rf"{re.escape(self.escape)}[Xx]?", "", hexadecimal)
                return bytes.fromhex(digits).decode(self.codec)
            if switch:
                return self._switch(code.upper(), switched)
        except UnicodeError:
            return match[0]
        meaning = self._words.get(word[:3], match[0])
        return meaning * int(word[3:]) if word[:3] in (".sp", ".sk") and word[3:].isdecimal() else meaning

    def _switch(self, code: str, text: str) -> str:
        """Text behind \\Cxxyy\\ or \\Mxxyyzz\\: bytes of another character set, named as ISO 2022 names it."""
        code = code[:4] if code.endswith("00") and len(code) == 6 else code
        if code in _LATIN:
            return text.encode(self.codec).decode(_LATIN[code])
        if code in _JAPANESE:
            return (_JAPANESE[code].encode() + text.encode("ascii")).decode("iso2022_jp_ext")
        raise UnicodeError(code)


def separators(header: str, codec: str = "utf-8") -> tuple[Separators, tuple[Issue, ...]]:
    """What the text of an MSH segment says. Raises BadMessage where the same character has two meanings."""
    field = header[3:4]
    return _chosen(field, header[4:].partition(field)[0][:12] if field else "", codec)


@lru_cache(256)
def _chosen(field: str, chosen: str, codec: str) -> tuple[Separators, tuple[Issue, ...]]:
    issues: tuple[Issue, ...] = ()
    if not chosen:
        chosen = _RECOMMENDED
        issues = (Issue("hl7v2-separators-missing", Severity.warning, f"MSH-2 names no encoding characters; {chosen} "
                        "were taken. Nothing was lost.", "MSH-2", "Ask the sender to fill MSH-2."),)
    if len(chosen) > 5 or len(set(field + chosen)) <= len(chosen) or re.search(r"[A-Za-z0-9\s\x00-\x1f]", chosen):
        raise BadMessage(error("hl7v2-separators", f"The separators {field + chosen!r} are not five different signs, "
                               "so fields cannot be told apart. The message was not read.", "MSH-2",
                               "Correct the sender; its bytes are kept and can be replayed."))
    component, repetition, escape, subcomponent, truncation = list(chosen.ljust(5, UNUSED))
    return Separators(field, component, repetition, escape, subcomponent, truncation, codec), issues
