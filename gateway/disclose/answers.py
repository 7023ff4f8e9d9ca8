"""FHIR answers about merged records: read, search, everything. Facts are filtered before merge, count and paging."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views, build
from gateway.disclose.visible import change_of, person_of, visible
from gateway.errors import NotAllowed, UsageError, error
from gateway.fhir.outcome import outcome
from gateway.fhir.search import Criterion, criteria, lookup, matches
from gateway.jsontext import dumps, loads
from gateway.opened import Gate
from gateway.store import facts, people, search
from gateway.store.engine import Transaction
from gateway.store.patients import Ref

PAGE, MOST = 100, 1000
RESULT_PARAMETERS = ("_count", "_format", "_page", "_total", "_pretty")
JSON = {"Content-Type": "application/fhir+json; charset=utf-8"}


def refusal(status: int, code: str, message: str, hint: str = "") -> Answer:
    """An OperationOutcome as an answer."""
    return Answer(status, dumps(outcome([error(code, message, "", hint)])).encode(), JSON)


def _whole(resource: dict[str, Any]) -> Answer:
    return Answer(200, dumps(resource).encode(), {**JSON, "ETag": f'W/"{resource["meta"]["versionId"]}"'})


def read(gate: Gate, views: Views, asked: Asked, type: str, id: str,
         render: Callable[[dict[str, Any]], Answer] = _whole) -> Answer:
    """One merged resource by the id of its class, or of any other member of it (an alias)."""
    with gate.store.read() as tx:
        person = person_of(tx, id)
        view = views.get(tx, asked.request, person) if person else None
        if view is None or not view.decision.permit:
            return _nothing(gate, asked, view, type)
        reference, via = _class_of(tx, view, type, id)
    if not reference:
        return hand_over(gate, asked, refusal(404, "not-found", f"There is no such {type}."), [view], "empty")
    if via and type != "Patient":
        answer = refusal(410, "deleted", f"This {type} is part of another one now.", f"Read {reference}.")
        link = {"Link": f"<{gate.home.base_url}/fhir/{reference}>; rel=successor-version"}
        return hand_over(gate, asked, Answer(410, answer.body, {**answer.headers, **link}), [view])
    resource = _replaced(view, id) if via else view.resource(reference)
    assert resource is not None
    return hand_over(gate, asked, render(resource), [view])


def _nothing(gate: Gate, asked: Asked, view: View | None, type: str) -> Answer:
    """One who is not there and one who may not be seen look the same to a reader who is bound to a patient."""
    if view is not None and not view.decision.permit and not asked.request.patient:
        answer = refusal(403, "forbidden", f"Not permitted: {'; '.join(view.decision.rules)}.")
        return hand_over(gate, asked, answer, [view], "refused")
    return hand_over(gate, asked, refusal(404, "not-found", f"There is no such {type}."), (), "empty")


def _class_of(tx: Transaction, view: View, type: str, id: str) -> tuple[str, bool]:
    """Reference of the visible class that an id leads to ("" when none), and whether the id is only an alias of it."""
    reference = f"{type}/{id}"
    if any(r["resourceType"] == type and r["id"] == id for r in view.record["resources"]):
        return reference, False
    if type == "Patient" and people.members(tx, id) and view.patient:
        return f"Patient/{view.patient}", True
    for row in facts.of_merged(tx, id):
        state = view.record["ledger"].get(row.id, {})
        if row.type == type and state.get("state") == "represented":
            by = str(state["by"])
            return by if "/" in by else f"{type}/{by}", True
    return "", False


def _replaced(view: View, id: str) -> dict[str, Any]:
    """An id that stopped being the person's: inactive, replaced by the one that is (ID-05)."""
    return view.versioned({"resourceType": "Patient", "id": id, "active": False,
                           "link": [{"other": {"reference": f"Patient/{view.patient}"}, "type": "replaced-by"}]})


