"""Cases for a human: pairs that the computer holds, and joins that the clusters refused.

A pair that may be linked but whose clusters did not join is `held`; one that is said to be the same against a veto,
and was not even alike enough to be compared, is `suspended`. Both follow from the clusters and are set anew with them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from gateway.store.engine import SOME, Transaction
from gateway.store.fixed import Fixed
from gateway.store.patients import Ref, numbers, refs
from gateway.store.people import LINKED, Link, as_links, decide, decisions
from gateway.store.schema import blocks, changes, links, patients, search, touched

EDGES = ("link", "held")
WAITING = ("review", "held", "suspended")
OVERLAID = "overlaid"      # block key, beside those of identity, of numbers that came to mean somebody else
OVERLAY = ("An update of {} described another person under the same number. It is joined with nobody by itself: ask "
           "the source whose number it is. If it is one person, say so: gateway person same {} {} --reason …")
IN_CARE = ("arrived", "triaged", "in-progress", "onleave")          # status of an Encounter that is going on

Pair = tuple[Ref, Ref]


class Case(NamedTuple):
    """A pair that waits. since: when both records were there; active: one of the two is in care just now; persons:
    who the two are, as far as it is known."""

    a: Ref
    b: Ref
    since: str
    active: bool
    persons: frozenset[str] = frozenset()


_ONE, _TWO = patients.alias("one"), patients.alias("two")
_OPEN = (sa.select(links.c.a, links.c.b, _ONE.c.person, _TWO.c.person.label("other"))
         .join(_ONE, _ONE.c.n == links.c.a).join(_TWO, _TWO.c.n == links.c.b)
         .where(links.c.decision.in_(WAITING), _ONE.c.person != _TWO.c.person, _ONE.c.person != "",
                _TWO.c.person != "").distinct())
_FIRST = sa.select(touched.c.patient, sa.func.min(touched.c.change)).where(touched.c.patient.in_(SOME)).group_by(
    touched.c.patient)
_TIMES = sa.select(changes.c.number, changes.c.at).where(changes.c.number.in_(SOME))
_ACTIVE = sa.select(search.c.patient).where(search.c.type == "Encounter", search.c.param == "status",
                                            search.c.lo.in_(IN_CARE)).distinct()


def _alone(tx: Transaction) -> list[tuple[int, int, str, str]]:
    """Numbers that came to mean somebody else, each as a case of its own."""
    return [(n, n, "", "") for n in sorted(numbers(tx, overlaid(tx)).values())]


def waiting(tx: Transaction) -> list[Case]:
    """Every pair of different persons that waits for a human, in no order: no body is opened for it.

    A source patient whose number came to mean somebody else waits for itself: both sides are that one.
    """
    pairs = [*tx.conn.execute(_OPEN).all(), *_alone(tx)]
    ns = {n for a, b, *_ in pairs for n in (a, b)}
    names, first = refs(tx, ns), dict(tx.each(_FIRST, ns))
    times = dict(tx.each(_TIMES, first.values()))
    active = {n for (n,) in tx.conn.execute(_ACTIVE)} if pairs else set()
    out = []
    for a, b, *persons in pairs:
        one, two = sorted((names[a], names[b]))
        since = times.get(max(first.get(a, 0), first.get(b, 0)), "")
        out.append(Case(one, two, since, bool(active & {a, b}), frozenset(persons)))
    return out


_MARKED = sa.select(blocks.c.patient).where(blocks.c.key == sa.bindparam("key"))
_MARKED_OF = Fixed(_MARKED.where(blocks.c.patient.in_(SOME)))


def overlaid(tx: Transaction, members: Iterable[Ref] | None = None) -> set[Ref]:
    """Of these source patients (None: all) those of whom an update described another person."""
    key = tx.vault.name("block", OVERLAID)
    if members is None:
        return set(refs(tx, [n for (n,) in tx.conn.execute(_MARKED, {"key": key})]).values())
    ns = {n: ref for ref, n in numbers(tx, members).items()}
    return {ns[n] for (n,) in tx.each(_MARKED_OF, ns, key=key)}


def since(tx: Transaction, pair: Pair) -> str:
    """When both of a pair were there."""
    first = dict(tx.each(_FIRST, numbers(tx, pair).values()))
    return dict(tx.each(_TIMES, first.values())).get(max(first.values(), default=0), "")


def about(tx: Transaction, pair: Pair) -> Link | None:
    """What was decided about one pair, under whichever model it was compared last; None: nothing."""
    return next((d for d in decisions(tx, [pair[0]]) if {d.a, d.b} == set(pair)), None)


_HELD = tuple(Fixed(sa.select(links).where(side.in_(SOME), sa.or_(
    links.c.decision.in_(("held", "suspended")), links.c.detail.contains('"held"'))))
    for side in (links.c.a, links.c.b))


def hold(tx: Transaction, model: str, members: Collection[Ref], refused: Mapping[Pair, Sequence[str]]) -> None:
    """Set what the clusters of one component refused, with the reasons, and take back what they no longer refuse."""
    here, left = set(members), dict(refused)
    changed, gone = [], []
    spoken = [r for query in _HELD for r in tx.each(query, numbers(tx, here).values())]
    spoken += [r for query in LINKED for r in tx.each(query, numbers(tx, {m for p in left for m in p}).values())]
    for d in as_links(tx, spoken):
        if not {d.a, d.b} <= here:
            continue
        pair = (min(d.a, d.b), max(d.a, d.b))
        reasons = list(left.pop(pair, ()))
        if d.decision == "suspended" and not reasons:
            gone.append(d)
            continue
        word = ("held" if reasons else "link") if d.decision in EDGES else d.decision
        if word != d.decision or d.detail.get("held", []) != reasons:
            detail = {k: v for k, v in d.detail.items() if k != "held"} | ({"held": reasons} if reasons else {})
            changed.append(d._replace(decision=word, detail=detail))
    decide(tx, [*changed, *(Link(a, b, model, "suspended", 0.0, 0.0, {"held": list(reasons)})
                            for (a, b), reasons in left.items())])
    _drop(tx, gone)


def _drop(tx: Transaction, rows: Sequence[Link]) -> None:
    ns = numbers(tx, [r for d in rows for r in (d.a, d.b)])
    for d in rows:
        a, b = sorted((ns[d.a], ns[d.b]))
        tx.conn.execute(sa.delete(links).where(links.c.a == a, links.c.b == b, links.c.model == d.model))


