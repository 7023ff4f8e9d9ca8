"""What a document lacks or gets wrong is told with its place; what it belongs to is read all the same."""

import re

import pytest

from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import LOINC, PATIENT, SNOMED, allergy, document, problem, result, section
from tests.mappings.test_ccda_vendors import ASPIRIN, DIABETES, ENTRY, KIND, concern, given, made, observation

TOLD = '<content ID="r1">Gout of the left foot</content>'
NAMELESS = problem().replace('code="38341003"', 'nullFlavor="UNK"').replace('displayName="Problem 38341003"/>', "><originalText><reference value=\"#{}\"/></originalText></value>")


def issues(raw: bytes) -> list[tuple[str, str]]:
    (found,) = messages("x.xml", raw, Chosen())
    assert found.result.mapped.resources
    return [(i.code, i.where) for i in found.result.mapped.issues]


@pytest.mark.parametrize("part, place", [("<name.*?</name>", "patient"), ("<birthTime[^>]*>", "patient"), ("<administrativeGenderCode[^>]*>", "patient"), ("<id [^>]*>", "patientRole"),
                                         ("<patient>.*</patient>", "patientRole")])
def test_what_is_not_told_of_the_patient(part: str, place: str) -> None:
    assert not issues(document())
    (code, where), = issues(document(patient=re.sub(part, "", PATIENT, flags=re.S)))
    assert code == "ccda-header" and re.search(rf"\b{place} \(line \d+\)$", where)


def test_what_the_sender_says_that_it_does_not_know_is_told() -> None:
    assert not issues(document(patient=re.sub("<birthTime[^>]*>", '<birthTime nullFlavor="UNK"/>', PATIENT)))


def test_a_reference_to_words_that_are_not_there() -> None:
    assert not issues(document(section("11450-4", NAMELESS.format("r1"), text=TOLD)))
    codes = issues(document(section("11450-4", NAMELESS.format("gone"), text=TOLD)))
    assert [c for c, _ in codes] == ["ccda-reference", "ccda-untold"] and "originalText/reference (line" in codes[0][1]


@pytest.mark.parametrize("value", ["", '<value xsi:type="CD" nullFlavor="NI"/>'])
def test_a_problem_that_names_none(value: str) -> None:
    raw = document(section("11450-4", re.sub("<value[^>]*>", value, problem())))
    (code, where), = issues(raw)
    assert code == "ccda-untold" and "observation (line" in where and len(made(raw, "Condition")) == 1
    assert not issues(document(section("11450-4", re.sub("<value[^>]*>", '<value xsi:type="CD" nullFlavor="MSK"/>', problem()))))


def test_entries_without_narrative() -> None:
    codes = issues(document(section("11450-4", problem()).replace("<text>As told.</text>", "")))
    assert [c for c, _ in codes] == ["ccda-narrative"] and "section(11450-4) (line" in codes[0][1]


@pytest.mark.parametrize("status, said", [("blah", True), ("Completed", False), ("cancelled", False), ("nullified", False)])
def test_a_state_that_is_none(status: str, said: bool) -> None:
    codes = issues(document(section("30954-2", result('<value xsi:type="INT" value="7"/>').replace("completed", status))))
    assert [c for c, _ in codes] == (["ccda-code"] if said else [])


@pytest.mark.parametrize("code, said", [("glucose", True), ("2345-7", False), ("LP32519-8", False), ("MTHU001234", False)])
def test_a_code_that_looks_like_none_of_its_system(code: str, said: bool) -> None:
    codes = issues(document(section("30954-2", result('<value xsi:type="INT" value="7"/>', code=code))))
    assert [c for c, _ in codes] == (["ccda-code"] if said else [])



