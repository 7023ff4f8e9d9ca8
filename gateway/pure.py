"""The commands that need no home: files in, values out. Tables are the shipped ones."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from gateway.errors import UsageError, error
from gateway.identity import MODEL
from gateway.identity import cluster as cluster_records
from gateway.identity import compare as compare_pair
from gateway.ids import digest
from gateway.jsontext import BadJson, loads
from gateway.merge import merge, read_lines
from gateway.model import Assertion, Fact
from gateway.policy.cells import cell_of
from gateway.policy.decide import decide
from gateway.policy.request import from_json
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
    request = from_json(_json(request_name, request_data), request_name)
    unique = {f.id: f for f in facts}
    consents = [(f.source, f.resource) for _, f in sorted(unique.items()) if f.type == "Consent"]
    decision = decide(request, request.patient, consents)
    visible = [f for f in unique.values() if decision.shows(cell_of(f), f"{f.source}/{f.reference}")]
    shown = _of_visible_sources(assertions, visible)
    record = merge(visible, shown, tables()).json()
    return {"schema": "gateway.view/1", "decision": "permit" if decision.permit else "deny",
            "rules": list(decision.rules), "obligations": list(decision.obligations),
            "visible": sorted(f.id for f in visible), "digest": view_digest(visible, shown, record["tables"]),
            "record": record}


def _of_visible_sources(assertions: list[Assertion], visible: list[Fact]) -> list[Assertion]:
    """Assertions that one source made about its own facts go with the source; rulings and undos stay."""
    sources = {f.source for f in visible}
    return [a for a in assertions if a.body.get("source") in sources or "source" not in a.body]


def view_digest(facts: list[Fact], assertions: list[Assertion], versions: Any) -> str:
    """Names a view: the visible facts and assertions and the versions of the tables."""
    return digest([sorted({f.id for f in facts}), sorted({a.id for a in assertions}), versions])


def _json(name: str, data: bytes) -> Any:
    try:
        return loads(data)
    except BadJson as e:
        place = f"{name}:{e.line or 1}"
        raise UsageError(error("json-unreadable", f"{e}.", place, "Correct it; nothing was done.")) from e


def objects(name: str, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of a JSON lines file without its blank lines. Raises UsageError naming all bad lines."""
    faults, found = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = loads(line)
            if isinstance(value, dict):
                found.append((number, value))
            else:
                faults.append(error("json-unreadable", "The line is no JSON object.", f"{name}:{number}"))
        except BadJson as e:
            faults.append(error("json-unreadable", f"{e}.", f"{name}:{number}", "Correct the line; nothing was done."))
    if faults:
        raise UsageError(*faults)
    return iter(found)


def compare_lines(name: str, data: bytes) -> Iterator[dict[str, Any]]:
    """`gateway identity compare`: one answer a pair, in order."""
    pairs = list(objects(name, data))
    faults = [error("pair-invalid", "A pair has two Patients: a and b.", f"{name}:{n}") for n, p in pairs
              if not (_patient(p.get("a")) and _patient(p.get("b")))]
    if faults:
        raise UsageError(*faults)
    return (compare_pair(p["a"], p["b"], MODEL).json() for _, p in pairs)


def cluster_lines(name: str, data: bytes, incremental: bool = False) -> dict[str, Any]:
    """`gateway identity cluster`: persons out of records and assertions."""
    records, assertions, faults = [], [], []
    for number, line in objects(name, data):
        if isinstance(line.get("assert"), str):
            assertions.append(Assertion(line["assert"], {k: v for k, v in line.items() if k != "assert"}))
        elif isinstance(line.get("source"), str) and _patient(line.get("resource")):
            records.append((line["source"], line["resource"]))
        else:
            faults.append(error("record-invalid", "A record has a source and a Patient with an id, an assertion has "
                                "assert.", f"{name}:{number}"))
    if faults:
        raise UsageError(*faults)
    return cluster_records(records, assertions, MODEL, incremental).json()


def _patient(value: Any) -> bool:
    return isinstance(value, dict) and value.get("resourceType", "Patient") == "Patient"
