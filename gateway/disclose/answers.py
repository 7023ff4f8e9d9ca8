"""FHIR answers about merged records: read, search, everything. Facts are filtered before merge, count and paging."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from itertools import islice
from typing import Any

from gateway.disclose import domains, paging, shaping, since
from gateway.disclose import provenance as origins
from gateway.disclose.allowed import narrowed, turned_away
from gateway.disclose.transfer import Answer, Asked, Made, hand_over, logged
from gateway.disclose.view import View, Views, build
from gateway.disclose.visible import change_of, few, person_of, visible, whose
from gateway.errors import Issue, NotAllowed, NotBuilt, Severity, UsageError, error
from gateway.fhir import care
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.outcome import outcome
from gateway.fhir.search import MOST_FAULTS, Criterion, criteria, lookup, matches, unsupported
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.store import changes, people, search
from gateway.store.engine import Transaction

RESULT_PARAMETERS = ("_count", "_format", "_page", "_total", "_pretty")
EVERYTHING = {"_count", "_format", "_page", "_pretty", "_provenance", "_since", "_type", "end", "start"}
JSON = {"Content-Type": "application/fhir+json; charset=utf-8"}


def refusal(status: int, code: str, message: str, hint: str = "", severity: Severity = Severity.error) -> Answer:
    """An OperationOutcome as an answer."""
    return Answer(status, dumps(outcome([Issue(code, severity, message, "", hint)])).encode(), JSON)


def _whole(resource: dict[str, Any]) -> Answer:
    meta = resource["meta"]
    changed = {"Last-Modified": format_datetime(datetime.fromisoformat(meta["lastUpdated"]), usegmt=True)} \
        if "lastUpdated" in meta else {}
    return Answer(200, dumps(resource).encode(), {**JSON, "ETag": f'W/"{meta["versionId"]}"', **changed})


@logged
def read(gate: Gate, views: Views, asked: Asked, type: str, id: str, query: Sequence[tuple[str, str]] = (),
         render: Callable[[dict[str, Any]], Answer] = _whole, parts: bool = True) -> Made:
    """One merged resource by the id of its class, or of any other member of it (an alias). parts: it may be shown in
    parts."""
    try:
        shape = shaping.alone(type, query, parts)
    except UsageError as e:
        return Made(Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    with gate.store.read() as tx:
        found = _led(gate, views, tx, asked, type, id)
    if isinstance(found, Made):
        return found
    view, reference, via = found
    if via and type != "Patient":
        answer = refusal(410, "deleted", f"This {type} is part of another one now.", f"Read {reference}.")
        link = {"Link": f"<{gate.home.base_url}/fhir/{reference}>; rel=successor-version"}
        return Made(Answer(410, answer.body, {**answer.headers, **link}), [view])
    resource = _replaced(view, id) if via else view.resource(reference)
    assert resource is not None
    return Made(render(shape.part(resource)), [view])


def _led(gate: Gate, views: Views, tx: Transaction, asked: Asked, type: str, id: str) -> tuple[View, str, bool] | Made:
    """The view in which an id is something, its reference there, and whether the id is an alias of it; else the answer
    that it is nothing, or that it is something of several persons: whose is meant, nobody guesses."""
    views_ = [views.get(tx, asked.request, p) for p in whose(tx, id)]
    seen = [v for v in views_ if v.decision.permit]
    if not seen or turned_away(asked.request, type):
        return _nothing(asked, next(iter(seen or views_), None), type)
    found = [(v, *named) for v in seen if (named := _class_of(v, type, id))[0]]
    if not found:
        return Made(refusal(404, "not-found", f"There is no such {type}."), seen, "empty")
    if len(found) > 1:
        return Made(refusal(409, "id-of-several", f"One source gave this number to something of {len(found)} patients.",
                            f"Search {type} with `patient`."), seen, "refused")
    return found[0]


def _nothing(asked: Asked, view: View | None, type: str) -> Made:
    """Who may not ask at all is told so, whoever it was about. One who is not there and one who may not be seen look
    the same; the log knows the difference.
    """
    about = [view] if view else []
    if why := turned_away(asked.request, type):
        return Made(refusal(403, "forbidden", why), about, "refused")
    return Made(refusal(404, "not-found", f"There is no such {type}."), about, "refused" if about else "empty")


def _class_of(view: View, type: str, id: str) -> tuple[str, bool]:
    """Reference of the visible class that an id leads to ("" when none), and whether the id is only an alias of it."""
    if any(r["resourceType"] == type and r["id"] == id for r in view.record["resources"]):
        return f"{type}/{id}", False
    if type == "Patient":
        return (f"Patient/{view.patient}", True) if view.patient and view.names(id, type) else ("", False)
    for fact, known in view.facts.items():
        state = view.record["ledger"].get(fact, {})
        if (known["merged"], known["type"], state.get("state")) == (id, type, "represented"):
            by = str(state["by"])
            return by if "/" in by else f"{type}/{by}", True
    return "", False


def _replaced(view: View, id: str) -> dict[str, Any]:
    """An id that stopped being the person's: inactive, replaced by the one that is (ID-05)."""
    return view.versioned({"resourceType": "Patient", "id": id, "active": False,
                           "link": [{"other": {"reference": f"Patient/{view.patient}"}, "type": "replaced-by"}]})


