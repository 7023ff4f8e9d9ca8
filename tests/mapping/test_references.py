"""References to what the same message makes (LANGUAGE.md: References); never to a sister group, never dangling."""

from gateway.sdk import key_id
from tests.mapping.world import compiled_from, of_type, run


def one(name: str, makes: str, fields: str, each: str = "") -> str:
    return f"mapping: {name}\nreads: tiny\nmakes: {makes}\n{f'each: {each}' if each else ''}\nfields: {fields}"


def test_results_refer_to_their_patient_and_a_report_to_the_results_of_its_own_order() -> None:
    made = run({"patient": {"number": "1"}, "order": [
        {"filler": "a", "panel": "x", "result": [{"test": "GLU", "value": "1"}, {"test": "NA", "value": "2"}]},
        {"filler": "b", "panel": "y", "result": [{"test": "GLU", "value": "3"}]}]})
    patient = {"reference": f"Patient/{key_id('Patient', 'urn:number', '1')}"}
    results = {r["valueString" if "valueString" in r else "valueInteger"]: f"Observation/{r['id']}"
               for r in of_type(made, "Observation")}
    first, second = of_type(made, "DiagnosticReport")
    assert all(r["subject"] == patient for r in [first, second, *of_type(made, "Observation")])
    assert [r["reference"] for r in first["result"]] == [results[1], results[2]]
    assert [r["reference"] for r in second["result"]] == [results[3]]


def test_a_result_never_refers_to_the_specimen_of_another_order() -> None:
    mapping = compiled_from({
        "o.yaml": one("o", "Observation", "{ status: = final, code: { text: test }, specimen: as reference(Specimen) }",
                      "order.result"),
        "s.yaml": one("s", "Specimen", "{ type: { text: kind } }", "order.sample")})
    made = run({"order": [{"sample": [{"kind": "blood"}], "result": [{"test": "a"}]},
                          {"result": [{"test": "b"}]}]}, mapping)
    first, second = of_type(made, "Observation")
    assert first["specimen"] == {"reference": f"Specimen/{of_type(made, 'Specimen')[0]['id']}"}
    assert "specimen" not in second and not made.issues


def test_a_place_refers_to_what_was_made_of_it() -> None:
    made = run({"order": [{"doctor": "Roe Max", "result": [{"test": "GLU", "value": "1", "doctor": "Doe Jane"}]}]})
    doctors = {p["name"][0]["family"]: f"Practitioner/{p['id']}" for p in of_type(made, "Practitioner")}
    assert of_type(made, "Observation")[0]["performer"] == [{"reference": doctors["Doe"]}]


def test_the_same_person_in_two_places_is_one_and_both_places_refer_to_it() -> None:
    made = run({"order": [{"result": [{"test": "GLU", "value": "1", "doctor": "Doe Jane"},
                                      {"test": "NA", "value": "1", "doctor": "Doe Jane"}]}]})
    assert len(of_type(made, "Practitioner")) == 1
    assert len({o["performer"][0]["reference"] for o in of_type(made, "Observation")}) == 1


def test_a_key_refers_to_what_another_message_makes() -> None:
    fields = "{ status: = final, code: { text: test }, subject: 'number as reference(Patient, urn:n)' }"
    mapping = compiled_from({"o.yaml": one("o", "Observation", fields)})
    made = run({"test": "a", "number": "7"}, mapping)
    assert made.resources[0]["subject"] == {"reference": f"Patient/{key_id('Patient', 'urn:n', '7')}"}
    assert "number" in made.ledger.mapped


def test_what_is_not_made_is_not_referred_to() -> None:
    fields = "{ birthDate: born, managingOrganization: as reference(Organization) }"
    made = run({"born": "1999"}, compiled_from({"p.yaml": one("p", "Patient", fields)}))
    assert set(made.resources[0]) == {"resourceType", "id", "birthDate"} and not made.issues


