"""The parts of the page: banner, strip C, journey, results, words of rows, and who looked."""

import re
from pathlib import Path

import pytest

import gateway
from gateway.identity.schemes import SCHEMES
from gateway.jsontext import loads
from gateway.summary.access import ACTIONS, contents, looked, matching, page_of, sentence
from gateway.summary.banner import banner, deceased, identifiers
from gateway.summary.journey import gaps, since_last
from gateway.summary.missing import answered, missing, plain, state
from gateway.summary.results import newest
from gateway.summary.sections import SourceSaid
from gateway.summary.words import name, quantity, words
from tests.summary.given import NOW, resource, shown, status, text

LOINC = "http://loinc.org"


def test_the_banner_says_that_a_source_closed_its_record():
    assert banner({"active": False}, NOW)[2:] == ("Inactive: a source closed or deleted its record",)
    assert banner({"active": True}, NOW)[2:] == ()


def test_the_banner_never_guesses():
    assert banner({}, NOW) == ("Birth date not given", "Sex not given") and deceased({}) == ""
    assert deceased({"deceasedBoolean": False}) == "" and deceased({"deceasedBoolean": True}) == "Deceased"
    eva = {"birthDate": "1961-02-03", "gender": "female"}
    assert banner(eva, NOW) == ("Born 3 Feb 1961 (65 y)", "Female")
    assert banner({**eva, "deceasedDateTime": "2020"}, NOW)[0] == "Born 3 Feb 1961", "the dead grow no older"


@pytest.mark.parametrize("identifier, said", [
    ({"system": "urn:oid:1.2.752.129.2.1.3.1"}, "SE personal number 1"), ({"system": "urn:oid:1.2.208.176.1.2"}, "DK CPR number 1"),
    ({"system": "urn:x", "type": {"text": "NNDNK"}}, "DK national number 1"),
    ({"system": "https://lund.example/patient", "type": {"coding": [{"code": "MR"}]}}, "Lund Hospital record number 1"),
    ({"system": "https://kiel.example/patient"}, "kiel.example number 1"), ({"system": "urn:oid:9.9"}, "Number, issuer not named 1"),
    ({"assigner": {"display": "Försäkringskassan"}}, "Försäkringskassan number 1"), ({}, "Number, issuer not named 1"),
    ({"system": "urn:oid:1.2.246.21", "use": "old"}, "FI personal identity code 1 (former)")])
def test_identifiers_have_their_issuer_in_words(identifier, said):
    [got] = identifiers({"identifier": [{**identifier, "value": "1"}]}, {"https://lund.example/patient": "Lund Hospital"})
    assert got == said and "://" not in got and "urn:" not in got


@pytest.mark.parametrize("system", [system for scheme in SCHEMES for system in scheme.systems])
def test_every_national_number_that_links_people_has_its_words(system):
    """Nobody reads `fhir.kemkes.go.id number`."""
    [said] = identifiers({"identifier": [{"system": system, "value": "1"}]}, {})
    assert re.fullmatch(r"[A-Z]{2} [A-Za-z][\w() -]* 1", said)


def test_national_identifiers_come_first():
    found = identifiers({"identifier": [{"system": "https://a.example", "value": "1"},
                                        {"system": "urn:oid:1.2.208.176.1.2", "value": "2"}]}, {})
    assert found[0] == "DK CPR number 2"


OLD = SourceSaid("kiel", "Kiel Hospital", "DE", answered="2026-11-15T01:00:00Z", sends=("results", "allergies"))