def find(gate: Gate, views: Views, asked: Asked, type: str, query: Sequence[tuple[str, str]]) -> Answer:
    """Search merged resources. A request names patients or one indexed criterion that few people meet, else it is 400
    `too-costly`.

    Of whom a search for people finds, the Patient alone is opened, unless it asks for more to go along.
    """
    alone = type == "Patient" and not {"_include", "_revinclude"} & dict(query).keys()
    may = alone and not turned_away(asked.request, "Patient") and not turned_away(asked.request, "Patient", "s")
    return _find(gate, views, narrowed(asked) if may else asked, type, query)


@logged
def _find(gate: Gate, views: Views, asked: Asked, type: str, query: Sequence[tuple[str, str]]) -> Made:
    if why := turned_away(asked.request, type, "s"):
        return Made(refusal(403, "forbidden", why), (), "refused")
    left_out = _left_out(type, query) if asked.lenient else {}
    query = [(k, v) for k, v in query if k not in left_out]
    options = {k: v for k, v in query if k in RESULT_PARAMETERS}
    try:
        wanted = criteria(type, [(k, v) for k, v in query if k not in (*RESULT_PARAMETERS, *shaping.NAMES)])
        window, shape = paging.window(gate, options), shaping.shape(type, query)
        paging.total(options)
    except UsageError as e:
        return Made(Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    asks = domains.wanted(type, wanted)
    with gate.store.read() as tx:
        if unknown := sorted(d for d in asks if not domains.known(gate, views, tx, asked.request, d)):
            answer = refusal(404, "not-found", "targetSystem not found", unknown[0][:80], Severity.warning)
            return Made(answer, (), "empty")
        persons = _candidates(tx, type, wanted, asked)
        if persons is None:
            answer = refusal(400, "too-costly", "Name a patient, or one criterion with an exact or initial value.")
            return Made(answer, (), "refused")
        seen = [v for p in few(persons) if (v := _view(gate, views, tx, asked, p, window)).decision.permit]
    hits = [(v, r) for v in seen for mine in [_named(gate, v, wanted)] for r in v.record["resources"]
            if r["resourceType"] == type and matches(r, mine) and shape.fits(v, r)]
    hits, window = shape.ordered(hits), replace(window, count=0) if shape.count else window
    page = hits[window.offset:window.offset + window.count]
    about = list({v.person: v for v, _ in page or hits}.values())       # their number alone tells of them, too
    shown = [v.versioned(r) for v, r in page]
    shown = [shape.part(domains.narrowed(r, asks) if asks else r) for r in shown]
    remarks = [outcome(left_out.values())] if left_out else []
    body = paging.bundle(gate, type, query, shown, len(hits), window.pinned(seen), shape.included(page),
                         remarks=remarks)
    return Made(Answer(200, body, JSON), about, "done" if about else "empty")


def _left_out(type: str, query: Sequence[tuple[str, str]]) -> dict[str, Issue]:
    """What a lenient search passes over, each with a warning; not what is too much of it, nor a value that is wrong."""
    names = dict.fromkeys(k for k, _ in query if k not in (*RESULT_PARAMETERS, *shaping.NAMES))
    faults = dict(islice(((k, fault) for k in names if (fault := unsupported(type, k))), MOST_FAULTS + 1))
    if len(faults) > MOST_FAULTS:
        return {}
    return {k: replace(f, severity=Severity.warning, message=f"{f.message.rstrip('.')}. It was passed over.")
            for k, f in faults.items()}


def _named(gate: Gate, view: View, wanted: Sequence[Criterion]) -> list[Criterion]:
    """The criteria with a patient named as the view names it: a visible alias or our own address is the same person."""
    def here(value: str) -> str:
        type, _, id = value.removeprefix(f"{gate.home.base_url}/fhir/").rpartition("/")
        known = type in ("", "Patient") and view.names(id, "Patient")
        return f"Patient/{view.patient}" if known else f"{type}/{id}" if type else id

    return [replace(c, values=tuple(map(here, c.values))) if c.type == "reference" else c for c in wanted]


def _candidates(tx: Transaction, type: str, wanted: Iterable[Criterion], asked: Asked) -> list[str] | None:
    """Persons who can match; None when the criteria narrow nothing."""
    if asked.request.patient:
        return [p] if (p := person_of(tx, asked.request.patient)) else []
    indexed = []
    for c in wanted:
        if c.type == "reference" or (c.name == "_id" and not c.modifier):
            ids = [v.rpartition("/")[2] for v in c.values]
            return sorted({p for id in ids for p in whose(tx, id)})
        if found := lookup(c):
            indexed.append(search.Criterion(c.name, *found))
    return search.persons(tx, type, indexed) if indexed else None


@logged
def everything(gate: Gate, views: Views, asked: Asked, id: str, query: Sequence[tuple[str, str]]) -> Made:
    """Patient/$everything: all visible resources of a person and what they refer to, in pages, none cut off.

    With `_provenance=true` each page also holds the Provenance of its resources, beyond `_count` and `total`. With
    `_since` only what is new or changed since comes; what went stands in an OperationOutcome on the last page, and the
    Bundle's `lastUpdated` is what to give the next time. `start` and `end` leave what was told of care on those days.
    """
    options = dict(query)
    types = {t for k, v in query if k == "_type" for t in v.split(",") if t}
    try:
        _known(query, types)
        range = care.days(options.get("start", ""), options.get("end", ""))
        window = paging.window(gate, options)
        then = since.instant_of(options["_since"]) if "_since" in options else ""
    except UsageError as e:
        return Made(Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")

    def wanted(resource: Mapping[str, Any]) -> bool:
        return (not types or resource["resourceType"] in types) and care.during(resource, range)

    with gate.store.read() as tx:
        person = person_of(tx, id)
        view = _view(gate, views, tx, asked, person, window) if person else None
        if view is None or not view.decision.permit or turned_away(asked.request, "Patient"):
            return _nothing(asked, view, "Patient")
        reference, _ = _class_of(view, "Patient", id)
        if not reference:
            return Made(refusal(404, "not-found", "There is no such Patient."), [view], "empty")
        pinned = window.pinned([view])
        told = since.since(gate, tx, view, id, then, wanted) if then else None
        at = changes.at(tx, pinned.change) if told else ""
    chosen = told.fresh if told else list(filter(wanted, view.record["resources"]))
    page = [view.versioned(r) for r in chosen[window.offset:window.offset + window.count]]
    shown = [f"{r['resourceType']}/{r['id']}" for r in page] if options.get("_provenance") == "true" else []
    body = paging.bundle(gate, f"Patient/{id}/$everything", query, page, len(chosen), pinned, origins.of(view, shown),
                         since.told(told.gone) if told else (), at)
    return Made(Answer(200, body, JSON), [view])


def _known(query: Sequence[tuple[str, str]], types: set[str]) -> None:
    """Raises UsageError for what `$everything` does not know, or twice: what is passed over shows too much."""
    if unknown := sorted({k for k, _ in query} - EVERYTHING):
        raise UsageError(error("search-parameter", f"$everything knows no parameter {unknown[0][:64]!r}.",
                               unknown[0][:64], f"Known: {', '.join(sorted(EVERYTHING))}."))
    named = [k for k, _ in query if k in ("start", "end")]
    if len(named) != len(set(named)):
        raise UsageError(error("search-value", "A range of days has one start and one end.", named[-1],
                               "Name each once."))
    if unknown := sorted(types - ELEMENTS.resources):
        raise UsageError(error("search-value", f"There is no resource type {unknown[0][:64]!r}.", "_type"))


def _view(gate: Gate, views: Views, tx: Transaction, asked: Asked, person: str, window: paging.Window) -> View:
    if window.offset and change_of(tx, people.members(tx, person)) > window.change:
        return build(gate, tx, visible(tx, asked.request, person, gate.tables.versions, upto=window.change))
    return views.get(tx, asked.request, person)


def history(gate: Gate, views: Views, asked: Asked, type: str, id: str, version: str = "",
            query: Sequence[tuple[str, str]] = ()) -> Answer:
    """The present version of a derived resource: older ones are facts, under /fhir/source."""
    def one(resource: dict[str, Any]) -> Answer:
        if not version:
            return Answer(200, dumps(_history(gate, resource)).encode(), JSON)
        if resource["meta"]["versionId"] == version:
            return _whole(resource)
        return refusal(404, "not-found", "This version is not the present one.", "Older ones are facts: /fhir/source")

    return read(gate, views, asked, type, id, query, one, False)


def _history(gate: Gate, resource: Mapping[str, Any]) -> dict[str, Any]:
    reference = f"{resource['resourceType']}/{resource['id']}"
    entry = {"fullUrl": f"{gate.home.base_url}/fhir/{reference}", "resource": resource,
             "request": {"method": "PUT", "url": reference},
             "response": {"status": "200", "etag": f'W/"{resource["meta"]["versionId"]}"'}}
    return {"resourceType": "Bundle", "type": "history", "total": 1, "entry": [entry]}


@logged
def provenance(gate: Gate, views: Views, asked: Asked, type: str, id: str,
               query: Sequence[tuple[str, str]] = ()) -> Made:
    """GET /fhir/{Type}/{id}/$provenance: which facts of which sources stand behind each element, as a Bundle."""
    try:
        shaping.alone(type, query, parts=False)
    except UsageError as e:
        return Made(Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    with gate.store.read() as tx:
        found = _led(gate, views, tx, asked, type, id)
    if isinstance(found, Made):
        return found
    view, reference, _ = found
    made = origins.of(view, [reference])
    body = paging.bundle(gate, f"{type}/{id}/$provenance", (), made, len(made), paging.ALL)
    return Made(Answer(200, body, JSON), [view])


def refuse(gate: Gate, asked: Asked, status: int, e: NotAllowed | NotBuilt | UsageError) -> Answer:
    """A request that was turned away at the door is logged as well."""
    return hand_over(gate, asked, Answer(status, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
