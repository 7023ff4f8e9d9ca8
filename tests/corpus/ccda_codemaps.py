"""The official code maps from C-CDA to FHIR, tried out: each code of each map in an invented document, and what came out."""

import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from gateway.pure.mapping import Chosen, messages
from tests import ccda_documents as made
from tests.ccda_documents import ENTRY, SNOMED

FOLDER = Path(os.environ.get("CORPUS", ".")) / "ccda/HL7+ccda-on-fhir/input/maps"
NS = {"f": "http://hl7.org/fhir"}


class Row(NamedTuple):
    """One code of one map, and the codes into which it goes; none where the map says that there is none."""

    map: str
    code: str
    targets: tuple[str, ...]


def rows() -> Iterator[Row]:
    """Every code of every map from C-CDA to FHIR."""
    for path in sorted(FOLDER.glob("ConceptMap-CF-*.xml")):
        for element in etree.parse(path).getroot().iterfind(".//f:element", NS):
            code = element.find("f:code", NS)
            if code is not None:
                targets = [t.get("value") for t in element.iterfind("f:target/f:code", NS)]
                yield Row(path.stem.removeprefix("ConceptMap-CF-"), code.get("value"), tuple(targets))


def inside(start: bytes, end: bytes, old: bytes, new: str) -> bytes:
    """The document with the first `old` between two texts replaced."""
    data = made.everything()
    at = data.index(start)
    until = data.index(end, at)
    assert old in data[at:until], (start, old)
    return data[:at] + data[at:until].replace(old, new.encode(), 1) + data[until:]


def status(code: str, template: str = ".28") -> str:
    return f"""<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN"><templateId root="{ENTRY}{template}"/>
<code code="33999-4" codeSystem="{made.LOINC}"/><statusCode code="completed"/><value xsi:type="CD" code="{code}" codeSystem="{SNOMED}"/>
</observation></entryRelationship>"""


def observation(template: str, code: str, value: str, system: str, more: str = "") -> str:
    return f"""<entryRelationship typeCode="SUBJ" inversionInd="true"><observation classCode="OBS" moodCode="EVN"><templateId root="{ENTRY}{template}"/>
<code code="{code}" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/><value xsi:type="CD" code="{value}" codeSystem="{system}"/>{more}
</observation></entryRelationship>"""


def severe(code: str) -> str:
    return observation(".9", "ASSERTION", "247472004", SNOMED, observation(".8", "SEV", code, SNOMED))


def edit(old: str, new: str, start: str = "<recordTarget>", end: str = "</recordTarget>") -> Callable[[str], bytes]:
    """A document in which `old`, between two texts, is replaced by `new` with the code in the place of `{}`."""
    return lambda code: inside(start.encode(), end.encode(), old.encode(), new.replace("{}", code))


def append(start: str, build: Callable[[str], str]) -> Callable[[str], bytes]:
    """A document in which something is added at the end of the first observation after a text."""
    return lambda code: inside(start.encode(), b"</entry>", b"</observation>", build(code) + "</observation>")