PROBLEM = f'<code code="55607006" codeSystem="{SNOMED}"/>'
NULL = '<value xsi:type="CD" nullFlavor="UNK"/>'
STATUS = f"""<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN"><templateId root="{ENTRY}.6"/><code code="33999-4" codeSystem="{LOINC}"/>
<statusCode code="completed"/>{NULL}</observation></entryRelationship>"""
AUTHOR = '<author><time value="20240101"/><assignedAuthor><id root="1.2.3.5" extension="A-1"/></assignedAuthor></author>'
FILLED = [
    ("11450-4", concern(observation(f'<effectiveTime><low nullFlavor="NI"/></effectiveTime>{NULL}{AUTHOR}{STATUS}', '<code nullFlavor="UNK"/>', "4"), "3"), "Condition", NULL, DIABETES),
    ("46240-8", concern(observation(f"{NULL}{STATUS}", PROBLEM, "4", 'negationInd="true"'), "80"), "Condition", NULL, DIABETES),
    ("48765-2", concern(observation(f'{NULL}<participant typeCode="CSM"><participantRole><playingEntity><code nullFlavor="NI"/></playingEntity></participantRole></participant>', template="7"), "30"),
     "AllergyIntolerance", NULL, KIND),
    ("10160-0", given('<manufacturedMaterial><code nullFlavor="NI"/></manufacturedMaterial>', template="16"), "MedicationStatement", '<code nullFlavor="NI"/>', ASPIRIN),
    ("11369-6", given('<manufacturedMaterial><code nullFlavor="NI"/></manufacturedMaterial>', template="52", attributes='negationInd="true"'), "Immunization", '<code nullFlavor="NI"/>', ASPIRIN),
    ("47519-4", f'<procedure classCode="PROC" moodCode="EVN"><templateId root="{ENTRY}.14"/><id nullFlavor="NI"/><code nullFlavor="NI"/><statusCode code="completed"/></procedure>', "Procedure",
     '<code nullFlavor="NI"/>', ASPIRIN),
    ("18776-5", f'<observation classCode="OBS" moodCode="RQO"><templateId root="{ENTRY}.44"/><code nullFlavor="NI"/><statusCode code="active"/></observation>', "ServiceRequest",
     '<code nullFlavor="NI"/>', ASPIRIN),
    ("30954-2", result(NULL).replace('<code code="2345-7"', '<code nullFlavor="NI" ').replace(f'codeSystem="{LOINC}" displayName="Glucose"', "").replace('<effectiveTime value="20260212073000+0100"/>', ""),
     "Observation", NULL, DIABETES)]


@pytest.mark.parametrize("loinc, entry, type, null, told", FILLED)
def test_a_template_that_is_filled_with_nothing_states_nothing(loinc: str, entry: str, type: str, null: str, told: str) -> None:
    assert not made(document(section(loinc, entry)), type)
    assert len(made(document(section(loinc, entry.replace(null, told))), type)) == 1
    assert len(made(document(section(loinc, entry.replace(null, re.sub('nullFlavor="..?.?"', 'nullFlavor="MSK"', null)))), type)) == 1


@pytest.mark.parametrize("loinc, entry, type", [(loinc, entry, type) for loinc, entry, type, _, _ in FILLED[:4] if loinc != "46240-8"])
def test_a_list_of_nothing_ends_nothing_and_a_denial_does(loinc: str, entry: str, type: str) -> None:
    def listings(raw: bytes) -> list[list[str]]:
        (found,) = messages("x.xml", raw, Chosen())
        return [list(a.body["keys"]) for a in found.result.mapped.assertions if a.kind == "listing"]
    assert listings(document(section(loinc, entry))) == []
    denied = re.sub('<(observation|substanceAdministration) ', r'<\1 negationInd="true" ', entry, count=1)
    assert len(made(document(section(loinc, denied)), type)) == 1 and len(listings(document(section(loinc, denied)))[0]) == 1


LISTED = "<list><item>Penicillin: hives</item><item{}>{}</item></list>"


@pytest.mark.parametrize("text, more", [
    (LISTED.format("", "Cashew nuts"), "'Cashew nuts'"), (LISTED.format("", "Allergy to <content>latex</content>"), "'Allergy to latex'"),
    ("<table><thead><tr><th>Substance</th></tr></thead><tbody><tr><td>Penicillin</td></tr><tr><td>Bees</td><td>swelling</td></tr></tbody></table>", "'Bees swelling'"),
    (LISTED.format("", "No food allergies"), ""), (LISTED.format("", "penicillin (again)"), ""), (LISTED.format("", "&#160;"), ""),
    (LISTED.format(' ID="r1"', "Rash over the trunk"), ""), ("<paragraph>Cashew nuts</paragraph>", ""), ("As told.", "")])
def test_an_allergy_that_only_the_narrative_tells(text: str, more: str) -> None:
    entry = allergy(more='<text><reference value="#r1"/></text>' if "r1" in text else "")
    (found,) = messages("x.xml", document(section("48765-2", entry, text=text)), Chosen())
    told = [i for i in found.result.mapped.issues if i.code == "ccda-narrative-more"]
    assert [more in i.message and "text (line" in i.where for i in told] == ([True] if more else [])
    assert len([r for r in found.result.mapped.resources if r["resourceType"] == "AllergyIntolerance"]) == 1


def test_other_sections_and_those_without_entries_are_not_held_to_it() -> None:
    for code, *entries in (("11450-4", problem()), ("48765-2",)):
        assert "ccda-narrative-more" not in [c for c, _ in issues(document(section(code, *entries, text=LISTED.format("", "Cashew nuts"))))]
