"""What a rule between classes is, and what all of them ask."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.merge.body import Body, codes, text
from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.keys import MEDICINES
from gateway.merge.made import Made
from gateway.merge.terms import Tables
from gateway.merge.versions import Key
from gateway.merge.world import World

_TAKEN = frozenset({"active", "on-hold", "intended", "in-progress", "draft"})
_DEAD = frozenset({"inactive", "resolved"})


@dataclass(frozen=True)
class Scene:
    """What rules read besides the classes of a group.

    outdated  bucket → (form of a superseded version, form that stands)
    apart     pairs of keys that a ruling calls different
    """

    world: World
    outdated: Mapping[Hashable, Sequence[tuple[Form, Form]]] = field(default_factory=dict)
    apart: frozenset[tuple[Key, Key]] = frozenset()

    @property
    def tables(self) -> Tables:
        return self.world.tables

    def told_apart(self, a: Made, b: Made) -> bool:
        """Did a ruling say that these are not the same?"""
        return bool(self.apart) and any((min(x, y), max(x, y)) in self.apart for x in a.keys for y in b.keys)


@dataclass(frozen=True)
class CrossRule:
    """group: the group of a class, None when the rule does not read it; find: the findings of one group."""

    group: Callable[[Made], Hashable | None]
    find: Callable[[Sequence[Made], Scene], Iterator[Finding]]


def positive(made: Made) -> bool:
    """Is it a live statement that something is so?"""
    return not made.lead.negative and _holds(made.resolved.body)


def in_use(made: Made) -> bool:
    """A medicine that is taken or meant to be; anything else than a medicine counts as it stands."""
    return made.type not in MEDICINES or _taken(made.resolved.body)


def possibly(made: Made) -> bool:
    """Is it so, and in use, or is that the last word of one of its sources, though another one's is shown?

    What nobody lists any more is not in use: all that was said of it is of before.
    """
    holds = _taken if made.type in MEDICINES else _holds
    if not made.lead.negative and holds(made.resolved.body):
        return True
    last = {f.fact.source: f for f in reversed(made.forms)}
    return text(made.resolved.body, "status") != "unknown" and any(
        not f.negative and holds(f.fact.resource) for f in last.values())


def _holds(body: Body) -> bool:
    return not codes(body, "clinicalStatus") & _DEAD


def _taken(body: Body) -> bool:
    return text(body, "status") in _TAKEN


def keys(*made: Made) -> tuple[Key, ...]:
    return tuple(sorted(k for m in made for k in m.keys))
