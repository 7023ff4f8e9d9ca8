"""A class that has been made into one resource, with everything the issue rules read."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.merge.forms import Form
from gateway.merge.resolve import Member, Resolved
from gateway.merge.versions import Key


@dataclass(frozen=True, slots=True)
class Made:
    """forms and members in rank order; aliases: ids that members would have alone."""

    type: str
    id: str
    forms: Sequence[Form]
    members: Sequence[Member]
    resolved: Resolved
    aliases: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(sorted(f.entry.key for f in self.forms))

    @property
    def targets(self) -> set[Key]:
        return {t for m in self.members for t in m.targets}

    @property
    def refs(self) -> set[str]:
        return {r for m in self.members for r in m.refs}

    @property
    def sources(self) -> frozenset[str]:
        return frozenset(f.entry.key[0] for f in self.forms)

    @property
    def lead(self) -> Form:
        return self.forms[0]
