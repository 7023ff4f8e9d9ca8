"""Step 4: which answer is shown, what is united, what stays beside it; labels, references, contained resources."""

from typing import Any

import pytest

from gateway.fhir.validate import validate
from gateway.jsontext import canonical, dumps, loads
from gateway.merge.meta import CONFIDENTIALITY, meta
from gateway.merge.narrative import narrative
from gateway.merge.resolve import Member, _beside
from gateway.model import Fact
from tests.merge.given import (
    CLINICAL,
    GLUCOSE,
    SNOMED,
    coded,
    codes,
    condition,
    fact,
    of,
    one,
    others,
    quantity,
    record,
    result,
    says,
    vaccination,
)

MORNING = "2024-01-01T08:00:00Z"
MINE = [{"system": "urn:lab:instance", "value": "7"}]
CODE = coded((SNOMED, "38341003"))


def shown_value(*given: Any) -> str:
    return dumps(one(record(*given), "Observation")["valueQuantity"]["value"])


def say(source: str, value: Any, status: str = "final", **more: Any) -> Fact:
    return result(source, source, MORNING, value, identifier=MINE, status=status, **more)


@pytest.mark.parametrize("settled", ["final", "amended", "corrected", "appended"])
@pytest.mark.parametrize("unsettled", ["preliminary", "registered"])
def test_preliminary_yields_to_settled_however_late(settled: str, unsettled: str) -> None:
    assert shown_value(say("A", 1, unsettled, issued="2025-01-01T00:00:00Z"),
                       say("B", 2, settled, issued="2024-01-01T00:00:00Z")) == "2"


def test_the_later_issued_wins_and_a_tie_goes_to_the_correction() -> None:
    assert shown_value(say("A", 1, issued="2024-01-02T00:00:00Z"), say("B", 2, issued="2024-01-03T00:00:00Z")) == "2"
    for value in range(2, 14):
        assert shown_value(say("A", 1), say("B", value, "corrected")) == str(value)


def test_a_preliminary_value_refines_no_final_one() -> None:
    assert shown_value(say("A", "5.52", "preliminary"), say("B", "5.5")) == "5.5"
    assert shown_value(say("A", "5.52", issued="2020-01-01T00:00:00Z"), say("B", "5.5", issued="2021-01-01T00:00:00Z")) == "5.52"


def test_the_origin_beats_its_copy() -> None:
    copy = say("B", 1, issued="2025-01-01T00:00:00Z", meta={"source": "A/Observation/A"})
    assert shown_value(say("A", 2, issued="2024-01-01T00:00:00Z"), copy) == "2"


def test_the_asserted_time_of_the_body_comes_before_that_of_the_line() -> None:
    a = condition("A", "1", CODE, "active", recordedDate="2019", asserted="2025")
    b = condition("B", "2", CODE, "resolved", recordedDate="2020", asserted="2021")
    assert one(record(a, b), "Condition")["clinicalStatus"]["coding"][0]["code"] == "resolved"


def test_what_the_winner_does_not_say_is_taken_from_the_next() -> None:
    a = condition("A", "1", CODE, recordedDate="2021")
    b = condition("B", "2", CODE, "active", recordedDate="2020", severity=coded(text="mild"))
    shown = one(record(a, b), "Condition")
    assert (shown["recordedDate"], shown["severity"]["text"]) == ("2021", "mild")


def test_flags_and_ranges_stay_with_the_value_that_they_explain() -> None:
    ranges = [{"low": quantity("3.9", "mmol/L")}]
    r = record(say("A", 90, issued="2024-01-02T00:00:00Z"), say(
        "B", "2.0", unit="mmol/L", interpretation=[coded(text="L")], referenceRange=ranges, issued="2024-01-01T00:00:00Z"))
    shown = one(r, "Observation")
    assert "interpretation" not in shown and "referenceRange" not in shown
    assert others(r, shown, "referenceRange") == [ranges]


def test_an_end_stays_with_the_status_that_it_explains() -> None:
    ended = condition("A", "1", CODE, "resolved", abatementDateTime="2019", recordedDate="2019")
    r = record(ended, condition("B", "2", CODE, "active", recordedDate="2020"))
    shown = one(r, "Condition")
    assert "abatementDateTime" not in shown and others(r, shown, "abatementDateTime") == ["2019"]


