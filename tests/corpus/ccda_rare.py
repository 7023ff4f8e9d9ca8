"""An invented document that fills rows of the official tables which no sample of the corpora fills."""

from tests.adapters.ccda.documents import LOINC, OID, PATIENT, SNOMED, document, medicine, problem, section

VACCINE = f'<consumable><manufacturedProduct><manufacturedMaterial><code code="140" codeSystem="{OID}.12.292"/></manufacturedMaterial></manufacturedProduct></consumable>'
NURSE = '<performer><assignedEntity><id root="1.2.3.5" extension="N-2"/><assignedPerson><name><given>Lee</given><family>Park</family></name></assignedPerson></assignedEntity></performer>'
ROUTE = f'<routeCode code="C28161" codeSystem="{OID}.3.26.1.1" displayName="Intramuscular"/>'
DOSES = '<doseQuantity><low value="1" unit="mL"/><high value="2" unit="mL"/></doseQuantity>'
GUARDIAN = """<guardian><code code="GUARD" codeSystem="2.16.840.1.113883.5.111"/><guardianPerson><name><given>Jo</given><family>Bell</family></name></guardianPerson>
<guardianOrganization><id root="1.2.3.6" extension="home"/><name>Elm House</name></guardianOrganization></guardian>"""


def vaccine(mood: str, template: str, more: str = "") -> str:
    return f"""<substanceAdministration classCode="SBADM" moodCode="{mood}"><templateId root="{OID}.10.20.22.4.{template}"/><statusCode code="{'active' if mood == 'INT' else 'completed'}"/>
<effectiveTime value="20260105"/>{more}{VACCINE}{NURSE}</substanceAdministration>"""


DIAGNOSED = f"""<entryRelationship typeCode="COMP"><act classCode="ACT" moodCode="EVN"><templateId root="{OID}.10.20.22.4.502"/>
<code code="77975-1" codeSystem="{LOINC}"/><statusCode code="completed"/><effectiveTime value="20150610"/></act></entryRelationship>"""
SEEN = f"""<entryRelationship typeCode="SPRT"><observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.22.4.69"/>
<code code="44261-6" codeSystem="{LOINC}"/><statusCode code="completed"/><value xsi:type="INT" value="12"/></observation></entryRelationship>"""
PROCEDURE = f"""<procedure classCode="PROC" moodCode="EVN"><templateId root="{OID}.10.20.22.4.14"/><code code="80146002" codeSystem="{SNOMED}"/><statusCode code="completed"/>
<effectiveTime value="20180612"/><author><time value="20180613"/><assignedAuthor><id root="1.2.3.5" extension="S-3"/><assignedPerson><name><given>Ada</given><family>Lund</family>
</name></assignedPerson></assignedAuthor></author>
<entryRelationship typeCode="COMP"><encounter classCode="ENC" moodCode="EVN"><templateId root="{OID}.10.20.22.4.49"/><id root="1.2.3.8" extension="E-1"/></encounter></entryRelationship>
<entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="INT"><templateId root="{OID}.10.20.22.4.20"/><code code="311401005" codeSystem="{SNOMED}"/><text>Rest.</text>
<statusCode code="completed"/></act></entryRelationship>
<entryRelationship typeCode="RSON"><observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.22.4.19"/><id root="1.2.3.7" extension="P-1"/><code code="404684003" codeSystem="{SNOMED}"/>
<statusCode code="completed"/><value xsi:type="CD" code="74400008" codeSystem="{SNOMED}"/></observation></entryRelationship></procedure>"""


def rare() -> bytes:
    """The document."""
    more = f'<repeatNumber value="8"/><maxDoseQuantity><numerator value="4" unit="mg"/></maxDoseQuantity>{NURSE}'
    return document(section("11450-4", problem(more=DIAGNOSED + SEEN, id="P-1")), section("47519-4", PROCEDURE), section("10160-0", medicine("855332", mood="INT", more=more)),
                    section("11369-6", vaccine("EVN", "52", '<repeatNumber value="2"/>')), section("18776-5", vaccine("INT", "120", ROUTE + DOSES)),
                    patient=PATIENT.replace("</patient>", f"{GUARDIAN}</patient>"))
