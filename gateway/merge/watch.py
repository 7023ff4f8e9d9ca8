"""The findings of a person as they stand: each class's own, each entry's, and those of the groups of every rule."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from gateway.merge.build import meaning_of
from gateway.merge.conflicts import clash, inside
from gateway.merge.elements import slot
from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.listing import Unlisted
from gateway.merge.made import Made
from gateway.merge.rules import RULES, Scene
from gateway.merge.verdicts import Verdicts
from gateway.merge.versions import Entry, Key
from gateway.merge.world import World

Group = tuple[int, Hashable]


class Watch:
    """Put classes and entries in and take them out; `findings` judges the groups that changed and gives them all."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._own: dict[Key, list[Finding]] = {}
        self._clashes: dict[Key, Finding] = {}
        self._groups: dict[Group, dict[Key, Made]] = {}
        self._found: dict[Group, list[Finding]] = {}
        self._dirty: set[Group] = set()
        self._outdated: dict[Hashable, dict[Hashable, list[tuple[Form, Form]]]] = {}
        self._buckets: dict[Hashable, set[Hashable]] = {}

    def put(self, root: Key, made: Made, gone: Mapping[Key, Unlisted], elsewhere: Mapping[Key, Unlisted]) -> None:
        own = [*inside(made, meaning_of(made.lead, self._world))] if len(made.members) > 1 else []
        own += [*_no_longer(made, gone), *_perhaps(made, gone, elsewhere)]
        if own:
            self._own[root] = own
        if made.type == "Observation" and len(made.forms) > 1:
            self._note(("class", *root), [(f.bucket, f, made.lead) for f in made.forms[1:] if f.bucket is not None])
        for group in _groups(made):
            self._groups.setdefault(group, {})[root] = made
            self._dirty.add(group)

    def drop(self, root: Key, made: Made) -> None:
        self._own.pop(root, None)
        self._note(("class", *root), ())
        for group in _groups(made):
            self._groups[group].pop(root, None)
            self._dirty.add(group)

    def entry(self, key: Key, entry: Entry, outdated: Sequence[tuple[Hashable, Form, Form]]) -> None:
        """Two bodies under one version, and superseded versions whose values may still be shown elsewhere."""
        self._clashes.pop(key, None)
        if entry.twins:
            self._clashes[key] = clash(entry)
        self._note(key, outdated)

    def _note(self, name: Hashable, outdated: Iterable[tuple[Hashable, Form, Form]]) -> None:
        """Keep what is outdated, by a key or a class, in place of what was noted of it before."""
        for bucket in self._buckets.pop(name, ()):
            self._outdated[bucket].pop(name, None)
            self._dirty |= {(n, bucket) for n in range(len(RULES))}
        for bucket, old, new in outdated:
            self._buckets.setdefault(name, set()).add(bucket)
            self._outdated.setdefault(bucket, {}).setdefault(name, []).append((old, new))
            self._dirty |= {(n, bucket) for n in range(len(RULES))}

    def findings(self, verdicts: Verdicts) -> Iterator[Finding]:
        """Everything that was found; a conflict that a ruling decided is none."""
        self._judge(verdicts)
        yield from self._clashes.values()
        for root, own in self._own.items():
            chosen = verdicts.chosen.get(root, {})
            yield from (f for f in own if slot(f.element) not in chosen)
        for found in self._found.values():
            yield from found

    def _judge(self, verdicts: Verdicts) -> None:
        outdated = {b: [pair for pairs in by_key.values() for pair in pairs] for b, by_key in self._outdated.items()}
        scene = Scene(self._world, outdated, verdicts.apart)
        for group in self._dirty:
            members = self._groups.get(group)
            self._found.pop(group, None)
            if members:
                found = list(RULES[group[0]].find([members[k] for k in sorted(members)], scene))
                if found:
                    self._found[group] = found
            else:
                self._groups.pop(group, None)
        self._dirty = set()


def _groups(made: Made) -> Iterable[Group]:
    for n, rule in enumerate(RULES):
        group = rule.group(made)
        if group is not None:
            yield n, group


def _no_longer(made: Made, gone: Mapping[Key, Unlisted]) -> list[Finding]:
    """A source that gives its entries fresh ids in each list still lists what another member of the class says."""
    listing = {k[0] for k in made.keys if k not in gone}
    keys = [k for k in made.keys if k in gone and k[0] not in listing]
    said = "; ".join(f"no longer listed by {k[0]} since {gone[k].since}" for k in keys)
    return [Finding("no-longer-listed", tuple(keys), f"{said[:1].upper()}{said[1:]}.")] if keys else []


def _perhaps(made: Made, gone: Mapping[Key, Unlisted], elsewhere: Mapping[Key, Unlisted]) -> list[Finding]:
    """What a source lists under one number of the person it lists, whatever a list under another omits."""
    listing = {k[0] for k in made.keys if k not in gone and k not in elsewhere}
    keys = [k for k in made.keys if k in elsewhere and k not in gone and k[0] not in listing]
    said = "; ".join(f"a list of {k[0]} under another number of this patient omits it since {elsewhere[k].since}"
                     for k in keys)
    return [Finding("perhaps-unlisted", tuple(keys), f"{said[:1].upper()}{said[1:]}: it may be over.")] if keys else []
