"""A small set of mappings over the tiny adapter that uses every part of the language, and messages for it."""

import json
from functools import cache

from gateway.fhir.elements import ELEMENTS
from gateway.mapping.compiled import CompiledMapping
from gateway.mapping.compiler import compile_mappings
from gateway.mapping.tables import read_table
from gateway.model import Mapped
from gateway.sdk import Context, Table
from tests.mapping.tiny import Tiny

FILES = {
    "patient.yaml": """
mapping: tiny-patient
reads: tiny
makes: Patient
when: [patient, no event = gone]
key: patient.number as identifier(urn:number)
asserted: event_time or sent as dateTime
fields:
  identifier:
    - { from: patient.number as identifier(urn:number), add: { use: = usual } }
    - { system: = urn:old, value: patient.old_number }
  active: { from: = true, when: patient.state = active }
  name: [ patient.name as NAME, patient.alias as NAME ]
  gender: [ patient.sex as code(sex), = unknown ]
  birthDate: patient.born as date
  multipleBirthBoolean: { from: patient.twin as boolean, when: no patient.birth_order }
  multipleBirthInteger: patient.birth_order
  telecom: { each: phone, system: = phone, value: digits, use: use as code(use) }
  contact: { name: { text: patient.contact }, relationship: { coding: { system: = urn:r, code: = N } } }
  extension:
    patient-mothersMaidenName: { valueString: patient.mother }
ignore:
  patient.shoe: size of the shoe, not used by any reader
""",
    "result.yaml": """
mapping: tiny-result
reads: tiny
makes: Observation
each: order.result
key: [ [filler, test, part or = 0] ]
fields:
  status: [ state as code(state), = unknown ]
  code: test as concept(labs, urn:local)
  subject: as reference(Patient)
  effectiveDateTime: [ taken as dateTime, collected as dateTime ]
  performer: doctor as reference(Practitioner)
  value[x]: { from: value as typed, when: no form = number }
  valueQuantity: { when: form = number, value: value, unit: unit }
  note: { text: remark }
""",
    "report.yaml": """
mapping: tiny-report
reads: tiny
makes: DiagnosticReport
each: order
fields:
  identifier: filler as identifier(urn:filler)
  status: = final
  code: { text: panel }
  subject: as reference(Patient)
  result: as reference(Observation)
""",
    "doctor.yaml": """
mapping: tiny-doctor
reads: tiny
makes: Practitioner
each: [ order.result.doctor, order.doctor ]
fields:
  name: this as NAME
""",
    "allergy.yaml": """
mapping: tiny-allergy
reads: tiny
makes: AllergyIntolerance
each: allergy
fields:
  clinicalStatus:
    coding: { system: = http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical, code: = active }
  code: { text: this }
  patient: as reference(Patient)
""",
    "listing.yaml": """
mapping: tiny-allergy-list
reads: tiny
asserts: listing
when: [ patient, snapshot ]
fields:
  scope: = allergies
  patient: as key(Patient)
  at: sent as dateTime
  keys: as key(AllergyIntolerance)
""",
    "merge.yaml": """
mapping: tiny-merge
reads: tiny
asserts: same
when: merged
fields:
  a: patient.number as identifier(urn:number) as key(Patient)
  b: merged as identifier(urn:number) as key(Patient)
""",
}
TABLES = {"sex": "from,system,code,display\nM,,male,\nF,,female,\nX,,,\n",
          "use": "from,system,code,display\nh,,home,\nw,,work,\n",
          "state": "from,system,code,display\nF,,final,\nC,,corrected,\n",
          "labs": "from,system,code,display\nGLU,http://loinc.org,2345-7,Glucose\nNA,http://loinc.org,2951-2,Sodium\n"}


def tables() -> dict[str, Table]:
    return {name: read_table(name, text) for name, text in TABLES.items()}


@cache
def compiled() -> CompiledMapping:
    return compiled_from(FILES)


def compiled_from(files: dict[str, str]) -> CompiledMapping:
    return compile_mappings(files, Tiny(), ELEMENTS, tables())


def run(message: dict, mapping: CompiledMapping | None = None, lineage: bool = False, **context: object) -> Mapped:
    """What the mappings make of a message."""
    settings = {"source": "north", "timezone": "Europe/Berlin", **context}
    return (mapping or compiled()).run(Tiny().parse(json.dumps(message).encode()), Context(**settings), "x", lineage)


def only(makes: str, fields: str, **more: str) -> CompiledMapping:
    """A set of one mapping with these fields (YAML, indented as written) and other settings."""
    head = "".join(f"{name}: {text}\n" for name, text in more.items())
    return compiled_from({"one.yaml": f"mapping: one\nreads: tiny\nmakes: {makes}\n{head}fields:\n{fields}"})


def of_type(mapped: Mapped, type: str) -> list[dict]:
    return [r for r in mapped.resources if r["resourceType"] == type]
