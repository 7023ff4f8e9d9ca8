"""The grammar of one line: `PID-3.1 or PID-2 as upper as code(table)`, `no PV1-2 = I or O`. See LANGUAGE.md.

Parsing gives plain values with the offset of every word, so that a mistake can be shown where it stands.
"""

import re
from dataclasses import dataclass

_PROTECTED = re.compile(r"`[^`]*`|\([^()]*\)|\[[^\[\]]*\]")
_KEYWORD = re.compile(r"(?:(?<=\s)|^)(?:as|or)(?=\s|$)")
_CALL = re.compile(r"([A-Za-z][\w-]*)\s*(?:\((.*)\))?", re.DOTALL)


class BadExpression(ValueError):
    """The line does not follow the grammar; `offset` says where in it."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Word:
    """A path or constant with its place in the line."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Path(Word):
    """What the adapter selects."""


@dataclass(frozen=True, slots=True)
class Constant(Word):
    """What the mapping itself says."""


@dataclass(frozen=True, slots=True)
class Call:
    """A conversion with the texts of its arguments."""

    name: str
    arguments: tuple[str, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Expression:
    """Terms of which the first that selects something counts, then conversions in turn."""

    terms: tuple[Path | Constant, ...]
    calls: tuple[Call, ...]

    @property
    def constant(self) -> bool:
        return bool(self.terms) and all(isinstance(t, Constant) for t in self.terms)


@dataclass(frozen=True, slots=True)
class Condition:
    """`path` selects something, or, with `texts`, a place that has one of them; `negated`: it does not."""

    path: Path
    negated: bool
    texts: tuple[str, ...]


def parse(text: str) -> Expression:
    """An expression. Raises BadExpression."""
    terms: list[Path | Constant] = []
    calls: list[Call] = []
    for keyword, word, offset in _pieces(text):
        if keyword == "as":
            calls.append(_call(word, offset))
        elif calls:
            raise BadExpression("`or` stands between places, before every `as`; for a fallback after a conversion "
                                "write a list", offset)
        elif word or keyword:
            terms.append(_term(word, offset))
    if not terms and not calls:
        raise BadExpression("nothing is written here")
    return Expression(tuple(terms), tuple(calls))


def condition(text: str) -> Condition:
    """A condition. Raises BadExpression."""
    masked = _mask(text)
    start = len(text) - len(text.lstrip())
    negated = text[start:start + 3] == "no "
    start += 3 if negated else 0
    equals = masked.find("=", start)
    before = text[:equals] if equals >= 0 else text
    if keyword := _KEYWORD.search(_mask(before), start):
        raise BadExpression(f"`{keyword[0]}` cannot stand in the path of a condition", keyword.start())
    path = _path(before[start:], start)
    return Condition(path, negated, _texts(text[equals + 1:], equals + 1) if equals >= 0 else ())


def _texts(text: str, begin: int) -> tuple[str, ...]:
    """The texts behind the `=` of a condition."""
    pieces = _pieces(text)
    for keyword, word, offset in pieces:
        if not word or keyword == "as":
            raise BadExpression("expected texts with `or` between them behind `=`", begin + offset)
    return tuple(_bare(word) for _, word, _ in pieces)


def _mask(text: str) -> str:
    """The text with everything quoted or in brackets blotted out, at the same length."""
    return _PROTECTED.sub(lambda m: "\0" * len(m[0]), text)


def _pieces(text: str) -> list[tuple[str, str, int]]:
    """(keyword before it, word, offset) for everything between keywords."""
    keywords = [("", 0, 0), *((m[0], m.start(), m.end()) for m in _KEYWORD.finditer(_mask(text)))]
    ends = [start for _, start, _ in keywords[1:]] + [len(text)]
    pieces = []
    for (keyword, _, begin), end in zip(keywords, ends, strict=True):
        raw = text[begin:end]
        pieces.append((keyword, raw.strip(), begin + len(raw) - len(raw.lstrip())))
    return pieces


def _term(word: str, offset: int) -> Path | Constant:
    if word.startswith("="):
        constant = _bare(word[1:].strip())
        if not constant:
            raise BadExpression("a text is missing behind `=`", offset)
        return Constant(constant, offset)
    return _path(word, offset)


def _path(word: str, offset: int) -> Path:
    path = _bare(word.strip())
    if not path:
        raise BadExpression("a path is missing", offset)
    return Path(path, offset)


def _call(word: str, offset: int) -> Call:
    match = _CALL.fullmatch(word)
    if not match:
        cut = "; inside braces a line with `, ` needs quotes" if "(" in word and ")" not in word else ""
        raise BadExpression(f"expected a function such as `date` or `code(table)` behind `as`, found {word!r}{cut}",
                            offset)
    name, arguments = match.groups()
    return Call(name, tuple(_bare(a.strip()) for a in arguments.split(",")) if arguments else (), offset)


def _bare(word: str) -> str:
    return word[1:-1].strip() if len(word) > 1 and word[0] == word[-1] == "`" else word
