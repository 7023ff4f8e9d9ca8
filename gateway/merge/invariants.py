"""What must hold of every record; a violation is an issue of the record itself, never silence."""

from collections.abc import Collection, Mapping
from typing import Any

from gateway.merge.findings import Finding
from gateway.merge.intake import Intake
from gateway.merge.versions import Key


def broken_invariants(ledger: Mapping[str, Any], intake: Intake, known: Collection[str], wanted: Mapping[str, int],
                      disjoint: bool, confused: Collection[Key]) -> list[Finding]:
    """Every fact accounted for, ids unique and classes disjoint, references closed, unknown never equal to known.

    known   "Type/id" of everything shown; wanted: "Type/id" → how many resources refer to it
    confused  keys of which nothing can be compared, joined by their content
    """
    found = []
    if not intake.key_of.keys() <= ledger.keys() or len(ledger) != len(intake.key_of) + len(intake.excluded):
        missing = [f for f in intake.key_of if f not in ledger]
        found.append(Finding("invariant-broken", tuple(sorted({intake.key_of[f] for f in missing})),
                             "A fact is not accounted for."))
    if not disjoint:
        found.append(Finding("invariant-broken", (), "Two resources share an id or a fact."))
    if confused:
        found.append(Finding("invariant-broken", tuple(sorted(confused)),
                             "What cannot be compared was taken for equal."))
    if any(count > 0 and reference not in known for reference, count in wanted.items()):
        found.append(Finding("invariant-broken", (), "A reference points to nothing."))
    return found
