"""`gateway merge` and `gateway view`: one person's facts in, a record out."""

from collections.abc import Set
from functools import cache
from typing import Any

from gateway.ids import digest
from gateway.merge import hidden_copies, merge, read_lines
from gateway.model import Assertion, Fact
from gateway.policy.cells import cell_of
from gateway.policy.decide import decide
from gateway.policy.request import from_json
from gateway.pure.lines import document
from gateway.shipped import below, shipped
from gateway.terminology.tables import Tables, load


@cache
def tables() -> Tables:
    """The terminology tables that ship with the package."""
    return load(below(shipped(), "conceptmaps", "terminology"))


def merge_lines(name: str, data: bytes) -> dict[str, Any]:
    """`gateway merge`: the record of one person. Raises UsageError naming every line that is not readable."""
    facts, assertions = read_lines(name, data)
    return merge(facts, assertions, tables()).json()


def view_lines(name: str, data: bytes, request_name: str, request_data: bytes) -> dict[str, Any]:
    """`gateway view`: the decision on a request, and the record of what it leaves visible."""
    facts, assertions = read_lines(name, data)
    request = from_json(document(request_name, request_data), request_name)
    unique = {f.id: f for f in facts}
    consents = [(f.source, f.resource) for _, f in sorted(unique.items()) if f.type == "Consent"]
    decision = decide(request, request.patient, consents)
    denied = {f.id for f in unique.values() if not decision.shows(cell_of(f), f"{f.source}/{f.reference}")}
    denied |= hidden_copies(facts, assertions, denied) if denied else set()
    visible = [f for f in unique.values() if f.id not in denied]
    shown = _heard(assertions, visible, unique.keys() - {f.id for f in visible})
    record = merge(visible, shown, tables()).json()
    return {"schema": "gateway.view/1", "decision": "permit" if decision.permit else "deny",
            "rules": list(decision.rules), "obligations": list(decision.obligations),
            "visible": sorted(f.id for f in visible), "digest": view_digest(visible, shown, record["tables"]),
            "record": record}


def _heard(assertions: list[Assertion], visible: list[Fact], hidden: Set[str]) -> list[Assertion]:
    """What the merge may hear: nothing that a hidden source said, no ruling about a hidden fact, no undo of these."""
    sources = {f.source for f in visible}
    silent = {a.id for a in assertions if a.body.get("source", "") not in sources | {""}
              or hidden & set(a.body.get("facts", ()))}
    undone: dict[Any, list[str]] = {}
    for a in assertions:
        if a.kind == "undo":
            undone.setdefault(a.body["of"], []).append(a.id)
    waiting = list(silent)
    while waiting:
        more = set(undone.pop(waiting.pop(), ())) - silent
        silent |= more
        waiting += more
    return [a for a in assertions if a.id not in silent]


def view_digest(facts: list[Fact], assertions: list[Assertion], versions: Any) -> str:
    """Names a view: the visible facts and assertions and the versions of the tables."""
    return digest([sorted({f.id for f in facts}), sorted({a.id for a in assertions}), versions])
