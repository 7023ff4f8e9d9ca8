"""Every word of the merge's small vocabularies does what it stands there for."""

from typing import Any

import pytest

from gateway.merge.body import references
from gateway.merge.elements import slot
from gateway.model import Fact
from tests.merge.given import (
    GLUCOSE,
    ICD,
    LOINC,
    SNOMED,
    allergy,
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
    states,
)
from tests.merge.test_keys import AMOXICILLIN, MORNING, number, same

PROBLEM = coded((SNOMED, "38341003"))
ERROR = {"status": "entered-in-error"}


@pytest.mark.parametrize("words", ["unknown", "unk", "not known", "n/a", "na", "other", "unspecified", "none", "-", "?", "see notes"])
def test_words_that_say_nothing_equal_nothing(words: str) -> None:
    assert not same("Condition", {}, {}, code={"text": words.upper()})


@pytest.mark.parametrize("system", [
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "http://hl7.org/fhir/data-absent-reason", "http://hl7.org/fhir/v3/NullFlavor", "urn:oid:2.16.840.1.113883.5.1008"])
def test_codes_that_say_nothing_equal_nothing(system: str) -> None:
    assert not same("Condition", {}, {}, code=coded((system, "x")))
    here, there = ({"bodySite": [coded((system, "x"), (SNOMED, s))]} for s in "12")
    assert not same("Condition", here, there, code=PROBLEM)
    assert same("Condition", here, here, code=PROBLEM)


ANY_DRUG, DRUG = (SNOMED, "419511003"), (SNOMED, "410942007")


def shown(*said: dict[str, Any], type: str = "AllergyIntolerance", element: str = "code") -> int:
    return len(of(record(*(fact("A", type, str(n), **{element: code}) for n, code in enumerate(said))), type))


def test_a_code_that_names_only_a_kind_joins_nothing_that_words_tell_apart() -> None:
    """Two documents of one vendor code every drug allergy as "propensity to react to a drug" and name it in words."""
    assert shown(coded(ANY_DRUG, text="codeine"), coded(ANY_DRUG, text="morphine")) == 2
    assert shown(coded(ANY_DRUG, text="codeine"), coded(text="Codeine")) == 1
    assert shown(coded(ANY_DRUG, text="codeine"), coded(ANY_DRUG)) == 2
    assert shown(coded(DRUG, text="iron"), coded(DRUG, text="zinc"), type="MedicationStatement",
                 element="medicationCodeableConcept") == 2


def test_a_code_that_names_only_a_kind_counts_where_nothing_else_does() -> None:
    assert shown(coded(ANY_DRUG), coded(ANY_DRUG)) == 1
    says = {"coding": [{"system": SNOMED, "code": "419511003", "display": "Drug reaction"}], "text": "Drug  reaction"}
    assert shown(says, coded(ANY_DRUG)) == 1
    assert shown(coded(ANY_DRUG, text="unknown"), coded(ANY_DRUG)) == 1


def test_another_code_beside_a_kind_is_the_one_that_counts() -> None:
    disease, pressure, sugar = (SNOMED, "64572001"), (ICD, "I10"), (ICD, "E11.9")
    assert shown(coded(disease, pressure), coded(disease, sugar), type="Condition") == 2
    assert shown(coded(disease, pressure), coded((SNOMED, "38341003")), type="Condition") == 1


def test_a_drug_of_any_kind_warns_of_no_allergy() -> None:
    drug = fact("A", "MedicationStatement", "1", status="active", medicationCodeableConcept=coded(DRUG, text="iron"))
    assert codes(record(drug, allergy("B", "1", coded(DRUG, text="zinc")))) == []


@pytest.mark.parametrize(("status", "type", "denies"), [
    ("not-done", "Procedure", True), ("not-taken", "MedicationStatement", True), ("declined", "MedicationDispense", True),
    ("completed", "Procedure", False)])
def test_a_status_that_denies(status: str, type: str, denies: bool) -> None:
    about = {"code": PROBLEM, "performedDateTime": "2020-01-01"} if type == "Procedure" else {
        "medicationCodeableConcept": AMOXICILLIN, "whenHandedOver": MORNING}
    r = record(fact("A", type, "1", status=status, **about), fact("B", type, "1", status="in-progress", **about))
    assert (len(of(r, type)) == 2) is denies and ("polarity-conflict" in codes(r)) is denies


