"""The set of facts and assertions of one person: a union, however it was put together."""

from collections.abc import Iterable

from gateway.ids import digest
from gateway.merge.body import obj, text
from gateway.merge.said import Said, said
from gateway.merge.times import OLDEST, Instant, order
from gateway.merge.versions import Key, Time, Times
from gateway.model import Assertion, Fact

_NOTHING = said(())


class Intake:
    """facts: of linked sources by key, then by id; excluded: of unlinked ones; times: by fact id; words: assertions."""

    def __init__(self) -> None:
        self.facts: dict[Key, dict[str, Fact]] = {}
        self.excluded: dict[str, Fact] = {}
        self.key_of: dict[str, Key] = {}
        self.times: Times = {}
        self.words: Said = _NOTHING
        self._all: dict[str, Fact] = {}
        self._times: dict[str, set[Instant]] = {}
        self._assertions: dict[str, Assertion] = {}

    def add(self, facts: Iterable[Fact], assertions: Iterable[Assertion]) -> set[Key] | None:
        """Put lines in; the keys whose facts or times changed, or None when assertions changed what all means."""
        changed = {key for fact in facts if (key := self._fact(fact))}
        new = {h: a for a in assertions if (h := digest(a.line())) not in self._assertions}
        self._assertions |= new
        words = said(self._assertions.values()) if new else self.words
        if words == self.words:
            return changed
        self.words = words
        self.facts, self.excluded, self.key_of = {}, {}, {}
        for fact in self._all.values():
            self._place(fact)
        return None

    def _fact(self, fact: Fact) -> Key | None:
        """The key of a fact that is new, or newly said at another time."""
        at = order(fact.asserted)
        said_at = self._times.setdefault(fact.id, set())
        if at in said_at:
            return None
        said_at.add(at)
        known = sorted(said_at - {OLDEST}) or [order(text(obj(fact.resource, "meta"), "lastUpdated"))]
        self.times[fact.id] = Time(known[-1], known[0])
        if fact.id not in self._all:
            self._all[fact.id] = fact
            self._place(fact)
        return (fact.source, fact.type, fact.key)

    def _place(self, fact: Fact) -> None:
        if fact.source in self.words.unlinked:
            self.excluded[fact.id] = fact
            return
        key = (fact.source, fact.type, fact.key)
        self.facts.setdefault(key, {})[fact.id] = fact
        self.key_of[fact.id] = key
