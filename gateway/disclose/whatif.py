"""What would change before it does: every record under other tables, compared with the record as it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import build, note
from gateway.disclose.visible import visible
from gateway.jsontext import canonical
from gateway.merge import merge
from gateway.opened import Gate
from gateway.shipped import below
from gateway.store import people
from gateway.summary.context import code_of
from gateway.terminology.tables import Tables
from gateway.terminology.tables import load as load_tables

Record = Mapping[str, Any]
PAGE = 50


def tables(gate: Gate, files: Mapping[str, str]) -> Tables:
    """The home's tables with other files over them. Raises ConfigError with every mistake of every file."""
    return load_tables(below({**gate.files, **files}, "conceptmaps", "terminology"))


def records(gate: Gate, asked: Asked, new: Tables) -> Iterator[dict[str, Any]]:
    """One row for each person whose record would change; each is logged before it is handed over.

    Row: {person, resources: [before, after], joined, split, changed: [Type/id], issues: {code: after − before}}.
    """
    after = ""
    while True:
        with gate.store.read() as tx:
            page = people.persons(tx, after, PAGE)
            found = [(s, build(gate, tx, s)) for p in page
                     if (s := visible(tx, asked.request, p, gate.tables.versions)).decision.permit]
            for _, view in found:
                note(gate, tx, view)
        for seen, view in found:
            would = merge(seen.facts, seen.assertions, new, gate.store.id_key).json()
            if row := difference(view.record, would):
                row = {"person": seen.person, **row}
                hand_over(gate, asked, Answer(200, canonical(row)), [view])
                yield row
        if not page:
            hand_over(gate, asked, Answer(200, b""), ())
            return
        after = page[-1]


def difference(old: Record, new: Record) -> dict[str, Any]:
    """How two records of the same facts differ, {} when only the names of their tables do.

    joined  resources of the new one that hold what were several; split: those of the old one that became several
    """
    before, later = (_bodies(r) for r in (old, new))
    changed = sorted(ref for ref in before.keys() | later.keys() if before.get(ref) != later.get(ref))
    codes = _codes(new)
    for code, n in _codes(old).items():
        codes[code] = codes.get(code, 0) - n
    issues = {code: n for code, n in sorted(codes.items()) if n}
    if not changed and not issues:
        return {}
    was, becomes = (_classes(r) for r in (old, new))
    return {"resources": [len(before), len(later)], "joined": _several(becomes, was), "split": _several(was, becomes),
            "changed": changed, "issues": issues}


def _bodies(record: Record) -> dict[str, bytes]:
    return {f"{r['resourceType']}/{r['id']}": canonical(r) for r in record["resources"]}


def _codes(record: Record) -> dict[str, int]:
    counts: dict[str, int] = {}
    for issue in record["issues"]:
        counts[code_of(issue)] = counts.get(code_of(issue), 0) + 1
    return counts


def _classes(record: Record) -> dict[str, str]:
    """Fact id → the resource that represents it."""
    return {f: str(e["by"]) for f, e in record["ledger"].items() if e["state"] == "represented"}


def _several(outer: Mapping[str, str], inner: Mapping[str, str]) -> list[str]:
    """Resources of `outer` whose facts lie in more than one resource of `inner`."""
    found: dict[str, set[str]] = {}
    for fact, ref in outer.items():
        if fact in inner:
            found.setdefault(ref, set()).add(inner[fact])
    return sorted(ref for ref, refs in found.items() if len(refs) > 1)