@pytest.mark.parametrize(("words", "type"), [
    *((w, "AllergyIntolerance") for w in ("allergies", "allergy", "allergyintolerances")),
    *((w, t) for t in ("MedicationStatement", "MedicationRequest") for w in (
        "medications", "medication", "medicines", "medication list", "medication_list", "meds", "drugs")),
    *((w, "Condition") for w in ("problems", "problem", "problem list", "conditions", "diagnoses")),
    *((w, "Immunization") for w in ("immunizations", "immunization", "immunisations", "vaccinations", "vaccines")),
    *((w, t) for t in ("Observation", "DiagnosticReport") for w in ("results", "result", "labs", "laboratory", "Results/")),
    *((w, "Observation") for w in ("observations", "vitals", "vital signs", "vital-signs")),
    *((w, "Procedure") for w in ("procedures", "procedure")), *((w, "Encounter") for w in ("encounters", "encounter", "visits", "journey")),
    *((w, "DocumentReference") for w in ("documents", "document")), ("devices", "Device"), ("devices", "DeviceUseStatement"),
    ("plans", "CarePlan"), ("goals", "Goal"), ("coverage", "Coverage"), ("family history", "FamilyMemberHistory"), ("Task", "Task")])
def test_a_section_is_known_by_its_names(words: str, type: str) -> None:
    given = fact("A", type, "1", asserted="2024-01-01")
    assert codes(record(given, says("listing", source="A", scope=words, at="2024-02-01", keys=[]))) == ["no-longer-listed"]


@pytest.mark.parametrize("type", ["Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService",
                                  "Endpoint", "RelatedPerson"])
def test_an_identifier_of_whom_is_no_identifier_of_an_event(type: str) -> None:
    shared = [{"system": "urn:n", "value": "7", "assigner": {"display": "A"}}]
    gone = fact("A", type, "1", version=1, identifier=shared)
    kept = fact("B", type, "2", identifier=shared)
    r = record(gone, says("retract", source="A", type=type, id="1"), kept)
    assert r.ledger[kept.id]["state"] != "retracted"


@pytest.mark.parametrize("code", ["882-1", "883-9", "884-7", "10331-7"])
def test_what_never_changes_in_a_life(code: str) -> None:
    told = [fact(s, "Observation", "1", status="final", code=coded((LOINC, code)), effectiveDateTime=d, valueString=v)
            for s, d, v in (("A", "2001-01-01", "a"), ("B", "2020-01-01", "b"))]
    assert codes(record(*told)) == ["value-conflict"]


@pytest.mark.parametrize(("older", "newer"), [("preliminary", "final"), ("registered", "final"), ("preliminary", "amended"),
                                              ("registered", "corrected"), ("preliminary", "appended")])
def test_what_is_not_settled_yields(older: str, newer: str) -> None:
    r = record(result("A", "1", MORNING, 5, status=older, issued="2024-03-01T00:00:00Z", identifier=number("1")),
               result("B", "2", MORNING, 6, status=newer, issued="2024-02-01T00:00:00Z", identifier=number("1")))
    assert one(r, "Observation")["status"] == newer


@pytest.mark.parametrize("correction", ["amended", "corrected", "appended"])
def test_of_two_of_one_time_the_correction_wins(correction: str) -> None:
    for sources in ("AB", "BA"):
        r = record(result(sources[0], "1", MORNING, 5, identifier=number("1")),
                   result(sources[1], "2", MORNING, 6, identifier=number("1"), status=correction))
        assert one(r, "Observation")["status"] == correction


def test_of_two_of_one_time_the_higher_version_wins_and_any_beats_none() -> None:
    for low, high in ((1, 2), (None, 1), ("x", "1")):
        for sources in ("AB", "BA"):
            r = record(condition(sources[0], "1", PROBLEM, "active", version=low), condition(sources[1], "1", PROBLEM, "inactive", version=high))
            assert one(r, "Condition")["clinicalStatus"]["coding"][0]["code"] == "inactive"


