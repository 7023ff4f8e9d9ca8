"""Keys of facts (merge.md step 0, examples 42 and 43): the business identifier, else `~` and a hash; no position."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.sdk import key_id
from tests.mapping.world import of_type, only, run

PATIENT = "  identifier: { system: = urn:n, value: number }\n  name: name as NAME\n  birthDate: born\n"
ALLERGY = "  code: { text: what }\n  patient: { display: who }\n  note: { text: remark }\n"


def ids(mapped: object) -> list[str]:
    return [r["id"] for r in mapped.resources]


def test_the_id_is_the_hash_of_type_assigner_and_value() -> None:
    assert ids(run({"number": "7"}, only("Patient", PATIENT))) == [key_id("Patient", "urn:n", "7")]
    assert ids(run({"number": "7", "name": "A B"}, only("Patient", PATIENT))) == [key_id("Patient", "urn:n", "7")]
    assert ids(run({"number": "7"}, only("Patient", PATIENT, key="number"))) == [key_id("Patient", "", "7")]
    assert ids(run({"number": "7"}, only("Patient", PATIENT, key="number as identifier(urn:n)"))) == \
        [key_id("Patient", "urn:n", "7")]


def test_the_first_complete_alternative_counts() -> None:
    mapping = only("Patient", PATIENT, key="[ a, [number, b], [number, c or = 0] ]")
    first = ids(run({"number": "7", "a": "1"}, mapping))
    assert first == ids(run({"number": "8", "a": "1", "b": "2"}, mapping))
    two = ids(run({"number": "7", "b": "2"}, mapping))
    assert two != ids(run({"number": "7", "b": "3"}, mapping)) != ids(run({"number": "7"}, mapping))
    assert ids(run({"number": "7"}, mapping)) == ids(run({"number": "7", "c": "0"}, mapping))


def test_a_missing_part_voids_the_key_so_that_it_never_makes_two_things_one() -> None:
    mapping = only("Patient", "  birthDate: born\n", key="[ [number, kind] ]")
    assert ids(run({"kind": "x", "born": "1999"}, mapping)) != ids(run({"kind": "x", "born": "2000"}, mapping))


def test_parts_of_a_key_cannot_run_into_each_other() -> None:
    mapping = only("Patient", "  birthDate: born\n", key="[ [a, b] ]")
    one = run({"a": "1", "b": "23", "born": "1999"}, mapping)
    assert ids(one) != ids(run({"a": "12", "b": "3", "born": "1999"}, mapping))


def test_an_empty_list_of_keys_leaves_the_identifier_out_of_it() -> None:
    mapping = only("Patient", PATIENT, key="[]")
    made = run({"number": "7", "born": "1999"}, mapping)
    assert ids(made) == ids(run({"number": "8", "born": "1999"}, mapping))


@given(st.permutations(["nuts", "eggs", "milk", "nuts"]))
def test_a_reordered_list_keeps_its_keys(order: list[str]) -> None:
    """MRG example 43: a re-ordered AL1 list; no allergy overwrites another. Equal ones get an ordinal."""
    mapping = only("AllergyIntolerance", ALLERGY, each="allergy")
    made = run({"allergy": [{"what": what, "who": "x"} for what in order]}, mapping)
    by_text = sorted((r["code"]["text"], r["id"]) for r in made.resources)
    usual = run({"allergy": [{"what": what, "who": "x"} for what in ["eggs", "milk", "nuts", "nuts"]]}, mapping)
    assert by_text == sorted((r["code"]["text"], r["id"]) for r in usual.resources)
    assert len(set(by_text)) == 4


def test_status_remarks_and_free_text_do_not_belong_to_what_a_thing_is() -> None:
    mapping = only("AllergyIntolerance", ALLERGY, each="allergy")
    once = run({"allergy": [{"what": "nuts", "who": "x"}]}, mapping)
    again = run({"allergy": [{"what": "nuts", "who": "x", "remark": "since childhood"}]}, mapping)
    other = run({"allergy": [{"what": "nuts", "who": "y"}]}, mapping)
    assert ids(once) == ids(again) != ids(other)


def test_three_results_under_one_accession_stay_three() -> None:
    """MRG example 42; an id that names several things is no id (`id-reused`)."""
    mapping = only("Observation", "  status: = final\n  code: { text: test }\n  valueQuantity: { value: value }\n"
                                  "  effectiveDateTime: taken", each="result", key="accession")
    results = [{"accession": "A1", "test": "glucose", "value": v, "taken": t}
               for v, t in (("5.1", "2024-01-01"), ("6.2", "2024-01-02"), ("5.9", "2024-01-03"))]
    made = run({"result": results}, mapping)
    assert len(set(ids(made))) == 3
    assert [i.code for i in made.issues] == ["id-reused"]


def test_the_same_result_said_twice_is_one() -> None:
    mapping = only("Observation", "  status: = final\n  code: { text: test }\n  note: { text: remark }",
                   each="result", key="number")
    made = run({"result": [{"number": "1", "test": "a"}, {"number": "1", "test": "a", "remark": "x"}]}, mapping)
    assert len(made.resources) == 1 and made.resources[0]["note"] == [{"text": "x"}]
    assert not made.issues and not made.ledger.unmapped


def test_a_directory_entry_made_twice_is_united() -> None:
    mapping = only("Practitioner", "  name: name as NAME\n  gender: sex as code(sex)\n  birthDate: born",
                   each="[ author, reader ]", key="number")
    made = run({"author": [{"number": "9", "name": "Doe Jane", "born": "1970"}],
                "reader": [{"number": "9", "name": "Doe Jane", "born": "1970"},
                           {"number": "9", "name": "Doe J", "born": "1971", "sex": "F"}]}, mapping)
    assert len(made.resources) == 1
    doctor = made.resources[0]
    assert doctor["name"] == [{"family": "Doe", "given": ["Jane"]}, {"family": "Doe", "given": ["J"]}]
    assert (doctor["gender"], doctor["birthDate"]) == ("female", "1970")
    assert made.ledger.unmapped == ["reader(2).born"]
    assert made.ledger.mapped["reader(1).born"] == (f"Practitioner/{doctor['id']}.birthDate",)


def test_thousands_of_mentions_of_one_thing_and_of_equal_things_stay_affordable() -> None:
    mapping = only("Practitioner", "  name: name as NAME\n  gender: sex as code(sex)", each="author")
    made = run({"author": [{"name": "Doe Jane", "sex": "F"}] * 3000}, mapping)
    assert len(made.resources) == 1 and not made.ledger.unmapped
    mapping = only("AllergyIntolerance", ALLERGY, each="allergy")
    assert len(set(ids(run({"allergy": [{"what": "nuts", "who": "x"}] * 3000}, mapping)))) == 3000


def test_a_key_may_be_made_within_the_patient() -> None:
    made = run({"patient": {"number": "1", "name": "A B"}, "allergy": ["nuts"]})
    other = run({"patient": {"number": "2", "name": "A B"}, "allergy": ["nuts"]})
    assert of_type(made, "AllergyIntolerance")[0]["id"] != of_type(other, "AllergyIntolerance")[0]["id"]
