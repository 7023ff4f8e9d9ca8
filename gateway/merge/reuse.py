"""Step 0: an identifier that one message uses for two unrelated things is no identifier of either."""

from collections.abc import Iterator

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


class Uses:
    """Which keys of one message (source and time) carry an identifier."""

    def __init__(self) -> None:
        self._keys: dict[Use, set[Key]] = {}
        self._uses: dict[Key, set[Use]] = {}
        self._crossing: set[Use] = set()

    def update(self, key: Key, entry: Entry | None, times: Times) -> None:
        """Read one key anew."""
        for use in self._uses.pop(key, ()):
            self._keys[use].discard(key)
            self._judge(use)
        head = entry.head if entry else None
        if head is None or rule(key[1]).ids != ("identifier",):
            return
        for assigner, value, _ in identifiers(head.resource, "identifier"):
            use = (key[0], times[head.id].last, assigner, value)
            self._keys.setdefault(use, set()).add(key)
            self._uses.setdefault(key, set()).add(use)
            self._judge(use)

    def _judge(self, use: Use) -> None:
        families = {_FAMILY.get(type, type) for _, type, _ in self._keys[use]}
        (self._crossing.add if len(families) > 1 else self._crossing.discard)(use)

    def findings(self) -> Iterator[Finding]:
        for use in sorted(self._crossing):
            yield Finding("id-reused", tuple(sorted(self._keys[use])),
                          f"One source uses the identifier {use[2]} {use[3]} for different things.", "identifier")