@pytest.mark.parametrize("intent", ["order", "original-order", "reflex-order", "filler-order", "instance-order"])
def test_every_kind_of_order_is_an_order(intent: str) -> None:
    common = {"status": "active", "medicationCodeableConcept": AMOXICILLIN, "authoredOn": "2024-01-01"}
    assert same("MedicationRequest", {"intent": intent}, {"intent": "order"}, **common)
    assert not same("MedicationRequest", {"intent": intent}, {"intent": "plan"}, **common)


@pytest.mark.parametrize(("type", "element", "early", "late"), [
    ("Observation", "issued", "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"), ("DiagnosticReport", "issued", "2024-01-01T00:00:00Z",
                                                                           "2024-02-01T00:00:00Z"),
    ("Condition", "recordedDate", "2019", "2020"), ("AllergyIntolerance", "recordedDate", "2019", "2020"),
    ("MedicationStatement", "dateAsserted", "2019", "2020"), ("Immunization", "recorded", "2019", "2020"),
    ("MedicationRequest", "authoredOn", "2019", "2020"), ("Procedure", "performedDateTime", "2019", "2020"),
    ("Procedure", "performedPeriod", {"start": "2019"}, {"end": "2020"}), ("Encounter", "period", {"start": "2019"}, {"end": "2020"})])
def test_what_was_said_later_wins_by_the_element_of_its_type(type: str, element: str, early: Any, late: Any) -> None:
    def said(source: str, when: Any, language: str) -> Fact:
        return fact(source, type, "1", asserted="2030" if when == early else "2010", identifier=number("1"), language=language,
                    **{element: when})

    for sources in ("AB", "BA"):
        r = record(said(sources[0], early, "da"), said(sources[1], late, "sv"))
        assert one(r, type)["language"] == "sv"


@pytest.mark.parametrize("family", [
    ("ServiceRequest", "DiagnosticReport", "Observation", "Specimen", "ImagingStudy", "Procedure", "Task", "Appointment", "Encounter",
     "EpisodeOfCare"), ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"),
    ("Claim", "ClaimResponse", "ExplanationOfBenefit", "Coverage")])
def test_an_order_and_what_came_of_it_may_share_a_number(family: tuple[str, ...]) -> None:
    given = [fact("A", type, str(n), identifier=number("1")) for n, type in enumerate(family)]
    assert codes(record(*given)) == []
    assert codes(record(*given, fact("A", "Flag", "f", identifier=number("1")))) == []
    assert codes(record(given[0], fact("A", "Condition", "c", identifier=number("1")))) == ["id-reused"]


def test_a_refused_identifier_is_named() -> None:
    r = record(result("A", "1", MORNING, 5, identifier=number("1")), result("B", "2", "2024-01-01T09:00:00Z", 6, identifier=number("1")))
    assert "identifier urn:x 1 stands" in r.issues[0]["detail"]


def test_a_code_that_says_nothing_or_only_a_kind_keeps_its_coding_beside_others_and_hides_none() -> None:
    null = coded(("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK"))
    for vague in (null, coded((SNOMED, "64572001")), coded(text="unknown")):
        for first, then in (("2019", "2020"), ("2020", "2019")):
            r = record(condition("A", "1", vague, identifier=number("1"), recordedDate=first),
                       condition("B", "1", PROBLEM, identifier=number("1"), recordedDate=then))
            shown = one(r, "Condition")
            assert shown["code"] == PROBLEM and others(r, shown, "code") == [vague]
            assert one(record(condition("A", "1", vague, identifier=number("1"))), "Condition")["code"] == vague


@pytest.mark.parametrize("code", [coded(("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK")), {"coding": [{"system": SNOMED}]}])
def test_codings_that_name_nothing_stay_as_they_were_said(code: dict[str, Any]) -> None:
    said = [condition(s, "1", code, identifier=number("1")) for s in "AB"]
    assert one(record(*said), "Condition")["code"] == one(record(said[0]), "Condition")["code"] == code


