"""Step 0: an identifier that one message uses for two unrelated things is no identifier of either; it joins nothing."""

from collections.abc import Iterable, Iterator, Mapping

from gateway.merge.body import identifiers
from gateway.merge.findings import Finding
from gateway.merge.keys import MEDICINES, rule
from gateway.merge.times import Instant
from gateway.merge.versions import Entry, Key, Times

# Types whose members may well carry one number: an order and its report, a prescription and its dispense.
_FAMILY = {**dict.fromkeys(("ServiceRequest", "DiagnosticReport", "Observation", "Specimen", "ImagingStudy",
                            "Procedure", "Task", "Appointment", "Encounter", "EpisodeOfCare"), "order"),
           **dict.fromkeys(MEDICINES, "medicine"),
           **dict.fromkeys(("Claim", "ClaimResponse", "ExplanationOfBenefit", "Coverage"), "claim")}
Use = tuple[str, Instant, str, str]
Name = tuple[str, str]


class Uses:
    """Which keys of one message (source and time) carry an identifier. refused: identifier → uses that spoil it."""

    def __init__(self) -> None:
        self.refused: dict[Name, set[Use]] = {}
        self._keys: dict[Use, set[Key]] = {}
        self._uses: dict[Key, set[Use]] = {}
        self._holders: dict[Name, set[Key]] = {}

    def update(self, keys: Iterable[Key], entries: Mapping[Key, Entry], times: Times) -> set[Key]:
        """Read keys anew; the keys whose identifiers have become, or are no longer, identifiers of nothing."""
        before: set[Name] = set()
        after: set[Name] = set()
        for key in keys:
            for use in self._uses.pop(key, ()):
                self._keys[use].discard(key)
                self._holders[use[2:]].discard(key)
                self._judge(use, before)
            head = entries[key].head
            if head is None or rule(key[1]).ids != ("identifier",) or "identifier" not in head.resource:
                continue
            for assigner, value, _ in identifiers(head.resource, "identifier"):
                use = (key[0], times[head.id].last, assigner, value)
                self._keys.setdefault(use, set()).add(key)
                self._uses.setdefault(key, set()).add(use)
                self._holders.setdefault((assigner, value), set()).add(key)
                self._judge(use, after)
        return {k for name in before | after for k in self._holders[name]}

    def _judge(self, use: Use, changed: set[Name]) -> None:
        """Put the use among those that spoil its identifier, or take it out."""
        name = use[2:]
        spoilt = self.refused.get(name, set())
        crossing = len({_FAMILY.get(type, type) for _, type, _ in self._keys[use]}) > 1
        now = spoilt | {use} if crossing else spoilt - {use}
        if bool(now) != bool(spoilt):
            changed.add(name)
        if now:
            self.refused[name] = now
        else:
            self.refused.pop(name, None)

    def findings(self) -> Iterator[Finding]:
        for use in sorted(u for uses in self.refused.values() for u in uses):
            yield Finding("id-reused", tuple(sorted(self._keys[use])),
                          f"One source uses the identifier {use[2]} {use[3]} for different things.", "identifier")
