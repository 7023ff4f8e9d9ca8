"""The home's own people under other thresholds, and under another model: what would change, before it does.

Nothing is stored. Counts tell nothing of anybody; examples are told to whoever sees all of the records in them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gateway.disclose.rulings import by_pair, rulings
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.identity import Comparison, Model, Scores, alike, keys, said, touched
from gateway.identity.linkage import components
from gateway.identity.packed import unpacked
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.store import assertions, people
from gateway.store.engine import Transaction
from gateway.store.patients import Ref

STEPS = 12                 # thresholds above and below the model's own
STEP = 1.0                 # bits of weight
EXAMPLES = 20
KINDS = ("same", "never", "split", "undo")
Pair = tuple[Ref, Ref]
Tick = Callable[[str, int, int], None]


class Weighed(NamedTuple):
    """A pair that is alike enough to be asked about. free: no guard keeps it from being linked."""

    pair: Pair
    weight: float
    free: bool


def compared(tx: Transaction, model: Model, tick: Tick = lambda *_: None) -> Iterator[tuple[Pair, Comparison]]:
    """Every pair of the home that shares a blocking key and weighs at least `no`, each once, compared anew."""
    total = people.seen(tx)
    for done, known in enumerate(people.everyone(tx), 1):
        tick("comparing", done, total)
        mine = unpacked(known.features)
        for other in people.candidates(tx, keys(mine)):
            found = alike(mine, unpacked(other.features), model, model.no) if other.ref > known.ref else None
            if found and found.decision != "no":
                yield (known.ref, other.ref), found


def sweep(gate: Gate, asked: Asked, model: Model, truth: set[frozenset[str]] | None = None,
          tick: Tick = lambda *_: None) -> dict[str, Any]:
    """`gateway identity tune`: for each threshold, what would be linked and asked about, and how right that is.

    truth  pairs `source/id` that are truly the same, and all of them; without it rulings that stand say what is known,
           and precision and recall speak of the pairs that somebody ruled about

    Of pairs that are known to be the same those are left out that name no two records of this home (`not_here`), and
    those of which a record has no blocking key (`too_little`): whatever the threshold, nobody can find them.
    """
    with gate.store.read() as tx:
        found = [Weighed(p, c.weight, not c.guards) for p, c in compared(tx, model, tick)]
        ruled = by_pair(rulings(tx)) if truth is None else {}
        same = truth if truth is not None else {frozenset(map(str, p)) for p, kinds in ruled.items() if "same" in kinds
                                                and p[0] != p[1]}
        here = _keyed(tx, same)
    not_here = {names for names in same if len(names) != 2 or not names <= here.keys()}
    too_little = {names for names in same - not_here if not all(here[name] for name in names)}
    known = same - not_here - too_little
    right, wrong = _known(found, ruled, known, truth is not None)
    rows = [_row(t, found, right, wrong, len(known), model) for t in _thresholds(model)]
    body = {"schema": "gateway.identity-tune/1", "model": model.id, "no": model.no, "link": model.link,
            "known": "truth" if truth is not None else "rulings", "known_same": len(known),
            "known_different": len(wrong), "not_here": len(not_here), "too_little": len(too_little), "thresholds": rows}
    hand_over(gate, asked, Answer(200, dumps(body).encode()))
    return body


def _keyed(tx: Transaction, pairs: Iterable[frozenset[str]]) -> dict[str, bool]:
    """Of the records that these pairs name those that are here: does it have a blocking key?"""
    refs = {Ref(source, key) for names in pairs for source, slash, key in (n.partition("/") for n in names) if slash}
    return {str(k.ref): bool(k.features and keys(unpacked(k.features))) for k in people.known(tx, refs)}


def _known(found: Sequence[Weighed], ruled: Mapping[Pair, set[str]], same: set[frozenset[str]],
           whole: bool) -> tuple[set[Pair], set[Pair]]:
    """Pairs that are known to be the same, and known to be different people: all others, where the truth is whole."""
    pairs = {w.pair for w in found}
    right = {p for p in pairs if frozenset(map(str, p)) in same}
    return right, pairs - right if whole else {p for p, kinds in ruled.items() if "never" in kinds}


def _thresholds(model: Model) -> list[float]:
    steps = {model.link + STEP * n for n in range(-STEPS, STEPS + 1)}
    return sorted({round(t, 6) for t in steps if t >= model.no} | {model.no, model.link})


def _row(threshold: float, found: Sequence[Weighed], right: set[Pair], wrong: set[Pair], total: int,
         model: Model) -> dict[str, Any]:
    linked = {w.pair for w in found if w.free and w.weight >= threshold}
    reviews, true, false = len(found) - len(linked), len(linked & right), len(linked & wrong)
    return {"threshold": threshold, "current": threshold == model.link, "links": len(linked), "reviews": reviews,
            "review_share": round(reviews / len(found), 4) if found else 0.0, "right": true, "wrong": false,
            "precision": round(true / (true + false), 6) if true + false else None,
            "recall": round(true / total, 6) if total else None}


def under(tx: Transaction, model: Model, tick: Tick = lambda *_: None) -> tuple[dict[Ref, frozenset[Ref]], int]:
    """Who would be one person with whom under a model, from scratch, and how many pairs would wait for a human."""
    links, asks = set[Pair](), 0
    for pair, comparison in compared(tx, model, tick):
        links |= {pair} if comparison.decision == "link" else set()
        asks += comparison.decision == "review"
    members = [k.ref for k in people.everyone(tx) if k.person]
    told = said(assertions.of_kinds(tx, KINDS), members)
    parts = components(members, [*links, *told.same])
    own: dict[Ref, frozenset[Ref]] = {}
    for part in parts:
        own |= _clusters(tx, [Ref(*m) for m in part], links, told, model)
    return own, asks


def _clusters(tx: Transaction, part: Sequence[Ref], links: set[Pair], told: Any,
              model: Model) -> dict[Ref, frozenset[Ref]]:
    if len(part) == 1:
        return {part[0]: frozenset(part)}
    features = {tuple(k.ref): unpacked(k.features) for k in people.known(tx, part)}
    here = set(part)
    near = {(tuple(a), tuple(b)) for a, b in links if a in here and b in here}
    outcome = touched(features, near, told, Scores(features, model))  # type: ignore[arg-type]
    return {Ref(*m): frozenset(Ref(*x) for x in cluster) for cluster in outcome.clusters for m in cluster}


def difference(gate: Gate, asked: Asked, model: Model, tick: Tick = lambda *_: None) -> dict[str, Any]:
    """`gateway identity relink --diff`: which persons another model would join, split or cut anew; changes nothing."""
    with gate.store.read() as tx:
        after, asks = under(tx, model, tick)
        before = _now(tx, after)
        rows = _changes(before, after)
        shown, about = _seen(gate, tx, asked, rows)
    kinds = [r["change"] for r in rows]
    body = {"schema": "gateway.identity-relink/1", "applied": False, "model": model.id,
            "persons": [len(set(before.values())), len(set(after.values()))], "reviews": asks, "changed": len(rows),
            **{k: kinds.count(k) for k in ("joined", "split", "cut anew")}, "examples": shown}
    hand_over(gate, asked, Answer(200, dumps(body).encode()), about)
    return body


def _now(tx: Transaction, members: Mapping[Ref, Any]) -> dict[Ref, frozenset[Ref]]:
    sets: dict[str, set[Ref]] = {}
    for ref, person in people.persons_of(tx, members).items():
        sets.setdefault(person, set()).add(ref)
    return {ref: frozenset(s) for s in sets.values() for ref in s}


def _changes(before: Mapping[Ref, frozenset[Ref]], after: Mapping[Ref, frozenset[Ref]]) -> list[dict[str, Any]]:
    """Groups of persons that change together, each with who they were and who they would be."""
    moved = [r for r in sorted(after) if before.get(r) != after[r]]
    edges = [(r, o) for r in moved for o in sorted(before.get(r, frozenset()) | after[r])]
    out = []
    for group in components({r for e in edges for r in e}, edges):
        refs = [Ref(*m) for m in group]
        was, becomes = (sorted({tuple(sorted(map(str, side[r]))) for r in refs if r in side})
                        for side in (before, after))
        change = "joined" if len(becomes) < len(was) else "split" if len(becomes) > len(was) else "cut anew"
        out.append({"change": change, "was": [list(m) for m in was], "becomes": [list(m) for m in becomes]})
    return out


def _seen(gate: Gate, tx: Transaction, asked: Asked,
          rows: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], list[View]]:
    """The first changes of which this reader sees every record, and whom they are about."""
    views, shown, about = Views(gate), [], dict[str, View]()
    for row in rows:
        refs = [Ref(s, k) for members in row["was"] for s, _, k in (m.partition("/") for m in members)]
        seen = [views.get(tx, asked.request, p) for p in sorted({people.person(tx, r) for r in refs}) if p]
        known = {(f["source"], f["key"]) for v in seen if v.decision.permit for f in v.facts.values()
                 if f["type"] == "Patient"}
        if set(refs) <= known:
            shown.append(row)
            about |= {v.person: v for v in seen}
        if len(shown) == EXAMPLES:
            break
    return shown, list(about.values())