def test_the_codings_of_the_answer_that_is_shown_come_first() -> None:
    older, newer = (coded((SNOMED, "38341003"), (f"urn:{n}", n)) for n in ("older", "newer"))
    r = record(condition("A", "1", older, recordedDate="2019"), condition("B", "1", newer, recordedDate="2020"))
    assert [c["code"] for c in one(r, "Condition")["code"]["coding"]] == ["38341003", "newer", "older"]


def test_the_first_display_of_a_code_stays_and_a_missing_one_is_filled() -> None:
    def said(source: str, when: str, *display: str) -> Fact:
        return condition(source, "1", {"coding": [{"system": SNOMED, "code": "1", **({"display": display[0]} if display else {})}]},
                         recordedDate=when)

    assert one(record(said("A", "2020", "Peanut"), said("B", "2019", "PEANUT")), "Condition")["code"]["coding"][0]["display"] == "Peanut"
    assert one(record(said("A", "2020"), said("B", "2019", "PEANUT")), "Condition")["code"]["coding"][0]["display"] == "PEANUT"


@pytest.mark.parametrize(("status", "there"), [("finished", True), ("cancelled", False), ("planned", False), ("in-progress", True)])
@pytest.mark.parametrize("code", ["IMP", "ACUTE", "NONAC"])
def test_a_stay_is_one_on_a_ward_that_took_place(status: str, there: bool, code: str) -> None:
    span = {"start": "2024-01-01T08:00:00Z", "end": "2024-01-05T08:00:00Z"}
    kind = {"class": {"system": "urn:c", "code": code}}
    r = record(fact("A", "Encounter", "1", status="finished", period=span, **kind),
               fact("B", "Encounter", "1", status=status, period={**span, "start": "2024-01-02T08:00:00Z"}, **kind))
    assert codes(r) == (["value-conflict"] if there else [])


@pytest.mark.parametrize(("system", "value"), [
    ("http://hl7.org/fhir/sid/us-npi", "1"), ("urn:oid:2.16.840.1.113883.4.6", "1"), ("urn:oid:1.2.752.129.2.1.4.1", "1"),
    ("http://fhir.de/sid/arge-ik/iknr", "1"), ("https://fhir.kbv.de/NamingSystem/KBV_NS_Base_ANR", "1"),
    ("https://fhir.kbv.de/NamingSystem/KBV_NS_Base_BSNR", "1"), ("https://www.gs1.org/gln", "1"), ("urn:oid:1.3.88", "1")])
def test_a_registry_names_an_entry_before_any_other_assigner(system: str, value: str) -> None:
    """The id comes from the registry, so a record that knows the local number, too, agrees with one that does not."""
    def seen(*identifiers: tuple[str, str]) -> str:
        entry = fact("A", "Organization", "o", identifier=[{"system": s, "value": v} for s, v in identifiers])
        return one(record(entry, result("A", "1", MORNING, performer=[{"reference": "Organization/o"}])), "Organization")["id"]

    assert seen((system, value), ("http://a.example/local", "7")) == seen((system, value))
    assert seen((system, value)) != seen(("http://a.example/local", "7"))


def test_two_names_of_one_registry_are_one_registry() -> None:
    both = [fact(s, "Organization", "o", identifier=[{"system": n, "value": "1"}]) for s, n in (
        ("A", "http://hl7.org/fhir/sid/us-npi"), ("B", "urn:oid:2.16.840.1.113883.4.6"))]
    seen = [result(s, "1", MORNING, 5 + n, performer=[{"reference": "Organization/o"}]) for n, s in enumerate("AB")]
    assert len(of(record(*both, *seen), "Organization")) == 1


@pytest.mark.parametrize(("codes_given", "strictest"), [(("N", "R"), "R"), (("R", "V"), "V"), (("U", "L"), "L"), (("L", "M"), "M"), (("M", "N"), "N")])
def test_of_two_labels_of_confidentiality_the_stricter_stays(codes_given: tuple[str, str], strictest: str) -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    for sources in ("AB", "BA"):
        r = record(*(condition(s, "1", PROBLEM, meta={"security": [{"system": system, "code": c}]})
                     for s, c in zip(sources, codes_given, strict=True)))
        assert [c["code"] for c in one(r, "Condition")["meta"]["security"]] == [strictest]