@pytest.mark.parametrize(("coarse", "fine"), [("1970", "1970-05-03"), ("1970-05", "1970-05-03")])
def test_the_more_precise_date_is_shown_without_an_issue(coarse: str, fine: str) -> None:
    for a, b in ((coarse, fine), (fine, coarse)):
        r = record(fact("A", "Patient", "1", birthDate=a, asserted="2020"), fact("B", "Patient", "2", birthDate=b, asserted="2021"))
        assert one(r, "Patient")["birthDate"] == fine and codes(r) == []
        assert others(r, one(r, "Patient"), "birthDate") == [coarse]


@pytest.mark.parametrize(("element", "a", "b", "conflict"), [
    ("birthDate", "1970-05-03", "1971-05-03", True), ("gender", "female", "male", True), ("gender", "unknown", "male", False),
    ("deceasedBoolean", True, False, True)])
def test_demographics_that_differ_are_an_issue(element: str, a: Any, b: Any, conflict: bool) -> None:
    r = record(fact("A", "Patient", "1", **{element: a}), fact("B", "Patient", "2", **{element: b}))
    assert codes(r) == (["demographic-conflict"] if conflict else [])
    assert len(others(r, one(r, "Patient"), element)) == 1
    if not conflict:
        assert one(r, "Patient")[element] == b


def test_the_day_of_death_says_more_than_that_it_was() -> None:
    r = record(fact("A", "Patient", "1", deceasedBoolean=True, asserted="2025"),
               fact("B", "Patient", "2", deceasedDateTime="2024-03-01", asserted="2024"))
    assert one(r, "Patient")["deceasedDateTime"] == "2024-03-01" and "deceasedBoolean" not in one(r, "Patient")
    assert codes(r) == []


@pytest.mark.parametrize(("coarse", "fine"), [("2024", "2024-03-01"), ("2024-03", "2024-03-01T10:00:00Z")])
def test_the_more_precise_day_of_death_is_shown_without_an_issue(coarse: str, fine: str) -> None:
    for a, b in ((coarse, fine), (fine, coarse)):
        r = record(fact("A", "Patient", "1", deceasedDateTime=a, asserted="2025"), fact("B", "Patient", "2", deceasedDateTime=b, asserted="2026"))
        assert one(r, "Patient")["deceasedDateTime"] == fine and codes(r) == []
    r = record(*(fact(s, "Patient", s, deceasedDateTime=d) for s, d in (("A", coarse), ("B", "2023-01-01"))))
    assert codes(r) == ["demographic-conflict"]


@pytest.mark.parametrize("element", ["clinicalStatus", "verificationStatus"])
@pytest.mark.parametrize("other", [coded(("http://hl7.org/fhir/condition-clinical", "x")), {"coding": [{"code": "x"}]}, coded(("urn:r4", "x"), text="X"), coded(text=" X")])
def test_a_state_of_an_older_fhir_or_without_its_system_is_the_same_state(element: str, other: dict[str, Any]) -> None:
    told = [condition(s, "1", coded(text="Back pain"), **{element: v}) for s, v in (("A", coded(("urn:r4", "x"))), ("B", other))]
    assert len(of(record(*told), "Condition")) == 1 and codes(record(*told)) == []
    assert codes(record(told[0], condition("C", "1", coded(text="Back pain"), **{element: coded(("urn:r4", "y"))}))) == ["status-conflict"]


def test_a_primitive_and_its_extension_are_one_answer() -> None:
    hidden = {"_birthDate": {"extension": [{"url": "urn:why", "valueString": "asked"}]}}
    r = record(fact("A", "Patient", "1", birthDate="1970-05-03", asserted="2021"), fact("B", "Patient", "2", **hidden))
    assert "_birthDate" not in one(r, "Patient")
    assert others(r, one(r, "Patient"), "_birthDate") == [hidden["_birthDate"]]


def test_lists_of_things_are_united_and_answers_are_not() -> None:
    notes = [[{"text": "a"}], [{"text": "b"}, {"text": "a"}]]
    sites = [[coded(text="left arm")]]
    a, b = (vaccination(s, "1", "2023-10-01", note=n) for s, n in zip("AB", notes, strict=True))
    assert sorted(n["text"] for n in one(record(a, b), "Immunization")["note"]) == ["a", "b"]
    for listed in (record(condition("A", "1", CODE, bodySite=sites[0]), condition("B", "2", CODE, bodySite=sites[0])),):
        assert one(listed, "Condition")["bodySite"] == sites[0]


