"""What an allergy entry says it is to, however it says it; and what a denial denies (CDA-05)."""

import json
from typing import Any

import pytest

from gateway.jsontext import dumps
from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import OID, RXNORM, SNOMED, document, section

KIND = f'<value xsi:type="CD" code="419199007" codeSystem="{SNOMED}"/>'
PENICILLIN = f'<value xsi:type="CD" code="91936005" codeSystem="{SNOMED}" displayName="Allergy to penicillin"/>'


def only(*entities: str, value: str = KIND, negated: bool = False, text: str = "", more: str = "") -> dict[str, Any]:
    """The one AllergyIntolerance of an observation with these playingEntities."""
    given = "".join(f'<participant typeCode="CSM"><participantRole><playingEntity>{e}</playingEntity></participantRole></participant>' for e in entities)
    said = '<text><reference value="#a"/></text>' if text else ""
    raw = document(section("48765-2", f"""<act classCode="ACT" moodCode="EVN"><templateId root="{OID}.10.20.22.4.30"/><statusCode code="active"/><entryRelationship typeCode="SUBJ">
<observation classCode="OBS" moodCode="EVN" {'negationInd="true"' if negated else ''}><templateId root="{OID}.10.20.22.4.7"/><code code="ASSERTION"/>{said}<statusCode code="completed"/>
{value}{given}{more}</observation></entryRelationship></act>""", text=f'<content ID="a">{text or "none given"}</content>'))
    (found,) = messages("x.xml", raw, Chosen())
    assert not [i for i in found.result.mapped.issues if i.severity in ("error", "fatal")]
    (allergy,) = json.loads(dumps([r for r in found.result.mapped.resources if r["resourceType"] == "AllergyIntolerance"]))
    return dict(allergy)


def drug(code: str, name: str = "") -> str:
    return f'<code code="{code}" codeSystem="{RXNORM}" displayName="{name}"/>'


def told(allergy: dict[str, Any]) -> tuple[list[str], str, str]:
    return ([c["code"] for c in allergy["code"].get("coding", ())], allergy["code"].get("text", ""),
            allergy["verificationStatus"]["coding"][0]["code"])


@pytest.mark.parametrize("entities, more, expected", [
    (("<name>Peanut</name>",), {}, ([], "Peanut", "confirmed")),
    (('<code nullFlavor="UNK"/><name>Peanut</name>',), {}, ([], "Peanut", "confirmed")),
    (('<code nullFlavor="OTH"><originalText><reference value="#a"/></originalText></code>',), {"text": "Bee venom"}, ([], "Bee venom", "confirmed")),
    ((), {"text": "Bee venom"}, ([], "Bee venom", "confirmed")),
    ((), {"value": PENICILLIN}, (["91936005"], "Allergy to penicillin", "confirmed")),
    ((), {"value": PENICILLIN, "text": "Bee venom"}, (["91936005"], "Allergy to penicillin", "confirmed")),
    (("<name>PCN</name>",), {"value": PENICILLIN}, (["91936005"], "PCN", "confirmed")),
    ((drug("7980", "Penicillin"),), {"value": PENICILLIN}, (["7980"], "Penicillin", "confirmed")),
    ((drug("7980", "Penicillin"), drug("1191", "Aspirin")), {}, (["7980", "1191"], "Penicillin; Aspirin", "confirmed"))])
def test_what_an_allergy_is_to(entities: tuple[str, ...], more: dict[str, Any], expected: tuple[list[str], str, str]) -> None:
    assert told(only(*entities, **more)) == expected


@pytest.mark.parametrize("entities, value, expected", [
    (("<name>Penicillin</name>",), KIND, ([], "Penicillin", "refuted")),          # one substance is denied, not all
    ((drug("7980", "Penicillin"),), KIND, (["7980"], "Penicillin", "refuted")),
    (("<name>allergy to penicillin</name>",), KIND, ([], "allergy to penicillin", "refuted")),
    (("<name>Food coloring</name>",), KIND, ([], "Food coloring", "refuted")),
    ((), PENICILLIN, (["91936005"], "Allergy to penicillin", "refuted")),
    (("<name>No known allergies</name>",), KIND, (["716186003"], "No known allergies", "confirmed")),
    (("<name>NKDA</name>",), KIND.replace("419199007", "416098002"), (["409137002"], "NKDA", "confirmed")),
    (("<name>Drug allergies</name>",), KIND, (["409137002"], "Drug allergies", "confirmed")),      # no others are denied
    ((f'<code code="410942007" codeSystem="{SNOMED}"/>',), KIND, (["409137002"], "", "confirmed")),
    ((), f'<value xsi:type="CD" code="716186003" codeSystem="{SNOMED}" displayName="No known allergy"/>', (["716186003"], "No known allergy", "confirmed")),
    ((), f'<value xsi:type="CD" code="409137002" codeSystem="{SNOMED}"/>', (["409137002"], "", "confirmed"))])
def test_what_a_denial_denies(entities: tuple[str, ...], value: str, expected: tuple[list[str], str, str]) -> None:
    assert told(only(*entities, value=value, negated=True)) == expected


def test_the_top_of_all_substances_that_is_denied_is_kept_beside_the_statement() -> None:
    (kind, top) = only(f'<code code="105590001" codeSystem="{SNOMED}"/>', negated=True)["extension"]
    assert [e["valueCodeableConcept"]["coding"][0]["code"] for e in (kind, top)] == ["419199007", "105590001"]


def test_a_positive_statement_that_there_is_none_keeps_its_code() -> None:
    assert told(only(value=f'<value xsi:type="CD" code="716186003" codeSystem="{SNOMED}"/>', text="None")) == (["716186003"], "", "confirmed")


def test_the_severity_of_an_allergy_without_a_reaction_is_not_lost() -> None:
    severe = f"""<entryRelationship typeCode="SUBJ" inversionInd="true"><observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.22.4.8"/><code code="SEV"/>
<statusCode code="completed"/><value xsi:type="CD" code="24484000" codeSystem="{SNOMED}"/></observation></entryRelationship>"""
    assert only(drug("7980"), more=severe)["reaction"] == [{"manifestation": [{"text": "reaction not stated"}], "severity": "severe"}]
    assert "reaction" not in only(drug("7980"))
