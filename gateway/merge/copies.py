"""Origins and copies (MRG-07, MRG-08): a copy names its origin's key, or carries an identifier that the origin issued.

Similarity never makes a copy. What is retracted at its origin is retracted in every copy, however late it arrives.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from gateway.merge.body import Body, items, obj, text
from gateway.merge.documents import document_names
from gateway.merge.times import OLDEST
from gateway.merge.versions import Entry, Key, Retraction, number
from gateway.model import COPIED_FROM, Fact

_SPLIT = re.compile(r"[/#|:]+")
_KEY = re.compile(r"(.+?)[/#|:]+([A-Z][A-Za-z]*)[/:|]([^/#|:]+)(?:/_history/([^/#|]+))?")
_NO_EVENTS = frozenset({"Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService",
                        "Endpoint", "RelatedPerson"})
Origins = dict[Key, dict[Key, Any]]


def takes_part(entry: Entry) -> bool:
    """Can this entry be, or tell of, a copy or an origin by what stands in its body?"""
    if entry.key[1] in ("Provenance", "DocumentReference"):
        return True
    return any(("meta" in f.resource and text(obj(f.resource, "meta"), "source"))
               or ("identifier" in f.resource and any("assigner" in i for i in items(f.resource, "identifier")))
               for f in _facts(entry))


def _facts(entry: Entry) -> tuple[Fact, ...]:
    return (*entry.alive, *(f for f, _ in entry.ended))


def origins(parties: Mapping[Key, Entry], known: Callable[[Key], bool], sources: Collection[str]) -> Origins:
    """Copy → its origins, each with the version that the copy names or None.

    parties  entries that take part; known: is there a fact or retraction of a key?
    """
    found: Origins = {}
    for key, entry in parties.items():
        for fact in _facts(entry):
            _add(found, key, _named(text(obj(fact.resource, "meta"), "source"), sources), known)
            if fact.type == "Provenance":
                _from_provenance(found, key[0], fact.resource, sources, known)
    _by_document(found, parties)
    _by_issuer(found, parties, sources)
    return found


def _add(found: Origins, copy: Key, named: tuple[Key, Any] | None, known: Callable[[Key], bool]) -> None:
    if named and named[0][0] != copy[0] and named[0][1] == copy[1] and known(named[0]) and known(copy):
        found.setdefault(copy, {})[named[0]] = named[1]


def _named(uri: str, sources: Collection[str]) -> tuple[Key, Any] | None:
    """The key that a URI names: `…/<source>/<Type>/<id>[/_history/<version>]`, the source as it is called here."""
    named = _KEY.fullmatch(uri)
    if not named:
        return None
    before, type, key, version = named.groups()
    source = before if before in sources else next((p for p in reversed(_SPLIT.split(before)) if p in sources), None)
    source = source or max((s for s in sources if before.endswith(s)), key=len, default=None)
    return ((source, type, key), version) if source else None


def _from_provenance(found: Origins, source: str, provenance: Body, sources: Collection[str],
                     known: Callable[[Key], bool]) -> None:
    """Provenance of one source: its targets are copies of the entities that it names as their source."""
    targets = [text(t, "reference").partition("/_history/")[0].split("/") for t in items(provenance, "target")]
    for entity in items(provenance, "entity"):
        if text(entity, "role") not in COPIED_FROM:
            continue
        what = obj(entity, "what")
        named = _named(text(what, "reference") or text(obj(what, "identifier"), "value"), sources)
        for target in targets:
            if len(target) >= 2:
                _add(found, (source, target[-2], target[-1]), named, known)


def _by_document(found: Origins, parties: Mapping[Key, Entry]) -> None:
    """The same document hash: the one that was asserted first is the origin of the others."""
    by_hash: dict[str, list[Entry]] = {}
    for entry in parties.values():
        if entry.key[1] == "DocumentReference":
            for fact in _facts(entry):
                for digest in document_names(fact.resource):
                    by_hash.setdefault(digest, []).append(entry)
    for same in by_hash.values():
        least = min(same, key=lambda e: (e.first, e.key))
        for entry in same:
            if least.first < entry.first and entry.key[0] != least.key[0] and least.first[0] != OLDEST:
                found.setdefault(entry.key, {}).setdefault(least.key, None)


def _by_issuer(found: Origins, parties: Mapping[Key, Entry], sources: Collection[str]) -> None:
    """Equal identifiers whose assigner is a source of this person: that source's fact is the origin."""
    issued: dict[tuple[str, str, str, str], Key] = {}
    carried: list[tuple[tuple[str, str, str, str], Key]] = []
    for key, entry in sorted(parties.items()):
        if key[1] in _NO_EVENTS:
            continue
        for fact in _facts(entry):
            for identifier in items(fact.resource, "identifier"):
                issuer = next((i for i in _issuers(obj(identifier, "assigner")) if i in sources), None)
                if issuer:
                    name = (key[1], issuer, text(identifier, "system"), text(identifier, "value"))
                    carried.append((name, key))
                    if key[0] == issuer:
                        issued.setdefault(name, key)
    for name, key in carried:
        if name in issued and key[0] != name[1]:
            found.setdefault(key, {}).setdefault(issued[name], None)


def _issuers(assigner: Body) -> tuple[str, ...]:
    """The names by which an identifier may say which organisation issued it."""
    return (text(assigner, "display"), text(assigner, "reference").rpartition("/")[2],
            text(obj(assigner, "identifier"), "value"))


def retracted_copies(entries: Mapping[Key, Entry], copies: Origins,
                     retractions: Mapping[Key, tuple[Retraction, ...]]) -> dict[Key, Key]:
    """Copies that go because all their origins went, each with an origin; copies of copies follow."""
    fallen: dict[Key, Key] = {}

    def dead(key: Key) -> bool:
        return key in fallen or (entries[key].head is None if key in entries else key in retractions)

    while True:
        new = {copy: min(named) for copy, named in copies.items() if copy in entries and not dead(copy)
               and all(dead(o) and not _newer(v, retractions.get(o, ())) for o, v in named.items())}
        if not new:
            return fallen
        fallen |= new


def _newer(version: Any, retractions: Iterable[Retraction]) -> bool:
    """Does the copy name a version of its origin that every retraction leaves standing?"""
    named = number(version) if version is not None else None
    spoken = [number(r.version) for r in retractions]
    return named is not None and bool(spoken) and all(s is not None and s < named for s in spoken)
