"""What a line, a list, an object and a condition give (LANGUAGE.md: Values, Conditions, each)."""

from tests.mapping.tiny import DELETE
from tests.mapping.world import of_type, only, run


def patient(fields: str, message: dict, **more: str) -> dict:
    return next(iter(of_type(run(message, only("Patient", fields, **more)), "Patient")), {})


def unmapped(fields: str, message: dict, **more: str) -> list[str]:
    return list(run(message, only("Patient", fields, **more)).ledger.unmapped)


def test_an_element_that_repeats_takes_all_and_any_other_the_first() -> None:
    message = {"name": ["Doe Jane", "Roe Jane"], "sex": ["F", "M"]}
    fields = "  name: name as NAME\n  gender: sex as code(sex)"
    made = patient(fields, message)
    assert [n["family"] for n in made["name"]] == ["Doe", "Roe"]
    assert made["gender"] == "female"
    assert unmapped(fields, message) == ["sex(2)"]


def test_an_element_takes_the_first_place_that_can_be_converted() -> None:
    message = {"born": ["31.12.99", "19991231"], "name": "Doe Jane"}
    mapped = run(message, only("Patient", "  name: name as NAME\n  birthDate: born as date"))
    assert mapped.resources[0]["birthDate"] == "1999-12-31"
    assert [(i.code, i.where) for i in mapped.issues] == [("conversion-failed", "born(1) (one.yaml:6)")]
    assert mapped.ledger.unmapped == ["born(1)"]


def test_or_asks_for_something_not_empty_and_a_list_for_something_converted() -> None:
    fields = "  gender: [ a or b as code(sex), = unknown ]\n  name: name as NAME"
    assert patient(fields, {"name": "Doe J", "b": "M"})["gender"] == "male"
    assert patient(fields, {"name": "Doe J", "a": "?", "b": "M"})["gender"] == "unknown"
    assert patient(fields, {"name": "Doe J"})["gender"] == "unknown"


def test_a_failing_conversion_leaves_the_element_out_and_never_stops_the_message() -> None:
    mapped = run({"a": "x y", "name": "Doe J"}, only("Patient", "  gender: a as broken\n  name: name as NAME"))
    assert [i.code for i in mapped.issues] == ["conversion-failed"]
    assert mapped.issues[0].message.startswith("broken: 'x y' makes it fail with ZeroDivisionError")
    assert mapped.resources[0]["name"] == [{"family": "Doe", "given": ["J"]}]


def test_a_place_that_two_lines_convert_alike_is_converted_once() -> None:
    fields = "  name: name as NAME\n  gender: [ sex as odd, sex as odd, sex as code(sex) ]"
    mapped = run({"name": "Doe J", "sex": "F"}, only("Patient", fields))
    assert [i.message for i in mapped.issues] == ["odd"] and mapped.resources[0]["gender"] == "female"


def test_texts_become_what_the_element_asks_for() -> None:
    made = patient("  active: a\n  multipleBirthInteger: b\n  birthDate: c\n  name: { text: d }",
                   {"a": "true", "b": "02", "c": "1999-12", "d": " kept as it is "})
    assert made["active"] is True and made["birthDate"] == "1999-12" and made["name"] == [{"text": " kept as it is "}]
    assert "multipleBirthInteger" not in made


def test_blank_texts_are_nothing() -> None:
    assert "name" not in patient("  name: { text: d }\n  birthDate: c", {"d": "  ", "c": "1999"})


def test_an_object_without_anything_of_the_message_is_left_out_whatever_constants_stand_beside_it() -> None:
    fields = "  identifier: { system: = urn:x, value: number }\n  birthDate: born"
    assert "identifier" not in patient(fields, {"born": "1999"})
    assert patient(fields, {"number": "7"})["identifier"] == [{"system": "urn:x", "value": "7"}]


def test_an_object_of_constants_alone_always_stands() -> None:
    fields = "  maritalStatus: { coding: { code: = S } }\n  birthDate: born"
    assert patient(fields, {"born": "1999"})["maritalStatus"] == {"coding": [{"code": "S"}]}


