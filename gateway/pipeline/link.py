"""Which source patients are one person, kept up to date: only what a change touches is compared and clustered again.

The result is the same as clustering everything at once (gateway.identity.cluster): decisions about pairs depend on the
two records and the model alone, and a component is recomputed whole.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from gateway.identity import MODEL, Features, Model, Scores, alike, features_of, keys, said, touched
from gateway.identity.assertions import Pair, Said, named, standing
from gateway.identity.epochs import epochs
from gateway.identity.packed import outdated, packed, packs, unpacked
from gateway.ids import merged_id
from gateway.merge import merge
from gateway.model import Assertion, partial
from gateway.opened import Gate
from gateway.pipeline.keep import refs_of
from gateway.store import assertions, cases, facts, people
from gateway.store.engine import Transaction
from gateway.store.patients import Ref, numbers
from gateway.terminology.tables import Tables

FIRST = 20                                  # source patients, or decisions, that tell whether others linked them
PAGE = 500                                  # source patients of one commit when everybody is linked anew
KINDS = ("same", "never", "split", "undo")
Member = tuple[str, str]


def relink(tx: Transaction, changed: Iterable[Ref], model: Model = MODEL) -> list[people.Move]:
    """Compare and cluster again what these source patients touch, under the home's model. Returns who changed person.

    One without a Patient that stands is compared with nobody: it stands alone as long as something is said about it.
    """
    todo = sorted(set(changed))
    if not todo:
        return []
    resources = {ref: r for ref in todo if (r := current(tx, ref)) is not None}
    left = facts.spoken_of(tx, [ref for ref in todo if ref not in resources])
    features = {ref: features_of(r) for ref, r in resources.items()}
    people.forget_decisions(tx, todo)
    kept = {ref: (packed(resources[ref], f), keys(f) | ({cases.OVERLAID} if _overlaid(tx, ref, model) else set()))
            for ref, f in features.items()}
    people.put(tx, kept | dict.fromkeys(left, ("", ())))
    gone = {ref for ref in todo if ref not in resources and ref not in left}
    people.forget(tx, gone)
    _compare(tx, features, model)
    return _cluster(tx, {*todo}, gone, model)


def relink_all(gate: Gate, tick: Callable[[str, int, int], None] = lambda *_: None) -> dict[str, int]:
    """Compare everybody again under the home's model, a page a commit. What stops half-way is done by the next call."""
    with gate.store.read() as tx:
        refs = [k.ref for k in people.everyone(tx)]
    moved = 0
    for start in range(0, len(refs), PAGE):
        with gate.store.write(gate.now()) as tx:
            moved += len(relink(tx, refs[start:start + PAGE], gate.model))
        tick("linking", min(start + PAGE, len(refs)), len(refs))
    return {"records": len(refs), "moved": moved}


def stale(tx: Transaction, model: str) -> bool:
    """Was anybody linked by another version of the product, or by another model than that of this id? The first records
    tell of the version, the last decisions of the model."""
    return any(outdated(k.features) for k in islice(people.everyone(tx, FIRST), FIRST)) or (
        not {model}.issuperset(people.models(tx, FIRST)))


def current(tx: Transaction, ref: Ref) -> dict[str, Any] | None:
    """The Patient of a source patient as last asserted: by time, then by content; None when none stands. Of parts only
    where there is no whole."""
    if said := assertions.aimed(tx, ref.source, "Patient", ref.key):
        rows = facts.of_key(tx, ref.source, "Patient", ref.key)
        stands = merge(facts.opened(tx, rows), said, Tables()).ledger
        top = max((r for r in rows if stands[r.id]["state"] == "represented"), key=_when, default=None)
        return _resource(tx, top) if top else None
    top = facts.latest(tx, ref.source, "Patient", ref.key)
    found = _resource(tx, top) if top else None
    return _whole(tx, ref) or found if found and partial(found) else found


def _when(row: facts.Row) -> tuple[str, str]:
    return row.asserted, row.id


def _resource(tx: Transaction, row: facts.Row) -> dict[str, Any]:
    return facts.opened(tx, [row])[0].resource


def _whole(tx: Transaction, ref: Ref) -> dict[str, Any] | None:
    """The whole Patient that was asserted last. Each content is opened once, however many messages repeat it."""
    contents = {r.id: r for r in sorted(facts.entry(tx, ref.source, "Patient", ref.key), key=_when)}
    newest_first = sorted(contents.values(), key=_when, reverse=True)
    return next((found for r in newest_first if not partial(found := _resource(tx, r))), None)


def _overlaid(tx: Transaction, ref: Ref, model: Model) -> bool:
    """Did a version of this source patient contradict the one before in birth date, name and numbers at once?

    Versions are taken by the time at which they were said, whatever the order of arrival.
    """
    rows = sorted(facts.of_key(tx, ref.source, "Patient", ref.key), key=_when)
    told = [r for n, r in enumerate(rows) if not n or r.id != rows[n - 1].id]
    if len(told) < 2:
        return False
    return bool(epochs({(ref.source, ref.key): [f.resource for f in facts.opened(tx, told)]}, {}, model).overlays)


