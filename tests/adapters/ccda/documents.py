"""Invented CDA documents for tests: a header, and sections out of entries."""

OID = "2.16.840.1.113883"
LOINC, SNOMED, RXNORM = f"{OID}.6.1", f"{OID}.6.96", f"{OID}.6.88"
PATIENT = """<recordTarget><patientRole><id root="1.2.3.4" extension="P-77"/><addr use="HP"><streetAddressLine>Elm Lane 4</streetAddressLine>
<city>Millbrook</city><postalCode>97001</postalCode></addr><telecom use="MC" value="tel:+1-555-0100"/><patient><name use="L">
<given>Ann</given><given>Mae</given><family>Bell</family></name><administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
<birthTime value="19610203"/></patient></patientRole></recordTarget>"""


def document(*sections: str, id: str = "D1", code: str = "34133-9", time: str = "20260301100000+0100", patient: str = PATIENT) -> bytes:
    """A document of sections with a header."""
    body = "".join(f"<component>{s}</component>" for s in sections)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="1.2.3.9" extension="{id}"/><code code="{code}" codeSystem="{LOINC}"/><title>Summary</title><effectiveTime value="{time}"/>
<confidentialityCode code="N" codeSystem="{OID}.5.25"/>{patient}
<author><time value="{time}"/><assignedAuthor><id root="1.2.3.5" extension="A-1"/><assignedPerson><name><given>Kim</given><family>Ross</family></name>
</assignedPerson></assignedAuthor></author><custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.3.6"/>
<name>Millbrook Clinic</name></representedCustodianOrganization></assignedCustodian></custodian>
<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>""".encode()


def section(code: str, *entries: str, text: str = "As told.") -> str:
    found = "".join(f"<entry>{e}</entry>" for e in entries)
    return f'<section><code code="{code}" codeSystem="{LOINC}"/><title>Part</title><text>{text}</text>{found}</section>'


def problem(code: str = "38341003", onset: str = "20150603", more: str = "", attributes: str = "", id: str = "") -> str:
    """A problem concern with one problem."""
    number = f'<id root="1.2.3.7" extension="{id}"/>' if id else ""
    return f"""<act classCode="ACT" moodCode="EVN"><templateId root="{OID}.10.20.22.4.3"/><code code="CONC"/><statusCode code="active"/>
<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN" {attributes}><templateId root="{OID}.10.20.22.4.4"/>{number}
<code code="55607006" codeSystem="{SNOMED}"/><statusCode code="completed"/><effectiveTime><low value="{onset}"/></effectiveTime>
<value xsi:type="CD" code="{code}" codeSystem="{SNOMED}" displayName="Problem {code}"/>{more}</observation></entryRelationship></act>"""


def allergy(substance: str = '<code code="7980" codeSystem="2.16.840.1.113883.6.88" displayName="Penicillin"/>', kind: str = "416098002",
            attributes: str = "", more: str = "") -> str:
    return f"""<act classCode="ACT" moodCode="EVN"><templateId root="{OID}.10.20.22.4.30"/><code code="CONC"/><statusCode code="active"/>
<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN" {attributes}><templateId root="{OID}.10.20.22.4.7"/>
<code code="ASSERTION"/><statusCode code="completed"/><effectiveTime><low value="2011"/></effectiveTime>
<value xsi:type="CD" code="{kind}" codeSystem="{SNOMED}"/><participant typeCode="CSM"><participantRole classCode="MANU">
<playingEntity classCode="MMAT">{substance}</playingEntity></participantRole></participant>{more}</observation></entryRelationship></act>"""


def medicine(code: str = "855332", name: str = "Warfarin 5 mg", status: str = "active", more: str = "", times: str = "", mood: str = "EVN") -> str:
    return f"""<substanceAdministration classCode="SBADM" moodCode="{mood}"><templateId root="{OID}.10.20.22.4.16"/><statusCode code="{status}"/>
{times or '<effectiveTime xsi:type="IVL_TS"><low value="20260101"/></effectiveTime>'}<doseQuantity value="1"/><consumable><manufacturedProduct>
<manufacturedMaterial><code code="{code}" codeSystem="{RXNORM}" displayName="{name}"/></manufacturedMaterial></manufacturedProduct></consumable>{more}
</substanceAdministration>"""


def result(value: str, code: str = "2345-7", id: str = "", more: str = "") -> str:
    """A result panel with one result."""
    number = f'<id root="1.2.3.8" extension="{id}"/>' if id else ""
    return f"""<organizer classCode="BATTERY" moodCode="EVN"><templateId root="{OID}.10.20.22.4.1"/><code code="24323-8" codeSystem="{LOINC}"/>
<statusCode code="completed"/><component><observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.22.4.2"/>{number}
<code code="{code}" codeSystem="{LOINC}" displayName="Glucose"/><statusCode code="completed"/><effectiveTime value="20260212073000+0100"/>
{value}{more}</observation></component></organizer>"""
