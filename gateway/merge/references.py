"""References, rewritten to merged ids and closed: what points nowhere keeps its words and says whom it meant.

A dangling reference never removes the one who refers (example 33); it becomes an identifier, the same for any order.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.merge.body import obj
from gateway.merge.versions import Key
from gateway.merge.world import World

UNRESOLVED = "urn:gateway:reference"
Resolve = Callable[[dict[str, Any]], dict[str, Any]]


def resolver(world: World, source: str, ids: Mapping[Key, str], contained: Mapping[str, str]) -> Resolve:
    """Rewrites the References of one source's fact. `ids`: key → merged id; `contained`: old → new local id."""
    def resolve(reference: dict[str, Any]) -> dict[str, Any]:
        literal = reference["reference"]
        if literal.startswith("#"):
            return {**reference, "reference": f"#{contained.get(literal[1:], literal[1:])}"}
        key = world.target(source, literal)
        if key is not None and key in ids:
            return {**reference, "reference": f"{key[1]}/{ids[key]}"}
        return _unresolved(reference, source, key)
    return resolve


def _unresolved(reference: dict[str, Any], source: str, key: Key | None) -> dict[str, Any]:
    """Type, display and identifier stay; without an identifier, the key that was meant becomes one.

    Another person's Patient is reduced to role and text.
    """
    kept = {k: v for k, v in reference.items() if k not in ("reference", "_reference")}
    if key:
        kept.setdefault("type", key[1])
    if not obj(reference, "identifier") and kept.get("type") != "Patient":
        kept["identifier"] = {"system": UNRESOLVED, "value": "/".join(key) if key else f"{source} {reference['reference']}"}
    return kept


def rewrite(value: Any, resolve: Resolve) -> Any:
    """A JSON value with every Reference in it resolved; the value itself is never changed."""
    if isinstance(value, dict):
        out = {k: rewrite(v, resolve) if isinstance(v, (dict, list)) else v for k, v in value.items()}
        return resolve(out) if isinstance(out.get("reference"), str) else out
    if isinstance(value, list):
        return [rewrite(v, resolve) if isinstance(v, (dict, list)) else v for v in value]
    return value