def find(gate: Gate, views: Views, asked: Asked, type: str, query: Sequence[tuple[str, str]]) -> Answer:
    """Search merged resources. A request names patients or one indexed criterion, else 400 `too-costly`."""
    options = {k: v for k, v in query if k in RESULT_PARAMETERS}
    try:
        wanted = criteria(type, [(k, v) for k, v in query if k not in RESULT_PARAMETERS])
        window = _window(gate, options)
    except UsageError as e:
        return hand_over(gate, asked, Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    with gate.store.read() as tx:
        persons = _candidates(tx, type, wanted, asked)
        if persons is None:
            answer = refusal(400, "too-costly", "Name a patient, or one criterion with an exact or initial value.")
            return hand_over(gate, asked, answer, (), "refused")
        seen = [v for p in persons if (v := _view(gate, views, tx, asked, p, window)).decision.permit]
    hits = [(v, r) for v in seen for r in v.record["resources"] if r["resourceType"] == type and matches(r, wanted)]
    page = hits[window.offset:window.offset + window.count]
    about = list({v.person: v for v, _ in page}.values())
    body = _bundle(gate, type, query, [v.versioned(r) for v, r in page], len(hits), window.pinned(seen))
    return hand_over(gate, asked, Answer(200, body, JSON), about, "done" if page else "empty")


def _candidates(tx: Transaction, type: str, wanted: Iterable[Criterion], asked: Asked) -> list[str] | None:
    """Persons who can match; None when the criteria narrow nothing."""
    if asked.request.patient:
        return [p] if (p := person_of(tx, asked.request.patient)) else []
    indexed = []
    for c in wanted:
        if c.type == "reference" or (c.name == "_id" and not c.modifier):
            ids = [v.rpartition("/")[2] for v in c.values]
            return sorted({p for id in ids if (p := person_of(tx, id))})
        if found := lookup(c):
            indexed.append(search.Criterion(c.name, *found))
    return search.persons(tx, type, indexed) if indexed else None


def everything(gate: Gate, views: Views, asked: Asked, id: str, query: Sequence[tuple[str, str]]) -> Answer:
    """Patient/$everything: all visible resources of a person and what they refer to, in pages, none cut off."""
    options = dict(query)
    types = {t for t in options.get("_type", "").split(",") if t}
    try:
        window = _window(gate, options)
    except UsageError as e:
        return hand_over(gate, asked, Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    with gate.store.read() as tx:
        person = person_of(tx, id)
        view = _view(gate, views, tx, asked, person, window) if person else None
        if view is None or not view.decision.permit:
            return _nothing(gate, asked, view, "Patient")
        reference, _ = _class_of(tx, view, "Patient", id)
    if not reference:
        return hand_over(gate, asked, refusal(404, "not-found", "There is no such Patient."), [view], "empty")
    chosen = [r for r in view.record["resources"] if not types or r["resourceType"] in types]
    page = [view.versioned(r) for r in chosen[window.offset:window.offset + window.count]]
    body = _bundle(gate, f"Patient/{id}/$everything", query, page, len(chosen), window.pinned([view]))
    return hand_over(gate, asked, Answer(200, body, JSON), [view])


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a result that one page shows. `change` pins the facts, never the decision: a revocation bites."""

    count: int
    offset: int = 0
    change: int = 0

    def pinned(self, views: Sequence[View]) -> "Window":
        """The first page pins what these views hold."""
        return self if self.change else replace(self, change=max((v.change for v in views), default=0))


def _view(gate: Gate, views: Views, tx: Transaction, asked: Asked, person: str, window: Window) -> View:
    if window.offset and change_of(tx, people.members(tx, person)) > window.change:
        return build(gate, tx, visible(tx, asked.request, person, gate.tables.versions, upto=window.change))
    return views.get(tx, asked.request, person)


def _window(gate: Gate, options: Mapping[str, str]) -> Window:
    """Page size and place; a page token is signed, so that nobody walks beyond what they were given."""
    try:
        count = max(0, min(int(options.get("_count", PAGE)), MOST))
    except ValueError as e:
        raise UsageError(error("search-value", "_count is not a number.", "_count")) from e
    if "_page" not in options:
        return Window(count)
    place = _opened_token(gate, options["_page"])
    if place is None:
        raise UsageError(error("search-value", "The page token is not one of ours.", "_page", "Search again."))
    return Window(count, *place)


def _token(gate: Gate, offset: int, change: int) -> str:
    plain = f"{offset}.{change}".encode()
    mac = hmac.digest(gate.home.secret("session"), b"page" + plain, hashlib.sha256)[:9]
    return base64.urlsafe_b64encode(mac + plain).decode().rstrip("=")


def _opened_token(gate: Gate, token: str) -> tuple[int, int] | None:
    try:
        offset, change = map(int, base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[9:].split(b"."))
    except ValueError:
        return None
    return (offset, change) if hmac.compare_digest(_token(gate, offset, change), token.rstrip("=")) else None


def _bundle(gate: Gate, path: str, query: Sequence[tuple[str, str]], resources: Sequence[dict[str, Any]], total: int,
            window: Window) -> bytes:
    """A searchset without a time stamp: the same view and request give the same bytes."""
    base = f"{gate.home.base_url}/fhir/{path}"
    links = [{"relation": "self", "url": f"{base}?{urlencode(list(query))}" if query else base}]
    after = window.offset + window.count
    if after < total and window.count:
        following = [*((k, v) for k, v in query if k != "_page"), ("_page", _token(gate, after, window.change))]
        links.append({"relation": "next", "url": f"{base}?{urlencode(following)}"})
    entries = [{"fullUrl": f"{gate.home.base_url}/fhir/{r['resourceType']}/{r['id']}", "resource": r,
                "search": {"mode": "match"}} for r in resources]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    return dumps({**bundle, "entry": entries} if entries else bundle).encode()


def history(gate: Gate, views: Views, asked: Asked, type: str, id: str, version: str = "") -> Answer:
    """The present version of a derived resource: older ones are facts, under /fhir/source."""
    def one(resource: dict[str, Any]) -> Answer:
        if not version:
            return Answer(200, dumps(_history(gate, resource)).encode(), JSON)
        if resource["meta"]["versionId"] == version:
            return _whole(resource)
        return refusal(404, "not-found", "This version is not the present one.", "Older ones are facts: /fhir/source")

    return read(gate, views, asked, type, id, one)


def _history(gate: Gate, resource: Mapping[str, Any]) -> dict[str, Any]:
    reference = f"{resource['resourceType']}/{resource['id']}"
    entry = {"fullUrl": f"{gate.home.base_url}/fhir/{reference}", "resource": resource,
             "request": {"method": "PUT", "url": reference},
             "response": {"status": "200", "etag": f'W/"{resource["meta"]["versionId"]}"'}}
    return {"resourceType": "Bundle", "type": "history", "total": 1, "entry": [entry]}


def provenance(gate: Gate, views: Views, asked: Asked, type: str, id: str) -> Answer:
    """GET /fhir/{Type}/{id}/$provenance: which facts of which sources stand behind each element."""
    with gate.store.read() as tx:
        person = person_of(tx, id)
        view = views.get(tx, asked.request, person) if person else None
        if view is None or not view.decision.permit:
            return _nothing(gate, asked, view, type)
        reference, _ = _class_of(tx, view, type, id)
    if not reference:
        return hand_over(gate, asked, refusal(404, "not-found", f"There is no such {type}."), [view], "empty")
    ids = sorted({f for facts_ in view.record["provenance"].get(reference, {}).values() for f in facts_})
    known = [view.facts[i] for i in ids]
    resource = {
        "resourceType": "Provenance", "target": [{"reference": reference}],
        "recorded": view.updated.get(reference, "1970-01-01T00:00:00Z"),
        "activity": _coded("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "DERIVE"),
        "agent": [{"type": _coded("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "assembler"),
                   "who": {"display": "throughline"}}],
        "entity": [{"role": "source", "what": {"reference": source_reference(f)}} for f in known]}
    return hand_over(gate, asked, Answer(200, dumps(resource).encode(), JSON), [view])


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def source_reference(fact: Mapping[str, Any]) -> str:
    """Where the fact itself is served, at its version."""
    version = loads(str(fact["version"]))
    return f"source/{fact['source']}/{fact['type']}/{fact['key']}/_history/{version}"


def refuse(gate: Gate, asked: Asked, status: int, e: NotAllowed | UsageError) -> Answer:
    """A request that was turned away at the door is logged as well."""
    return hand_over(gate, asked, Answer(status, dumps(outcome(e.issues)).encode(), JSON), (), "refused")


def member_refs(view: View) -> list[Ref]:
    """The source patients of a view."""
    return [Ref(*m) for m in view.members]
