"""References, rewritten to merged ids and closed: what points nowhere keeps its words and says whom it meant.

A dangling reference never removes the one who refers (example 33); it becomes an identifier, the same for any order.
"""

from collections.abc import Mapping
from typing import Any

from gateway.merge.body import obj
from gateway.merge.versions import Key
from gateway.merge.world import World

UNRESOLVED = "urn:gateway:reference"
URN = "urn:uuid:"


class Resolver:
    """Rewrites the References of one fact, and remembers what they point to.

    ids        key → merged id
    contained  old → new local id
    targets    keys that were meant, resolved or not; refs: "Type/id" of the resolved ones
    """

    def __init__(self, world: World, source: str, ids: Mapping[Key, str], contained: Mapping[str, str]) -> None:
        self._world, self._source, self._ids, self._contained = world, source, ids, contained
        self.targets: set[Key] = set()
        self.refs: set[str] = set()

    def __call__(self, reference: dict[str, Any]) -> dict[str, Any]:
        literal = reference["reference"]
        if literal.startswith("#"):
            return {**reference, "reference": f"#{self._contained.get(literal[1:], literal[1:])}"}
        key = self._world.target(self._source, literal)
        if literal.startswith(URN):
            self.targets.add(unnamed(self._source, literal))
        if key:
            self.targets.add(key)
        id = self._ids.get(key) if key else None
        if key is None or id is None:
            return _unresolved(reference, self._source, key)
        self.refs.add(f"{key[1]}/{id}")
        return {**reference, "reference": f"{key[1]}/{id}"}


def unnamed(source: str, literal: str) -> Key:
    """Stands for what a reference without a type means: `urn:uuid:<id>`."""
    return (source, "", literal.rpartition(":")[2])


def _unresolved(reference: dict[str, Any], source: str, key: Key | None) -> dict[str, Any]:
    """Type, display and identifier stay; without an identifier, the key that was meant becomes one.

    Another person's Patient is reduced to role and text.
    """
    kept = {k: v for k, v in reference.items() if k not in ("reference", "_reference")}
    if key:
        kept.setdefault("type", key[1])
    if not obj(reference, "identifier") and kept.get("type") != "Patient":
        meant = "/".join(key) if key else f"{source} {reference['reference']}"
        kept["identifier"] = {"system": UNRESOLVED, "value": meant}
    return kept


def rewrite(value: Any, resolve: Resolver) -> Any:
    """A JSON object or list with every Reference in it resolved; never changed, shared where it holds none."""
    if isinstance(value, dict):
        new = {k: w for k, v in value.items() if isinstance(v, (dict, list)) and (w := rewrite(v, resolve)) is not v}
        out = {**value, **new} if new else value
        return resolve(out) if isinstance(out.get("reference"), str) else out
    listed = [rewrite(v, resolve) if isinstance(v, (dict, list)) else v for v in value]
    return listed if any(a is not b for a, b in zip(listed, value, strict=True)) else value
