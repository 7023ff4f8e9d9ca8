"""JSON that loses nothing: numbers keep their text, duplicate names and unreadable text are refused.

`loads` and `dumps` are inverse for every JSON text but for blanks; `canonical` is the one form that is
hashed (names sorted by code point, no blanks, UTF-8, number text as it came).
"""

import json
import json.encoder
import os
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import Any

_MAX_PLAIN_INT = 18
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class BadJson(ValueError):
    """The text is not JSON that can be kept without loss; `args[0]` says why, `.line` and `.column` where."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class Number(Decimal):
    """A JSON number with its own text: equal and hashed as a Decimal, printed as it came (`1.50`, `1e2`)."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> "Number":
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Number({self.text!r})"

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return Number, (self.text,)

    def __copy__(self) -> "Number":
        return self

    def __deepcopy__(self, memo: object) -> "Number":
        return self


def _integer(text: str) -> int | Number:
    return Number(text) if len(text) > _MAX_PLAIN_INT or text == "-0" else int(text)


def _constant(text: str) -> Any:
    raise BadJson(f"{text} is not a JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        seen: set[str] = set()
        name = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise BadJson(f"the name {name!r} stands twice in one object")
    return out


_DECODER = json.JSONDecoder(parse_float=Number, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_unique)


def loads(data: bytes | str) -> Any:
    """Parse JSON. A byte order mark is tolerated. Raises BadJson, never anything else, for any input."""
    try:
        text = (data.decode() if isinstance(data, bytes) else data).removeprefix("\ufeff")
        value = _DECODER.decode(text)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeDecodeError as e:
        raise BadJson(f"not UTF-8: byte 0x{e.object[e.start]:02x} at offset {e.start}") from e
    except UnicodeEncodeError as e:
        raise BadJson("half of a surrogate pair stands in a string") from e
    except json.JSONDecodeError as e:
        raise BadJson(f"not JSON: {e.msg}", e.lineno, e.colno) from e
    except RecursionError as e:
        raise BadJson("nested too deeply") from e
    except ArithmeticError as e:
        raise BadJson("a number is out of every range") from e
    return value


# The standard encoder has no hook for a number's text: numbers leave it as marked strings and lose the mark after.
# The mark is drawn anew for each process, so no input can hold it.
_MARK = os.urandom(12).hex()
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


def _mark(value: Any) -> str:
    if value.__class__ is Number:
        return _MARK + str(value.text)
    if isinstance(value, Decimal):
        return _MARK + str(value)  # not an f-string: Decimal.__format__ would rewrite the text
    raise TypeError(f"{type(value).__name__} is not JSON")


@cache
def _encoder(sort: bool, indent: int | None) -> Callable[[Any], str]:
    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=sort, indent=indent, default=_mark,
                               separators=None if indent else (",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None or indent:
        return encoder.encode
    # What `encode` makes anew for each value, less the search for circles: what holds itself is nested too deeply.
    chunks = make(None, _mark, json.encoder.encode_basestring, None, ":", ",", sort, False, False)
    return lambda value: "".join(chunks(value, 0))


def dumps(value: Any, *, sort: bool = False, indent: int | None = None) -> str:
    """Text of a JSON value: names in the order given (or sorted by code point), no blanks unless `indent`."""
    text = _encoder(sort, indent)(value)
    return _MARKED.sub(itemgetter(1), text) if _MARK in text else text


quoted = json.encoder.encode_basestring     # a text as it stands in `dumps`


def canonical(value: Any) -> bytes:
    """The one form of a JSON value that is hashed, signed and compared."""
    return dumps(value, sort=True).encode()
