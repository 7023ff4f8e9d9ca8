"""Which segment belongs to which: an OBX to its OBR, an NTE to the segment above it, a PV1 to its PID.

The message structures of chapters 3 to 12 nest segments in groups. Real messages leave out, repeat and re-order
segments, so a group is found by the heads a segment may have, nearest first, and not by walking one grammar: a
segment hangs on the nearest head before it that is still open, and without one on the first head behind it.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

_DETAIL = ("RXG", "RXD", "RXE", "RXO", "RXA", "OBR")                 # what an ORC orders or reports
_ORDER = (*_DETAIL, "ORC")
_PATIENT = ("PID",)
_HEADS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("PD1", "NK1", "PV1", "DB1", "AL1", "IAM", "DRG", "GT1", "IN1", "ACC", "UB1", "UB2", "MRG",
                     "ARV", "PDA", "TXA", "PRB", "GOL", "PTH", "BLG", "RF1", "PRD", "AUT", "RGS"), _PATIENT),
    "RF1": (), "PRD": (), "RGS": ("SCH",),
    "IAR": ("IAM", *_PATIENT), "PV2": ("PV1", *_PATIENT), "IN2": ("IN1",), "IN3": ("IN1",), "AUT": ("RF1",),
    "PR1": ("FT1", *_PATIENT), "DG1": ("FT1", *_ORDER, *_PATIENT), "FT1": (*_ORDER, *_PATIENT),
    "ORC": _PATIENT, **dict.fromkeys(_DETAIL, ("ORC", *_PATIENT)),
    **dict.fromkeys(("ODS", "ODT", "RQD", "RQ1", "BPO", "BPX", "CTI", "TQ1"), (*_ORDER, *_PATIENT)), "TQ2": ("TQ1",),
    **dict.fromkeys(("RXR", "RXC", "RXV"), (*_DETAIL, "ORC", *_PATIENT)),
    "SPM": (*_ORDER, *_PATIENT), "SAC": ("SPM", *_ORDER), "INV": ("SAC", "SPM"), "DEV": ("OBX", *_ORDER),
    "OBX": ("SPM", *_ORDER, "TXA", "PRB", "GOL", "PTH", *_PATIENT),
    "ROL": ("PR1", "IN1", "PRB", "GOL", "PTH", "PV1", *_ORDER, *_PATIENT),
    "PRT": ("OBX", "SPM", "TXA", "PR1", "PRB", "GOL", *_ORDER, "PV1", "AL1", *_PATIENT),
    **dict.fromkeys(("AIS", "AIG", "AIL", "AIP"), ("RGS", "SCH")), "CTD": ("PRD", "RF1", *_ORDER),
    "QRD": (), "STF": ("MFE",), "PRA": ("STF", "MFE"), "LOC": ("MFE",), "OM1": ("MFE",)}
_OF_STRUCTURE: dict[str, dict[str, tuple[str, ...]]] = {             # where the order of heads is another one
    "OML_O33": {"SPM": _PATIENT, "SAC": ("SPM",), "ORC": ("SPM", *_PATIENT)},
    "OML_O35": {"SPM": _PATIENT, "SAC": ("SPM",), "ORC": ("SAC", "SPM", *_PATIENT)},
    "OUL_R22": {"SPM": _PATIENT, "SAC": ("SPM",), "OBR": ("SPM", *_PATIENT), "ORC": ("OBR",)},
    "OUL_R23": {"SPM": _PATIENT, "SAC": ("SPM",), "OBR": ("SAC", "SPM", *_PATIENT), "ORC": ("OBR",)},
    "OUL_R24": {"OBR": _PATIENT, "ORC": ("OBR",)}}
_REPEATED = {"RAS_O17": {"RXA"}, "RDS_O13": {"RXD"}, "RGV_O15": {"RXG"}}   # several of them below one ORC
_FOLLOWERS = ("NTE", "VAR")                                          # hang on the segment above them
_UNREMARKED = frozenset(("PD1", "PV2", "PRT", "TQ1", "TQ2", "RXR"))      # an NTE behind them speaks of their head
_ATTACHED = frozenset(("NTE", "PRT", "ROL", "CTD", "VAR"))           # seen from the segment they hang on, only


class Placed(Protocol):
    """What is grouped."""

    @property
    def name(self) -> str: ...
    @property
    def position(self) -> int: ...


S = TypeVar("S", bound=Placed)
_NONE: dict[str, Any] = {}
_NO_NAMES = frozenset[str]()


@cache
def _rules(structure: str) -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """Heads of each segment, and which heads a new segment closes: all that could stand below it."""
    heads = {**_HEADS, **_OF_STRUCTURE.get(structure, {})}
    below: dict[str, set[str]] = {}
    for name, possible in heads.items():
        for head in possible:
            below.setdefault(head, set()).add(name)
    return heads, {head: frozenset(_closure(head, below)) for head in below}


def _closure(head: str, below: dict[str, set[str]]) -> set[str]:
    found, left = set[str](), [head]
    while left:
        new = below.get(left.pop(), set()) - found
        found |= new
        left.extend(new)
    return found - {head}


class Groups(Generic[S]):
    """The groups of one message's segments. `parents` gives the head of each by its position, None at the top."""

    def __init__(self, segments: Sequence[S], structure: str) -> None:
        self._segments = segments
        self.parents: list[S | None] = _parents(segments, structure)
        self._below: dict[int, dict[str, list[S]]] = {}
        self._outer: dict[tuple[int, str], dict[str, list[S]]] = {}
        self._children: dict[int, list[S]] = {}
        for segment, parent in zip(segments, self.parents, strict=True):
            self._children.setdefault(parent.position if parent else -1, []).append(segment)
        counts, tops = Counter(s.name for s in segments), self._children.get(-1, ())
        # Below no other and alone of its name: it is what each segment means, wherever that stands.
        self._single = {s.name: [s] for s in tops if counts[s.name] == 1 and s.name not in _ORDER}

    def related(self, segment: S, name: str) -> list[S]:
        """The segments called `name` that a mapping means when it stands at `segment`: see the page of paths."""
        if segment.name == name:
            return [segment]
        if name in _ATTACHED:
            return [s for s in self._children.get(segment.position, ()) if s.name == name]
        if found := self._single.get(name) or self._within(segment.position).get(name):
            return found
        branch, parent = segment, self.parents[segment.position]
        while parent is not None:
            if parent.name == name:
                return [parent]
            if found := self._beside(parent.position, self._kind(branch)).get(name):
                return found
            branch, parent = parent, self.parents[parent.position]
        return self._beside(-1, self._kind(branch)).get(name, [])

    def scope(self, segment: S) -> tuple[tuple[str, int], ...]:
        """The groups that enclose a segment, from the outside in, each with a number of its own."""
        parent = self.parents[segment.position]
        outer = self.scope(parent) if parent else ()
        kind = self._kind(segment)
        names = (kind,) if kind == segment.name or segment.name == "ORC" else (kind, segment.name)
        return (*outer, *((name, segment.position) for name in names))

    def _kind(self, segment: S) -> str:
        """Name of the group that a segment heads: two groups of one kind under one head do not see each other."""
        parent = self.parents[segment.position]
        return "order" if segment.name in _ORDER and (parent is None or parent.name not in _ORDER) else segment.name

    def _within(self, position: int) -> dict[str, list[S]]:
        """All segments below one, by name."""
        if position not in self._children:
            return _NONE
        if position not in self._below:
            self._below[position] = self._collected(position, "")
        return self._below[position]

    def _beside(self, position: int, kind: str) -> dict[str, list[S]]:
        """All segments below a head (-1: the message) that do not stand in a group of this kind."""
        if (position, kind) not in self._outer:
            self._outer[position, kind] = self._collected(position, kind)
        return self._outer[position, kind]

    def _collected(self, position: int, unless: str) -> dict[str, list[S]]:
        found: dict[str, list[S]] = {}
        for child in self._children.get(position, ()):
            if unless and self._kind(child) == unless:
                continue
            found.setdefault(child.name, []).append(child)
            for name, segments in self._within(child.position).items():
                found.setdefault(name, []).extend(segments)
        return found


