"""Invented C-CDA R2.1 documents: a CCD as a vendor would write it, out of lists of problems, allergies, medicines …"""

from collections.abc import Sequence
from itertools import count

LOINC, SNOMED, RXNORM, CVX = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.88", "2.16.840.1.113883.12.292"
ENTRY, SECTION = "2.16.840.1.113883.10.20.22.4", "2.16.840.1.113883.10.20.22.2"
SECTIONS = {"allergies": ("6.1", "48765-2"), "problems": ("5.1", "11450-4"), "medicines": ("1.1", "10160-0"),
            "vaccines": ("2.1", "11369-6"), "results": ("3.1", "30954-2"), "vitals": ("4.1", "8716-3"),
            "procedures": ("7.1", "47519-4")}
TYPES = {"CCD": ("34133-9", "2.16.840.1.113883.10.20.22.1.2"), "Discharge Summary": ("18842-5", "2.16.840.1.113883.10.20.22.1.8")}
CLINIC = "2.16.840.1.113883.3.9999.1"

Coded = tuple[str, str, str]  # code system OID, code, display


def coded(tag: str, code: Coded, extra: str = "") -> str:
    return f'<{tag} code="{code[1]}" codeSystem="{code[0]}" displayName="{code[2]}" {extra}/>'


def template(*numbers: str) -> str:
    return "".join(f'<templateId root="{n}"/><templateId root="{n}" extension="2015-08-01"/>' for n in numbers)


class Ids:
    """Entry ids: fresh ones for every document (what many systems do), or none at all."""

    def __init__(self, prefix: str | None) -> None:
        self._prefix, self._numbers = prefix, count(1)

    def __call__(self) -> str:
        return '<id nullFlavor="NI"/>' if self._prefix is None else f'<id root="{CLINIC}.7" extension="{self._prefix}-{next(self._numbers)}"/>'


def problem(ids: Ids, code: Coded, since: str = "20190304", negated: bool = False) -> str:
    negation = ' negationInd="true"' if negated else ""
    return f"""<act classCode="ACT" moodCode="EVN">{template(ENTRY + ".3")}{ids()}
<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><effectiveTime><low value="{since}"/></effectiveTime>
<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"{negation}>{template(ENTRY + ".4")}{ids()}
<code code="55607006" codeSystem="{SNOMED}"/><statusCode code="completed"/><effectiveTime><low value="{since}"/></effectiveTime>
{coded("value", code, 'xsi:type="CD"')}</observation></entryRelationship></act>"""


def allergy(ids: Ids, substance: Coded, negated: bool = False) -> str:
    negation = ' negationInd="true"' if negated else ""
    return f"""<act classCode="ACT" moodCode="EVN">{template(ENTRY + ".30")}{ids()}
<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><effectiveTime><low value="20150101"/></effectiveTime>
<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"{negation}>{template(ENTRY + ".7")}{ids()}
<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/><effectiveTime><low value="20150101"/></effectiveTime>
<value xsi:type="CD" code="419199007" codeSystem="{SNOMED}" displayName="Allergy to substance"/>
<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">{coded("code", substance)}
</playingEntity></participantRole></participant></observation></entryRelationship></act>"""


def medicine(ids: Ids, code: Coded, since: str = "20200110", negated: bool = False) -> str:
    negation = ' negationInd="true"' if negated else ""
    return f"""<substanceAdministration classCode="SBADM" moodCode="EVN"{negation}>{template(ENTRY + ".16")}{ids()}
<statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><low value="{since}"/></effectiveTime>
<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime><doseQuantity value="1"/>
<consumable><manufacturedProduct classCode="MANU">{template(ENTRY + ".23")}<manufacturedMaterial>{coded("code", code)}
</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""


def vaccine(ids: Ids, code: Coded, on: str = "20211005", negated: bool = False) -> str:
    return f"""<substanceAdministration classCode="SBADM" moodCode="EVN" negationInd="{str(negated).lower()}">{template(ENTRY + ".52")}{ids()}