def test_a_molar_mass_is_that_of_the_test_s_own_analyte() -> None:
    """180.156 mg/dL of glucose are 10 mmol/L; of calcium they are not, and of an unlisted test nothing is known."""
    def told(code: str) -> int:
        return len(of(record(*(result(s, "1", MORNING, code=coded((LOINC, code)), valueQuantity=quantity(v, u))
                               for s, v, u in (("A", "180.156", "mg/dL"), ("B", "10.000", "mmol/L")))), "Observation"))

    assert (told("2345-7"), told("17861-6"), told("1000-0")) == (1, 2, 2)
    assert coded((LOINC, "2345-7")) == GLUCOSE


def test_a_document_that_was_retracted_takes_its_copies_along() -> None:
    origin = fact("A", "DocumentReference", "1", asserted="2024-01-01", content=[{"attachment": {"data": "YQ=="}}], **ERROR)
    copy = fact("B", "DocumentReference", "2", asserted="2024-02-01", status="current", content=[{"attachment": {"data": "YQ=="}}])
    assert states(record(origin, copy), copy) == ["retracted"]


@pytest.mark.parametrize("element", """identifier name telecom address contact communication photo link generalPractitioner category
    note performer participant reaction reasonCode reasonReference basedOn partOf derivedFrom hasMember evidence complication followUp
    usedCode usedReference diagnosis education supportingInformation location type insurance media imagingStudy securityLabel
    qualification alias specialty udiCarrier payor class focalDevice episodeOfCare account relatesTo detail eventHistory
    informationSource endpoint availableTime""".split())
def test_lists_whose_members_stand_for_themselves_are_united(element: str) -> None:
    r = record(*(fact(s, "Task", s, **{"identifier": number("1"), element: [{"display": s}, *(
        number("1") if element == "identifier" else [])]}) for s in "AB"))
    assert {m.get("display") for m in one(r, "Task")[element]} >= {"A", "B"}


@pytest.mark.parametrize("element", ["dosageInstruction", "input", "output", "stage", "vaccineCode"])
def test_any_other_list_is_one_answer(element: str) -> None:
    r = record(*(fact(s, "Task", s, identifier=number("1"), **{element: [{"text": s}]}) for s in "AB"))
    assert len(one(r, "Task")[element]) == 1 and len(others(r, one(r, "Task"), element)) == 1


PERSONS = "MR PI PN PT SS NI MC DL PPN AN HC JHN".split()
GROUPS = "PGN PGRP".split()
ORDERS = "PLAC ACSN FGN SNO SID PON FON".split()


@pytest.mark.parametrize(("type", "coarser"), [
    ("Procedure", PERSONS), ("MedicationRequest", PERSONS + GROUPS), ("Observation", PERSONS + GROUPS + ORDERS),
    ("DiagnosticReport", [*PERSONS, *GROUPS, "PLAC"]), ("ImagingStudy", [*PERSONS, "ACSN", "PLAC", "FILL"]),
    ("Specimen", PERSONS + GROUPS + ORDERS), ("Coverage", [*PERSONS, "MB"])])
def test_numbers_of_something_coarser_name_no_event(type: str, coarser: list[str]) -> None:
    assert same(type, *[{"identifier": number("1", "RI")}] * 2)
    assert [n for n in coarser if same(type, *[{"identifier": number("1", n)}] * 2)] == []


@pytest.mark.parametrize("type", ["Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Endpoint",
                                  "Medication"])
def test_a_directory_entry_to_which_nothing_refers_is_not_shown(type: str) -> None:
    entry = fact("A", type, "1")
    r = record(entry)
    assert states(r, entry) == ["excluded"] and r.resources == []


@pytest.mark.parametrize("type", ["CarePlan", "CareTeam", "Goal", "Flag", "Consent", "RelatedPerson", "Provenance", "AuditEvent"])
def test_what_is_never_merged_passes_through(type: str) -> None:
    assert not same(type, *[{"identifier": number("1")}] * 2)


@pytest.mark.parametrize("type", ["Composition", "Device", "ServiceRequest", "Claim", "ClaimResponse", "ExplanationOfBenefit",
                                  "DeviceUseStatement", "EpisodeOfCare", "Appointment", "FamilyMemberHistory", "Communication", "Task",
                                  "QuestionnaireResponse", "Specimen", "ImagingStudy"])
