"""Deterministic ids. Nothing here reads a clock, a random source or a store."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from gateway.jsontext import canonical, dumps, quoted

ID_LENGTH = 32
_OURS = re.compile(r"h[0-9a-f]{16}")


def digest(value: Any) -> str:
    """Hex SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(canonical(value)).hexdigest()


def fact_id(source: str, type: str, key: str, version: Any, body: bytes) -> str:
    """Name of a fact by its content: hex SHA-256 of the JSON of `[source, type, id, version, resource]`.

    body  the resource as canonical JSON
    """
    head = f"[{quoted(source)},{quoted(type)},{quoted(key)},{dumps(version, sort=True)},"
    return hashlib.sha256(head.encode() + body + b"]").hexdigest()


def content_version(body: bytes) -> str:
    """The version of what came without one: a source that says the same again says nothing new."""
    return "h" + hashlib.sha256(body).hexdigest()[:16]


def is_content_version(version: Any) -> bool:
    """Is this a version that we made of the content (`content_version`)?"""
    return isinstance(version, str) and _OURS.fullmatch(version) is not None


def key_id(type: str, assigner: str, value: str) -> str:
    """A source's own id for a thing that a business identifier names: 32 hex digits, valid as a FHIR id."""
    text = f"[{quoted(type)},{quoted(assigner)},{quoted(value)}]"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]


def merged_id(id_key: bytes, source: str, type: str, key: str) -> str:
    """Id of the merged resource whose least member is (source, type, key).

    HMAC-SHA-256 under the home's `id_key` (empty in the pure commands), first 32 hex digits.
    """
    text = f"[{quoted(source)},{quoted(type)},{quoted(key)}]"
    return hmac.digest(id_key, text.encode(), "sha256").hex()[:ID_LENGTH]


def version_id(resource: Mapping[str, Any]) -> str:
    """`meta.versionId` of a derived resource: 16 hex digits over its body without versionId and lastUpdated."""
    meta = {k: v for k, v in resource.get("meta", {}).items() if k not in ("versionId", "lastUpdated")}
    body = {k: v for k, v in resource.items() if k != "meta"}
    return digest({**body, "meta": meta} if meta else body)[:16]