def test_an_entry_that_says_less_goes_into_the_one_that_says_more() -> None:
    r = record(fact("A", "Patient", "1", identifier=[{"system": "urn:p", "value": "1"}]),
               fact("B", "Patient", "2", identifier=[{"system": "urn:p", "value": "1", "use": "official"}]))
    assert one(r, "Patient")["identifier"] == [{"system": "urn:p", "value": "1", "use": "official"}]
    assert not r.alternatives


def test_every_text_of_a_code_stays_findable() -> None:
    r = record(*(condition(s, "1", coded((SNOMED, "38341003"), text=t)) for s, t in (("A", "High pressure"), ("B", "Hypertonie"))))
    shown = one(r, "Condition")
    assert {shown["code"]["text"], others(r, shown, "code")[0]["text"]} == {"High pressure", "Hypertonie"}


def test_the_text_of_a_code_is_taken_from_who_has_one() -> None:
    r = record(condition("A", "1", CODE, recordedDate="2021"), condition("B", "2", coded((SNOMED, "38341003"), text="x")))
    assert one(r, "Condition")["code"]["text"] == "x" and not others(r, one(r, "Condition"), "code")


def test_numbers_keep_their_text() -> None:
    r = record(result("A", "1", MORNING, "5.50", "mmol/L"), result("B", "2", MORNING, "5.500", "mmol/L"))
    texts = [dumps(v["value"]) for v in (one(r, "Observation")["valueQuantity"],
                                         *others(r, one(r, "Observation"), "valueQuantity"))]
    assert sorted(texts) == ["5.50", "5.500"] and codes(r) == []


@pytest.mark.parametrize(("labels", "kept"), [("NR", "R"), ("UN", "N"), ("VRN", "V"), ("N", "N")])
def test_the_strictest_label_holds(labels: str, kept: str) -> None:
    facts = [condition(s, "1", CODE, meta={"security": [{"system": CONFIDENTIALITY, "code": c}, {"system": "urn:l", "code": "x"}],
                                           "versionId": "3", "lastUpdated": MORNING, "profile": ["urn:p"]})
             for s, c in zip("ABC", labels, strict=False)]
    meta = one(record(*facts), "Condition")["meta"]
    assert set(meta) == {"security"}
    assert sorted(c["code"] for c in meta["security"]) == sorted([kept, "x"])


def test_extensions_are_answered_url_by_url() -> None:
    r = record(fact("A", "Patient", "1", asserted="2021", extension=[{"url": "urn:r", "valueString": "new"}]),
               fact("B", "Patient", "2", asserted="2020", extension=[{"url": "urn:r", "valueString": "old"},
                                                                     {"url": "urn:s", "valueString": "x"}]))
    assert [e["valueString"] for e in one(r, "Patient")["extension"]] == ["new", "x"]


def test_provenance_names_who_says_what_is_shown() -> None:
    a = condition("A", "1", CODE, "active", recordedDate="2020")
    b = condition("B", "2", CODE, "active", recordedDate="2021")
    c = condition("C", "3", CODE, "resolved", recordedDate="2019")
    r = record(a, b, c)
    said = r.provenance[f"Condition/{one(r, 'Condition')['id']}"]
    assert said["clinicalStatus"] == sorted([a.id, b.id]) and said["recordedDate"] == [b.id]
    assert said["resourceType"] == sorted([a.id, b.id, c.id])


# --- References

def test_references_point_to_the_merged_resources() -> None:
    visit = [fact(s, "Encounter", f"e{s}", status="finished", identifier=MINE) for s in "AB"]
    seen = [result(s, f"o{s}", MORNING, encounter={"reference": r}, subject={"reference": "Patient/p"}) for s, r in (
        ("A", "Encounter/eA"), ("B", "http://b.example/fhir/Encounter/eB/_history/4"))]
    r = record(*visit, *seen, fact("A", "Patient", "p"), fact("B", "Patient", "p"))
    shown = one(r, "Observation")
    assert shown["encounter"] == {"reference": f"Encounter/{one(r, 'Encounter')['id']}"}
    assert shown["subject"] == {"reference": f"Patient/{one(r, 'Patient')['id']}"}
    assert not r.alternatives.get(f"Observation/{shown['id']}")


