"""The facts as their sources asserted them, under their origin: what another gateway pulls (`/fhir/source/…`).

Bodies go out exactly as they came in; origin, version and time stand beside them (model.Origin). Assertions travel as
Basic resources. Every page is decided person by person, as every other answer is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from gateway.disclose.allowed import turned_away
from gateway.disclose.answers import JSON, refusal
from gateway.disclose.shaping import alone
from gateway.disclose.told import Seen, instant, said
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import Views
from gateway.disclose.visible import person_of
from gateway.disclose.wanted import Wanted, before, wanted
from gateway.errors import UsageError
from gateway.fhir.outcome import outcome
from gateway.fhir.search import matches
from gateway.jsontext import dumps, loads
from gateway.model import Fact, Origin
from gateway.opened import Gate
from gateway.store import changes, facts, people
from gateway.store.engine import Transaction

MOST, FEW = 1000, 20


def search(gate: Gate, views: Views, asked: Asked, source: str, type: str, query: Sequence[tuple[str, str]],
           kind: str = "searchset") -> Answer:
    """One page of a source's live facts of a type, in order of arrival; parameters: those of the type, and
    `_lastUpdated=gt…|ge…`, `_since`, `_count`, `_after`.

    kind  searchset, or history: the same facts, each with the request that would put it there
    """
    if why := turned_away(asked.request, type, "s"):
        return hand_over(gate, asked, refusal(403, "forbidden", why), (), "refused")
    try:
        asks = wanted(type, query)
    except UsageError as e:
        return hand_over(gate, asked, Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    with gate.store.read() as tx:
        asks, seen = replace(asks, after=max(asks.after, before(tx, *asks.since))), Seen(gate, views, tx, asked)
        entries, end = said(seen, source, asks) if type == "Basic" else _facts(seen, source, type, asks)
    path = f"{source}/{type}{'/_history' if kind == 'history' else ''}"
    base = f"{gate.home.base_url}/fhir/source/{path}"
    links = [{"relation": "self", "url": f"{base}?{urlencode(list(query))}" if query else base}]
    if end:
        plain = [(k, v) for k, v in query if k != "_after"]
        links.append({"relation": "next", "url": f"{base}?{urlencode([*plain, ('_after', str(end))])}"})
    return hand_over(gate, asked, Answer(200, _bundle(kind, entries, links), JSON), list(seen.shown.values()),
                     "done" if entries else "empty")


def _bundle(kind: str, entries: Sequence[dict[str, Any]], links: Sequence[dict[str, Any]] = ()) -> bytes:
    if kind == "history":
        entries = [{**{k: v for k, v in e.items() if k != "search"}, "request": {
            "method": "PUT", "url": f"{e['resource']['resourceType']}/{e['resource']['id']}"},
            "response": {"status": "200"}} for e in entries]
    bundle = {"resourceType": "Bundle", "type": kind, **({"link": links} if links else {})}
    return dumps({**bundle, "entry": entries} if entries else bundle).encode()


def _facts(seen: Seen, source: str, type: str, asks: Wanted) -> tuple[list[dict[str, Any]], int]:
    """Entries of whole commits, and the change to go on behind, when this reader may see more (else 0)."""
    entries, end, times = list[dict[str, Any]](), asks.after, dict[int, str]()
    for row in _live(seen.tx, source, type, asks.after):
        by = seen.fact(row)
        if not by:
            continue
        fact = facts.opened(seen.tx, [row])[0]
        if not matches(fact.resource, asks.criteria):
            continue
        if len(entries) >= asks.count and row.change != end:
            return entries, end
        end = row.change
        seen.put(by)
        if end not in times:
            times[end] = changes.at(seen.tx, end)
        entries.append(_entry(seen.gate, fact, times[end]))
    return entries, 0


def _live(tx: Transaction, source: str, type: str, start: int, many: int = MOST) -> Iterator[facts.Row]:
    """All live facts of a source and type behind a change, in order of arrival, read `many` at a time."""
    after = 0
    while rows := facts.since(tx, start, source, type, after, many):
        yield from rows
        after = rows[-1].n


def _entry(gate: Gate, fact: Fact, at: str) -> dict[str, Any]:
    origin = Origin(fact.source, fact.version, fact.asserted, instant(at))
    url = f"{gate.home.base_url}/fhir/source/{fact.source}/{fact.reference}"
    return {"extension": [origin.extension()], "fullUrl": url, "resource": fact.resource, "search": {"mode": "match"}}


def read(gate: Gate, views: Views, asked: Asked, source: str, type: str, id: str, version: str = "",
         query: Sequence[tuple[str, str]] = ()) -> Answer:
    """One fact as its source asserted it: the newest, or the version named. It is never shown in parts."""
    if why := turned_away(asked.request, type):
        return hand_over(gate, asked, refusal(403, "forbidden", why), (), "refused")
    try:
        alone(type, query, parts=False)
    except UsageError as e:
        return hand_over(gate, asked, Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    with gate.store.read() as tx:
        rows = facts.of_key(tx, source, type, id)
        if version:
            rows = [r for r in rows if str(loads(r.version)) == version]
        seen = Seen(gate, views, tx, asked)
        row = max(filter(seen.fact, rows), key=lambda r: (r.asserted, r.id), default=None)
        if row is None:
            return hand_over(gate, asked, refusal(404, "not-found", "There is no such fact."), (), "empty")
        fact = facts.opened(tx, [row])[0]
        seen.put(seen.fact(row))
    headers: Mapping[str, str] = {**JSON, "ETag": f'W/"{fact.version}"'}
    return hand_over(gate, asked, Answer(200, dumps(fact.resource).encode(), headers), list(seen.shown.values()))


def history(gate: Gate, views: Views, asked: Asked, source: str, type: str, id: str,
            query: Sequence[tuple[str, str]] = ()) -> Answer:
    """The versions of one fact that this reader may see, newest first."""
    if why := turned_away(asked.request, type):
        return hand_over(gate, asked, refusal(403, "forbidden", why), (), "refused")
    try:
        alone(type, query, parts=False)
    except UsageError as e:
        return hand_over(gate, asked, Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    with gate.store.read() as tx:
        seen = Seen(gate, views, tx, asked)
        rows = {r.id: r for r in facts.of_key(tx, source, type, id) if seen.fact(r)}
        newest = sorted(rows.values(), key=lambda r: (r.asserted, r.id), reverse=True)
        if not newest:
            return hand_over(gate, asked, refusal(404, "not-found", "There is no such fact."), (), "empty")
        for row in newest:
            seen.put(seen.fact(row))
        entries = [_entry(gate, fact, changes.at(tx, row.change))
                   for row, fact in zip(newest, facts.opened(tx, newest), strict=True)]
    return hand_over(gate, asked, Answer(200, _bundle("history", entries), JSON), list(seen.shown.values()))


def sources(gate: Gate, views: Views, asked: Asked) -> Answer:
    """Names of the origins of which this reader may see a fact; one that holds hidden facts only holds none."""
    if why := turned_away(asked.request):
        return hand_over(gate, asked, refusal(403, "forbidden", why), (), "refused")
    with gate.store.read() as tx:
        seen = Seen(gate, views, tx, asked)
        names = _of_patient(seen) if asked.request.patient else [
            s for s in facts.sources(tx) if any(seen.fact(row) for t in seen.types for row in _live(tx, s, t, 0, FEW))]
    told = {"parameter": [{"name": "source", "valueString": n} for n in names]} if names else {}
    return hand_over(gate, asked, Answer(200, dumps({"resourceType": "Parameters", **told}).encode(), JSON), ())


def _of_patient(seen: Seen) -> list[str]:
    """The origins of the visible facts of the one person whom a token names: no other is looked at."""
    members = people.members(seen.tx, person_of(seen.tx, seen.asked.request.patient))
    return sorted({r.source for r in facts.of_patients(seen.tx, members) if seen.fact(r)})
