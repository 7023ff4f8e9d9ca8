"""The bytes of a document, by their hash: as declared (SHA-1 or SHA-256) and as computed from inline data.

Hashes are compared as bytes, whether they were written in base64 or in hex; what is neither is compared as written.
"""

import base64
import hashlib
import re
from functools import lru_cache
from typing import Any

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


def contents(body: Any) -> list[Body]:
    """Whatever holds bytes, or says where they are, in any place of a resource: attachments, Binaries."""
    if isinstance(body, list):
        return [found for value in body for found in contents(value)]
    if not isinstance(body, dict):
        return []
    held = isinstance(body.get("data"), str) or (isinstance(body.get("url"), str) and "contentType" in body)
    return [*([body] if held else ()), *(found for value in body.values() for found in contents(value))]


def content_hashes(body: Any) -> set[str]:
    """SHA-256 in hex of all bytes that a resource holds."""
    return {names[0] for c in contents(body) if isinstance(c.get("data"), str) and (names := _computed(c["data"]))}


def hash_of(raw: bytes) -> str:
    """What `content_hashes` calls these bytes."""
    return hashlib.sha256(raw).hexdigest()


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
