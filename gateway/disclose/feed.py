"""The facts as their sources asserted them, under their origin: what another gateway pulls (`/fhir/source/…`).

Bodies go out exactly as they came in; origin, version and time stand beside them (model.Origin). Assertions travel as
Basic resources. Every page is decided person by person, as every other answer is.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from gateway.disclose.answers import JSON, refusal
from gateway.disclose.paging import PAGE
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.disclose.visible import cell
from gateway.errors import UsageError, error
from gateway.fhir.outcome import outcome
from gateway.jsontext import dumps, loads
from gateway.model import Fact, Origin
from gateway.opened import Gate
from gateway.policy.decide import decide
from gateway.store import assertions, changes, facts, people
from gateway.store.engine import Transaction
from gateway.store.patients import Ref

MOST = 1000


def search(gate: Gate, views: Views, asked: Asked, source: str, type: str,
           query: Sequence[tuple[str, str]]) -> Answer:
    """One page of a source's live facts of a type, in order of arrival. `_lastUpdated=gt…`, `_count`, `_after`."""
    try:
        after, count = _from(query)
    except UsageError as e:
        return hand_over(gate, asked, Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    with gate.store.read() as tx:
        start = max(after, _change_before(tx, query))
        if type == "Basic":
            entries, about, end = _said(gate, views, tx, asked, source, start, count)
        else:
            entries, about, end = _facts(gate, views, tx, asked, source, type, start, count)
    base = f"{gate.home.base_url}/fhir/source/{source}/{type}"
    links = [{"relation": "self", "url": f"{base}?{urlencode(list(query))}" if query else base}]
    if end:
        plain = [(k, v) for k, v in query if k != "_after"]
        links.append({"relation": "next", "url": f"{base}?{urlencode([*plain, ('_after', str(end))])}"})
    bundle = {"resourceType": "Bundle", "type": "searchset", "link": links, **({"entry": entries} if entries else {})}
    return hand_over(gate, asked, Answer(200, dumps(bundle).encode(), JSON), about, "done" if entries else "empty")


def _from(query: Sequence[tuple[str, str]]) -> tuple[int, int]:
    options = dict(query)
    unknown = [k for k in options if k not in ("_lastUpdated", "_count", "_after", "_sort", "_format")]
    if unknown:
        raise UsageError(*(error("search-parameter", f"Facts cannot be searched by {k!r}.", k) for k in unknown))
    try:
        return int(options.get("_after", 0)), max(1, min(int(options.get("_count", PAGE)), MOST))
    except ValueError as e:
        raise UsageError(error("search-value", "_count and _after are numbers.", "_count")) from e


def _change_before(tx: Transaction, query: Sequence[tuple[str, str]]) -> int:
    """The last change that `_lastUpdated=gt…` or `ge…` leaves out."""
    text = dict(query).get("_lastUpdated", "")
    if text[:2] not in ("gt", "ge"):
        return 0
    time = text[2:].replace("Z", "").replace("+00:00", "")
    time = f"{time}{'' if '.' in time else '.'}".ljust(26, "0") + "Z"
    return max(0, changes.upto(tx, time) - (text[:2] == "ge"))


def _permits(gate: Gate, views: Views, tx: Transaction, asked: Asked, ref: Ref, known: dict[str, View]) -> View | None:
    """The view of the person behind a source patient, if this reader may see that person."""
    person = people.person(tx, ref)
    if not person:
        return None
    if person not in known:
        known[person] = views.get(tx, asked.request, person)
    return known[person] if known[person].decision.permit else None


def _facts(gate: Gate, views: Views, tx: Transaction, asked: Asked, source: str, type: str, start: int,
           count: int) -> tuple[list[dict[str, Any]], list[View], int]:
    """Entries, the views of the persons in them, and the change to go on behind (0: the end)."""
    known: dict[str, View] = {}
    shown: dict[str, View] = {}
    entries, end, times = list[dict[str, Any]](), start, dict[int, str]()
    rows = facts.since(tx, start, source, MOST * 4)
    for row in rows:
        if len(entries) >= count and row.change != end:
            return entries, list(shown.values()), end
        end = row.change
        if row.type != type:
            continue
        view = _permits(gate, views, tx, asked, Ref(row.source, row.patient_key), known) if row.patient_key else None
        decision = view.decision if view else decide(asked.request, asked.request.patient)
        if (row.patient_key and view is None) or not decision.shows(cell(row), row.reference):
            continue
        if view:
            shown[view.person] = view
        times.setdefault(row.change, changes.at(tx, row.change))
        entries.append(_entry(gate, facts.opened(tx, [row])[0], times[row.change]))
    return entries, list(shown.values()), end if len(rows) == MOST * 4 else 0


def _entry(gate: Gate, fact: Fact, at: str) -> dict[str, Any]:
    origin = Origin(fact.source, fact.version, fact.asserted, _instant(at))
    url = f"{gate.home.base_url}/fhir/source/{fact.source}/{fact.reference}"
    return {"extension": [origin.extension()], "fullUrl": url, "resource": fact.resource, "search": {"mode": "match"}}


def _instant(at: str) -> str:
    return f"{at[:26]}Z" if at else ""


def _said(gate: Gate, views: Views, tx: Transaction, asked: Asked, source: str, start: int,
          count: int) -> tuple[list[dict[str, Any]], list[View], int]:
    """Assertions that the source made about its own facts and patients: retractions, listings, merged numbers."""
    known: dict[str, View] = {}
    shown: dict[str, View] = {}
    entries = []
    for number, at, refs, assertion in assertions.since(tx, start):
        if assertion.body.get("source") != source:
            continue
        seen = [v for r in refs if (v := _permits(gate, views, tx, asked, r, known))]
        if len(seen) < len(refs) or not all(source in v.source_of.values() for v in seen):
            continue
        shown.update((v.person, v) for v in seen)
        resource = assertion.basic()
        origin = Origin(source, resource["id"], None, _instant(at))
        entries.append((number, {"extension": [origin.extension()], "resource": resource,
                                 "fullUrl": f"{gate.home.base_url}/fhir/source/{source}/Basic/{resource['id']}"}))
    last = entries[count - 1][0] if len(entries) > count else 0
    page = [e for n, e in entries if not last or n <= last]
    return page, list(shown.values()), last


def read(gate: Gate, views: Views, asked: Asked, source: str, type: str, id: str, version: str = "") -> Answer:
    """One fact as its source asserted it: the newest, or the version named."""
    with gate.store.read() as tx:
        rows = facts.of_key(tx, source, type, id)
        if version:
            rows = [r for r in rows if str(loads(r.version)) == version]
        row = max(rows, key=lambda r: (r.asserted, r.id), default=None)
        view = _permits(gate, views, tx, asked, Ref(row.source, row.patient_key), {}) if row else None
        if row is None or view is None or not view.decision.shows(cell(row), row.reference):
            return hand_over(gate, asked, refusal(404, "not-found", "There is no such fact."), (), "empty")
        fact = facts.opened(tx, [row])[0]
    headers: Mapping[str, str] = {**JSON, "ETag": f'W/"{fact.version}"'}
    return hand_over(gate, asked, Answer(200, dumps(fact.resource).encode(), headers), [view])


def sources(gate: Gate, asked: Asked) -> Answer:
    """Names of the origins whose facts are served here."""
    with gate.store.read() as tx:
        names = facts.sources(tx)
    body = {"resourceType": "Parameters", "parameter": [{"name": "source", "valueString": n} for n in names]}
    return hand_over(gate, asked, Answer(200, dumps(body).encode(), JSON), ())