@pytest.mark.parametrize("changes, line", [
    ({"failing": "Timed out (8 s) (1 of 3 tries). Nothing was lost.", "since": "2026-11-24T03:00:00Z"},
     "Kiel Hospital (DE) did not answer: timed out. Last answer 9 d 3 h ago, 15 Nov 2026 01:00 (UTC). Last tried 24 Nov 2026 "
     "03:00 (UTC). Usually from there: allergies, results."),
    ({"failing": "refused", "answered": None}, "Kiel Hospital (DE) did not answer: refused. It has never answered. Usually from "
     "there: allergies, results."),
    ({"late": True}, "Kiel Hospital (DE) is late. Last answer 9 d 3 h ago, 15 Nov 2026 01:00 (UTC). Usually from there: allergies, results."),
    ({"asked": False}, "Kiel Hospital (DE) was not asked: it is not live. Usually from there: allergies, results."),
    ({"trial": True}, "Kiel Hospital (DE) is in test: what it tells has not been checked yet."),
    ({"answered": None, "sends": ()}, "Kiel Hospital (DE) has not answered yet. What it usually holds is not stated."),
    ({"unreadable": {"results": 1, "allergies": 2}}, "3 items from Kiel Hospital could not be read (2 in allergies, 1 in results).")])
def test_strip_c_says_who_why_since_when_and_what_is_missing(changes, line):
    from dataclasses import replace
    s = replace(OLD, **changes)
    assert missing([s], NOW) == (line,)
    assert state(s, NOW)


def test_strip_c_is_always_there_and_puts_the_gravest_gap_first():
    ok = SourceSaid("lund", answered="2026-11-24T01:00:00Z")
    assert missing([ok], NOW) == () and answered([ok, ok], NOW) == "All 2 sources answered, the oldest answer 3 h 0 min ago"
    assert answered([], NOW) == "0 of 0 sources answered" and answered([ok], NOW).startswith("1 of 1 source answered")
    lab, gp = SourceSaid("a", failing="x", sends=("results",)), SourceSaid("b", failing="x", sends=("allergies",))
    assert [line[0] for line in missing([lab, gp], NOW)] == ["b", "a"]
    assert answered([ok, lab], NOW).startswith("1 of 2 sources answered")


def test_a_failure_is_told_without_its_technical_aside():
    assert plain("The server could not be reached (ConnectionError) (1 of 1 tries). Nothing was lost.") == "the server could not be reached"


def visit(start, end="", **more):
    return {"period": {k: v for k, v in (("start", start), ("end", end)) if v}, "status": "finished", **more}


@pytest.mark.parametrize("contacts, said", [
    ([visit("2026-01-22", "2026-01-22"), visit("2026-01-04", "2026-01-04")], ["17 days with no recorded contact", ""]),
    ([visit("2026-01-06"), visit("2026-01-05")], ["", ""]),
    ([visit("2026-03-01"), visit("2026-01-05"), visit("2026-01-01", "2026-02-28")], ["", "", ""]),
    ([visit("2026-03-01"), visit("2026-02-01", status="cancelled"), visit("2026-01-01", "2026-01-31")],
     ["28 days with no recorded contact", "", ""]),
    ([visit("2026"), visit("2020")], ["1826 days with no recorded contact", ""]), ([visit(""), {}], ["", ""]), ([], [])])
def test_gaps_between_contacts(contacts, said):
    assert gaps(contacts) == said


def test_the_time_since_the_last_contact_is_told_unless_one_goes_on():
    assert since_last([visit("2026-11-20", "2026-11-21")], NOW) == "2 days since the last recorded contact"
    assert since_last([visit("2026-11-20", status="in-progress")], NOW) == since_last([], NOW) == ""


def result(id, code, value, at, flag="", unit="mmol/L"):
    more = {"interpretation": [{"coding": [{"code": flag}]}]} if flag else {}
    return resource("Observation", id, code={"coding": [{"system": LOINC, "code": code}]}, effectiveDateTime=at,
                    valueQuantity={"value": value, "unit": unit}, status="final", **more)


def test_the_newest_value_of_each_test_critical_and_abnormal_first():
    found = [result("1", "K", "4.9", "2026-02-01"), result("2", "K", "5.9", "2026-01-01", "HH"), result("3", "Na", "140", "2026-03-01", "N"),
             result("4", "Hb", "90", "2026-01-15", "L"), result("5", "Glu", "30", "2026-01-10", "HH"), result("6", "K", "5", "2026-01-01", unit="mg")]
    assert [r["id"] for r in newest(found)] == ["5", "4", "3", "1", "6"]


