"""The facts of the bundles that Microsoft expects for its C-CDA samples, beside ours: which are missing, and why.

`CORPUS=… python -m tests.corpus.ccda_expected` writes mappings/ccda/EXPECTED.md. Only resources of those bundles that are
valid R4 count. A reason holds for a missing fact by its kind, its type and its form; a missing fact without a reason fails
the test.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gateway.fhir.validate import validate
from gateway.jsontext import loads
from gateway.pure.mapping import Chosen, messages
from tests.corpus.clinical_facts import Clue, facts, missing

CORPUS = Path(os.environ.get("CORPUS", "."))
FOLDER = CORPUS / "ccda/microsoft+FHIR-Converter"
PAGE = Path(__file__).parents[2] / "mappings/ccda/EXPECTED.md"
CLINICAL = ("Condition", "AllergyIntolerance", "a medicine", "Observation", "DiagnosticReport", "Immunization", "Procedure")
MEDICINES = ("Medication", "MedicationRequest", "MedicationStatement", "MedicationAdministration")
# (what the fact looks like, why we do not give it): the first that matches is the reason.
REASONS: tuple[tuple[str, str], ...] = (
    (r"^date 2022-0[34]-\d\dT", "the moment at which their converter ran; the document does not say it"),
    (r"^identifier urn:uuid:[012]\.", "an OID that they write as a UUID; ours is urn:oid"),
    (r"^identifier urn:uuid:37f76c51-6411-4e1d-8a37-957fd49d2ceg$", "no UUID: it ends in a letter that is no digit of one"),
    (r"^identifier urn:uuid:(3e414708|39b5f1b4|cf75f5be)-", "the id of a group of implants or of its parts, which makes no resource of its own"),
    (r"^code Patient (en|it|es)$", "the language as the document has it, not cut to two letters"),
    (r"^code Patient UNK$", "a race that is not known is left out"),
    (r"^string (Mixed|Unknown)$", "a word of theirs for several races or none; ours is the document's"),
    (r"^identifier ([012](\.\d+)+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
     "the root of a document's id alone; ours is its extension with the root as system, or a urn"),
    (r"^date (2009-02-27T18:00:00|2005-03-29T17:44:11)", "when it was signed: a document without sections has no Composition that says so"),
    (r"^date 2015-07-23T04:00:00", "a time to the hour: FHIR has no such precision, ours is the day"),
    (r"^string Does not accept blood", "its blanks are folded in ours"),
    (r"^name Bo$", "not a given name of the name in use: it is its own, with the use nickname"),
    (r"^code RelatedPerson ", "a guardian or relative who stands in Patient.contact"),
    (r"^code FamilyMemberHistory M$", "the letter of the sex; ours is the code of FHIR"),
    (r"^code Composition ", "a document without sections makes a DocumentReference, no Composition"),
    (r"^code Observation (M|76689-9)$", "the sex at birth stands in the Patient, as the guide has it"),
    (r"^code AllergyIntolerance active$", "a denied allergy has no clinical status"),
    (r"^code Device ", "the kind of a group of implants or a body site, not a device"))


def samples() -> Iterator[tuple[str, set[Clue], set[Clue]]]:
    """(name, the facts that are expected, ours) of each sample."""
    for path in sorted(FOLDER.rglob("*-expected.json")):
        name = path.name.removesuffix("-expected.json")
        wanted = [e["resource"] for e in loads(path.read_bytes())["entry"]]
        source = FOLDER / "data/SampleData/Ccda" / f"{name}.ccda"
        yield name, _alike(facts([r for r in wanted if _valid(r)])), _alike(facts(ours(source)))


def ours(path: Path) -> list[dict[str, Any]]:
    return [r for found in messages(path.name, path.read_bytes(), Chosen()) for r in found.result.mapped.resources]


def _alike(clues: set[Clue]) -> set[Clue]:
    """A code of a medicine counts in whatever resource of medicines it stands."""
    return {("code", "a medicine", c[2]) if c[0] == "code" and c[1] in MEDICINES else c for c in clues}


def _valid(resource: dict[str, Any]) -> bool:
    return not any(i.severity in ("error", "fatal") for i in validate(resource))


@cache
def compared() -> tuple[int, tuple[tuple[str, Clue], ...]]:
    """(how many facts are expected, the missing ones with their sample)."""
    count, lacking = 0, []
    for name, wanted, found in _all():
        count += len(wanted)
        lacking += [(name, clue) for clue in sorted(missing(wanted, found))]
    return count, tuple(lacking)


def reason(clue: Clue) -> str:
    """Why a fact is not given, "" when there is no reason."""
    text = " ".join(clue)
    return next((why for pattern, why in REASONS if re.search(pattern, text)), "") or elsewhere(clue)


def elsewhere(clue: Clue) -> str:
    """Where else in ours a code stands."""
    types = sorted({c[1] for _, _, found in _all() for c in found if c[0] == clue[0] == "code" and c[2] == clue[2]})
    return f"stands in {', '.join(types)}" if types else ""


@cache
def _all() -> tuple[tuple[str, set[Clue], set[Clue]], ...]:
    return tuple(samples())


def page() -> str:
    count, lacking = compared()
    rows = [f"| {name} | {' '.join(clue)} | {reason(clue) or '?'} |".replace("\n", " ") for name, clue in lacking]
    return "\n".join([
        "# Expected facts that we do not give", "",
        "Generated by `python -m tests.corpus.ccda_expected` beside the bundles that a converter in use expects for its",
        f"C-CDA samples, as far as they are valid R4: {count} facts, {1 - len(lacking) / max(1, count):.1%} of them in ours.", "",
        "| sample | fact | reason |", "|---|---|---|", *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
