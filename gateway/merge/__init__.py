"""The merge: facts, assertions and versioned tables in, one record out; the same bytes for any order (merge.md).

Steps: versions and retractions (intake, versions), copies (copies, standing), listings (listing), forms of facts
(forms, canonical, values), classes (grouping, events, points, course, rulings), bodies (build, resolve, narrative),
issues (conflicts, rules, watch, verdicts), the record (writing, ledger, issues). `person` runs them on what changed.
"""

from gateway.merge.canonical import recognised
from gateway.merge.compose import merge
from gateway.merge.directory import Directory
from gateway.merge.hiding import alive, by_age, hidden_copies, taken_back
from gateway.merge.lines import read_line, read_lines
from gateway.merge.person import Person
from gateway.merge.record import Record
from gateway.merge.said import standing

__all__ = ["Directory", "Person", "Record", "alive", "by_age", "hidden_copies", "merge", "read_line", "read_lines",
           "recognised", "standing", "taken_back"]
