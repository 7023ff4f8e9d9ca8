"""C-CDA documents that are wrong, meant badly or too big: a typed issue with its place, neighbours survive, nothing leaks."""

import os
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.ccda.named import same
from adapters.ccda.reading import read_document
from gateway.jsontext import dumps, loads
from gateway.pure.mapping import Chosen, messages
from gateway.shipped import codes
from tests import ccda_documents as made
from tests.ccda_mutations import TEXTS, faults, mutated

DTD = b'<!DOCTYPE ClinicalDocument [ %s ]>\n<ClinicalDocument '
LAUGHS = b"".join([b'<!ENTITY l0 "lol">', *(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))])
ROOT = b'<ClinicalDocument xmlns="urn:hl7-org:v3"'


def with_dtd(inside: bytes, used: bytes) -> bytes:
    """A good document with a document type and one entity used in the patient's name."""
    return made.everything().replace(b"<ClinicalDocument ", DTD % inside).replace(b"Ashgrove", used)


def run(data: bytes) -> tuple[list[Any], list[dict], list[Any]]:
    """Lines, resources, issues of a document; every issue is typed and none is a crash."""
    found = list(messages("document.xml", data, Chosen()))
    issues = [i for f in found for i in f.result.mapped.issues]
    assert found and not [i for i in issues if i.code not in codes() or i.code == "internal-error"], issues
    return found, [r for f in found for r in f.result.mapped.resources], issues


def of(resources: list[dict], type_: str) -> list[dict]:
    return [r for r in resources if r["resourceType"] == type_]


def serious(issues: list[Any]) -> list[Any]:
    return [i for i in issues if i.severity in ("error", "fatal")]


NOT_DOCUMENTS = {
    "not XML": b"<ClinicalDocument xmlns='urn:hl7-org:v3'> MSH|^~\\& <a></b>",
    "cut off": made.everything()[:5000],
    "wrong root": b'<?xml version="1.0"?><section xmlns="urn:hl7-org:v3"><title>Problems</title></section>',
    "an organizer with a document's name in it": b'<organizer xmlns="urn:hl7-org:v3"><!-- <ClinicalDocument --></organizer>',
    "wrong namespace": made.everything().replace(b"urn:hl7-org:v3", b"urn:hl7-org:v2"),
    "root only": ROOT + b"/>",
    "deep": ROOT + b">" + b"<component>" * 100_000 + b"</component>" * 100_000 + b"</ClinicalDocument>",
    "attributes": ROOT + b"".join(b' a%d=""' % n for n in range(200_000)) + b"/>",
    "external entity": with_dtd(b'<!ENTITY x SYSTEM "file:///etc/hostname">', b"&x;"),
    "parameter entity": with_dtd(b'<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;', b"Ashgrove"),
    "billion laughs": with_dtd(LAUGHS, b"&l9;"),
    "quadratic": with_dtd(b'<!ENTITY x "%s">' % (b"x" * 50_000), b"&x;" * 20_000)}


@pytest.mark.parametrize("name", NOT_DOCUMENTS)
def test_what_is_no_readable_document_gives_one_line_with_a_typed_issue(name: str) -> None:
    run(made.everything())  # mappings are compiled once a process
    begin = time.monotonic()
    tracemalloc.start()
    try:
        found, _, issues = run(NOT_DOCUMENTS[name])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) == 1 and serious(issues)
    assert all(i.message.strip() and i.where for i in serious(issues))
    assert time.monotonic() - begin < 5 and peak < 200_000_000


TEXT = made.everything().decode().replace("Ashgrove", "Møller")
CLINIC = b"<name>Fairhaven Clinic"
LIES = {
    "UTF-8 that is windows-1252": TEXT.encode("cp1252"), "ISO-8859-1 that is UTF-8": TEXT.replace("UTF-8", "ISO-8859-1").encode(),
    "UTF-8 that is UTF-16 without a mark": TEXT.encode("utf-16-le"), "UTF-8 that is UTF-16": TEXT.encode("utf-16"),
    "UTF-16 that is UTF-8": TEXT.replace("UTF-8", "UTF-16").encode(), "ASCII that is Latin-1": TEXT.replace("UTF-8", "US-ASCII").encode("latin-1"),
    "an encoding that nobody has": TEXT.replace("UTF-8", "X-CHANGED").encode(),
    "ISO-8859-1 with the mark of UTF-8": b"\xef\xbb\xbf" + TEXT.replace("UTF-8", "ISO-8859-1").encode()}


