"""Mistakes of mapping files: all at once, each with its place and a way out."""

import json
from importlib.resources import files

import jsonschema
import pytest

from gateway.errors import ConfigError
from gateway.fhir.elements import ELEMENTS
from gateway.mapping.compiler import compile_mappings
from gateway.mapping.mistakes import Mistakes, report
from gateway.mapping.reader import plain, read
from tests.mapping.tiny import Tiny
from tests.mapping.world import FILES, compiled_from, tables

HEAD = "mapping: one\nreads: tiny\nmakes: Patient\n"


def mistakes(text: str, file: str = "one.yaml") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        compiled_from({file: text})
    return report(caught.value).splitlines()


def test_four_mistakes_are_reported_at_once() -> None:
    """ISSUE "bad input": a mapping with four mistakes."""
    text = """\
mapping: site-patient
reads: tiny
makes: Patient
fields:
  gendr: patient.sex as code(sex)
  birthDate: patient.born as dat(%d.%m.%Y)
  maritalStatus: patient.married as concept(marriage)
  multipleBirthBoolean: patient/twin as boolean
"""
    assert mistakes(text, "site/patient.yaml") == [
        "site/patient.yaml:5:3: mapping-element Patient has no element 'gendr'; did you mean 'gender'?",
        "site/patient.yaml:6:30: mapping-function There is no function 'dat'; did you mean 'date'?",
        "site/patient.yaml:7:37: mapping-table There is no table 'marriage'",
        "site/patient.yaml:8:25: mapping-path 'patient/twin' is no path: expected names with dots between them",
    ]


def test_mistakes_of_all_files_are_reported_in_the_order_of_their_paths() -> None:
    with pytest.raises(ConfigError) as caught:
        compiled_from({"b.yaml": HEAD + "fields: { nam: a }", "a.yaml": "mapping: one\nreads: tin\nignore: { a: b }"})
    assert [i.where for i in caught.value.issues] == ["a.yaml:2:8", "b.yaml:1:10", "b.yaml:4:11"]


@pytest.mark.parametrize(("line", "says"), [
    ("gender: = femal", "mapping-constant Patient.gender: 'femal' is none of the codes female, male, other, unknown."),
    ("birthDate: = 31.12.1999", "mapping-constant Patient.birthDate: '31.12.1999' is no date."),
    ("active: = yes", "mapping-constant Patient.active: 'yes' is neither true nor false."),
    ("maritalStatus: patient.married",
     "mapping-type Patient.maritalStatus is a CodeableConcept; this line gives a text."),
    ("maritalStatus: = married", "mapping-type Patient.maritalStatus is a CodeableConcept; a text does not fill it."),
    ("gender: patient.sex as concept(sex)",
     "mapping-type Patient.gender is a code; this line gives a CodeableConcept."),
    ("name: patient.sex as concept(sex)",
     "mapping-type Patient.name is a HumanName; this line gives a CodeableConcept."),
    ("gender: { value: patient.sex }", "mapping-type Patient.gender is a code, not an object."),
    ("gender: { from: patient.sex, add: { code: = x } }",
     "mapping-type Patient.gender is a code; `add` fills objects."),
    ("name: { text: a, familie: b }", "mapping-element Patient.name has no element 'familie'; did you mean 'family'?"),
    ("gender: a as code", "mapping-arguments `code` takes (table), not ()."),
    ("gender: a as code(sex, use)", "mapping-arguments `code` takes (table), not (sex, use)."),
    ("gender: a as code(sexx)", "mapping-table There is no table 'sexx'; did you mean 'sex'?"),
    ("gender: a as lower as typed", "mapping-function `typed` takes a place of the message; it has to come first."),
    ("gender: a as lower or b", "mapping-grammar This line cannot be read: `or` stands between places, before every "
     "`as`; for a fallback after a conversion write a list."),
    ("gender: a or", "mapping-grammar This line cannot be read: a path is missing."),
    ("gender: a as", "mapping-grammar This line cannot be read: expected a function such as `date` or `code(table)` "
     "behind `as`, found ''."),
    ("gender: =", "mapping-grammar This line cannot be read: a text is missing behind `=`."),
    ("gender: as lower", "mapping-grammar A path is missing before `as lower`."),
    ("gender: ''", "mapping-shape Something has to be written here."),
    ("gender: []", "mapping-shape Something has to be written here."),
    ("gender: { from: a, wenn: b }", "mapping-name There is no setting 'wenn' here; did you mean 'when'?"),
    ("gender: { from: a, when: b or c }",
     "mapping-grammar This condition cannot be read: `or` cannot stand in the path of a condition."),
    ("gender: { from: a, when: b = }",
     "mapping-grammar This condition cannot be read: expected texts with `or` between them behind `=`."),
    ("managingOrganization: as reference(Organisation)",
     "mapping-reference There is no resource type 'Organisation'; did you mean 'Organization'?"),
    ("managingOrganization: as reference(Patient)",
     "mapping-reference Patient.managingOrganization refers to Organization, not to Patient."),
    ("managingOrganization: as reference", "mapping-reference `reference` takes (type, system?), not ()."),
    ("contact: { each: a as lower, name: { text: b } }", "mapping-grammar `each` takes a path and nothing else."),
    ("extension: { patient-birthPlace: a }",
     "mapping-shape Write the element that holds it, for instance { valueString: a }."),
    ("multipleBirthInteger: a, name: b",
     "mapping-yaml This is not YAML: mapping values are not allowed in this context."),
    ("name: &n { text: a }", "mapping-yaml Aliases, anchors and tags are not read; write it out."),
    ("name: *n", "mapping-yaml Aliases, anchors and tags are not read; write it out."),
    ("gender: !!str a", "mapping-yaml Aliases, anchors and tags are not read; write it out."),
    ("gender: a\n  gender: b", "mapping-name-twice 'gender' stands twice here; make it a list."),
    ("id: a", "mapping-element The id is made of `key`; it is no field."),
])
def test_every_kind_of_mistake_says_what_would_do(line: str, says: str) -> None:
    found = [m.partition(" ")[2] for m in mistakes(f"{HEAD}fields:\n  {line}\n")]
    assert found == [says]


