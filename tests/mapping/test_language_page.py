"""The page that hospital staff read says what the code does."""

import csv
import re
from importlib.resources import files

from gateway.mapping.functions import FUNCTIONS
from gateway.mapping.references import FORMS
from tests.mapping.world import compiled_from, run

PAGE = files("gateway.mapping").joinpath("LANGUAGE.md").read_text("utf-8")


def test_every_function_stands_on_the_page() -> None:
    table = PAGE[PAGE.index("## Functions"):PAGE.index("## Tables")]
    assert {*FUNCTIONS, *FORMS} <= set(re.findall(r"`(\w+)[(`]", table))


def test_every_issue_of_the_room_has_a_row_in_the_list_of_codes() -> None:
    known = {row["code"] for row in csv.DictReader(files("gateway").joinpath("codes.csv").read_text("utf-8").splitlines())}
    said: set[str] = set()
    for file in files("gateway.mapping").iterdir():
        if file.name.endswith(".py"):
            said |= set(re.findall(r'(?:mistakes\.add|\.issue|\.incomplete|error|Issue)\(\s*"([a-z0-9-]+)"', file.read_text("utf-8")))
    assert len(said) > 20 and said <= known


def test_the_example_of_a_nested_object_and_of_a_condition_list_compile() -> None:
    mapping = compiled_from({"x.yaml": """
mapping: hl7v2-patient
reads: tiny
makes: Patient
when: [ PID, no gone ]
asserted: EVN.time or MSH.time as dateTime
fields:
  birthDate: PID.born as date
  contact: { each: NK1, name: NK1.name as NAME }
  extension: { patient-mothersMaidenName: { valueString: PID.mother } }
ignore:
  PID.county: county code, not used by any reader
"""})
    made = run({"PID": {"born": "19990102", "county": "7", "mother": "Roe"}, "NK1": [{"name": "Doe Jane"}],
                "MSH": {"time": "20240102"}}, mapping)
    assert made.resources[0]["birthDate"] == "1999-01-02" and made.asserted == "2024-01-02"
    assert list(made.ledger.ignored) == ["PID.county"]
