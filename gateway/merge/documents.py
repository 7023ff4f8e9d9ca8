"""The bytes of a document, by their hash: as declared (SHA-1 or SHA-256) and as computed from inline data.

Hashes are compared as bytes, whether they were written in base64 or in hex; what is neither is compared as written.
"""

import base64
import hashlib
import re
from functools import lru_cache

from gateway.merge.body import Body, items, obj, text

_HEX = re.compile(r"(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})", re.ASCII)
_LENGTHS = (20, 32)


def document_hashes(document: Body) -> list[str]:
    """Names of the bytes of every attachment of a DocumentReference."""
    found: list[str] = []
    for content in items(document, "content"):
        attachment = obj(content, "attachment")
        if text(attachment, "hash"):
            found.append(_name(text(attachment, "hash")))
        if text(attachment, "data"):
            found += _computed(text(attachment, "data"))
    return found


def _name(declared: str) -> str:
    if _HEX.fullmatch(declared):
        return declared.lower()
    raw = _decoded(declared)
    return raw.hex() if raw is not None and len(raw) in _LENGTHS else declared


@lru_cache(maxsize=64)
def _computed(data: str) -> tuple[str, ...]:
    raw = _decoded(data)
    return (hashlib.sha256(raw).hexdigest(), hashlib.sha1(raw, usedforsecurity=False).hexdigest()) if raw else ()


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None
