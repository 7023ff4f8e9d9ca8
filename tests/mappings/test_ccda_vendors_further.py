"""Further ways in which vendors write facts otherwise than the guide: what a concern tells alone, what stands twice,
where it does not belong, or is named by its number only."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.ccda.adapter import CCDA
from gateway.jsontext import dumps
from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import LOINC, OID, SNOMED, allergy, document, problem, result, section
from tests.mappings.test_ccda_vendors import (
    DIABETES,
    ENTRY,
    KIND,
    NARRATIVE,
    PENICILLIN,
    concern,
    made,
    observation,
    says,
)

ICD10 = f"{OID}.6.90"
E11 = f'<value xsi:type="CD" code="E11.9" codeSystem="{ICD10}" displayName="Type 2 diabetes"/>'


def act(inner: str, template: str = "", attributes: str = "") -> str:
    known = f'<templateId root="{ENTRY}.{template}"/>' if template else ""
    return f'<act classCode="ACT" moodCode="EVN" {attributes}>{known}{inner}<statusCode code="active"/></act>'


@pytest.mark.parametrize("code, kept", [
    (PENICILLIN, "7980"), (f'<code code="111088007" codeSystem="{SNOMED}"/>', "111088007"),
    (f'<code code="281647001" codeSystem="{SNOMED}"/>', None), ('<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>', None)])
@pytest.mark.parametrize("value", [KIND, "", '<value xsi:type="CD" nullFlavor="UNK"/>'])
def test_a_substance_may_be_the_code_of_its_statement(code: str, kept: str | None, value: str) -> None:
    (found,) = made(document(section("48765-2", concern(observation(value, code, "7")))), "AllergyIntolerance")
    assert says(found["code"], kept) if kept else not says(found.get("code", {}), "281647001") and not says(found.get("code", {}), "ASSERTION")


def test_a_substance_that_is_named_as_such_goes_before_the_code_of_the_statement() -> None:
    raw = document(section("48765-2", allergy().replace('<code code="ASSERTION"/>', f'<code code="111088007" codeSystem="{SNOMED}"/>')))
    (found,) = made(raw, "AllergyIntolerance")
    assert says(found["code"], "7980") and not says(found["code"], "111088007")


@pytest.mark.parametrize("text", ["No known allergies", "No known drug allergies.", "NKDA", "none"])
@pytest.mark.parametrize("entry", [
    lambda text: concern(observation(KIND + f"<text>{text}</text>", template="7")), lambda text: act(f"<text>{text}</text>", "30")])
def test_words_that_deny_allergies_are_no_allergy(text: str, entry: Any) -> None:
    (found,) = made(document(section("48765-2", entry(text))), "AllergyIntolerance")
    assert found["code"]["coding"][0]["code"] == "716186003" and says(found["code"], text)


@pytest.mark.parametrize("entry, text", [
    (act('<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><text>Gout</text>', "3"), "Gout"),
    (act('<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><text><reference value="#r1"/></text>', "3"), "Referenced words"),
    (act(f'<code code="44054006" codeSystem="{SNOMED}"/>'), "44054006"), (act(f'<code code="E11.9" codeSystem="{ICD10}"/><text>Sugar</text>'), "E11.9"),
    (act(f'<code code="E11.9" codeSystem="{ICD10}"/><text>Sugar</text>'), "Sugar"),
])
def test_a_problem_that_its_concern_tells_alone(entry: str, text: str) -> None:
    raw = document(section("11450-4", entry, text=NARRATIVE))
    (found,) = made(raw, "Condition")
    assert says(found["code"], text) and found["clinicalStatus"]["coding"][0]["code"] == "active"
    assert not made(raw, "Procedure")


def test_a_concern_of_no_problems() -> None:
    (found,) = made(document(section("11450-4", act("<text>No known problems</text>", "3"))), "Condition")
    assert found["code"]["coding"][0]["code"] == "160245001"


@pytest.mark.parametrize("inner", ['<code code="CONC"/>', '<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><text/>', f'<code code="11450-4" codeSystem="{LOINC}"/>'])
@pytest.mark.parametrize("number, loinc, type", [("3", "11450-4", "Condition"), ("30", "48765-2", "AllergyIntolerance")])
def test_a_concern_that_tells_nothing_is_nothing(inner: str, number: str, loinc: str, type: str) -> None:
    assert not made(document(section(loinc, act(inner, number))), type)


@pytest.mark.parametrize("entry, text", [
    (act("<text>Shellfish</text>", "30"), "Shellfish"), (act(PENICILLIN), "7980"),
    (act('<code code="CONC"/><participant typeCode="CSM"><participantRole><playingEntity>' + PENICILLIN + "</playingEntity></participantRole></participant>", "30"), "7980")])
def test_an_allergy_that_its_concern_tells_alone(entry: str, text: str) -> None:
    (found,) = made(document(section("48765-2", entry)), "AllergyIntolerance")
    assert says(found["code"], text)


def test_a_denied_allergy_that_its_concern_tells_alone() -> None:
    (found,) = made(document(section("48765-2", act(PENICILLIN, attributes='negationInd="true"'))), "AllergyIntolerance")
    assert found["verificationStatus"]["coding"][0]["code"] == "refuted"


def test_a_second_value_of_the_same_system_is_a_problem_of_its_own() -> None:
    raw = document(section("11450-4", problem(more=DIABETES, id="P1")))
    found = made(raw, "Condition")
    assert [c["code"]["coding"][0]["code"] for c in sorted(found, key=lambda c: str(c["code"]))] == ["38341003", "44054006"]
    assert {c["onsetDateTime"] for c in found} == {"2015-06-03"} and len({c["id"] for c in found}) == 2
    assert not any(says(c.get("note", []), "Further") for c in found)


@pytest.mark.parametrize("code, value, notes", [("44054006", E11, 0), ("44054006", DIABETES, 0), ("44054006", '<value xsi:type="ST">Sugar</value>', 1)])
def test_a_second_value_that_says_the_same_is_no_second_problem(code: str, value: str, notes: int) -> None:
    (found,) = made(document(section("11450-4", problem(code, more=value))), "Condition")
    assert ("E11.9" in value) is says(found["code"], "E11.9")
    assert len(found.get("note", ())) == notes


def test_a_list_of_problems_holds_every_one() -> None:
    raw = document(section("11450-4", problem(more=DIABETES), act("<text>Gout</text>", "3")))
    (found,) = messages("x.xml", raw, Chosen())
    (listing,) = [x for x in found.result.mapped.assertions if "problems" in str(x)]
    assert all(f"Condition/{c['id']}" in str(listing) for c in made(raw, "Condition"))


def soap(*documents: bytes) -> bytes:
    """A SOAP envelope on lines of its own around documents."""
    inside = b"\n".join(d.partition(b"?>")[2].strip() for d in documents)
    return (b'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">\n'
            b"<soap:Header><to>us</to></soap:Header><soap:Body>\n<reply>\n" + inside + b"\n</reply></soap:Body></soap:Envelope>\n")


def test_a_document_in_an_envelope_is_read() -> None:
    plain = document(section("11450-4", problem(id="P1")))
    (found,) = messages("x.xml", soap(plain), Chosen())
    (alone,) = messages("x.xml", plain, Chosen())
    kept = [[r for r in json.loads(dumps(f.result.mapped.resources)) if r["resourceType"] not in ("Binary", "DocumentReference")]
            for f in (found, alone)]
    assert kept[0] == kept[1] and kept[0]
    assert [(i.code, i.severity, i.where) for i in found.result.mapped.issues] == [("ccda-wrapped", "information", "line 5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_two_documents_in_an_envelope_are_two_messages(encoding: str) -> None:
    parts = [document(section("11450-4", problem(code, onset="2020" + month)), id=f"D{code}") for code, month in (("44054006", "13"), ("38341003", "14"))]
    raw = soap(*parts).decode().replace("UTF-8", encoding).encode(encoding)
    found = list(messages("x.xml", raw, Chosen()))
    assert [f.index for f in found] == [0, 1]
    for one, code in zip(found, ("44054006", "38341003"), strict=True):
        mapped = one.result.mapped
        (condition,) = [r for r in json.loads(dumps(mapped.resources)) if r["resourceType"] == "Condition"]
        assert condition["code"]["coding"][0]["code"] == code
        (bad,) = [i for i in mapped.issues if i.code == "ccda-date-invalid"]
        line = next(n for n, text in enumerate(soap(*parts).split(b"\n"), 1) if b"2020%d" % (13 if code == "44054006" else 14) in text)
        assert f"(line {line})" in bad.where


def test_every_document_of_an_envelope_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(soap(*(document(id=n) for n in "XYZ")))
    (tmp_path / "b.xml").write_bytes(document(id="B"))
    reader = CCDA(folder=str(tmp_path))
    whole = [m.cursor for m in reader.read()]
    assert len(whole) == len(set(whole)) == 4
    for number, cursor in enumerate(whole, 1):
        assert [m.cursor for m in reader.read(cursor)] == whole[number:]


@pytest.mark.parametrize("raw", [soap(), soap(*[b"?><ClinicalDocument/>"] * 2).replace(b"ClinicalDocument", b"ClinicalDocumentation")])
def test_an_envelope_without_a_document_is_no_document(raw: bytes) -> None:
    (found,) = messages("x.xml", raw, Chosen())
    assert not found.result.mapped.resources


def who(kind: str, number: str) -> str:
    role = {"performer": "assignedEntity", "author": "assignedAuthor"}[kind]
    return (f'<{kind}><time value="20260101"/><{role}><id root="{OID}.4.6" extension="{number}"/><assignedPerson><name><family>{number}</family></name>'
            f"</assignedPerson></{role}></{kind}>")


@pytest.mark.parametrize("type", ["Observation", "DiagnosticReport"])
@pytest.mark.parametrize("told, expected", [(who("performer", "11") + who("author", "22"), ["11"]), (who("author", "22"), ["22"]), (who("performer", "11"), ["11"])])
def test_who_performed_is_not_who_wrote(type: str, told: str, expected: list[str]) -> None:
    start = {"Observation": '<value xsi:type="INT" value="7"/>', "DiagnosticReport": "<component><observation"}[type]
    raw = document(section("30954-2", result('<value xsi:type="INT" value="7"/>').replace(start, told + start, 1)))
    (found,) = made(raw, type)
    names = {f"Practitioner/{p['id']}": p["name"][0]["family"] for p in made(raw, "Practitioner")}
    assert [names[p["reference"]] for p in found["performer"]] == expected