def test_a_resource_into_which_nothing_of_the_message_came_is_not_made() -> None:
    mapped = run({"other": "1"}, only("Patient", "  active: = true\n  birthDate: born"))
    assert not mapped.resources
    assert [i.code for i in mapped.issues] == ["mapping-none"]


def test_a_resource_without_a_required_element_is_left_out_with_an_issue() -> None:
    mapped = run({"code": "GLU"}, only("Observation", "  code: code as concept(labs)"))
    assert not mapped.resources and mapped.ledger.unmapped == ["code"]
    assert mapped.issues[0].code == "resource-incomplete"
    assert mapped.issues[0].message.startswith("Observation is left out: it has no status.")


def test_a_nested_object_without_a_required_element_is_left_out_with_an_issue() -> None:
    mapped = run({"born": "1999", "language": "sv"},
                 only("Patient", "  birthDate: born\n  link: { type: language }"))
    assert "link" not in mapped.resources[0]
    assert {"conversion-failed"} == {i.code for i in mapped.issues}
    mapped = run({"born": "1999", "kind": "seealso"}, only("Patient", "  birthDate: born\n  link: { type: kind }"))
    assert [i.code for i in mapped.issues] == ["element-required"]
    assert mapped.issues[0].message.startswith("Patient.link is left out: it has no other.")


def test_add_fills_only_what_is_still_empty() -> None:
    fields = "  name: { from: name as NAME, add: { use: = official, family: = Nobody, text: full } }"
    assert patient(fields, {"name": "Doe Jane", "full": "J. Doe"})["name"] == [
        {"family": "Doe", "given": ["Jane"], "use": "official", "text": "J. Doe"}]
    assert patient(fields, {"full": "J. Doe"}) == {}


def test_conditions() -> None:
    def holds(condition: str, **message: str) -> bool:
        mapped = run({"born": "1999", **message},
                     only("Patient", f"  birthDate: born\n  active: {{ from: = true, when: {condition} }}"))
        return "active" in mapped.resources[0]
    assert holds("a", a="1") and not holds("a") and not holds("a", a=DELETE)
    assert holds("no a") and holds("no a", a=DELETE) and not holds("no a", a="1")
    assert holds("a = x or y", a="y") and not holds("a = x or y", a="z") and not holds("a = x or y")
    assert holds("no a = x", a="y") and holds("no a = x") and not holds("no a = x", a="x")
    assert holds("[ a, b = 2 ]", a="1", b="2") and not holds("[ a, b = 2 ]", a="1") and not holds("[ a, b = 2 ]", b="2")
    assert holds("a = `this or that`", a="this or that")


def test_each_repeats_an_object_with_paths_that_begin_at_the_place() -> None:
    fields = "  telecom: { each: phone, when: no secret, system: = phone, value: digits, use: use as code(use) }"
    message = {"phone": [{"digits": "1", "use": "h"}, {"digits": "2", "secret": "y"}, {"digits": "3"}]}
    assert patient(fields, message)["telecom"] == [{"system": "phone", "value": "1", "use": "home"},
                                                  {"system": "phone", "value": "3"}]


def test_extensions_by_name_url_and_inside_each_other() -> None:
    fields = """\
  birthDate: born
  _birthDate: { extension: { patient-birthTime: { valueDateTime: time as dateTime } } }
  extension:
    patient-mothersMaidenName: { valueString: mother }
    http://site.example/ward: [ { valueString: ward }, { valueString: = none, when: no ward } ]
    patient-nationality: { extension: { code: { valueCodeableConcept: { text: nation } } } }
"""
    made = patient(fields, {"born": "1999-01-02", "time": "199901020304", "mother": "Roe", "nation": "SE"})
    core = "http://hl7.org/fhir/StructureDefinition/"
    assert made["_birthDate"] == {"extension": [{"url": core + "patient-birthTime",
                                                 "valueDateTime": "1999-01-02T03:04:00+01:00"}]}
    assert made["extension"] == [
        {"url": core + "patient-mothersMaidenName", "valueString": "Roe"},
        {"url": "http://site.example/ward", "valueString": "none"},
        {"url": core + "patient-nationality", "extension": [
            {"url": "code", "valueCodeableConcept": {"text": "SE"}}]}]


