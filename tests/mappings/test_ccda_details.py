"""Smaller things that C-CDA means: pairs of pressures, labels, languages, doses, goals, findings inside findings."""

import json
from typing import Any

import pytest

from gateway.jsontext import dumps
from gateway.pure.mapping import Chosen, messages
from gateway.summary.results import newest
from gateway.summary.words import dose
from tests.adapters.ccda.documents import (
    LOINC,
    OID,
    RXNORM,
    SNOMED,
    allergy,
    document,
    medicine,
    problem,
    result,
    section,
)


def made(raw: bytes, type: str) -> list[dict[str, Any]]:
    (found,) = messages("x.xml", raw, Chosen())
    assert not [i for i in found.result.mapped.issues if i.severity in ("error", "fatal")]
    return json.loads(dumps([r for r in found.result.mapped.resources if r["resourceType"] == type]))


def vital(code: str, value: int, time: str = "20260101", more: str = "") -> str:
    return f"""<component><observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.22.4.27"/><code code="{code}" codeSystem="{LOINC}"/>
<statusCode code="completed"/><effectiveTime value="{time}"/><value xsi:type="PQ" value="{value}" unit="mm[Hg]"/>{more}</observation></component>"""


def vitals(*members: str) -> bytes:
    return document(section("8716-3", f"""<organizer classCode="CLUSTER" moodCode="EVN"><templateId root="{OID}.10.20.22.4.26"/>
<code code="46680005" codeSystem="{SNOMED}"/><statusCode code="completed"/><effectiveTime value="20260101"/>{"".join(members)}</organizer>"""))


def codes(resource: dict[str, Any]) -> list[str]:
    return [c["code"] for c in resource["code"]["coding"]]


def test_cda_07_the_two_pressures_of_one_time_are_a_panel_too() -> None:
    found = made(vitals(vital("8480-6", 120), vital("8462-4", 80), vital("8480-6", 130, "20260102"), vital("8462-4", 85, "20260102"),
                        vital("8480-6", 140, "20260103")), "Observation")
    by_id = {f"Observation/{r['id']}": r for r in found}
    panels = [r for r in found if codes(r) == ["85354-9"]]
    assert [(p["effectiveDateTime"], *((codes(c)[0], c["valueQuantity"]["value"]) for c in p["component"])) for p in panels] == [
        ("2026-01-01", ("8480-6", 120), ("8462-4", 80)), ("2026-01-02", ("8480-6", 130), ("8462-4", 85))]
    assert [[by_id[m["reference"]]["valueQuantity"]["value"] for m in p["hasMember"]] for p in panels] == [[120, 80], [130, 85]]
    assert sorted(r["valueQuantity"]["value"] for r in found if "valueQuantity" in r) == [80, 85, 120, 130, 140]


def test_what_a_panel_tells_is_one_line_of_the_page() -> None:
    shown = newest(made(vitals(vital("8480-6", 120), vital("8462-4", 80), vital("8867-4", 71)), "Observation"))
    assert sorted(codes(r)[0] for r in shown) == ["85354-9", "8867-4"]


@pytest.mark.parametrize("code", ["59408-5", "2708-6"])
def test_cda_07_oxygen_saturation_has_both_codes_among_the_vital_signs_only(code: str) -> None:
    (found,) = [r for r in made(vitals(vital(code, 97)), "Observation") if "valueQuantity" in r]
    assert sorted(codes(found)) == ["2708-6", "59408-5"] and codes(found)[0] == code
    (alone,) = made(document(section("30954-2", result('<value xsi:type="PQ" value="97" unit="%"/>', code))), "Observation")
    assert codes(alone) == [code]


