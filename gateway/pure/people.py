"""`gateway identity compare` and `cluster`: records in, decisions and persons out."""

from collections.abc import Iterator
from typing import Any

from gateway.errors import UsageError, error, near
from gateway.identity import MODEL
from gateway.identity import cluster as cluster_records
from gateway.identity import compare as compare_pair
from gateway.identity.assertions import named
from gateway.model import Assertion
from gateway.pure.lines import objects

_LEAST = {"same": 2, "never": 2, "split": 1, "undo": 0}  # kinds of assertion, and how many patients each names
_ELSEWHERE = ("link", "unlink", "retract", "move", "listing", "ruling")  # said about a record, not about who is who


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
            said = Assertion(line["assert"], {k: v for k, v in line.items() if k != "assert"})
            assertions.append(said)
            faults += [error("assertion-invalid", fault, f"{name}:{number}") for fault in _amiss(said)]
        elif isinstance(line.get("source"), str) and _patient(line.get("resource")):
            records.append((line["source"], line["resource"]))
        else:
            faults.append(error("record-invalid", "A record has a source and a Patient with an id, an assertion has "
                                "assert.", f"{name}:{number}"))
    if faults:
        raise UsageError(*faults)
    return cluster_records(records, assertions, MODEL, incremental).json()


def _amiss(said: Assertion) -> Iterator[str]:
    """What would leave a word of a human without effect: a misspelt verb, or nobody named."""
    if said.kind not in _ELSEWHERE and said.kind not in _LEAST:
        yield f"`assert` is {said.kind!r}; it is one of {', '.join(_LEAST)}.{near(said.kind, _LEAST)}"
    elif said.kind == "undo" and not isinstance(said.body.get("of"), str):
        yield "An undo names in `of` the id of the assertion that it takes back."
    elif len(named(said)) < _LEAST.get(said.kind, 0):
        yield f"{said.kind} names its patients as source/id: in `a` and `b`, or as a list in `members`."


def _patient(value: Any) -> bool:
    return isinstance(value, dict) and value.get("resourceType", "Patient") == "Patient"