def test_a_function_may_choose_the_type_of_an_element() -> None:
    fields = "  status: = final\n  code: { text: code }\n  value[x]: value as typed"

    def value(text: str) -> dict:
        made = run({"code": "c", "value": text}, only("Observation", fields)).resources[0]
        return {k: v for k, v in made.items() if k.startswith("value")}
    assert value("12") == {"valueInteger": 12}
    assert value("high") == {"valueString": "high"}


def test_a_function_that_chooses_a_type_the_element_does_not_have_is_an_issue() -> None:
    mapped = run({"born": "1999", "value": "12"}, only("Patient", "  birthDate: born\n  deceased[x]: value as typed"))
    assert "valueInteger" not in mapped.resources[0] and mapped.issues[0].code == "conversion-failed"


def test_deleted_content_empties_the_element_and_counts_as_mapped_to_it() -> None:
    """V2-05: `""` is an explicit delete, absent is no statement."""
    mapped = run({"born": "1999", "sex": DELETE, "name": DELETE, "number": DELETE},
                 only("Patient", "  birthDate: born\n  gender: sex as code(sex)\n  name: name as NAME\n"
                                 "  identifier: { system: = urn:x, value: number }", key="born"))
    made = mapped.resources[0]
    assert set(made) == {"resourceType", "id", "birthDate"}
    reference = f"Patient/{made['id']}"
    assert mapped.ledger.mapped["sex"] == (f"{reference}.gender",)
    assert mapped.ledger.mapped["name"] == (f"{reference}.name[0]",)
    assert not mapped.ledger.unmapped and not mapped.issues


def test_or_and_lists_pass_deleted_content_over_and_say_so() -> None:
    for line in ("a or b as code(sex)", "[ a as code(sex), b as code(sex) ]"):
        mapped = run({"born": "1999", "a": DELETE, "b": "M"},
                     only("Patient", f"  birthDate: born\n  gender: {line}", key="born"))
        made = mapped.resources[0]
        assert made["gender"] == "male"
        assert mapped.ledger.mapped["a"] == (f"Patient/{made['id']}.gender",)


def test_a_leaf_that_only_decides_is_mapped_to_what_it_decides() -> None:
    mapped = run({"born": "1999", "state": "active"},
                 only("Patient", "  birthDate: born\n  active: { from: = true, when: state = active }"))
    assert mapped.ledger.mapped["state"] == (f"Patient/{mapped.resources[0]['id']}.active",)
    mapped = run({"born": "1999", "kind": "person"}, only("Patient", "  birthDate: born", when="kind = person"))
    assert mapped.ledger.mapped["kind"] == (f"Patient/{mapped.resources[0]['id']}",)


def test_a_leaf_whose_mere_presence_decides_is_not_mapped() -> None:
    fields = "  birthDate: born\n  active: { from: = true, when: state }"
    assert unmapped(fields, {"born": "1999", "state": "x"}) == ["state"]


def test_ignored_leaves_name_the_rule_and_need_a_mapping_that_applied() -> None:
    message = {"born": "1999", "shoe": {"left": "44", "right": "45"}}
    ignored = run(message, only("Patient", "  birthDate: born", ignore="{ shoe: of no use }")).ledger
    assert ignored.ignored == {"shoe.left": "one.yaml:4: of no use", "shoe.right": "one.yaml:4: of no use"}
    asleep = run(message, only("Patient", "  birthDate: born", ignore="{ shoe: of no use }", when="awake")).ledger
    assert asleep.unmapped == ["born", "shoe.left", "shoe.right"]


def test_what_is_mapped_is_never_ignored() -> None:
    ledger = run({"born": "1999"}, only("Patient", "  birthDate: born", ignore="{ born: of no use }")).ledger
    assert "born" in ledger.mapped and not ledger.ignored
