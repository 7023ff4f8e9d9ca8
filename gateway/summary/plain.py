"""Text that shows what it is: characters that turn letters around or steer a terminal are named instead of obeyed."""

import re
from typing import Any

# Overrides and isolates of bidirectional text (Unicode UAX 9), and control characters but for tab and line ends. The
# marks that Arabic and Hebrew need (U+200E, U+200F, U+061C) turn nothing around and stay.
_STEERS = re.compile("[\u202a-\u202e\u2066-\u2069\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """The text with each such character as `[U+202E]`: behind one in a name, "high risk" would read as another word."""
    return _STEERS.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


_BYTES = re.compile(r"[A-Za-z0-9+/\r\n]{400,}={0,2}\s*")


def brief(value: Any) -> Any:
    """A value as it is; of the bytes of files in base64 only the beginning and the length can be read."""
    if isinstance(value, dict):
        return {k: brief(v) for k, v in value.items()}
    if isinstance(value, list):
        return [brief(v) for v in value]
    whole = isinstance(value, str) and _BYTES.fullmatch(value)
    return f"{value[:40]}… ({len(value)} characters of base64)" if whole else value