@pytest.mark.parametrize("name", LIES)
def test_an_encoding_that_lies_is_said_with_its_line_and_the_document_read_as_it_is(name: str) -> None:
    _, resources, issues = run(LIES[name])
    assert [p["name"][0]["family"] for p in of(resources, "Patient")] == ["Møller"]
    assert [i.code for i in serious(issues)] == ["ccda-encoding"] and serious(issues)[0].where.startswith("line ")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16"])
def test_utf_16_that_says_so_needs_no_mark(codec: str) -> None:
    _, resources, issues = run(TEXT.replace("UTF-8", "UTF-16").encode(codec))
    assert not issues and of(resources, "Patient")[0]["name"][0]["family"] == "Møller"


@pytest.mark.parametrize("data, line", [
    (b"\n\n " + made.everything(), 1), (b"\0\x1a" + made.everything(), 1), (made.everything() + b"\0\x1a", 67),
    (made.everything().replace(CLINIC, b"<name>Fair &amp; Haven & Clinic &foo;&#x1f;"), 13),
    (made.everything().replace(CLINIC, b"<name>Fair&eacute;\x0bhaven Clinic"), 13),
    (made.everything().replace(b"<text>problems: 2", b"<text><![CDATA[a & b <!DOCTYPE html>]]> & c"), 29)])
def test_signs_that_xml_does_not_allow_are_said_and_cost_nothing_else(data: bytes, line: int) -> None:
    _, whole, _ = run(made.everything())
    _, resources, issues = run(data)
    assert [(i.code, i.where) for i in issues] == [("ccda-signs", f"line {line}")]
    assert [r["resourceType"] for r in resources] == [r["resourceType"] for r in whole]
    text = dumps(resources)
    assert ("Fair & Haven & Clinic &foo;" in text or "Fairéhaven Clinic" in text) is (line == 13)
    assert ("a &amp; b &lt;!DOCTYPE html&gt; &amp; c" in text) is (line == 29)


@pytest.mark.parametrize("data", [
    made.everything() + b"more", made.everything() * 2, made.everything().replace(CLINIC, b"<name>a < b"),
    made.everything().replace(b'use="HP"', b'use="HP" use="WP"')])
def test_what_more_than_letters_would_have_to_be_guessed_for_is_refused(data: bytes) -> None:
    _, resources, issues = run(data)
    assert not resources and [i.code for i in issues] == ["ccda-not-xml"]


