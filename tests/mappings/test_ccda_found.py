"""What the judge of the corpora found in real documents, as invented ones: each was lost or read wrongly once."""

from gateway.pure.mapping import Chosen, messages
from tests import ccda_documents as made

EVERYTHING = made.everything().decode()
TYPED = 'xsi:type="CD"'


def resources(old: str, new: str, type_: str) -> list[dict]:
    """The resources of one type that a document gives in which `old` is replaced by `new`."""
    assert old in EVERYTHING
    return [r for found in messages("d.xml", EVERYTHING.replace(old, new).encode(), Chosen())
            for r in found.result.mapped.resources if r["resourceType"] == type_]


def test_a_guardian_of_whom_nothing_is_known_does_not_take_the_patient_away() -> None:
    guardian = '<guardian><code nullFlavor="UNK"/><addr nullFlavor="UNK"/><guardianPerson><name nullFlavor="UNK"/></guardianPerson></guardian>'
    (patient,) = resources('<birthTime value="19610217"/>', f'<birthTime value="19610217"/>{guardian}', "Patient")
    assert patient["name"][0]["family"] == "Ashgrove"


def test_a_name_given_at_birth_is_a_given_name() -> None:
    (patient,) = resources("<given>Nora</given>", '<given qualifier="BR">Nora</given>', "Patient")
    assert patient["name"][0]["given"] == ["Nora", "Jane"]


def test_the_only_family_name_is_one_whenever_it_was_given() -> None:
    for use, said in ((' use="L"', "usual"), ("", "maiden")):
        (patient,) = resources('<name use="L"><given>Nora</given><given>Jane</given><family>',
                               f'<name{use}><given>Nora</given><given>Jane</given><family qualifier="BR">', "Patient")
        assert patient["name"] == [{"use": said, "family": "Ashgrove", "given": ["Nora", "Jane"]}]


def test_a_word_for_a_language_is_a_text_and_no_code() -> None:
    birth = '<birthTime value="19610217"/>'
    for said, spoken in (("English", {"text": "English"}), ("ENG-us", {"coding": [{"system": "urn:ietf:bcp:47", "code": "en-US"}]})):
        told = f'<languageCommunication><languageCode code="{said}"/></languageCommunication>'
        (patient,) = resources(birth, birth + told, "Patient")
        assert patient["communication"] == [{"language": spoken}]


def test_race_and_ethnicity_may_be_told_by_a_translation_alone() -> None:
    birth = '<birthTime value="19610217"/>'
    told = "".join(f'<{name} nullFlavor="OTH"><translation code="{code}" codeSystem="2.16.840.1.113883.6.238" displayName="{word}"/></{name}>'
                   for name, code, word in (("raceCode", "2106-3", "White"), ("ethnicGroupCode", "2186-5", "Not Hispanic or Latino")))
    (patient,) = resources(birth, birth + told, "Patient")
    found = [part["valueCoding"]["code"] for e in patient["extension"] for part in e.get("extension", ()) if part["url"] == "ombCategory"]
    assert found == ["2106-3", "2186-5"]


def test_words_in_mark_up_are_not_lost_from_a_text() -> None:
    marked = '<code nullFlavor="OTH"><originalText>Metformin <b>500</b> mg<br/>H<sub>2</sub>O</originalText></code>'
    found = resources(made.coded("code", made.METFORMIN), marked, "MedicationStatement")
    assert {"text": "Metformin 500 mg H2O"} in [m["medicationCodeableConcept"] for m in found]
    found = resources('xsi:type="PQ" value="99.10" unit="mg/dL"/>', 'xsi:type="ST">not <content styleCode="Bold">detected</content></value>', "Observation")
    assert "not detected" in [r.get("valueString") for r in found]


def test_a_dose_may_be_the_middle_of_an_interval() -> None:
    found = resources('<doseQuantity value="1"/>', '<doseQuantity><center value="2" unit="mg"/></doseQuantity>', "MedicationStatement")
    doses = [str(d["doseQuantity"]["value"]) for m in found for line in m["dosage"] for d in line.get("doseAndRate", ())]
    assert set(doses) == {"2"}


