"""What stands of every key after versions, retractions and copies (steps 0 to 2)."""

from collections.abc import Iterable, Mapping

from gateway.merge.copies import Origins, origins, retracted_copies, takes_part
from gateway.merge.intake import Intake
from gateway.merge.moves import ended, hangs_on, with_visits
from gateway.merge.versions import Entry, Key, Retraction, entry
from gateway.model import Fact


class Standing:
    """entries: what stands; copies: copy → origins; copied_by: origin → its copies."""

    def __init__(self, intake: Intake) -> None:
        self.entries: dict[Key, Entry] = {}
        self.copies: Origins = {}
        self.copied_by: dict[Key, set[Key]] = {}
        self._intake = intake
        self._own: dict[Key, Entry] = {}     # before what happened to origins
        self._parties: dict[Key, Entry] = {}
        self._fallen: dict[Key, Key] = {}
        self._moves = intake.words.moved     # with the visits that lie on an account that moved

    def update(self, keys: Iterable[Key]) -> set[Key]:
        """Read keys anew; the keys of which something else stands now, or that became or ceased to be copies."""
        touched = set(keys) | self._moved_along()
        for key in touched:
            own = self._entry(key, ())
            self._own[key] = self.entries[key] = own
            if takes_part(own):
                self._parties[key] = own
            else:
                self._parties.pop(key, None)
        return touched | self._follow(touched) if self._parties or self.copies else touched

    def _entry(self, key: Key, more: tuple[Retraction, ...]) -> Entry:
        own = self._intake.words.retractions.get(key, ())
        facts, times = list(self._intake.facts[key].values()), self._intake.times
        return entry(key, facts, (*own, *more), times, self._moved(facts) if self._moves else {})

    def _moved(self, facts: list[Fact]) -> dict[str, Retraction]:
        times = self._intake.times
        return {f.id: r for f in facts if (r := ended(f, times[f.id].last, self._moves))}

    def _moved_along(self) -> set[Key]:
        """The keys that are, or name, a visit that goes with its account now and did not, or no longer does."""
        if all(type != "Account" for _, type, _ in self._intake.words.moved):
            return set()
        facts, times = self._intake.facts, self._intake.times
        visits = (f for key, found in facts.items() if key[1] == "Encounter" for f in found.values())
        now = with_visits(self._intake.words.moved, ((f, times[f.id].last) for f in visits))
        changed = {k for k in now.keys() | self._moves.keys() if now.get(k) != self._moves.get(k)}
        self._moves = now
        return {k for k, found in facts.items() if changed and any(changed & {k, *hangs_on(f)} for f in found.values())}

    def _follow(self, touched: set[Key]) -> set[Key]:
        """Copies follow their origins."""
        retractions = self._intake.words.retractions
        sources = {s for s, _, _ in self._own} | {s for s, _, _ in retractions}
        copies = origins(self._parties, lambda k: k in self._own or k in retractions, sources)
        fallen = retracted_copies(self._own, copies, retractions)
        moved = {k for k in copies.keys() | self.copies.keys() if copies.get(k) != self.copies.get(k)}
        for key in fallen.keys() | self._fallen.keys():
            if key in touched or fallen.get(key) != self._fallen.get(key):
                self.entries[key] = self._entry(key, _why(fallen.get(key)))
                moved.add(key)
        self.copies, self._fallen, self.copied_by = copies, fallen, _reverse(copies)
        return {k for k in moved if k in self.entries}


def _why(origin: Key | None) -> tuple[Retraction, ...]:
    return (Retraction("/".join(origin), "copy of a retracted fact", everything=True),) if origin else ()


def _reverse(copies: Mapping[Key, Mapping[Key, object]]) -> dict[Key, set[Key]]:
    found: dict[Key, set[Key]] = {}
    for copy, named in copies.items():
        for origin in named:
            found.setdefault(origin, set()).add(copy)
    return found