ALLERGY, PROBLEM = "<title>Allergies</title>", "<title>Problems</title>"
MEDICINE, VACCINE = "<title>Medicines</title>", "<title>Vaccines</title>"
RESULT, PROCEDURE = "<title>Results</title>", "<title>Procedures</title>"
DRUGS = ("MedicationRequest", "MedicationStatement")
KIND = 'code="419199007"'
PROBES: dict[str, tuple[Callable[[str], bytes], tuple[str, ...], str]] = {
    "AddressUse": (edit('<addr use="HP">', '<addr use="{}">'), ("Patient",), "address.use"),
    "AdministrativeGender": (edit('Code code="F"', 'Code code="{}"'), ("Patient",), "gender"),
    "AllergyIntoleranceCategory": (edit(KIND, 'code="{}"', ALLERGY, "</entry>"), ("AllergyIntolerance",), "category"),
    "AllergyIntoleranceType": (edit(KIND, 'code="{}"', ALLERGY, "</entry>"), ("AllergyIntolerance",), "type"),
    "AllergyStatus": (append(ALLERGY, status), ("AllergyIntolerance",), "clinicalStatus.coding.code"),
    "ConditionClinicalStatus": (edit('<statusCode code="active"/>', '<statusCode code="{}"/>', PROBLEM, "</entry>"), ("Condition",), "clinicalStatus.coding.code"),
    "Criticality": (append(ALLERGY, lambda c: observation(".145", "82606-5", c, "2.16.840.1.113883.5.1063")), ("AllergyIntolerance",), "criticality"),
    "ImmunizationStatus": (edit('<statusCode code="completed"/>', '<statusCode code="{}"/>', VACCINE, "</entry>"), ("Immunization",), "status"),
    "MedActivityMood": (edit('moodCode="EVN"', 'moodCode="{}"', MEDICINE, "</entry>"), ("MedicationRequest",), "intent"),
    "MedicationStatus": (edit('<statusCode code="active"/>', '<statusCode code="{}"/>', MEDICINE, "</entry>"), DRUGS, "status"),
    "NameUse": (edit('<name use="L">', '<name use="{}">'), ("Patient",), "name.use"),
    "NoKnownAllergies": (lambda c: inside(ALLERGY.encode(), b"</entry>", b'code="7980" codeSystem="2.16.840.1.113883.6.88" displayName="penicillin G"', 'nullFlavor="NA"')
                         .replace(b'moodCode="EVN">' + made.template(ENTRY + ".7").encode(), b'moodCode="EVN" negationInd="true">' + made.template(ENTRY + ".7").encode(), 1)
                         .replace(KIND.encode(), b'code="%s"' % c.encode(), 1), ("AllergyIntolerance",), "code.coding.code"),
    "NullFlavorDataAbsentReason": (edit('value="99.10" unit="mg/dL"', 'nullFlavor="{}"', RESULT, "</entry>"), ("Observation",), "dataAbsentReason.coding.code"),
    "ProblemCategory": (edit('<code code="11450-4"', '<code code="{}"', "<structuredBody>", "</structuredBody>"), ("Condition",), "category.coding.code"),
    "ProblemStatus": (append(PROBLEM, lambda c: status(c, ".6")), ("Condition",), "clinicalStatus.coding.code"),
    "ProcedureStatus": (edit('<statusCode code="completed"/>', '<statusCode code="{}"/>', PROCEDURE, "</entry>"), ("Procedure",), "status"),
    "ResultReportStatus": (edit('<statusCode code="completed"/>', '<statusCode code="{}"/>', RESULT, "<component>"), ("DiagnosticReport",), "status"),
    "ResultStatus": (edit('<statusCode code="completed"/>', '<statusCode code="{}"/>', '<component>\n<observation', "</entry>"), ("Observation",), "status"),
    "Severity": (append(ALLERGY, severe), ("AllergyIntolerance",), "reaction.severity"),
    "TelecomType": (edit('value="tel:+1(555)010-2030"', 'value="{}:15550102030"'), ("Patient",), "telecom.system"),
    "TelecomUse": (edit('<telecom use="HP"', '<telecom use="{}"'), ("Patient",), "telecom.use")}


@cache
def outcome(map_: str, code: str) -> tuple[str, ...]:
    """The codes at the map's element after a document with this code was mapped."""
    build, types, element = PROBES[map_]
    found = [r for one in messages("probe.xml", build(code), Chosen()) for r in one.result.mapped.resources]
    return tuple(str(v) for r in found if r["resourceType"] in types for v in at(r, element.split(".")))


def at(node: Any, path: list[str]) -> Iterator[Any]:
    """Every value at a path of element names."""
    if isinstance(node, list):
        for item in node:
            yield from at(item, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from at(node[path[0]], path[1:])


def state(row: Row) -> str:
    """`yes`, or what came out instead."""
    found = outcome(row.map, row.code)
    return "yes" if any(t in found for t in row.targets) else "instead: " + (re.sub(r"\s+", " ", ", ".join(dict.fromkeys(found))) or "nothing")
