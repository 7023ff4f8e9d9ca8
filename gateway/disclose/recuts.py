"""What was cut anew: changes that fused or split persons who had been shown before, and how many arrivals did so.

Counts only; who it was tells `person changes PERSON`.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.store import people


def recuts(gate: Gate, asked: Asked) -> dict[str, Any]:
    """`person changes` without a person: {arrivals, recut, share, rows}; rulings are told, but are no arrivals."""
    with gate.store.read() as tx:
        moves, ruled = people.every_move(tx), people.ruled_changes(tx)
    rows, arrivals = [], 0
    for change, at, what, records, came in cuts(moves):
        arrivals += came
        if what:
            rows.append({"change": change, "at": at, "what": what, "records": records,
                         "by": "ruling" if change in ruled else "arrival"})
    recut = sum(r["by"] == "arrival" for r in rows)
    body = {"schema": "gateway.person-changes/1", "arrivals": arrivals, "recut": recut,
            "share": round(recut / arrivals, 6) if arrivals else 0.0, "rows": rows}
    hand_over(gate, asked, Answer(200, dumps(body).encode()))
    return body


def cuts(moves: Iterable[tuple[int, str, int, str, str]]) -> Iterable[tuple[int, str, str, int, int]]:
    """Each change of a home as (change, time, fused | split | both | "", records concerned, records that came).

    moves  (change, time, source patient, person before, person now), in order. A person that gains a new record, or
           only another id by it, was not cut anew.
    """
    members: dict[str, set[int]] = {}
    for (change, at), group in groupby(moves, key=lambda m: m[:2]):
        moved = [(n, was, now) for _, _, n, was, now in group]
        names = {p for _, was, now in moved for p in (was, now) if p}
        before = [frozenset(members[p]) for p in names if members.get(p)]
        for n, was, now in moved:
            members.get(was, set()).discard(n)
            if now:
                members.setdefault(now, set()).add(n)
        known = frozenset().union(*before)
        after = [frozenset(members[p] & known) for p in names if members.get(p)]
        fused = any(sum(bool(a & b) for b in before) > 1 for a in after)
        split = any(sum(bool(a & b) for a in after) > 1 for b in before)
        told = {(True, True): "fused and split", (True, False): "fused", (False, True): "split"}.get((fused, split), "")
        yield change, at, told, len(known) if told else 0, sum(not was for _, was, _ in moved)
