"""The facts of the bundles that Microsoft expects for its HL7 v2 samples, beside ours: which are missing, where, and why.

`CORPUS=… python -m tests.corpus.hl7v2_expected` writes mappings/hl7v2/EXPECTED.md. A reason holds for a missing fact by its
kind, its type and its form; a missing fact without a reason fails the test.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gateway.pure.mapping import Chosen, messages
from tests.corpus.clinical_facts import Clue, facts, missing
from tests.corpus.hl7v2 import CORPUS, MICROSOFT, SAMPLES, expectations

FOLDER = CORPUS / "hl7v2" / MICROSOFT / SAMPLES
PAGE = Path(__file__).parents[2] / "mappings/hl7v2/EXPECTED.md"
CLINICAL = ("Condition", "AllergyIntolerance", "a medicine", "Observation", "DiagnosticReport", "Immunization", "Procedure")
MEDICINES = ("Medication", "MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")
# (what the fact looks like, why we do not give it): the first that matches is the reason.
REASONS: tuple[tuple[str, str], ...] = (
    (r"^identifier urn:oid:(\d+\.\d+|[rW].*)$", "no object identifier: too short, or no number; ours is the text as it was sent"),
    (r"^identifier .*&L$", "the separator of subcomponents is no part of the number; ours is the number"),
    (r"^identifier (.* )?$", "a blank at the end, or a blank alone"),
    (r"^string (.*\+.*|White|.*Hispanic or Latino|\d+-\d)$", "their own words or joint for a race or ethnicity; ours are the message's"),
    (r"^string .*--", "a name joined by hyphens; ours is joined by blanks"),
    (r"^string ", "the lines of a document (MDM), which stand together in its DocumentReference"),
    (r"^date (2022-0[123]-10|2009-10-10|2010-10-10|1990-05-01T|1924-03-15)", "an authorisation, a referral's end or an employment: billing"),
    (r"^date (1989-08-18|2021-01-15|2020-10-10|2010-11-02|1988-08-18|2021-09-14|2021-08-02|2000-11-02)T", "when the message was sent; ours is when the event was recorded, as EVN-2 or the order has it"),
    (r"^date ", "a time of a repeat pattern or of a change of the order; ours has the order's own times"),
    (r"^name ", "an employer's contact, a witness of a consent, a contact of a trial or a case name of an insurer: no person of the record"),
    (r"^quantity (1E\+2|1.2E\+2|5E\+1|7E\+1|2E\+2|1.5E\+2|175|39|25|12|1|54|1E\+1)$", "money, a count of a repeat pattern or an amount of a package, not of a result or a dose"),
    (r"^quantity 999$", "an amount that is not known: CVX writes 999, and no dose says so"),
    (r"^unit ", "the unit of a repeat pattern, of money or of a package, or its text where ours is the code's"),
    (r"^code Patient (1002|1023)$", "another religion than the one that was sent: the official table has no counterpart"),
    (r"^code Practitioner ", "a text of a field that they take for the type of a number"),
    (r"^code Organization ", "the type of a number that is not there, or a text that they take for one"),
    (r"^code Patient (MB|C|FI|E)$", "a number of an insurance, which stands in Coverage, or a contact's own code system"),
    (r"^code Location (lvl|bu|C)$", "the level or kind of a place that they take from another component"),
    (r"^code Coverage (PLN|DC)$", "a code of their own for the policy's number, and one of its price"),
    (r"^code (Procedure|Observation) (surgeon|anesthesiologist|procedure-practitioner|death-certification|autopsy-performed|death-certificate"
     r"|autopsy|coroner|injury-incident|PNI|AJRI|ADI|Y|N)$", "a code of their own for who took part or what was asked; ours is a standard code or a yes or no"),
    (r"^code Observation (obs-id|113014)$", "what a document holds: it stands in its DocumentReference"),
    (r"^code Specimen (FILL|PLAC)$", "the numbers of the order; a specimen is made where the message says something of one"),
    (r"^code Specimen ", "a shipment, or a container's text as a code of their own"),
    (r"^code a medicine (PRN|TID|mg|IO|IV|R|IP|TESTI)$", "a prescription number's own type, a timing, a route or a unit: it stands in ours as such"),
    (r"^code ChargeItem ", "the timing of an order beside the charge"),
    (r"^code ServiceRequest (patient-referral-request|PU.*|PS.*|BLB|P|BID|50|PLAC|FILL)$", "a code of their own, or of the order's transport or entry; the order's own code and numbers are in ours"),
    (r"^code PractitionerRole ", "a role of their own; ours has the code of the official table"),
    (r"^code DocumentReference ", "a file's type or a text, which stand as its title and type"),
    (r"^code DiagnosticReport ", "the code of one result, or of a picture of it, and a number without a value"),
    (r"^code (RelatedPerson|Encounter|Provenance|Account|Device|ResearchStudy|SupplyRequest|Appointment) ",
     "a code of their own, or of a number that is not there"),
    (r"^code AllergyIntolerance ISO$", "the type of a register, not of an allergy"),
    (r"^code Condition CLIP$", "the type of a register, not of a diagnosis"),
    (r"^code Substance ", "the number of a reagent"),
    (r"^code (ClaimResponse|Consent|Linkage|Task|NutritionOrder) ", "a resource for billing, consent forms or workflow that no record shows"))


def samples() -> Iterator[tuple[str, list[dict[str, Any]], set[Clue]]]:
    """(name, the resources that are expected, the facts of ours) of each sample."""
    for name, wanted in sorted(expectations().items()):
        file = FOLDER / f"{name}.hl7"
        if file.exists():
            yield name, wanted, _alike(facts(ours(file)))


def ours(path: Path) -> list[dict[str, Any]]:
    return [r for found in messages(path.name, path.read_bytes(), Chosen()) for r in found.result.mapped.resources]


def _alike(clues: set[Clue]) -> set[Clue]:
    """A code of a medicine counts in whatever resource of medicines it stands."""
    return {("code", "a medicine", c[2]) if c[0] == "code" and c[1] in MEDICINES else c for c in clues}


@cache
def compared() -> tuple[int, tuple[tuple[str, Clue, str], ...]]:
    """(how many facts are expected, the missing ones with their sample and their path)."""
    count, lacking = 0, []
    for name, wanted, found in _all():
        expected = _alike(facts(wanted))
        count += len(expected)
        lacking += [(name, clue, place(wanted, clue)) for clue in sorted(missing(expected, found))]
    return count, tuple(lacking)


def place(resources: list[dict[str, Any]], clue: Clue) -> str:
    """Where a fact stands in the bundle."""
    resource = next(r for r in resources if clue in _alike(facts([r])))
    return resource["resourceType"] + _below({k: v for k, v in resource.items() if k != "resourceType"}, "", clue,
                                             resource["resourceType"])


def _below(node: Any, key: str, clue: Clue, type_: str) -> str:
    children = node.items() if isinstance(node, dict) else ((key, item) for item in node) if isinstance(node, list) else ()
    for name, child in children:
        if clue in _alike(facts([{"resourceType": type_, name: child}])):
            return (f".{name}" if isinstance(node, dict) else "") + _below(child, name, clue, type_)
    return ""


def reason(clue: Clue) -> str:
    """Why a fact is not given, "" when there is no reason."""
    text = " ".join(clue)
    return next((why for pattern, why in REASONS if re.search(pattern, text)), "") or elsewhere(clue)


def elsewhere(clue: Clue) -> str:
    """Where else in ours a code stands."""
    types = sorted({c[1] for _, _, found in _all() for c in found if c[0] == clue[0] == "code" and c[2] == clue[2]})
    return f"stands in {', '.join(types)}" if types else ""


@cache
def _all() -> tuple[tuple[str, list[dict[str, Any]], set[Clue]], ...]:
    return tuple(samples())


def page() -> str:
    count, lacking = compared()
    rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, clue, path in lacking:
        rows[" ".join(clue).replace("\n", " "), path, reason(clue) or "?"].append(name)
    return "\n".join([
        "# Expected facts that we do not give", "",
        "Generated by `python -m tests.corpus.hl7v2_expected` beside the bundles that a converter in use expects for its",
        f"{len(_all())} HL7 v2 samples: {count} facts, {1 - len(lacking) / max(1, count):.1%} of them in ours.", "",
        "| fact | path | reason | samples |", "|---|---|---|---|",
        *(f"| {fact} | {path} | {why} | {', '.join(names)} |" for (fact, path, why), names in sorted(rows.items())), ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