@pytest.mark.parametrize("written, code, display", [("R", "R", "restricted"), ("V", "V", "very restricted"), ("PSY", "R", "restricted")])
def test_cda_04_what_is_restricted_is_labelled(written: str, code: str, display: str) -> None:
    (condition,) = made(document(section("11450-4", problem())).replace(b'code="N"', f'code="{written}"'.encode()), "Condition")
    assert condition["meta"]["security"] == [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": code, "display": display}]


def test_cda_04_the_nearest_confidentiality_counts() -> None:
    closed = section("11450-4", problem()).replace("<title>", f'<confidentialityCode code="R" codeSystem="{OID}.5.25"/><title>', 1)
    raw = document(closed, section("48765-2", allergy()))
    assert made(raw, "Condition")[0]["meta"]["security"][0]["code"] == "R"
    assert all("meta" not in r for t in ("AllergyIntolerance", "Patient") for r in made(raw, t))
    whole = [r for t in ("DocumentReference", "Binary", "Composition") for r in made(raw, t)]
    assert [r["meta"]["security"][0]["code"] for r in whole] == ["R"] * 3, "each of them hands on the restricted section"


def test_cda_04_what_the_sender_masked_is_labelled_where_it_was() -> None:
    masked = result('<value xsi:type="PQ" nullFlavor="MSK"/>')
    open_ = result('<value xsi:type="PQ" value="5" unit="mmol/L"/>', "2339-0")
    found = {codes(r)[0]: r for r in made(document(section("30954-2", masked, open_)), "Observation")}
    assert found["2345-7"]["meta"]["security"][0]["code"] == "MASKED" and codes({"code": found["2345-7"]["dataAbsentReason"]}) == ["masked"]
    assert "meta" not in found["2339-0"]


@pytest.mark.parametrize("written, tag", [("eng", "en"), ("en-US", "en-US"), ("EN_us", "en-US"), ("fre", "fr"), ("gsw", "gsw"), ("zho-hans-CN", "zh-Hans-CN"), ("fr-CA", "fr-CA")])
def test_a_language_is_a_tag_of_bcp_47(written: str, tag: str) -> None:
    spoken = f'<languageCommunication><languageCode code="{written}"/></languageCommunication></patient>'.encode()
    (patient,) = made(document().replace(b"</patient>", spoken), "Patient")
    assert patient["communication"][0]["language"]["coding"][0]["code"] == tag


def goal(value: str, code: str = f'<code code="2345-7" codeSystem="{LOINC}"/>', more: str = "") -> bytes:
    return document(section("61146-7", f"""<observation classCode="OBS" moodCode="GOL"><templateId root="{OID}.10.20.22.4.121"/>{code}
<statusCode code="active"/>{more}{value}</observation>"""))


def test_the_target_of_a_goal_is_its_value_and_its_day() -> None:
    due = '<effectiveTime><low value="20260101"/><high value="20260601"/></effectiveTime>'
    (found,) = made(goal('<value xsi:type="IVL_PQ"><low value="4" unit="mmol/L"/><high value="6" unit="mmol/L"/></value>', more=due), "Goal")
    (target,) = found["target"]
    assert (target["detailRange"]["low"]["value"], target["detailRange"]["high"]["value"], target["dueDate"]) == (4, 6, "2026-06-01")
    (found,) = made(goal('<value xsi:type="PQ" value="92" unit="%"/>'), "Goal")
    assert found["target"][0]["detailQuantity"]["value"] == 92 and codes({"code": found["target"][0]["measure"]}) == ["2345-7"]
    (found,) = made(goal('<value xsi:type="PQ" value="92" unit="%"/>', "<text>stay well</text>"), "Goal")
    assert "target" not in found and found["description"]["text"] == "stay well"


def test_a_finding_inside_a_finding_is_one_of_its_own_and_a_member() -> None:
    width = f"""<entryRelationship typeCode="COMP"><observation classCode="OBS" moodCode="EVN"><code code="401239006" codeSystem="{SNOMED}"/>
<statusCode code="completed"/><value xsi:type="PQ" value="12" unit="mm"/></observation></entryRelationship>"""
    found = {codes(r)[0]: r for r in made(document(section("30954-2", result('<value xsi:type="ST">wound</value>', more=width))), "Observation")}
    assert found["401239006"]["valueQuantity"]["value"] == 12
    assert found["2345-7"]["hasMember"] == [{"reference": f"Observation/{found['401239006']['id']}"}]


def test_values_behind_the_first_are_told_and_a_picture_is_an_attachment() -> None:
    more = '<value xsi:type="ST">a</value><value xsi:type="PQ" value="5" unit="mm"/><value xsi:type="ST">b</value>'
    (found,) = made(document(section("30954-2", result(more))), "Observation")
    assert found["valueString"] == "a" and [n["text"] for n in found["note"]] == ["Further values: 5 mm; b"]
    (found,) = made(document(section("30954-2", result('<value xsi:type="ED" mediaType="image/png" representation="B64">QUJD</value>'))), "Observation")
    assert found["extension"][0]["valueAttachment"] == {"contentType": "image/png", "data": "QUJD"}


@pytest.mark.parametrize("value", ["", '<value xsi:type="ST" nullFlavor="NI"/>'])
def test_a_result_that_is_told_in_words_only_keeps_them(value: str) -> None:
    told = section("30954-2", result(value), text='<content ID="r">no growth</content>').replace("<statusCode", '<text><reference value="#r"/></text><statusCode')
    (found,) = made(document(told), "Observation")
    assert [n["text"] for n in found["note"]] == ["no growth"]


def test_what_is_given_is_a_medicine_in_whatever_section_it_stands() -> None:
    bare = medicine().replace(f'<templateId root="{OID}.10.20.22.4.16"/>', "")
    assert len(made(document(section("99999-9", bare)), "MedicationStatement")) == 1


def product(inner: str) -> bytes:
    old = f'<code code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg"/>'
    return document(section("10160-0", medicine())).replace(old.encode(), inner.encode())


@pytest.mark.parametrize("original, text, name", [
    ("", "Coumadin", None), ("<originalText>Coumadin 5 mg tablet</originalText>", "Coumadin 5 mg tablet", None),
    ("<originalText>warfarin 5</originalText>", "warfarin 5", "Coumadin")])
def test_the_name_of_a_product_is_kept(original: str, text: str, name: str | None) -> None:
    coded = f'<code code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg">{original}</code><name>Coumadin</name>'
    (found,) = made(product(coded), "MedicationStatement")
    concept = found["medicationCodeableConcept"]
    assert concept["text"] == text and concept["coding"][0]["display"] == "Warfarin 5 mg"
    assert [c["display"] for c in concept["coding"][1:]] == [name] * bool(name)


ORDER = f"""<entryRelationship typeCode="REFR"><supply classCode="SPLY" moodCode="INT"><templateId root="{OID}.10.20.22.4.17"/><statusCode code="active"/>
<effectiveTime xsi:type="IVL_TS"><high value="20260701"/></effectiveTime><repeatNumber value="3"/><quantity value="30" unit="{{tbl}}"/></supply></entryRelationship>"""


def test_what_was_ordered_of_a_medicine_is_told_beside_it_and_is_no_second_medicine() -> None:
    raw = document(section("10160-0", medicine(more=ORDER)))
    (found,) = made(raw, "MedicationStatement")
    assert [n["text"] for n in found["note"]] == ["Ordered: 30 {tbl}, 3 fills, until 2026-07-01"]
    assert made(raw, "MedicationRequest") == []


def test_fills_are_of_the_supply_and_times_of_the_order() -> None:
    (found,) = made(document(section("10160-0", medicine(more=ORDER + '<repeatNumber value="8"/>', mood="INT"))), "MedicationRequest")
    assert found["dispenseRequest"]["numberOfRepeatsAllowed"] == 2 and found["dosageInstruction"][0]["timing"]["repeat"]["count"] == 8


EVERY = '<effectiveTime xsi:type="PIVL_TS"><period value="12" unit="h"/></effectiveTime>'


@pytest.mark.parametrize("unit, more, words", [
    ("", "", "dose 1, 1 × every 12 h"), (' unit="1"', "", "dose 1, 1 × every 12 h"), (' unit="mg"', "", "1 mg 1 × every 12 h"),
    ("", f'<administrationUnitCode code="C48542" codeSystem="{OID}.3.26.1.1" displayName="tablet"/>', "1 tablet 1 × every 12 h")])
def test_a_dose_without_a_unit_reads_as_a_dose(unit: str, more: str, words: str) -> None:
    raw = document(section("10160-0", medicine(times=EVERY))).replace(b'<doseQuantity value="1"/>', f'<doseQuantity value="1"{unit}/>{more}'.encode())
    assert dose(made(raw, "MedicationStatement")[0]) == words


@pytest.mark.parametrize("most, element", [
    ('<numerator value="4" unit="mg"/><denominator value="1" unit="d"/>', "maxDosePerPeriod"), ('<numerator value="4" unit="mg"/>', "maxDosePerAdministration")])
def test_the_most_at_a_time_and_the_most_in_a_period(most: str, element: str) -> None:
    raw = document(section("10160-0", medicine(more=f"<maxDoseQuantity>{most}</maxDoseQuantity>")))
    assert element in made(raw, "MedicationStatement")[0]["dosage"][0]


def test_a_denial_of_all_problems_keeps_its_words() -> None:
    raw = document(section("11450-4", problem("55607006", attributes='negationInd="true"')))
    (found,) = made(raw, "Condition")
    assert codes(found) == ["160245001"] and "text" not in found["code"]
    worded = raw.replace(b'displayName="Problem 55607006"/>', b'displayName="Problem"><originalText>No active problems</originalText></value>')
    (found,) = made(worded, "Condition")
    assert (codes(found), found["code"]["text"]) == (["160245001"], "No active problems")


@pytest.mark.parametrize("code", ["46240-8", "11535-2"])
def test_an_event_without_a_diagnosis_does_not_deny_all_problems(code: str) -> None:
    (found,) = made(document(section(code, problem("55607006", attributes='negationInd="true"'))), "Condition")
    assert codes(found) == ["55607006"] and codes({"code": found["verificationStatus"]}) == ["refuted"]


@pytest.mark.parametrize("low, high, end", [
    ("201610031445", "201610031430", None), ("201610031430", "201610031445", "2016-10-03T14:45:00-04:00"), ("201610031445", "20161003", "2016-10-03"),
    ("201610031445-0400", "201610031900+0000", "2016-10-03T19:00:00Z"), ("20161004", "20161003", None)])
def test_an_end_before_its_start_is_left_out_to_the_minute(low: str, high: str, end: str | None) -> None:
    stay = f"""<encounter classCode="ENC" moodCode="EVN"><templateId root="{OID}.10.20.22.4.49"/><code code="99213" codeSystem="{OID}.6.12"/>
<effectiveTime><low value="{low}"/><high value="{high}"/></effectiveTime></encounter>"""
    (found,) = messages("x.xml", document(section("46240-8", stay)), Chosen(timezone="America/New_York"))
    assert not [i for i in found.result.mapped.issues if i.severity in ("error", "fatal")]
    (encounter,) = [r for r in found.result.mapped.resources if r["resourceType"] == "Encounter"]
    assert encounter.get("period", {}).get("end") == (end.replace("Z", "+00:00") if end and high.endswith("+0000") else end)


def test_a_number_that_two_stays_share_loses_neither_and_the_stay_of_the_header_stays_one() -> None:
    def stay(code: str, day: str) -> str:
        return f"""<encounter classCode="ENC" moodCode="EVN"><templateId root="{OID}.10.20.22.4.49"/><id root="1.2.3.8" extension="E-1"/>
<code code="{code}" codeSystem="{OID}.6.12"/><effectiveTime value="{day}"/></encounter>"""
    found = made(document(section("46240-8", stay("99281", "20100430"), stay("99238", "20100528"))), "Encounter")
    assert sorted((codes({"code": r["type"][0]})[0], r["period"]["start"]) for r in found) == [("99238", "2010-05-28"), ("99281", "2010-04-30")]
    header = '<componentOf><encompassingEncounter><id root="1.2.3.8" extension="E-1"/><effectiveTime value="20100430"/></encompassingEncounter></componentOf><component><structuredBody>'
    once = document(section("46240-8", stay("99281", "20100430"))).replace(b"<component><structuredBody>", header.encode())
    assert len(made(once, "Encounter")) == 1


def test_a_time_whose_offset_cannot_be_keeps_its_day() -> None:
    (found,) = messages("x.xml", document(section("11450-4", problem(onset="20150722230000-5000"))), Chosen())
    assert [i.code for i in found.result.mapped.issues] == ["ccda-date-invalid"]
    assert next(r for r in found.result.mapped.resources if r["resourceType"] == "Condition")["onsetDateTime"].startswith("2015-07-22")


@pytest.mark.parametrize("value, code, text, status", [
    (f'code="55607006" codeSystem="{SNOMED}"><originalText>Diabetes</originalText>', "55607006", "Diabetes", "refuted"),
    (f'code="64572001" codeSystem="{SNOMED}"><translation code="44054006" codeSystem="{SNOMED}"/>', "64572001", None, "refuted"),
    ('nullFlavor="OTH"><originalText>Diabetes</originalText>', None, "Diabetes", "refuted"),
    ('nullFlavor="OTH" displayName="Diabetes">', None, "Diabetes", "refuted"),
    ('nullFlavor="UNK"><originalText>No known problems</originalText>', "160245001", "No known problems", "confirmed"),
    (f'code="160245001" codeSystem="{SNOMED}">', "160245001", None, "confirmed"), ('nullFlavor="NI">', "160245001", None, "confirmed")])
def test_cda_05_only_what_is_denied_is_denied(value: str, code: str | None, text: str | None, status: str) -> None:
    old = f'<value xsi:type="CD" code="38341003" codeSystem="{SNOMED}" displayName="Problem 38341003"/>'
    raw = document(section("11450-4", problem(attributes='negationInd="true"'))).replace(old.encode(), f'<value xsi:type="CD" {value}</value>'.encode())
    (found,) = made(raw, "Condition")
    assert next((c["code"] for c in found["code"].get("coding", ())), None) == code and found["code"].get("text") == text
    assert codes({"code": found["verificationStatus"]}) == [status]


@pytest.mark.parametrize("inner, text, status", [
    ('<code nullFlavor="NA"/><name>No known medications</name>', "No known medications", "unknown"), ("<name>Medications</name>", "Medications", "unknown"),
    (f'<code code="182904002" codeSystem="{SNOMED}"/>', None, "unknown"), (f'<code code="410942007" codeSystem="{SNOMED}"/>', None, "not-taken"), ("<name>Warfarin</name>", "Warfarin", "not-taken"),
    (f'<code code="855332" codeSystem="{RXNORM}"/>', None, "not-taken")])
def test_cda_05_a_medicine_that_is_denied_is_one_or_all(inner: str, text: str | None, status: str) -> None:
    (found,) = made(product(inner).replace(b'moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.16"', b'moodCode="EVN" negationInd="true"><templateId root="2.16.840.1.113883.10.20.22.4.16"').replace(
        b'<statusCode code="active"/><effectiveTime', b'<statusCode code="nullified"/><effectiveTime'), "MedicationStatement")
    concept = found["medicationCodeableConcept"]
    assert concept.get("text") == text
    assert (concept.get("coding", [{}])[0].get("code") == "no-known-medications") is (status != "not-taken") and (found["status"] == "not-taken") is (status == "not-taken")


def test_a_document_whose_code_has_no_name_is_called_by_its_title() -> None:
    for type_ in ("DocumentReference", "Composition"):
        assert [r["type"]["text"] for r in made(document(section("11450-4", problem())), type_)] == ["Summary"]
    named = document(section("11450-4", problem())).replace(b'<code code="34133-9"', b'<code displayName="Summary of episode" code="34133-9"')
    assert made(named, "DocumentReference")[0]["type"]["text"] == "Summary of episode"


def test_a_time_that_the_clocks_show_twice_takes_the_earlier_reading_and_says_so() -> None:
    raw = document(section("8716-3", vital("8867-4", 71, "20241103013000")))
    (found,) = messages("x.xml", raw, Chosen(timezone="America/New_York"))
    mapped = found.result.mapped
    assert [r["effectiveDateTime"] for r in mapped.resources if r["resourceType"] == "Observation"] == ["2024-11-03T01:30:00-04:00"]
    assert [i.code for i in mapped.issues].count("time-ambiguous") == 1