def test_no_text_of_a_report_hides_another_of_the_same_test_and_time():
    def said(id, words, at="2026-02-01"):
        return resource("Observation", id, code={"coding": [{"system": LOINC, "code": "36643-5"}]}, effectiveDateTime=at,
                        valueString=words, status="final")
    found = [said("1", "Nodule."), said("2", "Control in May."), said("3", "Nodule."), said("4", "Old.", "2025-02-01")]
    assert sorted(r["valueString"] for r in newest(found)) == ["Control in May.", "Nodule."]


def test_units_are_never_mixed_and_undated_results_come_last():
    assert [r["id"] for r in newest([result("1", "K", "4", ""), result("2", "K", "4", "2026", unit="mg")])] == ["2", "1"]


def test_numbers_keep_their_text():
    assert quantity(loads('{"value": 5.50, "unit": "mmol/L", "comparator": "<"}')) == "< 5.50 mmol/L"


@pytest.mark.parametrize("r, line", [
    (resource("AllergyIntolerance", "1", code=text("latex"), criticality="low", onsetDateTime="2011"), "latex · low risk · since 2011"),
    (resource("AllergyIntolerance", "1", code=text("nuts"), recordedDate="2011-09"), "nuts · risk not stated · recorded Sep 2011"),
    (resource("Observation", "1", code=text("Kalium"), valueBoolean=False, status="corrected"), "Kalium no · corrected"),
    (resource("Observation", "1", code=text("Cipro"), valueString="<= 0.25", derivedFrom=[{"display": "E. coli"}], status="final"),
     "Cipro <= 0.25 · of E. coli"),
    (resource("Observation", "1", code=text("X"), dataAbsentReason=text("not done"), status="final"), "X no value (not done)"),
    (resource("MedicationRequest", "1", medicationCodeableConcept=text("warfarin"), authoredOn="2026-01-02", status="active"),
     "warfarin · prescribed 2 Jan 2026"),
    (resource("MedicationStatement", "1", medicationCodeableConcept=text("warfarin"), dateAsserted="2026-01-02", status="completed"),
     "warfarin · stated 2 Jan 2026 · completed"),
    (resource("MedicationStatement", "1", medicationCodeableConcept=text("a"), effectivePeriod={"start": "2020", "end": "2021"},
              dateAsserted="2022", status="stopped"), "a · since 2020 until 2021 · last confirmed 2022 · stopped"),
    (resource("Goal", "1", description=text("weight 70 kg"), lifecycleStatus="active", startDate="2026-01"), "weight 70 kg"),
    ({**resource("DocumentReference", "1", description="of May", status="current"), "type": text("letter")}, "letter · “of May”"),
    (resource("DocumentReference", "1", description="of May", status="current"), "of May"),
    (resource("MedicationAdministration", "1", medicationCodeableConcept=text("insulin"), status="completed",
              dosage={"dose": {"value": 5, "unit": "U"}, "route": text("oral")}), "insulin · 5 U oral"),
    (resource("Condition", "1", code=text("Fracture of femur"), bodySite=[text("Left"), text("Femur")], onsetDateTime="2026"), "Fracture of femur · Left · since 2026"),
    (resource("Procedure", "1", code=text("Amputation"), bodySite=[text("Right leg")], status="completed", performedDateTime="2026-01-02"),
     "Amputation · Right leg · 2 Jan 2026"),
    (resource("DocumentReference", "1", description="of May", status="current", docStatus="preliminary"), "of May · preliminary"),
    (resource("Condition", "1", code=text("asthma"), recordedDate="2001", clinicalStatus=status("resolved")), "asthma · recorded 2001 · resolved"),
    (resource("Practitioner", "1", name=[{"family": "Ross", "given": ["Kim"]}]), "ROSS, Kim"),
    (resource("RelatedPerson", "1", name=[{"text": "Bo"}], relationship=[text("spouse")]), "Bo · spouse"),
    (resource("Immunization", "1", vaccineCode=text("flu"), occurrenceDateTime="2026-02-24", status="not-done"), "flu · given 24 Feb 2026 · not done"),
    (resource("Condition", "1", code={"coding": [{"system": "http://snomed.info/sct", "code": "195967001"}]}),
     "SNOMED CT code 195967001 (no name given)")])
