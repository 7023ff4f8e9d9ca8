"""The document itself: its bytes, hash and size, and the content of a body that is no XML."""

import base64 as b64
import hashlib
import re

from adapters.ccda.datatypes.narrative import said
from adapters.ccda.datatypes.parts import element
from adapters.ccda.tree import Place
from gateway.sdk import Context, Value

_BLANK = re.compile(r"\s+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)


def base64(place: Place, context: Context) -> Value:
    """The bytes of the document as they came, in base64; every leaf is in them, its id stands for all."""
    document = element(place).document
    number = document.root.first("id")
    ids = number.get("root") if number is not None else None
    return Value(b64.b64encode(document.raw).decode(), ids.origins if ids else ("ClinicalDocument",))


def digest_of(place: Place, context: Context) -> Value:
    """SHA-1 of the document's bytes in base64, as Attachment.hash wants it."""
    return Value(b64.b64encode(hashlib.sha1(element(place).document.raw, usedforsecurity=False).digest()).decode())


def size_of(place: Place, context: Context) -> Value:
    """The number of bytes of the document."""
    return Value(len(element(place).document.raw))


def words(place: Place, context: Context) -> Value | None:
    """What an ED says, here or in the narrative, encoded in base64."""
    text = said(element(place))
    return text.to(b64.b64encode(str(text.content).encode()).decode()) if text is not None else None


def encoded(place: Place, context: Context) -> Value | None:
    """The content of an ED in base64: as it came, or text encoded."""
    text = element(place)
    value = text.value
    if value is None:
        return None
    plain = _BLANK.sub("", str(value.content))
    if text.attributes.get("representation") == "B64":
        if not _BASE64.fullmatch(plain) or len(plain) % 4:
            raise ValueError("is not written in base64")
        return value.to(plain)
    return value.to(b64.b64encode(str(value.content).encode()).decode())


def content_type(place: Place, context: Context) -> Value | None:
    """Media type of an ED."""
    text = element(place)
    media = text.get("mediaType")
    return media if media is not None else Value("text/plain", (text.path,)) if text.text else None