@pytest.mark.parametrize(("reference", "kept"), [
    ({"reference": "Practitioner/9"}, {"type": "Practitioner", "identifier": "A/Practitioner/9"}),
    ({"reference": "Practitioner/9", "identifier": {"value": "7"}}, {"type": "Practitioner", "identifier": "7"}),
    ({"reference": "urn:uuid:5", "type": "Practitioner"}, {"type": "Practitioner", "identifier": "A urn:uuid:5"}),
    ({"reference": "nonsense"}, {"identifier": "A nonsense"})])
def test_a_dangling_reference_says_whom_it_meant(reference: dict[str, Any], kept: dict[str, str]) -> None:
    said = one(record(result("A", "1", MORNING, performer=[reference])), "Observation")["performer"][0]
    assert "reference" not in said
    assert {k: v["value"] if k == "identifier" else v for k, v in said.items()} == kept


def test_another_person_is_reduced_to_role_and_text() -> None:
    said = one(record(result("A", "1", MORNING, focus=[{"reference": "Patient/baby", "display": "Her child"}])), "Observation")
    assert said["focus"] == [{"type": "Patient", "display": "Her child"}]


def test_a_reference_to_a_retracted_fact_dangles_without_harm() -> None:
    r = record(result("A", "1", MORNING, encounter={"reference": "Encounter/e"}), fact("A", "Encounter", "e", status="finished"),
               says("retract", source="A", type="Encounter", id="e"))
    assert "reference" not in one(r, "Observation")["encounter"]


def test_a_uuid_reference_finds_its_fact_in_its_own_source() -> None:
    r = record(result("A", "1", MORNING, encounter={"reference": "urn:uuid:e-1"}), fact("A", "Encounter", "e-1", status="finished"))
    assert one(r, "Observation")["encounter"] == {"reference": f"Encounter/{one(r, 'Encounter')['id']}"}


def test_links_between_the_patients_of_one_person_are_gone() -> None:
    r = record(fact("A", "Patient", "1", link=[{"other": {"reference": "Patient/2"}, "type": "seealso"}]), fact("A", "Patient", "2"))
    assert "link" not in one(r, "Patient")


def test_contained_resources_never_take_each_other_s_place() -> None:
    def seen(source: str, kind: str) -> Fact:
        return result(source, source, MORNING, identifier=MINE, specimen={"reference": "#s"}, contained=[
            {"resourceType": "Specimen", "id": "s", "type": coded(text=kind)}])

    r = record(seen("A", "serum"), seen("B", "plasma"))
    shown = one(r, "Observation")
    assert [f"#{c['id']}" for c in shown["contained"]] == [shown["specimen"]["reference"]]
    by_id = {c["id"]: c for listed in (shown["contained"], *others(r, shown, "contained")) for c in listed}
    beside = others(r, shown, "specimen")[0]["reference"].removeprefix("#")
    assert {by_id[shown["specimen"]["reference"].removeprefix("#")]["type"]["text"], by_id[beside]["type"]["text"]} == {
        "serum", "plasma"}


def test_no_narrative_of_one_source_stands_for_all() -> None:
    def told(source: str, words: str, **body: Any) -> Fact:
        return condition(source, "1", CODE, **({"text": {"status": "generated", "div": words}} if words else {}), **body)

    same = one(record(told("A", "<div/>"), told("B", "<div/>")), "Condition")
    assert same["text"]["div"] == "<div/>"
    r = record(told("A", "<div>a</div>", note=[{"text": "fell < 2 m & woke"}]), told("B", "<div>b</div>", onsetDateTime="2024-01-01"))
    shown = one(r, "Condition")
    assert len(others(r, shown, "text")) == 2 and shown["text"]["status"] == "generated"
    assert "<li>onset Date Time: 2024-01-01</li>" in shown["text"]["div"] and "fell &lt; 2 m &amp; woke" in shown["text"]["div"]
    assert r.provenance[f"Condition/{shown['id']}"]["text"] == r.provenance[f"Condition/{shown['id']}"]["resourceType"]
    assert [i for i in validate(shown | {"subject": {"display": "x"}}) if i.severity in ("error", "fatal")] == []
    r = record(told("A", "<div>says only what A knew</div>"), told("B", ""))
    assert "only what A knew" not in one(r, "Condition")["text"]["div"] and len(others(r, one(r, "Condition"), "text")) == 1
    assert "text" not in one(record(told("A", ""), told("B", "")), "Condition")


