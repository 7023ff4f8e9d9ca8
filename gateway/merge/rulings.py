"""Human rulings: assertions about fact keys that the merge reads. They hold while the members are what they saw."""

from collections.abc import Iterable, Mapping, Sequence

from gateway.merge.findings import Finding
from gateway.merge.graph import Classes
from gateway.merge.said import Ruling
from gateway.merge.versions import Entry, Key

Pair = tuple[Key, Key]


def changed(ruling: Ruling, key_of: Mapping[str, Key], entries: Mapping[Key, Entry]) -> list[Key]:
    """Keys of which another version stands than the ones that the ruling saw."""
    out = []
    named = {key_of[f] for f in ruling.facts if f in key_of}
    for key in sorted(named):
        alive = entries[key].alive
        if alive and not {f.id for f in alive} <= set(ruling.facts):
            out.append(key)
    return out


def apply(groups: Sequence[Sequence[Key]], rulings: Iterable[Ruling], key_of: Mapping[str, Key],
          entries: Mapping[Key, Entry]) -> tuple[list[list[Key]], list[Finding]]:
    """Classes after `same` and `different`. A `same` whose closure holds a `different` is suspended whole."""
    listed = [r for r in rulings if r.kind in ("same", "different")]
    findings = [reopened(r, changed(r, key_of, entries)) for r in listed if changed(r, key_of, entries)]
    holding = [(r.kind, _alive(r, key_of, entries)) for r in listed if not changed(r, key_of, entries)]
    apart = {pair for kind, keys in holding if kind == "different" for pair in _parted(keys)}
    findings += [Finding("ruling-reopened", keys, "A record is of one person, so its Patients stay one; say of the "
                         "source patients that they are different people.") for kind, keys in holding
                 if kind == "different" and len(_parted(keys)) < len(list(_pairs(keys)))]
    together, suspended = _together([keys for kind, keys in holding if kind == "same"], apart)
    findings += [Finding("ruling-reopened", keys, "One ruling says that these are the same, another that they are not.")
                 for keys in suspended]
    classes: Classes[Key] = Classes(k for g in groups for k in g)
    for group in (*groups, *together):
        classes.join(group)
    return [part for group in classes.classes() for part in _split(sorted(group), apart)], findings


def holding_apart(rulings: Iterable[Ruling], key_of: Mapping[str, Key],
                  entries: Mapping[Key, Entry]) -> frozenset[Pair]:
    """Pairs that rulings which hold call different."""
    return frozenset(pair for r in rulings if r.kind == "different" and not changed(r, key_of, entries)
                     for pair in _parted(_alive(r, key_of, entries)))


def reopened(ruling: Ruling, keys: Iterable[Key]) -> Finding:
    return Finding("ruling-reopened", tuple(sorted(keys)),
                   f"What a ruling ({ruling.kind}) was made about has changed, so it no longer holds.", ruling.element)


def _alive(ruling: Ruling, key_of: Mapping[str, Key], entries: Mapping[Key, Entry]) -> tuple[Key, ...]:
    return tuple(sorted(k for k in {key_of[f] for f in ruling.facts if f in key_of} if entries[k].head))


def _parted(keys: Sequence[Key]) -> list[Pair]:
    """Pairs that may be told apart: who is who is not for the merge to say."""
    return [pair for pair in _pairs(keys) if {type for _, type, _ in pair} != {"Patient"}]


def _pairs(keys: Sequence[Key]) -> Iterable[Pair]:
    return ((a, b) for n, a in enumerate(keys) for b in keys[n + 1:])


def _together(same: Sequence[tuple[Key, ...]], apart: set[Pair]) -> tuple[list[list[Key]], list[tuple[Key, ...]]]:
    """Closures of what was called the same, by type; and those that hold a pair that was called different."""
    classes: Classes[Key] = Classes()
    for keys in same:
        for type in {k[1] for k in keys}:
            classes.join([k for k in keys if k[1] == type])
    kept, suspended = [], []
    for members in classes.classes():
        if any(p in apart for p in _pairs(sorted(members))):
            suspended.append(tuple(sorted(members)))
        elif len(members) > 1:
            kept.append(members)
    return kept, suspended


def _split(members: list[Key], apart: set[Pair]) -> list[list[Key]]:
    """A class cut so that no pair that was called different stays together; the others stay with the least."""
    named = {k for pair in apart for k in pair if k in members} if apart else set()
    if len(named) < 2:
        return [members]
    parts: list[list[Key]] = []
    for key in sorted(members, key=lambda k: (k not in named, k)):
        free = (p for p in parts if not any((a, b) in apart for a, b in (sorted((key, k)) for k in p)))
        home = next(free, None)
        if home is None:
            parts.append([key])
        else:
            home.append(key)
    return parts
