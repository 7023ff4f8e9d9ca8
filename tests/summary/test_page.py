"""The page as values: nothing of the record is lost on the way to it, and no gap is."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.merge import merge, recognised
from gateway.model import Fact
from gateway.shipped import below, shipped
from gateway.summary.page import page
from gateway.summary.sections import MISSING, SECTION_OF, SECTIONS, SourceSaid
from gateway.terminology.tables import load
from tests.summary.given import NOW, OK, allergy, issue, record, resource, shown, status, text

TYPES = sorted(SECTION_OF)
CODES = ("716186003", "no-known-problems", "373270004", "x")
ISSUES = ("polarity-conflict", "status-conflict", "no-longer-listed", "possible-duplicate", "drug-allergy", "dose-conflict")


@st.composite
def resources(draw):
    code = {"coding": [{"code": draw(st.sampled_from(CODES))}], "text": draw(st.sampled_from(("a", "b")))}
    type = draw(st.sampled_from(TYPES))
    extra = {"status": draw(st.sampled_from(("active", "stopped", "completed", "unknown", "entered-in-error", "not-done", "final"))),
             "verificationStatus": status(draw(st.sampled_from(("confirmed", "refuted", "entered-in-error")))),
             "clinicalStatus": status(draw(st.sampled_from(("active", "resolved")))),
             "period": {"start": draw(st.sampled_from(("2020", "2026-01-01", "2026-01-05T10:00:00+01:00", "x")))}}
    return resource(type, draw(st.uuids()).hex, code=code, medicationCodeableConcept=code, **extra)


said_by = st.builds(SourceSaid, st.sampled_from(("lund", "kiel", "aarhus")), answered=st.sampled_from((None, NOW)),
                    failing=st.sampled_from(("", "timed out. Nothing was lost.")), late=st.booleans(), asked=st.booleans(),
                    sends=st.sampled_from(((), ("allergies",), ("results", "medications"))),
                    unreadable=st.dictionaries(st.sampled_from(list(SECTIONS)), st.integers(1, 3), max_size=2))
sources = st.lists(said_by, max_size=3, unique_by=lambda s: s.name)


def everywhere(p):
    """Ids that the page shows, folded ones and statements included."""
    listed = [r for name, rows in p.lists.items() if name not in ("newest", "unlisted") for r in rows]
    rows = {id for r in listed for id in (r.id, *(a.id for a in r.also))}
    return rows | {s.id for said in p.statements.values() for s in said}


@given(st.lists(resources(), max_size=6), st.data())
def test_every_resource_of_the_record_stands_on_the_page(found, data):
    references = [f"{r['resourceType']}/{r['id']}" for r in found]
    issues = [issue(data.draw(st.sampled_from(ISSUES)), *data.draw(st.lists(st.sampled_from(references), min_size=1, max_size=3)))
              for _ in range(data.draw(st.integers(0, 4)) if found else 0)]
    assert everywhere(shown(*found, issues=issues)) >= set(references)


@given(st.lists(resources(), max_size=6))
def test_now_unlisted_and_past_part_the_medicines_and_the_problems(found):
    p = shown(*found)
    for names in (("medications", "unlisted medicines", "past medicines"), ("problems", "unlisted problems", "past problems")):
        ids = [r.id for n in names for r in p.lists[n]]
        assert len(ids) == len(set(ids)) and len(ids) == len(p.sections[names[0]].rows)


@given(sources)
def test_every_source_that_is_missing_anywhere_is_named_on_top(said):
    p = page(record()[0], {}, said, NOW)
    missing = {n for s in p.sections.values() for n, state in s.sources.items() if state in MISSING}
    for name in missing:
        assert any(name in line for line in p.missing), name
    for name, section in p.sections.items():
        gaps = {n for n, state in section.sources.items() if state in MISSING}
        told = p.headline.note + p.headline.text if name == "allergies" else p.notes[name].text
        assert all(n in told for n in gaps)


@given(sources, st.booleans())
def test_the_allergy_headline_is_never_calmer_when_a_source_fails(said, known):
    """A source that stops answering moves the headline towards caution, never towards relief."""
    found = [allergy("a", "latex")] if known else []
    calm = {1: 0, 6: 0, 4: 0, 3: 1, 2: 1, 5: 1, 7: 1, 8: 2, 0: 0}
    before = shown(*found, sources=said).headline
    for i, s in enumerate(said):
        worse = [*said[:i], SourceSaid(s.name, failing="down", sends=s.sends, asked=s.asked), *said[i + 1:]]
        after = shown(*found, sources=worse).headline
        assert calm[after.row] >= calm[before.row] or s.unreadable


def test_a_refuted_allergy_folds_under_the_positive_one_and_stays_apart_without_one():
    both = (allergy("1", "penicillin"), allergy("2", "penicillin", "refuted"))
    refs = ("AllergyIntolerance/1", "AllergyIntolerance/2")
    p = shown(*both, issues=[issue("polarity-conflict", *refs)])
    assert [r.id for r in p.allergies] == [refs[0]] and [r.id for r in p.allergies[0].also] == [refs[1]]
    assert "SOURCES DISAGREE" in p.allergies[0].marks and not p.lists["refuted"]
    alone = shown(both[1])
    assert not alone.allergies and alone.headline.row == 6 and [r.id for r in alone.lists["refuted"]] == [refs[1]]
    assert alone.lists["refuted"][0].marks == ("refuted",)


def test_risk_that_is_not_stated_sorts_with_high_risk():
    p = shown(allergy("1", "alder", criticality="low"), allergy("2", "birch"), allergy("3", "ash", criticality="high"))
    assert [r.text.split(" · ")[0] for r in p.allergies] == ["ash", "birch", "alder"]


@pytest.mark.parametrize("status_, code, where", [
    ("active", "", "medications"), ("on-hold", "", "medications"), ("stopped", "", "past medicines"), ("completed", "", "past medicines"),
    ("stopped", "status-conflict", "medications"), ("unknown", "no-longer-listed", "unlisted medicines"),
    ("entered-in-error", "", "past medicines")])
def test_where_a_medicine_stands(status_, code, where):
    drug = resource("MedicationStatement", "1", status=status_, medicationCodeableConcept=text("warfarin"))
    p = shown(drug, issues=[issue(code, "MedicationStatement/1", detail="since 2026-03-30")] if code else [])
    assert [n for n in ("medications", "unlisted medicines", "past medicines") if p.lists[n]] == [where]
    if code == "no-longer-listed":
        assert "no longer listed (since 30 Mar 2026)" in p.lists[where][0].marks


def test_disagreeing_medicines_come_first():
    drugs = [resource("MedicationStatement", i, status="active", medicationCodeableConcept=text(i)) for i in ("a", "b")]
    p = shown(*drugs, issues=[issue("dose-conflict", "MedicationStatement/b", element="dosage")])
    assert [r.text for r in p.lists["medications"]] == ["b", "a"]


def test_a_row_has_a_chip_for_each_source_with_the_age_of_its_newest_word():
    p = shown(allergy("1", "latex"), by={"AllergyIntolerance/1": "lund kiel"})
    assert [(c.source, c.country, c.age) for c in p.allergies[0].chips] == [("kiel", "SE", "2 d 4 h old"), ("lund", "SE", "2 d 4 h old")]
    assert p.allergies[0].chips[0].title == "Kiel Hospital, said 22 Nov 2026 00:00 (UTC), received 23 Nov 2026 00:00 (UTC)"


def test_a_fact_without_a_time_of_its_own_says_when_it_was_received():
    body, facts = record(allergy("1", "latex"))
    undated = {k: {**f, "asserted": ""} for k, f in facts.items()}
    assert page(body, undated, [OK["lund"]], NOW).allergies[0].chips[0].age == "received 1 d 4 h ago"


def test_what_other_sources_say_stands_on_the_row_in_words():
    problem = resource("Condition", "1", code=text("Hip fracture"), onsetDateTime="2026-02-10")
    said = {"Condition/1": {"onsetDateTime": [("2026", "kiel")], "code": [(text("Schenkelhalsbruch"), "kiel")],
                            "encounter": [({"reference": "Encounter/1"}, "kiel")], "clinicalStatus": [(status("resolved"), "aarhus")]}}
    [row] = shown(problem, alternatives=said).lists["problems"]
    assert set(row.says) == {"kiel: Schenkelhalsbruch · since 2026", "aarhus: resolved"}


def test_the_same_words_in_capitals_are_not_said_twice_on_the_row():
    problem = resource("Condition", "1", code=text("Hip fracture"))
    said = {"Condition/1": {"code": [(text("HIP FRACTURE"), "kiel"), (text("Hip fractures"), "aarhus")]}}
    [row] = shown(problem, alternatives=said).lists["problems"]
    assert row.says == ("aarhus: Hip fractures",)


def test_uncoded_allergies_are_marked():
    p = shown(resource("AllergyIntolerance", "1", code=text("contrast dye")))
    assert p.allergies[0].marks == ("free text: automatic checks cannot see this",)


def test_uncoded_allergies_that_the_checks_know_by_their_words_are_not_marked():
    seen, unseen = (resource("AllergyIntolerance", n, code=text(t)) for n, t in (("1", "Allergy to penicillin"), ("2", "contrast dye")))
    tables = load(below(shipped(), "conceptmaps", "terminology"))
    p = page(*record(seen, unseen), (), NOW, seen=partial(recognised, tables=tables))
    assert {r.id: r.marks for r in p.allergies} == {
        "AllergyIntolerance/1": (), "AllergyIntolerance/2": ("free text: automatic checks cannot see this",)}


@pytest.mark.parametrize(("allergy", "known"), [
    ({"code": {"text": "Penicillin"}}, True), ({"code": {"text": "penicillin allergy"}}, True), ({"code": {"text": "something in the wood"}}, False),
    ({"reaction": [{"substance": {"coding": [{"system": "http://snomed.info/sct", "code": "764146007"}]}}]}, True),
    ({"reaction": [{"substance": {"coding": [{"system": "http://snomed.info/sct", "code": "764146007"}], "text": "dye"}}, {"substance": {"text": "dye"}}]}, True),
    ({"reaction": [{"substance": {"text": "some dye"}}]}, False), ({}, False), ({"code": {"text": "unknown"}}, False)])
def test_what_is_not_marked_raises_the_issue_beside_its_medicine(allergy, known):
    """The mark and the check agree: an allergy that is recognised is found by the substance of a medicine."""
    tables = load(below(shipped(), "conceptmaps", "terminology"))
    assert recognised({"resourceType": "AllergyIntolerance", "id": "a", **allergy}, tables) is known
    medicine = {"resourceType": "MedicationStatement", "id": "m", "status": "active", "medicationCodeableConcept": {
        "coding": [{"system": "http://snomed.info/sct", "code": "764146007"}]}}
    made = merge([Fact("A", "1", {"resourceType": "AllergyIntolerance", "id": "a", **allergy}), Fact("A", "1", medicine)], (), tables).json()
    assert ("drug-allergy" in {i["code"]["coding"][0]["code"] for i in made["issues"]}) is known


def test_an_empty_resource_of_every_type_has_words_and_no_bare_blank():
    p = shown(*(resource(t, t.lower()) for t in TYPES))
    for r in (r for rows in p.lists.values() for r in rows):
        assert r.text.strip() and not r.text.startswith(" ·")


def test_the_diagnosis_of_a_contact_is_told_from_the_same_problem_of_the_list():
    contact = resource("Condition", "1", code=text("Schenkelhalsbruch"), category=[status("encounter-diagnosis")])
    listed = resource("Condition", "2", code=text("Schenkelhalsbruch"), category=[status("problem-list-item")])
    p = shown(contact, listed, resource("AllergyIntolerance", "3", code=text("Latex"), category=["environment"]))
    marks = {r.id: r.marks for r in p.lists["problems"]}
    assert "diagnosis of a contact" in marks["Condition/1"] and "diagnosis of a contact" not in marks["Condition/2"]


@pytest.mark.parametrize(("kinds", "of_contact"), [
    (["encounter-diagnosis", "282291009"], True), (["encounter-diagnosis", "problem-list-item"], False), (["encounter-diagnosis", "health-concern"], False),
    (["282291009"], False)])
def test_what_kind_of_diagnosis_it_is_makes_no_entry_of_the_list_of_it(kinds: list[str], of_contact: bool) -> None:
    """A C-CDA says of the diagnosis of an encounter that it is a diagnosis, or a complaint."""
    [row] = shown(resource("Condition", "1", code=text("Asthma"), category=[status(k) for k in kinds])).lists["problems"]
    assert ("diagnosis of a contact" in row.marks) is of_contact


def test_what_is_no_longer_listed_is_in_the_order_of_its_names_whatever_its_id():
    meds = [resource("MedicationStatement", id, status="unknown", medicationCodeableConcept={"text": words}) for id, words in (("1", "Warfarin"), ("2", "Enoxaparin"))]
    p = shown(*meds, issues=[issue("no-longer-listed", "MedicationStatement/1"), {**issue("no-longer-listed", "MedicationStatement/2"), "id": "other"}])
    assert [r.text.split(" · ")[0] for r in p.lists["unlisted"]] == ["Enoxaparin", "Warfarin"] == [r.text.split(" · ")[0] for r in p.lists["unlisted medicines"]]
