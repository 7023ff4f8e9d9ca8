"""The primitive types of FHIR R4 4.0.1: which JSON value each takes, and which texts are right.

Dates are checked against the calendar, leap years included. The patterns are anchored by `fullmatch`, use no
construct that backtracks, and read the same in Python and in ECMA-262 (JSON Schema).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Any

from gateway.jsontext import Number

_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_FOURTH = "(?:0[48]|[2468][048]|[13579][26])"
_LEAP = f"(?:[0-9]{{2}}{_FOURTH}|{_FOURTH}00)"
_DAY = ("(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
        "|02-(?:0[1-9]|1[0-9]|2[0-8]))")
_FULL_DATE = f"(?:{_YEAR}-{_DAY}|{_LEAP}-02-29)"
_DATE = f"(?:{_FULL_DATE}|{_YEAR}(?:-(?:0[1-9]|1[0-2]))?)"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f]+")
_SIGNS = (ascii_letters + digits + "+/").encode()          # of base 64; then its blanks and its ends
_BLANKS = b" \t\r\n"
_ENDS = (b"", b"=", b"==")
_LARGEST = 2**31
MAX_STRING = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Primitive:
    """One primitive type: its JSON kind (`string`, `number`, `boolean`) and how to say what it takes.

    `fits` is true (or a match) when a JSON value of that kind has a right text.
    """

    name: str
    json: str
    says: str
    fits: Callable[[Any], Any] = lambda value: True


def is_base64(text: str) -> bool:
    """Base 64 as RFC 4648 section 4, blanks tolerated."""
    data = text.encode() if text.isascii() else b""
    rest = data.translate(None, _SIGNS)                      # told by what is no sign of it: that is fastest
    if rest not in _ENDS:
        data, rest = data.translate(None, _BLANKS), rest.translate(None, _BLANKS)
    return len(data) > 0 and len(data) % 4 == 0 and rest in _ENDS and data.endswith(rest)


def is_text(text: str) -> bool:
    """At most 1 MB, no control characters, and not only blanks."""
    return not text.isspace() and len(text) <= MAX_STRING and _TEXT.fullmatch(text) is not None


def _whole(low: int) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        if isinstance(value, Number):
            return value.text == "-0" and low <= 0
        return low <= value < _LARGEST
    return test


def _string(name: str, says: str, pattern: str) -> Primitive:
    return Primitive(name, "string", says, re.compile(pattern).fullmatch)


PRIMITIVES = {p.name: p for p in (
    Primitive("boolean", "boolean", "true or false"),
    Primitive("decimal", "number", "a number"),
    Primitive("integer", "number", "a whole number of 32 bits", _whole(-_LARGEST)),
    Primitive("unsignedInt", "number", "a whole number from 0 to 2147483647", _whole(0)),
    Primitive("positiveInt", "number", "a whole number from 1 to 2147483647", _whole(1)),
    Primitive("string", "string", "text of at most 1 MB, not empty, without control characters", is_text),
    Primitive("markdown", "string", "text of at most 1 MB, not empty, without control characters", is_text),
    _string("code", "a code without blanks at its ends or double blanks in it", r"[^\s]+(?:\s[^\s]+)*"),
    _string("id", "1 to 64 letters, digits, '-' or '.'", r"[A-Za-z0-9\-.]{1,64}"),
    _string("uri", "a URI without blanks", r"\S+"),
    _string("url", "a URL without blanks", r"\S+"),
    _string("canonical", "a canonical URL without blanks", r"\S+"),
    _string("oid", "urn:oid: and numbers with dots", r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+"),
    _string("uuid", "urn:uuid: and a UUID in lower case",
            "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    _string("date", "a day of the calendar as YYYY-MM-DD, or YYYY-MM, or YYYY", _DATE),
    _string("dateTime", "a date, or a date and time with seconds and time zone",
            f"{_FULL_DATE}(?:T{_TIME}{_ZONE})?|{_YEAR}(?:-(?:0[1-9]|1[0-2]))?"),
    _string("instant", "a date and time with seconds and time zone", f"{_FULL_DATE}T{_TIME}{_ZONE}"),
    _string("time", "a time as hh:mm:ss without time zone", _TIME),
    Primitive("base64Binary", "string", "base 64", is_base64),
    Primitive("xhtml", "string", "XHTML"),
)}
