"""The queue of identity review: pages of pairs that wait for a human, as far as the reader sees both sides.

A place in the queue is told by the last pair that was shown, never by a count: hidden pairs leave no gap.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.disclose.review import (
    HTML,
    JSON,
    MOST,
    PAGE,
    Render,
    Seen,
    address,
    allowed,
    both,
    likely,
    organisation,
    patients_only,
    reasons,
)
from gateway.disclose.rulings import Pair, apart, by_pair, rulings
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.errors import UsageError, error
from gateway.identity import Comparison, compare_features
from gateway.jsontext import BadJson, canonical, dumps, loads
from gateway.opened import Gate
from gateway.store import cases
from gateway.store.engine import Transaction

_FIRST = ("", "", "", "", "")


def queue(gate: Gate, asked: Asked, after: str = "", count: int = PAGE) -> dict[str, Any]:
    """A page of the queue: {cases, next}. Those in care first, then the oldest; undecided ones that were asked last.

    Raises NotAllowed, or UsageError for a place that is none.
    """
    body, about = _queue(gate, Views(gate), asked, after, count)
    hand_over(gate, asked, Answer(200, dumps(body).encode(), JSON), about, "done" if body["cases"] else "empty")
    return body


def queue_answer(gate: Gate, views: Views, asked: Asked, render: Render, headers: Mapping[str, str] = HTML,
                 after: str = "", count: int = PAGE) -> Answer:
    """The same as a page or a document, whatever `render` makes of it."""
    body, about = _queue(gate, views, asked, after, count)
    answer = Answer(200, render({**body, "after": after}), headers)
    return hand_over(gate, asked, answer, about, "done" if body["cases"] else "empty")


def _queue(gate: Gate, views: Views, asked: Asked, after: str, count: int) -> tuple[dict[str, Any], list[View]]:
    allowed(gate, asked)
    start, request = _place(after), patients_only(asked.request)
    rows, about, more = list[dict[str, Any]](), dict[str, View](), ""
    with gate.store.read() as tx:
        ruled = by_pair(rulings(tx))
        never, known = apart(tx, ruled), {r for pair, kinds in ruled.items() if "same" in kinds for r in pair}
        order = sorted((_key(c, ruled), c) for c in cases.waiting(tx)
                       if c.persons not in never and not (c.a == c.b and c.a in known))
        for key, case in order:
            if key <= start or (seen := both(gate, views, tx, request, (case.a, case.b))) is None:
                continue
            if case.a == case.b and _versions(seen[0]) < 2:
                continue
            if len(rows) == max(1, min(count, MOST)):
                more = _token(rows[-1].pop("key"))
                break
            about |= {s.view.person: s.view for s in seen}
            rows.append({**_row(gate, tx, seen, case, "unsure" in ruled.get((case.a, case.b), ())), "key": key})
    for row in rows:
        row.pop("key", None)
    return {"schema": "gateway.review/1", "cases": rows, "next": more}, list(about.values())


def _told(tx: Transaction, seen: tuple[Seen, Seen], comparison: Comparison) -> list[str]:
    ref = seen[0].ref
    return [cases.OVERLAY.format(ref, ref, ref)] if ref == seen[1].ref else reasons(tx, seen, comparison)


def _versions(seen: Seen) -> int:
    """How many versions of the Patient this reader sees."""
    return sum(f["type"] == "Patient" and (f["source"], f["key"]) == seen.ref for f in seen.view.facts.values())


def _key(case: cases.Case, ruled: Mapping[Pair, set[str]]) -> tuple[str, ...]:
    return ("1" if "unsure" in ruled.get((case.a, case.b), ()) else "0", "0" if case.active else "1", case.since,
            str(case.a), str(case.b))


def _token(key: Sequence[str]) -> str:
    return base64.urlsafe_b64encode(canonical(list(key))).rstrip(b"=").decode()


def _place(text: str) -> tuple[str, ...]:
    """The place behind which a page begins. Raises UsageError."""
    try:
        found = loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) if text else list(_FIRST)
    except (ValueError, BadJson):
        found = None
    if not isinstance(found, list) or len(found) != len(_FIRST) or not all(isinstance(v, str) for v in found):
        raise UsageError(error("page-token", "This is no place in the queue.", "after", "Begin without it."))
    return tuple(found)


def _row(gate: Gate, tx: Transaction, seen: tuple[Seen, Seen], case: cases.Case, asked: bool) -> dict[str, Any]:
    a, b = seen
    comparison = compare_features(a.features, b.features, gate.model)
    return {"case": address(tx, (a.ref, b.ref)) if a.ref != b.ref else "", "a": str(a.ref), "b": str(b.ref),
            "sources": [organisation(gate, s.ref) for s in seen], "why": _told(tx, seen, comparison),
            "likely": likely(comparison), "weight": round(comparison.weight, 2), "since": case.since,
            "active": case.active, "state": "cannot tell: the units are asked" if asked else "waiting"}
