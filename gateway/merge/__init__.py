"""The merge: facts, assertions and versioned tables in, one record out; the same bytes for any order (design: merge.md).

Steps: versions and retractions (versions), copies (copies), listings (listing), forms of facts (forms, canonical,
values), classes (events, points, course, rulings), bodies (resolve), issues (conflicts, across), ledger.
"""

from gateway.merge.compose import merge
from gateway.merge.directory import Directory
from gateway.merge.lines import read_line, read_lines
from gateway.merge.record import Record

__all__ = ["Directory", "Record", "merge", "read_line", "read_lines"]
