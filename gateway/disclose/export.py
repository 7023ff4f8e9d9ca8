"""Bulk export (Bulk Data Access 2/3) as a reader meets it: asked for, asked after, fetched in pages of NDJSON, ended.

An export is its reader's own: same user, organisation, purpose and scopes; to anybody else it is not there.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from gateway.disclose.answers import refusal
from gateway.disclose.exporting import DELETED, ERROR, NDJSON, Tick, run
from gateway.disclose.since import instant_of
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.visible import decision_for
from gateway.errors import NotAllowed, Retry, UsageError, error
from gateway.fhir.elements import ELEMENTS
from gateway.jsontext import canonical, dumps
from gateway.opened import Gate
from gateway.policy.decide import decide
from gateway.store import exports, jobs, people
from gateway.store.engine import Transaction, instant

AT_ONCE = 3
DAY = timedelta(days=1)
Write = Callable[[str, bytes], None]
FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson")


@dataclass(frozen=True)
class Wanted:
    """What is asked for. types: none is all; since: an instant, or ""; notes: parameters that were passed over."""

    types: tuple[str, ...] = ()
    since: str = ""
    notes: tuple[str, ...] = ()


def wanted(query: Iterable[tuple[str, str]], lenient: bool = False) -> Wanted:
    """The parameters of a kick-off. Raises UsageError for what is not known, unless the client is lenient."""
    types: list[str] = []
    since, notes = "", []
    for name, value in query:
        if name == "_type":
            types += [t for t in value.split(",") if t]
        elif name == "_since":
            since = instant_of(value)
        elif name == "_outputFormat":
            if value not in FORMATS:
                raise UsageError(error("search-value", "Exports are NDJSON.", name, f"Formats: {', '.join(FORMATS)}."))
        elif lenient:
            notes.append(name[:64])
        elif name != "_format":
            raise UsageError(error("search-parameter", f"Exports know no parameter {name[:64]!r}.", name[:64],
                                   "Known: _type, _since, _outputFormat."))
    if unknown := [t for t in types if t not in ELEMENTS.resources]:
        raise UsageError(error("search-value", f"There is no resource type {unknown[0][:64]!r}.", "_type"))
    return Wanted(tuple(sorted(set(types))), since, tuple(notes))


def start(gate: Gate, asked: Asked, wants: Wanted, id: str) -> Answer:
    """202 with the place where the export is asked after; 403 and 429 when it may not be made, or not now."""
    if problem := _obstacle(asked):
        return hand_over(gate, asked, refusal(403, "forbidden", problem), (), "refused")
    with gate.store.write(gate.now()) as tx:
        exports.end_all(tx, "its hour was over", tx.at)
        if exports.alive(tx, reader_of(tx, asked)) >= AT_ONCE:
            answer = refusal(429, "throttled", f"{AT_ONCE} exports of this reader wait or run.",
                             "Wait, or end one.")
            answer = replace(answer, headers={**answer.headers, "Retry-After": "10"})
        else:
            exports.add(tx, id, reader_of(tx, asked), _wish(asked, wants))
            jobs.enqueue(tx, "export", id, id)
            answer = Answer(202, b"", {"Content-Location": f"{gate.home.base_url}/fhir/$export/{id}"})
    gate.wake.set()
    return hand_over(gate, asked, answer, (), "refused" if answer.status == 429 else "done")


def _obstacle(asked: Asked) -> str:
    if asked.request.patient:
        return "A token that is bound to a patient cannot export."
    decision = decide(asked.request)
    return "" if decision.permit else f"Not permitted: {'; '.join(decision.rules)}."


def _wish(asked: Asked, wants: Wanted) -> dict[str, Any]:
    return {"request": asked.text, "token": asked.token, "reader": _rights(asked), "wanted": asdict(wants)}


def _rights(asked: Asked) -> dict[str, Any]:
    return {k: v for k, v in asdict(asked.request).items() if k != "time" and v not in ("", (), False)}


def reader_of(tx: Transaction, asked: Asked) -> str:
    """Opaque name of who asks with which rights: what one was given says nothing of another."""
    return tx.vault.name("export", canonical(_rights(asked)))


def _here(gate: Gate, tx: Transaction, asked: Asked, id: str) -> exports.Export | None:
    """An export of this reader that can be asked after."""
    found = exports.find(tx, id)
    if found is None or found.reader != reader_of(tx, asked) or found.state == "gone":
        return None
    over = found.state == "done" and (found.until < instant(gate.now()) or _narrowed(tx, asked, found.change))
    return None if over else found


def _narrowed(tx: Transaction, asked: Asked, change: int) -> bool:
    """Does a consent that came or ended since decide otherwise than what was made went by? A revocation bites."""
    for person in sorted(set(people.persons_of(tx, exports.consented(tx, change)).values()) - {""}):
        members = people.members(tx, person)
        if (decision_for(tx, asked.request, person, members).name
                != decision_for(tx, asked.request, person, members, change).name):
            return True
    return False


def _absent(gate: Gate, asked: Asked, what: str = "export") -> Answer:
    """One text for whatever ended it: why an export is gone may tell what was hidden, or of whom."""
    hint = "An export lives an hour, and ends before when something in it may no longer be shown. Export again."
    return hand_over(gate, asked, refusal(404, "not-found", f"There is no such {what}.", hint), (), "empty")


def status(gate: Gate, asked: Asked, id: str) -> Answer:
    """202 while it is made, with progress; 200 with the manifest when it is whole; 404 when it is not there (any more);
    500 when it could not be made.
    """
    with gate.store.read() as tx:
        found = _here(gate, tx, asked, id)
        pages = exports.pages(tx, id) if found and found.state == "done" else []
        given_up = jobs.dead(tx, "export", id)
    if found is None:
        return _absent(gate, asked)
    if given_up:
        failed = refusal(500, "export-failed", "This export could not be made, again and again.",
                         "End it; ask whoever runs the gateway.")
        return hand_over(gate, asked, failed, (), "refused")
    if found.state != "done":
        answer = Answer(202, b"", {"X-Progress": found.said or "waiting", "Retry-After": "2"})
    else:
        headers = {"Content-Type": "application/json",
                   "Expires": format_datetime(datetime.fromisoformat(found.until), usegmt=True)}
        answer = Answer(200, dumps(_manifest(gate, found, pages)).encode(), headers)
    return hand_over(gate, asked, answer)


def _manifest(gate: Gate, found: exports.Export, pages: Iterable[exports.Page]) -> dict[str, Any]:
    base, request = f"{gate.home.base_url}/fhir/$export/{found.id}", found.asked["request"].partition(" ")[2]
    told: dict[str, list[dict[str, Any]]] = {"output": [], "deleted": [], "error": []}
    for p in pages:
        kind = {DELETED: ("deleted", "Bundle"), ERROR: ("error", "OperationOutcome")}.get(p.type, ("output", p.type))
        told[kind[0]].append({"type": kind[1], "url": f"{base}/{_name(p)}", "count": p.lines})
    return {"transactionTime": found.time, "request": f"{gate.home.base_url}{request}", "requiresAccessToken": True,
            **told}


def _name(page: exports.Page) -> str:
    return f"{page.type}.{page.number}.ndjson"


def fetch(gate: Gate, asked: Asked, id: str, name: str) -> Answer:
    """One page of an export that is whole. The records in it were logged when it was made."""
    type, _, number = name.removesuffix(".ndjson").partition(".")
    with gate.store.read() as tx:
        found = _here(gate, tx, asked, id)
        whole = found and found.state == "done" and number.isascii() and number.isdigit() and len(number) < 10
        body = exports.body(tx, found, type, int(number)) if found and whole else None
    if body is None:
        return _absent(gate, asked, "file")
    return hand_over(gate, asked, Answer(200, body, NDJSON))


def end(gate: Gate, asked: Asked, id: str) -> Answer:
    """202: the export is ended, and its pages are gone."""
    with gate.store.write(gate.now(), ordered=False) as tx:
        found = _here(gate, tx, asked, id)
        if found:
            exports.end(tx, id, "its reader ended it")
    return hand_over(gate, asked, Answer(202, b"")) if found else _absent(gate, asked)


def whole(gate: Gate, asked: Asked, wants: Wanted, id: str, write: Write, tick: Tick) -> dict[str, Any]:
    """Make an export now and hand each page to `write`. Returns the manifest, its URLs the names of the pages.

    Raises NotAllowed when this reader may not export, Retry when somebody was erased meanwhile.
    """
    if problem := _obstacle(asked):
        hand_over(gate, asked, Answer(403, b""), (), "refused")
        raise NotAllowed(error("forbidden", problem))
    with gate.store.write(gate.now(), ordered=False) as tx:
        exports.end_all(tx, "its hour was over", tx.at)
        exports.add(tx, id, reader_of(tx, asked), _wish(asked, wants), exports.later(tx, DAY))
    run(gate, id, tick)
    with gate.store.read() as tx:
        found = _here(gate, tx, asked, id)
        if found is None or found.state != "done":
            raise Retry(error("export-ended", "Somebody was erased, or what may be shown changed, while this was made; "
                              "nothing was written.", "", "Export again."))
        for page in exports.pages(tx, id):
            write(_name(page), exports.body(tx, found, page.type, page.number) or b"")
        told = _manifest(gate, found, exports.pages(tx, id))
    with gate.store.write(gate.now(), ordered=False) as tx:
        exports.end(tx, id, "it was written to files")
    base = f"{gate.home.base_url}/fhir/$export/{id}/"
    files = {k: [{**p, "url": p["url"].removeprefix(base)} for p in told[k]] for k in ("output", "deleted", "error")}
    return {"transactionTime": told["transactionTime"], **files}


def waiting(gate: Gate) -> int:
    """How many people an export looks at."""
    with gate.store.read() as tx:
        return people.count(tx)
