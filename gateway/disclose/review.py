"""Identity review (faces H-8): pairs that wait for a human, two patients side by side, and what would come together.

A pair is shown to whoever sees both of its patients, by what this reader sees of them: reasons are worked out anew from
that, so that nothing hidden speaks through them. A case is a transfer of demographics like any other.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from gateway.disclose.rulings import Pair, Ruling, apart, by_pair, rulings
from gateway.disclose.together import Together, together
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.errors import NotAllowed, UsageError, error
from gateway.identity import Comparison, Features, compare_features, features_of
from gateway.identity.score import probability
from gateway.identity.sides import Side, sides
from gateway.ids import digest, merged_id
from gateway.opened import Gate
from gateway.policy.request import OPERATIONS, Request
from gateway.policy.scopes import granted
from gateway.store import cases, changes, facts, people
from gateway.store.engine import Transaction
from gateway.store.patients import Ref

REVIEWERS = frozenset({"it", "operator", "reviewer"})
PAGE, MOST = 25, 200
APART = "The records around the two do not go together."
_WORDS = ((0.95, "likely"), (0.05, "possible"), (0.0, "unlikely"))
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
Render = Callable[[Mapping[str, Any]], bytes]


class Seen(NamedTuple):
    """One side of a pair, as this reader sees it: its newest visible Patient."""

    ref: Ref
    view: View
    patient: Mapping[str, Any]
    features: Features


class Case(NamedTuple):
    """A pair before a human. stamp: names what was shown, so that a ruling is about what somebody has read.
    change: the newest change when it was read, so that a ruling is about nothing newer."""

    a: Seen
    b: Seen
    comparison: Comparison
    why: list[str]
    rulings: list[Ruling]
    waits: bool
    since: str
    preview: Together | None
    stamp: str
    change: int

    @property
    def views(self) -> list[View]:
        return list({v.person: v for v in (self.a.view, self.b.view)}.values())


def allowed(gate: Gate, asked: Asked) -> None:
    """Raises NotAllowed, logged by the door, for whoever may not review."""
    r = asked.request
    reads = granted(r.scopes, patient=False).allows("Patient")
    if r.role not in REVIEWERS or r.purpose not in OPERATIONS or r.patient or not reads:
        raise NotAllowed(error("review-role", "Identity review is for those whose work it is.", "",
                               f"Ask with one of the roles {', '.join(sorted(REVIEWERS))}, for operations."))


@contextmanager
def noted(gate: Gate, asked: Asked) -> Iterator[None]:
    """Log who is turned away, where no door does it."""
    try:
        yield
    except (NotAllowed, UsageError):
        hand_over(gate, asked, Answer(404, b""), (), "refused")
        raise


def address(tx: Transaction, pair: Pair) -> str:
    """Where a case is found: two opaque ids."""
    return "/".join(merged_id(tx.id_key, r.source, "Patient", r.key) for r in pair)


def organisation(gate: Gate, ref: Ref) -> str:
    source = gate.home.sources.get(ref.source)
    return source.organisation or ref.source if source else ref.source


def likely(comparison: Comparison) -> str:
    """What the computer says, in one word."""
    return next(word for least, word in _WORDS if probability(comparison.weight) >= least)


def patients_only(request: Request) -> Request:
    """The same reader, who opens Patients alone: the queue needs nothing else of a record."""
    return replace(request, scopes=tuple(f"{c}/Patient.rs" for c in sorted(granted(request.scopes).contexts)))


def both(gate: Gate, views: Views, tx: Transaction, request: Request, pair: Pair) -> tuple[Seen, Seen] | None:
    a = _side(views, tx, request, pair[0])
    b = _side(views, tx, request, pair[1]) if a else None
    return (a, b) if a and b else None


def _side(views: Views, tx: Transaction, request: Request, ref: Ref) -> Seen | None:
    person = people.person(tx, ref)
    view = views.get(tx, request, person) if person else None
    if view is None or not view.decision.permit:
        return None
    own = {id: f for id, f in view.facts.items() if f["type"] == "Patient" and (f["source"], f["key"]) == ref}
    standing = view.record["ledger"]
    newest = max(((f["asserted"] or "", id) for id, f in own.items()
                  if standing.get(id, {}).get("state") == "represented"), default=None)
    if not own:
        return None
    if newest is None:                          # its source took it back: a ruling about it can be undone all the same
        patient: Mapping[str, Any] = {"resourceType": "Patient", "id": ref.key}
    else:
        patient = facts.opened(tx, facts.of_ids(tx, [newest[1]])[:1])[0].resource
    return Seen(ref, view, patient, features_of(patient))


def reasons(tx: Transaction, seen: tuple[Seen, Seen], comparison: Comparison) -> list[str]:
    """Why a human decides. What the clusters said may name other records: told only to whoever sees all of them."""
    kept = cases.about(tx, (seen[0].ref, seen[1].ref))
    held = list(kept.detail.get("held", ())) if kept else []
    if held:
        return held if all(_whole(s.view) for s in seen) else [APART]
    return comparison.why()


def _whole(view: View) -> bool:
    """Does this reader see the Patient of every member?"""
    return set(view.members) <= _shown(view)


def _shown(view: View) -> set[tuple[str, str]]:
    return {(f["source"], f["key"]) for f in view.facts.values() if f["type"] == "Patient"}


def case(gate: Gate, views: Views, asked: Asked, a: str, b: str, preview: bool = True) -> Case:
    """One pair by its two ids (`address`) or `source/id`. Raises NotAllowed or UsageError, logged by the door."""
    allowed(gate, asked)
    with gate.store.read() as tx:
        pair = _pair(tx, a, b)
        seen = both(gate, views, tx, asked.request, pair) if pair else None
        kept = cases.about(tx, pair) if pair else None
        told = [r for r in rulings(tx) if r.pair == pair]
        if pair is None or seen is None or not (kept or told):
            raise UsageError(error("case-unknown", "There is no such pair for you to decide.", f"{a[:80]} {b[:80]}",
                                   "List them: gateway person review"))
        one = seen[0].view.person == seen[1].view.person
        comparison = compare_features(seen[0].features, seen[1].features, gate.model)
        never = apart(tx, by_pair(rulings(tx)))
        waits = not one and kept is not None and kept.decision in cases.WAITING and (
            frozenset(s.view.person for s in seen) not in never)
        since = cases.since(tx, pair) if waits else ""
        stamp = digest([str(seen[0].ref), str(seen[1].ref), *(s.view.digest for s in seen),
                        [[r.id, r.undo] for r in told]])[:32]
        joined = None if one or not preview else together(gate, tx, asked.request, seen[0].view, seen[1].view)
        return Case(*seen, comparison, reasons(tx, seen, comparison), told, waits, since, joined, stamp,
                    changes.last(tx))


def _pair(tx: Transaction, a: str, b: str) -> Pair | None:
    found = [_ref(tx, text) for text in (a, b)]
    if None in found or found[0] == found[1]:
        return None
    one, two = sorted(r for r in found if r)
    return one, two


def _ref(tx: Transaction, text: str) -> Ref | None:
    source, slash, key = text.partition("/")
    if slash:
        ref = Ref(source, key.removeprefix("Patient/"))
        return ref if people.person(tx, ref) else None
    return next((Ref(r.source, r.patient_key) for r in facts.of_merged(tx, text) if r.type == "Patient"), None)


def values(gate: Gate, found: Case) -> dict[str, Any]:
    """A case as plain values: what page, command and API show."""
    fields: list[Side] = sides(found.a.patient, found.b.patient)
    return {"schema": "gateway.review-case/1", "waits": found.waits, "since": found.since, "stamp": found.stamp,
            "one_person": found.a.view.person == found.b.view.person,
            "a": _head(gate, found.a), "b": _head(gate, found.b), "likely": likely(found.comparison),
            "probability": round(probability(found.comparison.weight), 6), "weight": round(found.comparison.weight, 2),
            "members": [sorted(str(Ref(*m)) for m in set(s.view.members) & _shown(s.view)) for s in (found.a, found.b)],
            "model": gate.model.id, "why": found.why, "reasons": found.comparison.reasons(),
            "fields": [f._asdict() for f in fields], "rulings": [r.json() for r in found.rulings],
            "together": found.preview.json() if found.preview else None}


def _head(gate: Gate, seen: Seen) -> dict[str, Any]:
    return {"patient": str(seen.ref), "organisation": organisation(gate, seen.ref), "person": seen.view.patient}


def case_answer(gate: Gate, views: Views, asked: Asked, a: str, b: str, render: Render,
                headers: Mapping[str, str] = HTML, status: int = 200, **more: Any) -> Answer:
    """A case as a page or a document. Raises NotAllowed or UsageError."""
    found = case(gate, views, asked, a, b)
    return hand_over(gate, asked, Answer(status, render({**values(gate, found), **more}), headers), found.views,
                     "done" if status < 400 else "refused")


def history(gate: Gate, views: Views, asked: Asked, render: Render, headers: Mapping[str, str] = HTML,
            after: str = "", count: int = PAGE) -> Answer:
    """Rulings about pairs of which this reader sees both sides, newest first; `after`: the last one that was shown."""
    allowed(gate, asked)
    request, rows, about, more = patients_only(asked.request), list[dict[str, Any]](), dict[str, View](), ""
    with gate.store.read() as tx:
        every = rulings(tx)
        start = next((n + 1 for n, r in enumerate(every) if r.id == after), 0)
        for ruling in every[start:]:
            if (seen := both(gate, views, tx, request, ruling.pair)) is None:
                continue
            if len(rows) == count:
                more = rows[-1]["ruling"]
                break
            about |= {s.view.person: s.view for s in seen}
            rows.append({**ruling.json(), "case": address(tx, ruling.pair),
                         "sources": [organisation(gate, r) for r in ruling.pair]})
    body = render({"schema": "gateway.review-rulings/1", "rulings": rows, "next": more, "after": after})
    return hand_over(gate, asked, Answer(200, body, headers), list(about.values()), "done" if rows else "empty")


def obstacle(found: Case, kind: str, reason: str, stamp: str) -> str:
    """Why a ruling cannot be taken, in words; "" when it can. stamp: of what was on the page that it answers."""
    if not kind:
        return "Say one of: same person, different people, cannot tell. Nothing was changed."
    if not reason:
        return "Say why: the reason is kept with the ruling. Nothing was changed."
    if stamp != found.stamp:
        return "These records or their rulings changed since the page was opened. Nothing was changed: look again."
    if kind == "same" and found.preview and not found.preview.adds_up:
        return "The counts before and after do not add up, so the two cannot be joined. Report this pair."
    return ""


def ids(gate: Gate, found: Case) -> list[str]:
    """The two opaque ids of a case."""
    with gate.store.read() as tx:
        return address(tx, (found.a.ref, found.b.ref)).split("/")


def ruled(gate: Gate, views: Views, asked: Asked, ruling: str) -> Case:
    """The case that a ruling, or an undo, is about. Raises NotAllowed or UsageError, also where a side is hidden."""
    allowed(gate, asked)
    with gate.store.read() as tx:
        of = [r for r in rulings(tx) if ruling and ruling in (r.id, r.undo)]
        pair = next((r.pair for r in sorted(of, key=lambda r: not r.seen)), None)
    if pair is None:
        raise UsageError(error("assertion-unknown", "There is no ruling with this id for you.", ruling[:80],
                               "List them: gateway person rulings"))
    return case(gate, views, asked, str(pair[0]), str(pair[1]), preview=False)