def test_a_fact_whose_members_come_in_another_order_is_the_same_fact() -> None:
    stage = [{"summary": coded(text="II"), "assessment": [{"display": "scan"}]}, {"assessment": [{"display": "scan"}], "summary": coded(text="II")}]
    told = [condition("A", "1", CODE, stage=[s], text={"status": "generated", "div": "<div/>"}) for s in stage]
    assert told[0].id == told[1].id and "assessment" in dumps(told[0].resource)
    r = record(*told, condition("B", "1", CODE))
    assert "stage: scan, II" in one(r, "Condition")["text"]["div"]


@pytest.mark.parametrize(("value", "words"), [
    ({"valueQuantity": {"value": loads("1.50"), "unit": "mg/dL", "comparator": "<"}}, "value Quantity: &lt; 1.50 mg/dL"),
    ({"valueBoolean": False}, "value Boolean: no"), ({"valueString": "a\u0007b<"}, "value String: ab&lt;"),
    ({"effectivePeriod": {"start": "2024-01-01", "end": "2024-02"}}, "effective Period: 2024-01-01 – 2024-02"),
    ({"code": {"coding": [{"system": "urn:x", "code": "1"}, {"code": "2"}]}}, "code: 1, 2"),
    ({"code": {"coding": [{"code": "1"}], "text": "One"}}, "code: One"), ({"performer": [{"reference": "Practitioner/1", "display": "Dr. Ek"}]}, "performer: Dr. Ek"),
    ({"photo": {"url": "urn:p", "title": "Scan"}}, "photo: Scan"), ({"extra": {"value": {"code": "1"}, "why": "x"}}, "extra: 1, x"),
    ({"extra": {"value": [1, 2], "unit": "mg"}}, "extra: mg, 1; 2"),
    ({"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": "deep"}}}}}}}}, "a: …"), ({"a": {"b": {"c": {"d": {"e": {"f": "deep"}}}}}}, "a: deep"),
    ({"component": [{"code": {"text": "a"}, "valueInteger": 1}, {"code": {"text": "b"}, "valueInteger": 0}]}, "component: a, 1; b, 0")])
def test_a_narrative_says_values_as_they_are_written(value: dict[str, Any], words: str) -> None:
    div = narrative({"resourceType": "Observation", "id": "x", "subject": {"display": "Eva"}, **value})["div"]
    assert f"<p>Observation</p><ul><li>{words}</li></ul></div>" in div


def test_a_lone_fact_is_shown_as_it_was_said() -> None:
    body = {"status": "final", "code": GLUCOSE, "text": {"status": "generated", "div": "<div/>"}, "language": "sv",
            "contained": [{"resourceType": "Specimen", "id": "s"}], "specimen": {"reference": "#s"}}
    shown = one(record(fact("A", "Observation", "1", **body)), "Observation")
    assert canonical({k: v for k, v in shown.items() if k not in ("id", "resourceType")}) == canonical(body)


def test_the_id_stays_when_a_later_source_confirms() -> None:
    first = condition("B", "1", CODE, recordedDate="2020", asserted="2020")
    before = one(record(first), "Condition")["id"]
    after = record(first, condition("A", "1", CODE, recordedDate="2021", asserted="2021"))
    assert one(after, "Condition")["id"] == before
    assert list(after.aliases.values()) == [f"Condition/{before}"]


def test_ids_depend_on_the_home_s_key() -> None:
    from gateway.merge import merge
    from tests.merge.given import tables
    facts = [condition("A", "1", CODE), result("A", "1", MORNING)]
    ids = [{r["id"] for r in merge(facts, (), tables(), key).resources} for key in (b"", b"home")]
    assert not ids[0] & ids[1] and all(len(i) == 32 for s in ids for i in s)


def test_several_classes_of_one_type_are_sorted_by_id() -> None:
    r = record(*(condition("A", str(n), coded((SNOMED, str(n)))) for n in range(8)))
    ids = [c["id"] for c in of(r, "Condition")]
    assert ids == sorted(ids)


