"""What was ruled about who is who: by whom, when, why, and whether it still stands. Undone for ever, never deleted."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gateway.identity.assertions import named, standing
from gateway.model import Assertion
from gateway.store import assertions, people
from gateway.store.engine import Transaction
from gateway.store.patients import Ref

# kind of assertion → what a human said
WORDS = {"same": "same person", "never": "different people", "unsure": "cannot tell", "split": "split off",
         "move": "visit moved"}
Pair = tuple[Ref, Ref]


class Ruling(NamedTuple):
    """One ruling about a pair. undo: id of the standing undo that took it back, "" while it stands;
    to: which of the two has what was moved; seen: this pair was looked at, the others came along with their persons."""

    id: str
    kind: str
    pair: Pair
    by: str
    at: str
    reason: str
    undo: str = ""
    undone_by: str = ""
    undone_at: str = ""
    undone_reason: str = ""
    to: str = ""
    seen: bool = False

    @property
    def stands(self) -> bool:
        return not self.undo

    def json(self) -> dict[str, Any]:
        """As the command, the API and the page show it."""
        said = f"{WORDS[self.kind]} to {self.to}" if self.to else WORDS[self.kind]
        return {"ruling": self.id, "said": said, "a": str(self.pair[0]), "b": str(self.pair[1]),
                "by": self.by, "at": self.at, "reason": self.reason, "stands": self.stands, "undo": self.undo,
                "undone_by": self.undone_by, "undone_at": self.undone_at, "undone_reason": self.undone_reason}


def rulings(tx: Transaction) -> list[Ruling]:
    """Every ruling about a pair, newest first; those that a source's own message made have its name as author."""
    every = assertions.of_kinds(tx, (*WORDS, "undo"))
    stand = {a.id for a in standing(every)}
    undos: dict[str, list[Assertion]] = {}
    for a in every:
        if a.kind == "undo" and a.id in stand:
            undos.setdefault(str(a.body.get("of")), []).append(a)
    found = [_ruling(a, pair, undos.get(a.id, ())) for a in every if a.kind in WORDS for pair in _pairs(a)]
    return sorted(found, key=lambda r: (r.at, r.id, r.pair), reverse=True)


def _ruling(a: Assertion, pair: Pair, undos: Iterable[Assertion]) -> Ruling:
    undo = min(undos, key=lambda u: u.id, default=None)
    who = str(a.body.get("by") or a.body.get("source") or "not named")
    ruling = Ruling(a.id, a.kind, pair, who, _text(a, "at") or _text(a, "asserted"), _text(a, "reason"),
                    seen={_text(a, "a"), _text(a, "b")} == set(map(str, pair)),
                    to=str(_ref(f"{a.body.get('source')}/{a.body.get('to')}")) if a.kind == "move" else "")
    return ruling if undo is None else ruling._replace(
        undo=undo.id, undone_by=_text(undo, "by"), undone_at=_text(undo, "at"), undone_reason=_text(undo, "reason"))


def _text(a: Assertion, name: str) -> str:
    return str(a.body.get(name) or "")


def _pairs(a: Assertion) -> list[Pair]:
    names = [f"{a.body.get('source')}/{a.body.get(n)}" for n in ("patient", "to")] if a.kind == "move" else named(a)
    found = sorted({ref for v in names if (ref := _ref(v)) is not None})
    return [(x, y) for i, x in enumerate(found) for y in found[i + 1:]] or [(r, r) for r in found]


def _ref(value: Any) -> Ref | None:
    if isinstance(value, dict):
        value = f"{value.get('source')}/{value.get('id')}"
    source, slash, key = str(value).partition("/")
    return Ref(source, key.removeprefix("Patient/")) if slash else None


def by_pair(found: Iterable[Ruling]) -> dict[Pair, set[str]]:
    """Pair → kinds of the rulings that stand; of a move not: it says nothing of who is who."""
    out: dict[Pair, set[str]] = {}
    for r in found:
        if r.stands and r.kind != "move":
            out.setdefault(r.pair, set()).add(r.kind)
    return out


def apart(tx: Transaction, ruled: Mapping[Pair, set[str]]) -> set[frozenset[str]]:
    """Persons of whom somebody said that they are different people: none of their records is asked about again."""
    never = [pair for pair, kinds in ruled.items() if "never" in kinds]
    person = people.persons_of(tx, {r for pair in never for r in pair})
    return {frozenset((person.get(a, ""), person.get(b, ""))) for a, b in never}