def test_a_prefix_that_is_declared_nowhere_is_read_whatever_was_wrong_with_the_document_before() -> None:
    run(made.everything()[:4000])
    _, resources, issues = run(made.everything().replace(b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', b""))
    assert [i.code for i in issues] == ["ccda-prefix"] and len(of(resources, "Condition")) == 2


def test_a_namespace_that_is_missing_is_said_and_the_rest_is_read() -> None:
    _, resources, issues = run(made.everything().replace(b' xmlns="urn:hl7-org:v3"', b""))
    assert "ccda-namespace" in [i.code for i in issues] and len(of(resources, "Condition")) == 2


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("kept-away-7731")
    data = with_dtd(b'<!ENTITY x SYSTEM "file://%s">' % str(secret).encode(), b"&x;")
    _, resources, issues = run(data)
    assert "kept-away-7731" not in dumps(resources) + "".join(i.message for i in issues)


def test_two_hundred_megabytes_are_refused_in_a_moment() -> None:
    text = b"<text>" + b"QUJD" * 50_000_000 + b"</text>"
    data = made.everything().replace(b"<structuredBody>", b"<nonXMLBody>" + text + b"</nonXMLBody><structuredBody>")
    begin = time.monotonic()
    found, resources, issues = run(data)
    assert len(found) == 1 and not resources and serious(issues)
    assert time.monotonic() - begin < 10


HEADER = {"id": rb'<id root="2.16.840.1.113883.3.9999.1.2" extension="D-1"/>', "code": rb'<code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>',
          "effectiveTime": rb'<effectiveTime value="20220305101500-0500"/>', "name": made.everything()[made.everything().index(b"<name use="):made.everything().index(b"</name>") + 7],
          "birthTime": b'<birthTime value="19610217"/>', "sex": b'<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>'}
WHOLE = {part: made.everything()[made.everything().index(b"<%s>" % part.encode()):made.everything().index(b"</%s>" % part.encode()) + len(part) + 3]
         for part in ("author", "custodian")}


@pytest.mark.parametrize("part", [*HEADER, *WHOLE])
def test_a_header_part_that_is_missing_takes_no_entry_with_it(part: str) -> None:
    cut = {**HEADER, **WHOLE}[part]
    assert made.everything().count(cut) == 1
    _, whole, _ = run(made.everything())
    _, resources, _ = run(made.everything().replace(cut, b""))
    for type_ in ("Patient", "Condition", "AllergyIntolerance", "Immunization", "Observation", "Procedure"):
        assert len(of(resources, type_)) == len(of(whole, type_)) > 0, type_


@pytest.mark.parametrize("part", ["recordTarget", "structuredBody"])
def test_a_document_without_a_patient_or_a_body_says_so(part: str) -> None:
    data = made.everything()
    start, end = data.index(b"<%s>" % part.encode()), data.index(b"</%s>" % part.encode()) + len(part) + 3
    _, _, issues = run(data[:start] + data[end:])
    assert [i for i in issues if i.severity in ("warning", "error", "fatal")]


@pytest.mark.parametrize("good, bad", [
    (b'<effectiveTime value="20180612"/>', b'<effectiveTime value="20181306"/>'),
    (b'<effectiveTime value="20211005"/>', b'<effectiveTime value="20210230"/>'),
    (b'<birthTime value="19610217"/>', b'<birthTime value="19611317"/>'),
    (b'<low value="20190304"/>', b'<low value="yesterday"/>'),
    (b'value="99.10" unit="mg/dL"', b'value="ninety" unit="mg/dL"')])
def test_a_value_that_cannot_be_is_named_with_its_place_and_the_rest_survives(good: bytes, bad: bytes) -> None:
    _, whole, _ = run(made.everything())
    _, resources, issues = run(made.everything().replace(good, bad))
    wrong = bad.split(b'value="')[1].split(b'"')[0].decode()
    said = [i for i in issues if wrong in i.message]
    assert (said or f'"valueString":"{wrong}"' in dumps(resources)) and all(i.where for i in said), issues
    assert sorted(r["resourceType"] for r in resources) == sorted(r["resourceType"] for r in whole)


def test_unknown_templates_stay_readable_and_accounted_for() -> None:
    strange = (b'<component><section><templateId root="1.2.3.4.5"/><code code="99999-9" codeSystem="2.16.840.1.113883.6.1"/><title>Moon phase</title>'
               b"<text>Born under a <content>waning</content> moon</text><entry><observation classCode='OBS' moodCode='EVN'>"
               b"<templateId root='1.2.3.4.6'/><code code='moon' codeSystem='1.2.3.4.7'/><value xsi:type='ST'>gibbous-4411</value>"
               b"</observation></entry></section></component></structuredBody>")
    data = made.everything().replace(b"</structuredBody>", strange)
    found, resources, _ = run(data)
    ledger = found[0].result.mapped.ledger
    assert len(of(resources, "Condition")) == 2
    assert "waning" in dumps(resources)
    assert "gibbous-4411" in dumps(resources) or any("observation" in p for p in ledger.unmapped)


def test_an_id_that_two_things_share_loses_neither() -> None:
    ids = made.Ids("one")
    entries = [made.problem(ids, code) for code in (made.ASTHMA, made.GOUT)]
    data = made.document("D-2", {"problems": entries})
    for number in range(2, 5):
        data = data.replace(b'extension="one-%d"' % number, b'extension="one-1"')
    _, resources, _ = run(data)
    assert {c["code"]["coding"][0]["code"] for c in of(resources, "Condition")} == {"195967001", "90560007"}
    assert len({c["id"] for c in of(resources, "Condition")}) == 2


def test_an_entry_that_contradicts_the_narrative_keeps_both() -> None:
    data = made.document("D-3", {"allergies": [made.allergy(made.Ids("x"), made.PENICILLIN)]}).replace(
        b"<text>allergies: 1</text>", b"<text>No known allergies, says the nurse</text>")
    _, resources, _ = run(data)
    assert [a["code"]["coding"][0]["code"] for a in of(resources, "AllergyIntolerance")] == ["7980"]
    assert "says the nurse" in dumps(resources)


def naughty() -> tuple[str, ...]:
    """Texts that break programs, where the corpora hold a list of them."""
    path = Path(os.environ.get("CORPUS", "")) / "suites/minimaxir+big-list-of-naughty-strings/blns.json"
    return tuple(loads(path.read_bytes())) if "CORPUS" in os.environ else ()


def payloads() -> Iterator[bytes]:
    """Documents that begin with each XXE payload that has a document type."""
    path = Path(os.environ["CORPUS"]) / "suites/payloadbox+xxe-injection-payload-list/Intruder/xxe-injection-payload-list.txt.txt"
    for text in path.read_text("utf-8", "replace").replace("\r", "").split("\n"):
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            yield text.encode() + b"\n" + made.everything().partition(b"?>\n")[2]


@pytest.mark.corpus
@pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")
def test_no_known_payload_reads_anything() -> None:
    hosts = Path("/etc/passwd").read_text("utf-8").splitlines()[0]
    tried = list(payloads())
    assert len(tried) > 10
    for data in tried:
        _, resources, issues = run(data)
        assert hosts not in dumps(resources) + "".join(i.message for i in issues), data[:200]


def test_two_hundred_mutants_give_an_answer() -> None:
    chance, found = Random(6), []
    seeds = [made.everything(), made.everything("D-2", None)]
    texts = (*TEXTS, *naughty())
    for number in range(200):
        data = mutated(seeds[number % 2], chance, texts)
        found += [(number, fault) for fault in faults(data)]
    assert not found, found[:10]



def narrative(section: str, text: str, *entries: str) -> bytes:
    return made.document("D-4", {section: entries}).replace(f"<text>{section}: {len(entries)}</text>".encode(), f"<text>{text}</text>".encode())


IDS = made.Ids("n")


@pytest.mark.parametrize("data, said", [
    (narrative("allergies", "No known allergies", made.allergy(IDS, made.PENICILLIN)), "No known allergies"),
    (narrative("medicines", "None", made.medicine(IDS, made.METFORMIN)), "None"),
    (narrative("allergies", "Penicillin: hives", made.allergy(IDS, made.PENICILLIN, negated=True)), "Penicillin: hives"),
    (narrative("allergies", "No known allergies", made.allergy(IDS, made.PENICILLIN, negated=True)), ""),
    (narrative("allergies", "Penicillin: hives. No known food allergies.", made.allergy(IDS, made.PENICILLIN)), ""),
    (narrative("problems", "Asthma, no longer active", made.problem(IDS, made.ASTHMA)), ""),
    (narrative("problems", "No known problems", made.problem(IDS, (made.SNOMED, "160245001", "No problems"))), "")])
def test_a_narrative_and_entries_that_contradict_each_other_are_named_with_their_place(data: bytes, said: str) -> None:
    _, resources, issues = run(data)
    found = [i for i in issues if i.code == "ccda-narrative"]
    assert len(found) == bool(said) and all(said in i.message and "/text (line " in i.where for i in found)
    assert of(resources, "Composition")[0]["section"]


@pytest.mark.parametrize("code, oid, label", [("17621005", made.SNOMED, ""), ("263856008", made.SNOMED, "R"), ("1141000195107", made.SNOMED, "V")])
def test_a_realm_that_says_in_snomed_how_confidential_a_document_is(code: str, oid: str, label: str) -> None:
    data = made.everything().replace(b'confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"', f'confidentialityCode code="{code}" codeSystem="{oid}"'.encode())
    _, resources, issues = run(data)
    assert not issues and [c["code"] for c in of(resources, "Condition")[0].get("meta", {}).get("security", ())] == [label] * bool(label)


LAB = b"""<component><section><code code="18719-5" codeSystem="2.16.840.1.113883.6.1"/><title>Chemie</title><text>Kreatinin 80</text><entry><act classCode="ACT" moodCode="EVN">
<code code="18719-5" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/><entryRelationship typeCode="COMP"><organizer classCode="BATTERY" moodCode="EVN">
<templateId root="1.3.6.1.4.1.19376.1.3.1.4"/><code code="24323-8" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/><effectiveTime value="20260220"/><component>
<observation classCode="OBS" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.3.1.6"/><code code="14682-9" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/>
<effectiveTime value="20260220"/><value xsi:type="PQ" value="80" unit="umol/L"/></observation></component></organizer></entryRelationship></act></entry></section></component>
<component><section><code code="77603-9" codeSystem="2.16.840.1.113883.6.1"/><title>Plan</title><text>Triatec</text><entry><substanceAdministration classCode="SBADM" moodCode="INT">
<templateId root="1.3.6.1.4.1.19376.1.9.1.3.7"/><statusCode code="active"/><consumable><manufacturedProduct><manufacturedMaterial><code code="7680543220018" codeSystem="2.51.1.1"/><name>Triatec</name>
</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry></section></component>
<component><section><code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergien</title><text>Gelatine</text><entry><act classCode="ACT" moodCode="EVN"><entryRelationship typeCode="SUBJ">
<observation classCode="OBS" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.5"/><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.6"/><code code="ALG" codeSystem="2.16.840.1.113883.5.4"/>
<statusCode code="completed"/><value xsi:type="CD" code="294847001" codeSystem="2.16.840.1.113883.6.96"/></observation></entryRelationship></act></entry></section></component></structuredBody>"""


def test_documents_of_other_realms_are_read_by_the_templates_of_ihe() -> None:
    data = made.document("CH-1", {}).replace(b"</structuredBody>", LAB)
    _, resources, issues = run(data)
    assert not issues
    assert [(r["code"]["coding"][0]["code"], str(r["valueQuantity"]["value"])) for r in of(resources, "Observation")] == [("14682-9", "80")]
    assert [r["medicationCodeableConcept"]["text"] for r in of(resources, "MedicationRequest")] == ["Triatec"]
    assert len(of(resources, "DiagnosticReport")) == len(of(resources, "AllergyIntolerance")) == 1 and not of(resources, "Condition")


TARGET = made.everything()[made.everything().index(b"<recordTarget>"):made.everything().index(b"</recordTarget>") + 15]


def test_a_document_of_two_patients_is_refused_and_one_who_is_named_twice_is_one() -> None:
    other = TARGET.replace(b"A-1001", b"A-1002")
    _, resources, issues = run(made.everything().replace(TARGET, TARGET + other.replace(b"<given>Nora", b"<given>Anna")))
    assert not resources and [(i.code, i.where) for i in serious(issues)] == [("ccda-patients", "recordTarget[2]/patientRole (line 10)")]
    _, resources, issues = run(made.everything().replace(TARGET, TARGET + other))
    assert not serious(issues) and len(of(resources, "Condition")) == 2


def test_an_entry_about_somebody_else_is_not_the_patients() -> None:
    fetus = b'<subject><relatedSubject classCode="PRS"><code code="CHILD" codeSystem="2.16.840.1.113883.5.111"/></relatedSubject></subject></observation>'
    entry = made.everything().index(b"</observation>", made.everything().index(b"<title>Results</title>"))
    data = made.everything()[:entry] + fetus + made.everything()[entry + len(b"</observation>"):]
    found, resources, issues = run(data)
    assert [i.code for i in issues] == ["ccda-subject"] and "section(30954-2)/entry/organizer/component/observation (line " in issues[0].where
    assert "2345-7" not in [r["code"]["coding"][0]["code"] for r in of(resources, "Observation")]
    assert any(p.endswith("observation/code/@code") for p in found[0].result.mapped.ledger.unmapped)


def test_an_id_that_everything_has_names_nothing() -> None:
    """However often it is named: neither a link nor a list that grows with the square of the document."""
    done = '<procedure classCode="PROC" moodCode="EVN"><id root="1.2" extension="A"/><code code="1" codeSystem="1.3"/></procedure>'
    stub = '<act classCode="ACT" moodCode="EVN"><id root="1.2" extension="A"/></act>'
    entries = "".join(f"<entry>{e}</entry>" for e in (done, stub) * 500)
    tree = read_document(made.everything().replace(b"</structuredBody>", f"<component><section>{entries}</section></component></structuredBody>".encode()))
    assert not any(same(e) for e in tree.by_name["act"]) and max(map(len, tree.numbered.values())) < 10
