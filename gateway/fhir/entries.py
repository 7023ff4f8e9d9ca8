"""Entries of a Bundle as a graph: what a reference in one entry leads to (R4 Bundle, "Resolving references")."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.fhir.elements import ELEMENTS

_RESTFUL = re.compile(r"(https?://\S+/)([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_UUID = "urn:uuid:"
Json = dict[str, Any]


def is_absolute(url: str) -> bool:
    return _ABSOLUTE.fullmatch(url) is not None


def restful(url: str) -> tuple[str, str] | None:
    """(base, Type/id) of the address of a resource on a server, None of any other."""
    match = _RESTFUL.fullmatch(url)
    return (match[1], match[2]) if match and match[2].partition("/")[0] in ELEMENTS.resources else None


def references(node: Any) -> Iterator[str]:
    """Every literal reference at any depth."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


@dataclass(frozen=True)
class Entries:
    """The entries of one Bundle."""

    all: list[Json]

    def type_at(self, index: int) -> str | None:
        """Resource type of an entry, None where there is none."""
        return self.all[index].get("resource", {}).get("resourceType") if index < len(self.all) else None

    @cached_property
    def by_name(self) -> dict[str, list[int]]:
        """Indexes by fullUrl; by `Type/id` where an entry has no fullUrl."""
        names: dict[str, list[int]] = {}
        for index, entry in enumerate(self.all):
            resource = entry.get("resource", {})
            names.setdefault(entry.get("fullUrl") or f"{self.type_at(index)}/{resource.get('id')}", []).append(index)
        return names

    def version(self, index: int) -> str | None:
        version: str | None = self.all[index].get("resource", {}).get("meta", {}).get("versionId")
        return version

    def repeated(self) -> bool:
        """True when a fullUrl stands twice with the same version."""
        count = Counter((e["fullUrl"], self.version(i)) for i, e in enumerate(self.all) if "fullUrl" in e)
        return any(n > 1 for n in count.values())

    def resolve(self, reference: str, index: int) -> list[int]:
        """Indexes of the entries that a reference standing in an entry names."""
        target, _, version = reference.partition("/_history/")
        url = self.all[index].get("fullUrl", "")
        base = restful(url)
        if is_absolute(target):
            name = target
        elif base:
            name = base[0] + target
        else:
            name = _UUID + target.rpartition("/")[2] if url else target
        return [i for i in self.by_name.get(name, ()) if not version or self.version(i) == version]

    def mistyped(self) -> Iterator[tuple[int, str, str | None]]:
        """(index of the entry, reference, type found) of relative references that lead to another type.

        Only beside a `urn:uuid:` can they: any other fullUrl has the type in it.
        """
        for index, entry in enumerate(self.all):
            if entry.get("fullUrl", "").startswith(_UUID):
                for reference in references(entry.get("resource")):
                    for other in () if is_absolute(reference) else self.resolve(reference, index):
                        if not reference.startswith(f"{self.type_at(other)}/"):
                            yield index, reference, self.type_at(other)

    def unreachable(self) -> list[int]:
        """Indexes of the entries that do not hang together with the first, over references in either direction."""
        near: dict[int, set[int]] = {i: set() for i in range(len(self.all))}
        for index, entry in enumerate(self.all):
            for reference in references(entry.get("resource")):
                for other in self.resolve(reference, index):
                    near[index].add(other)
                    near[other].add(index)
        reached, ahead = {0}, [0] if near else []
        while ahead:
            fresh = near[ahead.pop()] - reached
            reached |= fresh
            ahead.extend(fresh)
        return sorted(near.keys() - reached)