def test_a_row_says_which_date_it_shows_and_what_is_out_of_the_ordinary(r, line):
    assert words(r) == line


def test_names_behind_references_are_found_in_the_record():
    visit_ = resource("Encounter", "1", **{"class": {"code": "EMER"}}, period={"start": "2026-02-10"}, status="in-progress",
                      serviceProvider={"reference": "Organization/o"})
    hospital = resource("Organization", "o", name="Norrvik")
    [row] = shown(visit_, hospital).lists["journey"]
    assert row.text == "Emergency · 10 Feb 2026 · Norrvik" and row.marks == ("going on",)
    assert name({"name": [{"family": "Öberg", "given": ["Eva"], "prefix": ["Ms"]}]}) == "ÖBERG, Eva (Ms)"


def entry(n, **more):
    return {"entry": n, "time": f"2026-11-{n:02}T10:00:00Z", "direction": "out", "role": "clinician", "who": "Dr Holm", "outcome": "done",
            "organisation": "Lund", "country": "SE", "purpose": "TREAT", "resources": {"Condition": 2, "AllergyIntolerance": 1}, **more}


def test_who_looked_folds_a_day_counts_her_own_and_lifts_emergencies():
    entries = [entry(1, direction="in"), entry(2), entry(3, time="2026-11-02T11:00:00Z"), entry(4, role="patient", purpose="PATRQT"),
               entry(5, purpose="BTG", who="Aarhus"), entry(6, outcome="refused", resources={})]
    found = looked(entries, "2026-01-01T00:00:00Z")
    assert found.own == 1 and found.since == "1 Jan 2026"
    assert [(r.who, r.times, r.what, r.how) for r in found.rows] == [
        ("Dr Holm (Lund, SE)", 1, "who the person is", "Refused: nothing was given"),
        ("Aarhus (Lund, SE)", 1, "allergies, problems", "Emergency, without asking first"),
        ("Dr Holm (Lund, SE)", 2, "allergies, problems", "in the usual way")]
    assert [e.who for e in found.emergencies] == ["Aarhus (Lund, SE)"]


def test_a_transfer_is_a_sentence():
    assert sentence(entry(2, subject="s", facts=41)) == (
        "On 2 Nov 2026 10:00 (UTC) Dr Holm (Lund, SE) was given 41 facts (allergies, problems) about one person, for treatment.")
    assert "asked and was refused about nobody" in sentence(entry(2, outcome="refused"))
    assert "Lund, SE sent 3 facts about one person to this gateway" in sentence(entry(2, direction="in", subject="s", facts=3))
    assert contents(entry(2, resources={"Basic": 1})) == ""


def test_a_search_of_the_log_is_exact_on_codes_and_inside_names():
    rows = [entry(1, place="Lund SE"), entry(2, place="Kiel DE", purpose="BTG")]
    assert [r["entry"] for r in matching(rows, {"place": "kiel", "since": "x"})] == [2]
    assert [r["entry"] for r in matching(rows, {"purpose": "treat"})] == [1]
    assert matching(rows, {"purpose": "TREATX"}) == [] and matching(rows, {"who": ""}) == rows


def test_pages_of_the_log_lose_nothing():
    rows, seen, before = [entry(n) for n in range(1, 8)], [], 0
    while True:
        found, before = page_of(rows, before, 3)
        seen += [r["entry"] for r in found]
        if not before:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_every_action_of_the_log_has_words():
    """What a door calls an action stands in the log, and a regulator and a patient read it in words."""
    source = "\n".join(p.read_text("utf-8") for p in Path(gateway.__file__).parent.rglob("*.py"))
    used = set(re.findall(r'(?:\basked\(gate, |\basked\(|_by_form\(|Asked\([^"\n]*, )"([a-z-]+)"', source))
    assert {"read", "feed", "tune", "audit-search"} <= used <= ACTIONS.keys()