def _parents(segments: Sequence[S], structure: str) -> list[S | None]:
    heads, closes = _rules(structure)
    several = _REPEATED.get(structure, set())
    opened: dict[str, S] = {}
    filled: set[tuple[int, str]] = set()
    parents: list[S | None] = []
    above: S | None = None
    for segment in segments:
        name = segment.name
        if name in _FOLLOWERS or name[:1] == "Z":
            unremarked = name == "NTE" and above is not None and above.name in _UNREMARKED
            parents.append(parents[above.position] if unremarked and above is not None else above)
            continue
        parent = _head(name, heads.get(name, ()), opened, filled)
        if name in _DETAIL and name not in several and parent is not None and (parent.position, name) in filled:
            parent = _head(name, [head for head in heads[name] if head != parent.name], opened, filled)
        if parent is not None:
            filled.add((parent.position, name))
        for closed in closes.get(name, _NO_NAMES).intersection(opened):
            del opened[closed]
        opened[name] = above = segment
        parents.append(parent)
    return _adopted(segments, parents, heads)


def _head(name: str, heads: Sequence[str], opened: dict[str, S], filled: set[tuple[int, str]]) -> S | None:
    """The nearest open head; results that follow their specimen belong to the order, not to the specimen."""
    there = [opened[head] for head in heads if head in opened]
    found = max(there, key=lambda s: s.position) if there else None
    if name == "OBX" and found is not None and found.name == "SPM":
        order = opened.get("OBR")
        return order if order is not None and (order.position, "OBX") not in filled else found
    return found


def _adopted(segments: Sequence[S], parents: list[S | None], heads: dict[str, tuple[str, ...]]) -> list[S | None]:
    """Segments that came before their head get the first one behind them."""
    behind: dict[str, S] = {}
    for segment in reversed(segments):
        if parents[segment.position] is None:
            later = (behind[head] for head in heads.get(segment.name, ()) if head in behind)
            parents[segment.position] = min(later, key=lambda s: s.position, default=None)
        behind[segment.name] = segment
    return parents