def _late(tx: Transaction, ref: Ref) -> bool:
    """Is the version that came last not the one that was said last?"""
    rows = facts.of_key(tx, ref.source, "Patient", ref.key)
    return len(rows) > 1 and max(rows, key=lambda r: r.n) != max(rows, key=lambda r: (r.asserted, r.id))


def differing(tx: Transaction, named: Iterable[Ref]) -> set[Ref]:
    """Of source patients whom a message named: those whose Patient is not the one that was compared last.

    Decisions depend on the two Patients and the model alone, so the others need not be compared again.
    """
    todo = set(named)
    compared = {k.ref: k.features for k in people.known(tx, todo) if k.person}
    return {ref for ref in todo if ref not in compared or not packs(compared[ref], current(tx, ref)) or _late(tx, ref)}


def _compare(tx: Transaction, features: Mapping[Ref, Features], model: Model) -> None:
    """Decide each pair of a changed record and a record that shares a blocking key with it, each pair once."""
    decided = {}
    changed = {n: ref for ref, n in numbers(tx, features).items()}
    for ref, mine in features.items():
        near = people.sharing(tx, keys(mine))
        others = [(changed[n], features[changed[n]]) for n in near & changed.keys() if changed[n] > ref]
        others += [(k.ref, unpacked(k.features)) for k in people.numbered(tx, near - changed.keys())]
        for other, theirs in others:
            pair = (min(ref, other), max(ref, other))
            comparison = alike(mine, theirs, model, model.no)
            if comparison and comparison.decision != "no":
                answer = comparison.json()
                decided[pair] = people.Link(*pair, model.id, comparison.decision, comparison.weight,
                                            answer["probability"], {**answer, "why": comparison.why()})
    people.decide(tx, list(decided.values()))


def _cluster(tx: Transaction, start: set[Ref], gone: set[Ref], model: Model) -> list[people.Move]:
    """Recompute the components that hold `start`, and say who each member is: nobody when nothing is left of it.

    What the clusters refuse to join waits for a human.
    """
    members, links = _component(tx, start)
    everything = assertions.of_identity(tx, members, KINDS)
    known = {k.ref: k.features for k in people.known(tx, members)}
    features: dict[Member, Features] = {tuple(ref): unpacked(f) for ref, f in known.items()}  # type: ignore[misc]
    told = said(everything, features)
    overlaid = cases.overlaid(tx, members) - _confirmed(everything, told)
    told.apart |= {tuple(ref) for ref in overlaid}  # type: ignore[misc]
    linked: dict[Pair, float] = {(tuple(a), tuple(b)): weight for (a, b), weight in  # type: ignore[misc]
                                 people.weights(tx, members, cases.EDGES, model.id).items()}
    outcome = touched(features, {(tuple(a), tuple(b)) for a, b in links}, told, Scores(features, model, linked))  # type: ignore[misc]
    cases.hold(tx, model.id, members, {(Ref(*a), Ref(*b)): _overlay(overlaid, (Ref(*a), Ref(*b))) or why
                                       for (a, b), why in outcome.refused.items()})
    persons = {Ref(*m): merged_id(tx.id_key, cluster[0][0], "Patient", cluster[0][1])
               for cluster in outcome.clusters for m in cluster} | dict.fromkeys(gone, "")
    return people.assign(tx, persons)


def _confirmed(everything: Iterable[Assertion], told: Said) -> set[Ref]:
    """Source patients of whom a human said who they are: with whom they are the same, or that they are one person."""
    alone = {Ref(*found) for a in standing(everything) if a.kind == "same" and len(set(map(str, named(a)))) == 1
             for found in refs_of(a, "")[:1]}
    return alone | {Ref(*m) for pair in told.same for m in pair}


def _overlay(overlaid: set[Ref], pair: tuple[Ref, Ref]) -> list[str]:
    return [cases.OVERLAY.format(r, r, r) for r in pair if r in overlaid]


def _same_pairs(everything: Iterable[Any]) -> dict[Ref, set[Ref]]:
    """Who is named together with whom by a human or a message, undone or not: the neighbourhood, not the verdict."""
    near: dict[Ref, set[Ref]] = {}
    for assertion in everything:
        refs = refs_of(assertion, str(assertion.body.get("source", "")))
        for ref in refs:
            near.setdefault(ref, set()).update(refs)
    return near


def _component(tx: Transaction, start: set[Ref]) -> tuple[set[Ref], set[tuple[Ref, Ref]]]:
    """Everyone reachable over links, assertions and present persons, and the links among them."""
    members, waiting, links = set(start), set(start), set()
    while waiting:
        near = _same_pairs(assertions.of_identity(tx, waiting, KINDS))
        pairs = people.pairs(tx, waiting, cases.EDGES)
        links |= pairs
        found = {ref for pair in pairs for ref in pair} | {r for ref in waiting for r in near.get(ref, ())}
        found |= {r for p in set(people.persons_of(tx, waiting).values()) for r in people.members(tx, p)}
        waiting = found - members
        members |= waiting
    return members, links

