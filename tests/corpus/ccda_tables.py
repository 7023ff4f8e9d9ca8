"""The official C-CDA to FHIR tables beside our mappings: which rows are implemented, and what becomes of the others.

`CORPUS=… python -m tests.corpus.ccda_tables` writes mappings/ccda/COVERAGE.md.

A row of an element table (place in an entry → element of a resource) is implemented when the lineage or ledger of some
document has a value that came from such a place and reached that element (a medicine's `dosage` is its `dosageInstruction`). A row of a code map is implemented when a document
with its code gives the map's code (ccda_codemaps.py). Rows without a target are not counted.
"""

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gateway.pure.mapping import Chosen, messages
from tests import ccda_documents as made
from tests.corpus import ccda_codemaps
from tests.corpus.ccda import documents
from tests.corpus.ccda_rare import rare

CORPUS = Path(os.environ.get("CORPUS", "."))
TABLES = CORPUS / "ccda/HL7+ccda-on-fhir/mappings/CF"
PAGE = Path(__file__).parents[2] / "mappings/ccda/COVERAGE.md"
LARGEST = 130_000
# Elements as the tables write them → as R4 names them; "" is an element that R4 does not have.
R4 = {"recorded": "recordedDate", "reaction.id": "", "protocolApplied.seriesDosesPositiveInt": "", "_primarySource": "primarySource",
      "doseAndRate.doseQuantity": "dosageInstruction.doseAndRate.doseQuantity", "doseAndRate.doseRange": "dosageInstruction.doseAndRate.doseRange",
      "route": "route", "extension: us-core-race": "extension", "extension: us-core-ethnicity": "extension"}
DRUGS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration")
# Where a place is said in words: what its path ends with.
PLACES = {"consumable": "manufacturedMaterial/code", "Instruction": "text", "Free Text Sig": "text", "Indication": "value",
          "assignedAuthor": "author", "Author Participation": "author", "author": "author", "performer": "performer",
          "Entry Reference": "value", "Encounter": "encounter", "Date of Diagnosis": "effectiveTime",
          "Service Delivery Location": "participant", "MedicationActivity": "substanceAdministration"}


class Row(NamedTuple):
    """One row: its table, the place, the case in which it holds, resource and element."""

    table: str
    place: str
    case: str
    resource: str
    element: str


def rows() -> Iterator[Row]:
    """Every row that names a resource and an element of R4, once."""
    seen = set()
    for path in sorted(TABLES.glob("*.csv")):
        table = path.stem.removeprefix("CCDA-FHIR ")
        default = {"Problem-Condition": "Condition"}.get(table, table)
        for cells in csv.reader(path.read_text("utf-8-sig").splitlines()[1:]):
            place, case, approach, resource, element = (c.strip() for c in cells[:5])
            if approach not in ("source value", "transform", "fixed value", "reference") or not (resource or element):
                continue
            resource = resource.strip(".") if (resource and resource[0].isupper()) or resource.startswith(".") else default
            row = Row(table, place, case, resource, _element(element))
            if row not in seen and (row.element or resource == "Provenance"):
                seen.add(row)
                yield row


def _element(text: str) -> str:
    """`.reaction.severity` → `reaction.severity`; `performer.actor[PractitionerRole].telecom` → `performer.actor`."""
    plain = re.sub(r"[\[(].*", "", text).strip().strip(".")
    for type_ in ("AllergyIntolerance", "Patient"):
        plain = plain.removeprefix(type_ + ".")
    return R4.get(plain, plain)


@cache
def reached() -> dict[str, set[tuple[str, str]]]:
    """Resource type → pairs (element, place, both without numbers) that lineage and ledger connect."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for name, data in _documents():
        for one in messages(name, data, Chosen(lineage=True)):
            types = {f"{r['resourceType']}/{r['id']}": r["resourceType"] for r in one.result.mapped.resources}
            for line in one.result.mapped.lineage:
                type_ = types.get(line.resource, line.element.partition(".")[0])
                found[type_].add((_bare(line.element).partition(".")[2], _bare(line.path)))
            for place, elements in one.result.mapped.ledger.mapped.items():
                for element in elements:
                    found[element.partition("/")[0]].add((_bare(element).partition(".")[2], _bare(place)))
    return found


def _documents() -> Iterable[tuple[str, bytes]]:
    yield "invented.xml", made.everything()
    yield "invented-without-ids.xml", made.everything("D-2", None)
    yield "invented-rare.xml", rare()
    for path in documents():
        if path.stat().st_size < LARGEST and not {"Amrita"} & set(path.parts):
            yield path.name, path.read_bytes()


def _bare(text: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", text)


def state(row: Row) -> str:
    """`yes`, or what becomes of the row."""
    step = _step(row.place)
    types = DRUGS if row.resource == "MedicationRequest" else (row.resource,)
    here = [pair for t in types for pair in reached().get(t, ()) if _same(pair[0], row.element)]
    if any(step in place for _, place in here) or (here and not step):
        return "yes"
    elsewhere = sorted(t for t, pairs in reached().items() if row.element and any(_same(e, row.element) and step in p for e, p in pairs))
    if elsewhere:
        return "elsewhere: " + ", ".join(elsewhere)
    return "from another place" if here else "no"


def _same(element: str, wanted: str) -> bool:
    """Whether an element is the wanted one, lies below it, or is a choice of its type."""
    element = re.sub(r"^dosage\b", "dosageInstruction", element)
    return not wanted or element == wanted or element.startswith((wanted + ".", wanted + "["))


def _step(place: str) -> str:
    """What a path to the place has in it: its last element, or what PLACES says of its words."""
    worded = next((end for words, end in PLACES.items() if words in place), "")
    return worded or re.sub(r"^.*[.\\@\s]", "", re.sub(r"\[.*?\]", "", place).strip())


def counts(states: Iterable[str]) -> tuple[int, int]:
    listed = list(states)
    return listed.count("yes"), len(listed)


@cache
def states() -> tuple[tuple[str, str, str], ...]:
    """(table, row in words, state) of every row that is counted."""
    elements = [(r.table, f"{r.place} {f'({r.case}) ' if r.case else ''}→ {r.resource}.{r.element}", state(r)) for r in rows()]
    codes = [(f"map {r.map}", f"{r.code} → {' or '.join(r.targets)}", ccda_codemaps.state(r)) for r in ccda_codemaps.rows() if r.targets]
    return (*elements, *codes)


def share() -> float:
    yes, total = counts(s for _, _, s in states())
    return yes / max(1, total)


def page() -> str:
    by_table: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for table, words, found in states():
        by_table[table].append((words, found))
    out = ["# The official C-CDA on FHIR tables, row by row", "",
           "Generated by `python -m tests.corpus.ccda_tables` beside the element tables and code maps (C-CDA to FHIR). A row",
           "is implemented when some document's value went from its place to its element, or its code to the map's code.", "",
           f"{len(states())} rows: {share():.1%} implemented.", "", "| table | rows | implemented |", "|---|---:|---:|"]
    out += [f"| {table} | {counts(s for _, s in found)[1]} | {counts(s for _, s in found)[0]} |" for table, found in by_table.items()]
    out += ["", "## Not implemented as the table has it", "", "| table | row | what becomes of it |", "|---|---|---|"]
    out += [f"| {table} | {words} | {found} |".replace("\n", " ") for table, words, found in states() if found != "yes"]
    return "\n".join([*out, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