@pytest.mark.parametrize(("text", "says"), [
    ("", "mapping-yaml The file is empty."),
    ("- a", "mapping-shape Expected names with values here."),
    ("mapping: one\nreads: tiny\n", "mapping-missing The setting 'ignore' is missing."),
    ("mapping: one\nreads: tiny\nfields: { a: b }\nignore: { a: b }",
     "mapping-shape `fields` need `makes` or `asserts`."),
    ("mapping: one\nreads: tiny\nmakes: Patient\nasserts: same\nfields: { gender: a }",
     "mapping-shape `makes` and `asserts` exclude each other."),
    ("mapping: one\nreads: tiny\nmakes: Pateint\nfields: { gender: a }",
     "mapping-resource There is no resource type 'Pateint'; did you mean 'Patient'?"),
    ("mapping: one\nreads: tiny\nasserts: smae\nfields: { a: b, b: c }",
     "mapping-shape 'smae' is none of same, never, retract, move, listing; did you mean 'same'?"),
    ("mapping: one\nreads: tiny\nasserts: same\nfields: { a: b, c: d }",
     "mapping-missing An assertion `same` needs the member 'b'."),
    (HEAD + "wen: a\nfields: { gender: a }", "mapping-name There is no setting 'wen' here; did you mean 'when'?"),
    (HEAD + "fields: { gender: a }\n---\n{}", "mapping-yaml A file holds one document."),
    (HEAD + "fields: { gender: \"a }", "mapping-yaml This is not YAML: found unexpected end of stream."),
    (HEAD + "fields: { gender: \x07 }", "mapping-yaml This is not YAML:"),
    (HEAD + "fields: " + "[" * 60, "mapping-yaml Nested deeper than 24 levels."),
    (HEAD + "fields: { gender: a }\nignore: { a/b: c }",
     "mapping-path 'a/b' is no path: expected names with dots between them"),
    ("#" * 300_000, "mapping-too-large The file has 300000 characters, at most 262144 are read."),
])
def test_a_file_that_is_no_mapping_says_why(text: str, says: str) -> None:
    assert any(m.partition(" ")[2].startswith(says) for m in mistakes(text)), mistakes(text)


def test_a_type_that_there_is_not_hides_no_other_mistake() -> None:
    found = mistakes("mapping: one\nreads: tiny\nmakes: Pateint\nkey: a as identifer\nfields: { gender: a as code(nope), name: { text: b as lowr } }\n")
    assert sorted({m.split(" ")[1] for m in found}) == ["mapping-function", "mapping-resource", "mapping-table"] and len(found) == 4


def test_texts_are_read_as_they_are_written() -> None:
    """No implicit types: the country code NO stays a text, 1.0 keeps its digits (mapping.md 2)."""
    node = read("a: no\nb: 1.0\nc: 2020-01-01\nd: ~\ne: 0x10\n", Mistakes("x"))
    assert plain(node) == {"a": "no", "b": "1.0", "c": "2020-01-01", "d": "~", "e": "0x10"}


def test_the_schema_is_sound_and_agrees_about_good_mappings() -> None:
    schema = json.loads(files("gateway.mapping").joinpath("mapping.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "oneOf" not in json.dumps(schema)
    for name, text in FILES.items():
        jsonschema.validate(plain(read(text, Mistakes(name))), schema)


def test_two_mappings_need_two_names() -> None:
    with pytest.raises(ConfigError, match=r"stands in a\.yaml too"):
        compiled_from({"a.yaml": HEAD + "fields: { gender: a }", "b.yaml": HEAD + "fields: { gender: a }"})


def test_the_order_of_files_does_not_matter() -> None:
    backwards = dict(reversed(FILES.items()))
    assert [m.name for m in compile_mappings(backwards, Tiny(), ELEMENTS, tables()).mappings] == \
        [m.name for m in compiled_from(FILES).mappings]