def test_what_its_number_names_is_one(type: str) -> None:
    assert same(type, *[{"identifier": number("1")}] * 2) and not same(type, {}, {})


@pytest.mark.parametrize(("type", "when", "first", "within", "beyond"), [
    ("MedicationRequest", "authoredOn", "2024-01-01", "2024-01-02", "2024-01-03"),
    ("MedicationDispense", "whenHandedOver", MORNING, "2024-01-01T08:05:00Z", "2024-01-01T08:05:01Z"),
    ("MedicationAdministration", "effectiveDateTime", MORNING, "2024-01-01T08:05:00Z", "2024-01-01T08:05:01Z"),
    ("Immunization", "occurrenceDateTime", "2024-01-01", "2024-01-05", "2024-01-06"),
    ("Procedure", "performedDateTime", "2024-01-01", "2024-01-02", "2024-01-03"),
    ("Observation", "effectiveDateTime", MORNING, "2024-01-01T08:10:00Z", "2024-01-01T08:10:01Z"),
    ("DiagnosticReport", "effectiveDateTime", MORNING, "2024-01-01T08:10:00Z", "2024-01-01T08:10:01Z"),
    ("Encounter", "period", MORNING, "2024-01-01T10:00:00Z", "2024-01-01T10:00:01Z")])
def test_what_is_near_may_be_the_same_and_what_is_farther_is_not(type: str, when: str, first: str, within: str, beyond: str) -> None:
    about = {"status": "completed", "code": GLUCOSE, "vaccineCode": GLUCOSE, "medicationCodeableConcept": AMOXICILLIN,
             "class": {"system": "urn:c", "code": "AMB"}, "valueInteger": 1, "conclusion": "Fine",
             "serviceProvider": {"identifier": {"system": "urn:o", "value": "1"}}, "dosage": {"dose": quantity(1, "mg")},
             "quantity": quantity(1, "mg")}

    def told(second: str) -> list[str]:
        times = [{"start": at} if when == "period" else at for at in (first, second)]
        return codes(record(*(fact(s, type, s, **about, **{when: at}) for s, at in zip("AB", times, strict=True))))

    if type in ("MedicationDispense", "MedicationAdministration", "DiagnosticReport", "Encounter"):
        assert told(first) == []
    assert (told(within), told(beyond)) == (["possible-duplicate"], [])


@pytest.mark.parametrize("choice", """value effective onset abatement performed occurrence deceased multipleBirth medication timing reported
    statusReason product serviced born age start due subject location event topic scheduled asNeeded content source
    legallyBinding""".split())
def test_the_types_of_one_choice_answer_one_question(choice: str) -> None:
    assert {slot(f"{choice}{type}") for type in ("Boolean", "CodeableConcept", "DateTime", "Period", "Reference", "String")} == {choice}
    assert slot(f"_{choice}DateTime") == choice and slot(f"{choice}Everything") == f"{choice}Everything"


def test_an_identifier_is_of_the_one_who_assigned_it() -> None:
    def by(name: str) -> dict[str, Any]:
        return {"identifier": [{"assigner": {"display": name}, "value": "1"}]}

    assert same("Task", by("West"), by("West")) and not same("Task", by("West"), by("East"))
    assert not same("Task", *[{"identifier": [{"value": "1"}]}] * 2)


def test_a_reference_inside_any_list_is_a_reference() -> None:
    assert set(references({"a": [{"reference": "A/1"}, [{"b": {"reference": "B/2"}}]], "reference": "C/3"})) == {"A/1", "B/2", "C/3"}


def test_an_issue_and_its_evidence_name_their_systems() -> None:
    r = record(condition("A", "1", PROBLEM, "active"), condition("B", "2", PROBLEM, "resolved"))
    (issue,) = r.issues
    assert issue["code"]["coding"] == [{"system": "urn:gateway:issue", "code": "status-conflict"}]
    assert {d["identifier"]["system"] for d in issue["evidence"][0]["detail"]} == {"urn:gateway:fact"}
    assert r.tables["merge"] == "1"