def test_a_number_without_unit_says_so() -> None:
    found = resources('value="99.10" unit="mg/dL"', 'value="2.06" unit="1"', "Observation")
    (quantity,) = [q for r in found if str((q := r.get("valueQuantity", {})).get("value")) == "2.06"]
    assert quantity["code"] == "1" and quantity["system"] == "http://unitsofmeasure.org"


def test_a_code_that_is_null_is_read_by_its_display_name() -> None:
    found = resources(made.coded("code", made.PENICILLIN), '<code nullFlavor="UNK" displayName="penicillin G"/>', "AllergyIntolerance")
    assert {"text": "penicillin G"} in [a["code"] for a in found]


def test_an_act_that_is_planned_in_the_procedures_is_a_request() -> None:
    procedure = made.procedure(made.Ids("p"), made.APPENDECTOMY)
    planned = procedure.replace("procedure", "act").replace('moodCode="EVN"', 'moodCode="INT"').replace(
        made.ENTRY + ".14", made.ENTRY + ".12").replace('classCode="PROC"', 'classCode="ACT"')
    data = made.document("D", {"procedures": [planned]})
    made_ = [r for found in messages("d.xml", data, Chosen()) for r in found.result.mapped.resources]
    assert [r["code"]["coding"][0]["code"] for r in made_ if r["resourceType"] == "ServiceRequest"] == [made.APPENDECTOMY[1]]
    assert not [r for r in made_ if r["resourceType"] == "Procedure"]


def issues(old: str, new: str) -> list[str]:
    assert old in EVERYTHING
    return [f"{i.code} {i.message}" for found in messages("d.xml", EVERYTHING.replace(old, new).encode(), Chosen())
            for i in found.result.mapped.issues]


def test_codes_and_templates_that_nobody_issued_are_named() -> None:
    assert not [i for i in issues("Ashgrove", "Ashgrove") if i.startswith("ccda-")]
    for old, new, code in (('<confidentialityCode code="N"', '<confidentialityCode code="qqq"', "ccda-code 'qqq'"),
                           ('<languageCode code="en-US"', '<languageCode code="not a language"', "ccda-code 'not a language'"),
                           ('Code code="F"', 'Code code="qqq"', "ccda-code 'qqq'"), ('"11450-4"', '"problems"', "ccda-code 'problems'"),
                           (made.SECTION + ".5.1", "2.16.840.1.113883.10.20.1.2.3.4", "ccda-template"),
                           (made.ENTRY + ".3", "2.16.840.1.113883.10.20.1.2.3.4", "ccda-template")):
        assert [i for i in issues(old, new) if i.startswith(code)], (new, issues(old, new))


def test_who_signed_a_document_and_when_stands_in_its_composition() -> None:
    signed = ('<legalAuthenticator><time value="20220306"/><signatureCode code="S"/><assignedEntity><id root="2.16.840.1.113883.4.6" '
              'extension="1234567893"/><assignedPerson><name><given>Ida</given><family>Marsh</family></name></assignedPerson></assignedEntity></legalAuthenticator>')
    (composition,) = resources("<component><structuredBody>", signed + "<component><structuredBody>", "Composition")
    (attester,) = composition["attester"]
    assert (attester["mode"], attester["time"]) == ("legal", "2022-03-06") and attester["party"]["reference"].startswith("Practitioner/")


def test_an_indication_that_stands_alone_is_a_problem() -> None:
    indication = (f'<observation classCode="OBS" moodCode="EVN">{made.template(made.ENTRY + ".19")}<id root="1.2.9"/><statusCode code="completed"/>'
                  f'{made.coded("value", made.GOUT, TYPED)}</observation>')
    data = made.document("D", {"problems": [indication]})
    found = [r for one in messages("d.xml", data, Chosen()) for r in one.result.mapped.resources if r["resourceType"] == "Condition"]
    assert [c["code"]["coding"][0]["code"] for c in found] == [made.GOUT[1]]