def test_what_was_tried_and_failed_leaves_an_issue() -> None:
    mapping = compiled_from({
        "p.yaml": one("p", "Patient", "{ birthDate: born }"),
        "e.yaml": one("e", "Encounter", "{ status: state as code(state), class: { code: place } }"),
        "o.yaml": one("o", "Observation", "{ status: = final, code: { text: test }, "
                                          "encounter: as reference(Encounter) }")})
    made = run({"born": "1999", "place": "ward", "test": "a"}, mapping)
    assert [i.code for i in made.issues] == ["resource-incomplete", "reference-lost"]
    assert "encounter" not in of_type(made, "Observation")[0]


def test_what_needs_a_reference_falls_with_its_target() -> None:
    mapping = compiled_from({
        "a.yaml": one("a", "AllergyIntolerance", "{ code: { text: what }, patient: as reference(Patient) }"),
        "p.yaml": one("p", "Patient", "{ birthDate: born }")})
    made = run({"what": "nuts"}, mapping)
    assert not made.resources and made.ledger.unmapped == ["what"]
    assert made.issues[0].message.startswith("AllergyIntolerance is left out: it has no patient.")


def test_an_object_that_is_nothing_without_its_reference_falls_alone() -> None:
    fields = ("{ status: = planned, class: { code: place }, "
              "location: { status: = active, location: as reference(Location) }, "
              "participant: [ { type: { text: = doctor }, individual: as reference(Practitioner) }, "
              "{ type: { text: role }, individual: as reference(Practitioner) } ] }")
    made = run({"place": "ward", "role": "nurse"}, compiled_from({"e.yaml": one("e", "Encounter", fields)}))
    assert "location" not in made.resources[0]
    assert made.resources[0]["participant"] == [{"type": [{"text": "nurse"}]}]


def test_things_that_refer_to_each_other_get_ids() -> None:
    mapping = compiled_from({
        "e.yaml": one("e", "Encounter", "{ status: = planned, class: { code: place }, "
                                        "diagnosis: { condition: as reference(Condition) } }"),
        "c.yaml": one("c", "Condition", "{ code: { text: what }, subject: { display: = x }, "
                                        "encounter: as reference(Encounter) }")})
    made = run({"place": "ward", "what": "cough"}, mapping)
    encounter, condition = of_type(made, "Encounter")[0], of_type(made, "Condition")[0]
    assert encounter["diagnosis"] == [{"condition": {"reference": f"Condition/{condition['id']}"}}]
    assert condition["encounter"] == {"reference": f"Encounter/{encounter['id']}"}


def test_assertions_name_what_the_message_makes() -> None:
    made = run({"patient": {"number": "1"}, "allergy": ["nuts", "eggs"], "snapshot": "y", "sent": "20240102",
                "merged": "2"})
    patient = f"Patient/{key_id('Patient', 'urn:number', '1')}"
    listing, same = made.assertions
    assert (listing.kind, listing.body) == ("listing", {
        "source": "north", "scope": f"{patient}/allergies", "at": "2024-01-02",
        "keys": [f"AllergyIntolerance/{r['id']}" for r in of_type(made, "AllergyIntolerance")]})
    assert (same.kind, same.body) == ("same", {"source": "north", "a": patient,
                                               "b": f"Patient/{key_id('Patient', 'urn:number', '2')}"})
    assert made.ledger.mapped["merged"] == ("same[1].b",)


def test_a_complete_list_may_be_empty() -> None:
    made = run({"patient": {"number": "1"}, "snapshot": "y"})
    assert made.assertions[0].body["keys"] == []


def test_an_assertion_without_a_member_that_it_needs_is_left_out_with_an_issue() -> None:
    made = run({"patient": {"name": "A B"}, "merged": "2"})
    assert not made.assertions and [i.code for i in made.issues] == ["assertion-incomplete"]
    assert "merged" in made.ledger.unmapped
