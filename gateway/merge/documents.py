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
_HEXES = tuple(2 * n for n in _LENGTHS)
_BRIEF = 400                         # characters of base64: 300 bytes


def document_names(document: Body) -> set[str]:
    """Names of a DocumentReference by all that it holds; none where something in it is not known by its bytes.

    A letter is no other letter because both have the same letterhead attached, nor because both say "Normal.".
    """
    held = attachments(document)
    if len(held) < 2:
        return set(*held) if not any(map(_brief, _attached(document))) else set()
    whole = (sorted(n for names in held for n in names if len(n) == length) for length in _HEXES)
    return {hashlib.sha256("+".join(names).encode()).hexdigest() for names in whole if len(names) == len(held)}


def attachments(document: Body) -> set[frozenset[str]]:
    """The attachments of a DocumentReference, each by the names of its bytes: none where it only points to them."""
    return {frozenset(([_name(text(a, "hash"))] if text(a, "hash") else []) + list(_computed(text(a, "data"))))
            for a in _attached(document)}


def differ(one: set[frozenset[str]], other: set[frozenset[str]]) -> bool:
    """Do two documents hold different bytes, neither being a part of the other? Unknown bytes speak against nothing."""
    few, many = sorted(({*filter(None, one)}, {*filter(None, other)}), key=len)
    common = sum(any(names & m for m in many) for names in few)
    return common < (min(len(few), 1) if frozenset() in one | other else len(few))


def _attached(document: Body) -> list[Body]:
    """What it holds or points to: an attachment that names a type or title alone is a place that was left empty."""
    found = (obj(content, "attachment") for content in items(document, "content"))
    return [a for a in found if any(text(a, name) for name in ("hash", "data", "url"))]


def _brief(attachment: Body) -> bool:
    """A text so short that two may have written it."""
    return text(attachment, "contentType").startswith("text/plain") and 0 < len(text(attachment, "data")) < _BRIEF


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
