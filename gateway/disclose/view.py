"""Views: the record that one decision leaves visible, built once, named by its digest, fetched by it."""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from gateway.disclose.visible import Visible, change_of, left, visible, visible_of
from gateway.ids import version_id
from gateway.jsontext import canonical, loads
from gateway.merge import merge
from gateway.opened import Gate
from gateway.policy.decide import Decision
from gateway.policy.request import Request
from gateway.store import alarms, changes, people
from gateway.store.engine import Transaction

LOG = logging.getLogger("gateway")
MOST, LEAST = 50_000, 100            # facts merged one version by one in search of the last good, and counted for each


@dataclass(frozen=True)
class View:
    """One person's record for one decision.

    change   the home's newest change at which it is known to hold: it tells nothing of what changed for whom
    record   the output of `gateway merge` over the visible facts, without `schema` member changes
    facts    fact id → {source, type, key, version, asserted, received, merged, change}
    updated  "Type/id" → FHIR instant at which it last changed for this reader
    """

    person: str
    decision: Decision
    digest: str
    change: int
    members: tuple[tuple[str, str], ...]
    record: Mapping[str, Any]
    facts: Mapping[str, Mapping[str, Any]]
    updated: Mapping[str, str]

    def resource(self, reference: str) -> dict[str, Any] | None:
        """A merged resource with its derived version (contract: "A derived resource's versions")."""
        found = next((r for r in self.record["resources"] if f"{r['resourceType']}/{r['id']}" == reference), None)
        return None if found is None else self.versioned(found)

    def versioned(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        reference = f"{resource['resourceType']}/{resource['id']}"
        meta = {**resource.get("meta", {}), "versionId": version_id(resource)}
        if reference in self.updated:
            meta["lastUpdated"] = self.updated[reference]
        return {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta,
                **{k: v for k, v in resource.items() if k not in ("resourceType", "id", "meta")}}

    @property
    def patient(self) -> str:
        """Id of the merged Patient that this reader sees, "" when none is visible."""
        return next((r["id"] for r in self.record["resources"] if r["resourceType"] == "Patient"), "")

    @property
    def source_of(self) -> dict[str, str]:
        return {id: f["source"] for id, f in self.facts.items()}

    @property
    def sources(self) -> set[str]:
        """Names of the sources of which this reader sees something."""
        return set(self.source_of.values())

    def names(self, id: str, type: str = "") -> bool:
        """Is this the merged id of a fact (of a type) that this reader sees? Ids of hidden ones lead nowhere."""
        return any(f["merged"] == id and f["type"] == (type or f["type"]) for f in self.facts.values())


def build(gate: Gate, tx: Transaction, seen: Visible) -> View:
    """Merge what is visible.

    A record that breaks an invariant is not shown: the last good one is, with the issue that says so, and an alarm.
    """
    made = _made(gate, tx, seen)
    broken = _broken(made)
    if not broken:
        return made
    LOG.critical("invariant-broken: the record of person %s (view %s) contradicts itself: %s", seen.person, seen.digest,
                 "; ".join(sorted(i["detail"] for i in broken)))
    good = _last_good(gate, tx, seen)
    if good is None:
        return made
    told = [{k: v for k, v in i.items() if k != "implicated"} for i in broken]
    return replace(good, change=seen.change, record={**good.record, "issues": [*good.record["issues"], *told]})


def _last_good(gate: Gate, tx: Transaction, seen: Visible) -> View | None:
    """The newest version that is whole, None where none is found.

    One by one back while no more than MOST facts were merged (LEAST for a version, however small): so the last good
    version is found wherever it lies in there. Behind that in ever wider steps to one that is whole, then by halves: a
    record that broke once, longer ago, costs a few dozen merges more; one that was whole only now and then, and all of
    that longer ago, may stay unfound.
    """
    past, merged = [n for n in changes.of(tx, seen.members) if n <= seen.change], 0

    def at(place: int) -> View | None:
        nonlocal merged
        older = left(tx, seen.decision, seen.person, seen.members, gate.tables.versions, past[place])
        merged += max(len(older.rows), LEAST)
        made = _made(gate, tx, older) if older.rows else None
        return made if made and not _broken(made) else None

    broken, back, good = len(past) - 1, 1, None
    while broken > 0 and merged < MOST:
        if good := at(broken - 1):
            return good
        broken -= 1
    while broken > 0 and good is None:
        place = max(broken - back, 0)
        good = at(place)
        broken, back = (broken, back * 2) if good else (place, back * 2)
    while good and broken - place > 1:
        middle = (place + broken) // 2
        better = at(middle)
        good, place, broken = (better, middle, broken) if better else (good, place, middle)
    return good


def note(gate: Gate, tx: Transaction, view: View, now: bool = True) -> None:
    """Raise the alarm about a record that is held, or end it where a view that leaves nothing out is whole.

    now: it is the view of the present; that of the past ends no alarm
    """
    broken, whole = bool(_broken(view)), now and not view.decision.denied and view.decision.scope.types is None
    if broken or (whole and alarms.raised(tx, view.person)):
        with gate.store.write(gate.now(), ordered=False) as writing:
            (alarms.sound if broken else alarms.clear)(writing, view.person)


def _broken(view: View) -> list[Mapping[str, Any]]:
    return [i for i in view.record["issues"] if _is_broken(i)]


def _is_broken(issue: Mapping[str, Any]) -> bool:
    return bool(issue["code"]["coding"][0]["code"] == alarms.INVARIANT)


def _made(gate: Gate, tx: Transaction, seen: Visible) -> View:
    record = merge(seen.facts, seen.assertions, gate.tables, gate.store.id_key).json()
    known = _known(seen)
    if not seen.decision.scope.allows("Patient"):
        record = _unnamed(record, known)
    parts = loads(canonical({"record": record, "facts": known, "updated": _updated(tx, record, known)}))
    return View(seen.person, seen.decision, seen.digest, seen.change, _names(seen), parts["record"], parts["facts"],
                parts["updated"])


def _unnamed(record: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A record for a reader whose scopes leave the Patient out: its id stays where others refer to it, nothing else."""
    kept = {part: {k: v for k, v in record[part].items() if not k.startswith("Patient/")}
            for part in ("provenance", "alternatives")}
    return {**record, **kept, "ledger": {k: v for k, v in record["ledger"].items() if k in known},
            "resources": [r for r in record["resources"] if r["resourceType"] != "Patient"],
            "issues": [_anonymous(i) for i in record["issues"] if _is_broken(i) or not _names_patient(i)]}


def _names_patient(issue: Mapping[str, Any]) -> bool:
    return any(r["reference"].startswith("Patient/") for r in issue.get("implicated", ()))


def _anonymous(issue: Mapping[str, Any]) -> Mapping[str, Any]:
    """An issue as it is, but for the evidence where that names the Patient."""
    return {k: v for k, v in issue.items() if k != "implicated"} if _names_patient(issue) else issue


def _known(seen: Visible) -> dict[str, dict[str, Any]]:
    """Each fact as it was said last, with the newest change of all the times that it was said."""
    rows = [r for r in seen.rows if r.type != "Patient" or seen.decision.scope.allows("Patient")]
    changed: dict[str, int] = {}
    for r in rows:
        changed[r.id] = max(changed.get(r.id, 0), r.change)
    return {r.id: {"source": r.source, "type": r.type, "key": r.key, "version": r.version, "asserted": r.asserted,
                   "received": r.received, "merged": r.merged, "change": changed[r.id], "via": r.via}
            for r in sorted(rows, key=lambda r: (r.asserted, r.received))}


def _updated(tx: Transaction, record: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The newest commit among the facts behind each resource."""
    newest: dict[str, int] = {}
    for reference, elements in record["provenance"].items():
        newest[reference] = max((known[f]["change"] for ids in elements.values() for f in ids if f in known), default=0)
    times = {n: changes.at(tx, n) for n in set(newest.values()) if n}
    return {reference: _instant(times[n]) for reference, n in newest.items() if n}


def _instant(at: str) -> str:
    return f"{at[:23]}Z" if len(at) > 23 else at


class Views:
    """What this process has at hand, valid while nothing newer can touch it: views, and answers made of them."""

    def __init__(self, gate: Gate, size: int = 512) -> None:
        self._gate = gate
        self._views, self._answers = _Recent(size), _Recent(size)
        self._turn, self._making = Lock(), dict[Any, list[Any]]()

    def get(self, tx: Transaction, request: Request, person: str) -> View:
        """The view of a person for a request. Decisions are made anew each minute: consents and rules have periods."""
        name = (person, minute(request))
        last = changes.last(tx)
        hit = self._views.get(name)
        if hit and hit.change == last:
            return hit
        if hit and _stands(tx, hit):
            return self._views.put(name, replace(hit, change=last))
        return self._of(tx, name, visible(tx, request, person, self._gate.tables.versions))

    def seen(self, tx: Transaction, request: Request, persons: Sequence[str]) -> Iterator[Visible]:
        """What of each of these people is visible to a request, nothing made of it."""
        return visible_of(tx, request, persons, self._gate.tables.versions)

    def of(self, tx: Transaction, request: Request, seen: Visible) -> View:
        """The view of what was seen in this transaction, for the same request."""
        return self._of(tx, (seen.person, minute(request)), seen)

    def _of(self, tx: Transaction, name: Any, seen: Visible) -> View:
        hit = self._views.get(name)
        if hit and _same(hit, seen):
            return self._views.put(name, _moved(hit, seen))
        made = build(self._gate, tx, seen)
        note(self._gate, tx, made)
        return self._views.put(name, made)

    def recall(self, asked: Any) -> Any:
        """An answer to the same request by the same reader, made while the store was as it is now; else None."""
        hit = self._answers.get(asked.name)
        return hit[1] if hit and hit[0] == self._gate.pulse() else None

    @contextmanager
    def alone(self, asked: Any) -> Iterator[None]:
        """One at a time for each request: what the first makes, those who waited find, instead of making it too."""
        name = asked.name
        with self._turn:
            mine = self._making.setdefault(name, [Lock(), 0])
            mine[1] += 1
        try:
            with mine[0]:
                yield
        finally:
            with self._turn:
                mine[1] -= 1
                if not mine[1]:
                    del self._making[name]

    def remember(self, asked: Any, made: Any, change: int) -> None:
        """Keep an answer that was begun when `change` was the newest change."""
        self._answers.put(asked.name, (change, made))


def _stands(tx: Transaction, view: View) -> bool:
    """Are its members who they were, and did nothing touch them since the view was last known to hold?"""
    members = people.members(tx, view.person)
    return tuple((m.source, m.key) for m in members) == view.members and change_of(tx, members) <= view.change


def _same(view: View, seen: Visible) -> bool:
    """Is what is visible now what the view was made of, to the times at which it came?"""
    return view.digest == seen.digest and view.facts == _known(seen)


def _moved(view: View, seen: Visible) -> View:
    return replace(view, decision=seen.decision, change=seen.change, members=_names(seen))


def _names(seen: Visible) -> tuple[tuple[str, str], ...]:
    return tuple((m.source, m.key) for m in seen.members)


def minute(request: Request) -> Request:
    """The request to the minute: what caches compare."""
    return replace(request, time=request.time[:16])


class _Recent:
    """The most recently used values by name."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, Lock()
        self._kept: OrderedDict[Any, Any] = OrderedDict()

    def get(self, name: Any) -> Any:
        with self._lock:
            return self._kept.get(name)

    def put(self, name: Any, value: Any) -> Any:
        with self._lock:
            self._kept[name] = value
            self._kept.move_to_end(name)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value