<statusCode code="completed"/><effectiveTime value="{on}"/><consumable><manufacturedProduct classCode="MANU">
{template(ENTRY + ".54")}<manufacturedMaterial>{coded("code", code)}</manufacturedMaterial></manufacturedProduct></consumable>
</substanceAdministration>"""


def measured(ids: Ids, code: Coded, value: str, unit: str, on: str = "202203011015-0500", vital: bool = False) -> str:
    organizer, observation = (".26", ".27") if vital else (".1", ".2")
    panel = (SNOMED, "46680005", "Vital signs") if vital else (LOINC, "24323-8", "Comprehensive metabolic panel")
    return f"""<organizer classCode="{"CLUSTER" if vital else "BATTERY"}" moodCode="EVN">{template(ENTRY + organizer)}{ids()}
{coded("code", panel)}<statusCode code="completed"/><effectiveTime value="{on}"/><component>
<observation classCode="OBS" moodCode="EVN">{template(ENTRY + observation)}{ids()}{coded("code", code)}
<statusCode code="completed"/><effectiveTime value="{on}"/><value xsi:type="PQ" value="{value}" unit="{unit}"/></observation>
</component></organizer>"""


def procedure(ids: Ids, code: Coded, on: str = "20180612", negated: bool = False) -> str:
    negation = ' negationInd="true"' if negated else ""
    return f"""<procedure classCode="PROC" moodCode="EVN"{negation}>{template(ENTRY + ".14")}{ids()}{coded("code", code)}
<statusCode code="completed"/><effectiveTime value="{on}"/></procedure>"""


def section(name: str, entries: Sequence[str]) -> str:
    number, code = SECTIONS[name]
    return f"""<component><section>{template(f"{SECTION}.{number}")}<code code="{code}" codeSystem="{LOINC}"/><title>{name.title()}</title>
<text>{name}: {len(entries)}</text>{"".join(f'<entry typeCode="DRIV">{e}</entry>' for e in entries)}</section></component>"""


def document(number: str, sections: dict[str, Sequence[str]], on: str = "20220305101500-0500", kind: str = "CCD",
             family: str = "Ashgrove", extension: str = "A-1001") -> bytes:
    """A document of one patient; `number` names it, `on` is its effectiveTime."""
    code, own = TYPES[kind]
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
{template("2.16.840.1.113883.10.20.22.1.1", own)}<id root="{CLINIC}.2" extension="{number}"/>
<code code="{code}" codeSystem="{LOINC}"/><title>{kind}</title><effectiveTime value="{on}"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>
<recordTarget><patientRole><id root="{CLINIC}.3" extension="{extension}"/><addr use="HP"><streetAddressLine>12 Elm Row</streetAddressLine>
<city>Fairhaven</city><state>OR</state><postalCode>97001</postalCode><country>US</country></addr>
<telecom use="HP" value="tel:+1(555)010-2030"/><patient><name use="L"><given>Nora</given><given>Jane</given><family>{family}</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19610217"/></patient></patientRole></recordTarget>
<author><time value="{on}"/><assignedAuthor><id root="2.16.840.1.113883.4.6" extension="1234567893"/><assignedPerson><name>
<given>Ida</given><family>Marsh</family></name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="{CLINIC}"/><name>Fairhaven Clinic</name>
</representedCustodianOrganization></assignedCustodian></custodian>
<component><structuredBody>{"".join(section(name, entries) for name, entries in sections.items())}</structuredBody></component>
</ClinicalDocument>""".encode()


ASTHMA, GOUT = (SNOMED, "195967001", "Asthma"), (SNOMED, "90560007", "Gout")
PENICILLIN, LATEX = (RXNORM, "7980", "penicillin G"), (SNOMED, "111088007", "Latex")
METFORMIN, LISINOPRIL = (RXNORM, "860975", "metformin 500 MG"), (RXNORM, "314076", "lisinopril 10 MG")
FLU, MMR = (CVX, "140", "Influenza"), (CVX, "03", "MMR")
GLUCOSE, PULSE = (LOINC, "2345-7", "Glucose"), (LOINC, "8867-4", "Heart rate")
APPENDECTOMY, KNEE = (SNOMED, "80146002", "Appendectomy"), (SNOMED, "609588000", "Total knee replacement")


def everything(number: str = "D-1", prefix: str | None = "e") -> bytes:
    """A CCD with every core section, a negated entry in most of them."""
    ids = Ids(prefix)
    return document(number, {
        "allergies": [allergy(ids, PENICILLIN), allergy(ids, LATEX, negated=True)],
        "problems": [problem(ids, ASTHMA), problem(ids, GOUT, negated=True)],
        "medicines": [medicine(ids, METFORMIN), medicine(ids, LISINOPRIL, negated=True)],
        "vaccines": [vaccine(ids, FLU), vaccine(ids, MMR, negated=True)],
        "results": [measured(ids, GLUCOSE, "99.10", "mg/dL")], "vitals": [measured(ids, PULSE, "71", "/min", vital=True)],
        "procedures": [procedure(ids, APPENDECTOMY), procedure(ids, KNEE, negated=True)]})
