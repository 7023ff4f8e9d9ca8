"""A class that has been made into one resource, with everything the issue rules read."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.merge.forms import Form
from gateway.merge.resolve import Member, Resolved
from gateway.merge.versions import Key


@dataclass(frozen=True, slots=True)
class Made:
    """forms and members in rank order; keys sorted; sources of the keys; aliases: ids that members would have alone;
    targets: keys that its references mean; refs: the merged resources that they point to."""

    type: str
    id: str
    reference: str
    forms: Sequence[Form]
    members: Sequence[Member]
    resolved: Resolved
    keys: tuple[Key, ...]
    sources: frozenset[str]
    aliases: tuple[str, ...]
    targets: frozenset[Key]
    refs: frozenset[str]

    @property
    def lead(self) -> Form:
        return self.forms[0]
