"""What was made of a text at a place of an earlier message, so that it is made once and not in every message.

The wards, physicians, authorities and codes of a hospital come again in nearly every message. What an adapter says of
them (sdk.Repeats) depends on place, text and settings alone, and nothing changes what was made: sharing it is safe.
"""

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from gateway.sdk import Adapter, Context, Tree

LIMIT = 2048                                    # things of a generation; two are kept


class Recent:
    """A bounded dict: what nobody asked for while `limit` others came is forgotten."""

    __slots__ = ("_limit", "_new", "_old")

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._new: dict[Hashable, Any] = {}
        self._old: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def get(self, key: Hashable) -> Any:
        """What was kept, or None."""
        found = self._new.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.keep(key, found)
        return found

    def keep(self, key: Hashable, thing: Any) -> None:
        """Keep anything but None."""
        if len(self._new) >= self._limit:
            self._old, self._new = self._new, {}
        self._new[key] = thing


class Memory(NamedTuple):
    """What messages of one manner share: results of conversions, drafts of mappings; the settings that these know."""

    tables: Mapping[str, Any]
    assigners: Mapping[str, str]
    converted: Recent
    drafts: Recent


class Memories:
    """The memory of each manner of message, by settings of the source."""

    MANNERS = 8

    def __init__(self, adapter: Adapter) -> None:
        self._manner = getattr(adapter, "manner", None)
        self._known: dict[Hashable, Memory] = {}

    def of(self, tree: Tree, context: Context) -> Memory | None:
        """The memory for a message; None where its adapter says of nothing that it repeats."""
        if self._manner is None:
            return None
        key = (context.source, context.timezone, context.locale, context.offset, self._manner(tree))
        found = self._known.get(key)
        if found is None or found.tables is not context.tables or found.assigners is not context.assigners:
            if len(self._known) >= self.MANNERS:
                self._known.clear()
            found = self._known[key] = Memory(context.tables, context.assigners, Recent(), Recent())
        return found