def test_a_reference_that_leads_somewhere_is_shown_before_a_newer_one_that_leads_nowhere():
    """MRG-33: what one source left without a target another may still point to."""
    patient = fact("a", "Patient", "p")
    older = condition("a", "x", coded((SNOMED, "38341003")), subject={"reference": "Patient/p"}, recordedDate="2020-01-01")
    newer = condition("b", "y", coded((SNOMED, "38341003")), subject={"reference": "Patient/gone"}, recordedDate="2024-01-01")
    shown = {r["resourceType"]: r for r in record(patient, older, newer).json()["resources"]}
    assert shown["Condition"]["recordedDate"] == "2024-01-01"
    assert shown["Condition"]["subject"] == {"reference": f"Patient/{shown['Patient']['id']}"}


_UNKNOWN = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}


@pytest.mark.parametrize("told", [("2024", "2020"), ("2020", "2024")])
def test_why_there_is_no_value_hides_no_value_and_contradicts_none(told: tuple[str, str]) -> None:
    absent, known = told
    r = record(fact("A", "Patient", "1", asserted=absent, _birthDate=_UNKNOWN),
               fact("B", "Patient", "2", asserted=known, birthDate="1970-05-03"))
    shown = one(r, "Patient")
    assert shown["birthDate"] == "1970-05-03" and "_birthDate" not in shown and codes(r) == []
    assert others(r, shown, "_birthDate") == [_UNKNOWN]


def test_why_there_is_no_status_hides_no_status() -> None:
    r = record(fact("A", "Condition", "1", code=CODE, clinicalStatus=_UNKNOWN, recordedDate="2024"),
               condition("B", "2", CODE, "active", recordedDate="2020"))
    assert one(r, "Condition")["clinicalStatus"] == coded((CLINICAL, "active")) and codes(r) == []


def test_why_there_is_no_value_is_shown_where_nobody_gives_one() -> None:
    r = record(*(fact(s, "Patient", "1", _birthDate=_UNKNOWN) for s in "AB"))
    assert one(r, "Patient")["_birthDate"] == _UNKNOWN


def test_the_extensions_of_a_value_are_shown_with_the_value() -> None:
    born = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1970-05-03T08:00:00Z"}]}
    first = fact("A", "Patient", "1", asserted="2020", birthDate="1970-05-03", _birthDate=born)
    shown = one(record(first, fact("B", "Patient", "2", asserted="2024", birthDate="1970-05-03")), "Patient")
    assert shown["birthDate"] == "1970-05-03" and shown["_birthDate"] == born
    other = one(record(first, fact("B", "Patient", "2", asserted="2024", birthDate="1971-05-03")), "Patient")
    assert other["birthDate"] == "1971-05-03" and "_birthDate" not in other


def test_an_extension_beside_a_value_stays_with_its_own_element_and_value() -> None:
    """The extension of who gives the same value comes along; that of another element, or beside one of its own, does not."""
    ours, theirs = {"extension": [{"url": "urn:ours"}]}, {"extension": [{"url": "urn:theirs"}]}
    winner = Member("1", "A", {"birthDate": "1961-02-03", "gender": "female"})
    other = Member("2", "B", {"birthDate": "1961-02-03", "_birthDate": theirs, "gender": "female", "_gender": theirs})
    assert _beside("birthDate", winner, [winner, other]) == {"_birthDate": theirs}
    assert _beside("birthDate", Member("1", "A", {**winner.body, "_birthDate": ours}), [other]) == {}
    assert _beside("birthDate", winner, [Member("2", "B", {**other.body, "birthDate": "1961-02-04"})]) == {}
    assert _beside("name", Member("1", "A", {"name": ["x"]}), [Member("2", "B", {"name": ["x"], "_name": [theirs]})]) == {}


def test_a_part_that_one_source_told_makes_no_part_of_the_whole() -> None:
    """SUBSETTED stays where all that is known are parts: whoever reads it would think that the record is one."""
    part, other = {"code": "SUBSETTED"}, {"code": "kept"}
    assert meta([{"meta": {"tag": [part, other]}}, {}]) == {"tag": [other]}
    assert meta([{"meta": {"tag": [part]}}, {"meta": {"tag": [other]}}, {"meta": {"tag": [part]}}]) == {"tag": [other]}
    assert meta([{"meta": {"tag": [part, other]}}, {"meta": {"tag": [part]}}]) == {"tag": [part, other]} == meta([{"meta": {"tag": [other, part]}}])
