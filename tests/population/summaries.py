"""The monthly summaries of the practice in Ahlbek (Germany): a C-CDA document a patient and month, its entries numbered
anew each time, its lists whole."""

from datetime import date, datetime
from random import Random
from xml.sax.saxutils import escape, quoteattr

from tests import ccda_documents as cda
from tests.population.chart import MEDICINES, Allergy, Chart, Medicine, Problem
from tests.population.numbers import CPR, PERSONNUMMER
from tests.population.people import Person
from tests.population.views import View

ROOT = "2.25.310770512"
SENT = {"2026-01": datetime(2026, 1, 31, 20), "2026-02": datetime(2026, 2, 28, 20), "2026-03": datetime(2026, 3, 28, 20)}
_ICD10, _ATC = "2.16.840.1.113883.6.3", "2.16.840.1.113883.6.73"
_OIDS = {PERSONNUMMER: PERSONNUMMER.removeprefix("urn:oid:"), CPR: CPR.removeprefix("urn:oid:")}
_SEX = {"female": "F", "male": "M"}


def ordinary(person: Person, told: Chart, seed: int) -> Chart:
    """What the practice knows of somebody who goes to the hospital, too: the same illnesses, and a medicine of its own."""
    rng = Random(f"{seed}/ahlbek/{person.key}")
    term = rng.choice([MEDICINES[code] for code in ("C09AA05", "C10AA01", "N02BE01")])
    return Chart(told.problems, told.allergies, [Medicine(term, "", "active", date(2025, 4, 2), tuple(SENT))])


def ahlbek_files(seen: list[tuple[View, Chart]]) -> dict[str, bytes]:
    """A file a patient and month, from the month on in which the patient was met."""
    return {f"ahlbek/{month}/{view.number}.xml": _document(view, told, month).encode()
            for month in SENT for view, chart in seen if (told := _until(chart, month)) != Chart()}


def _until(chart: Chart, month: str) -> Chart:
    day = SENT[month].date()
    return Chart([p for p in chart.problems if p.recorded <= day], [a for a in chart.allergies if a.recorded <= day],
                 [m for m in chart.medicines if month in m.listed])


def _document(view: View, chart: Chart, month: str) -> str:
    time, ids = f"{SENT[month]:%Y%m%d%H%M%S}+0100", cda.Ids(f"{view.number}-{month}")
    sections = {"allergies": [_allergy(ids, a) for a in chart.allergies if a.term],
                "problems": [_problem(ids, p) for p in chart.problems],
                "medicines": [cda.medicine(ids, (_ATC, m.term.code, m.term.said("elbhafen")), f"{m.started:%Y%m%d}")
                              for m in chart.medicines]}
    body = "".join(cda.section(name, entries) for name, entries in sections.items())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
{cda.template("2.16.840.1.113883.10.20.22.1.1", cda.TYPES["CCD"][1])}<id root="{ROOT}.2" extension="{view.number}-{month}"/>
<code code="34133-9" codeSystem="{cda.LOINC}"/><title>Patientenübersicht</title><effectiveTime value="{time}"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="de-DE"/>{_patient(view)}
<author><time value="{time}"/><assignedAuthor><id root="{ROOT}.4" extension="17"/><assignedPerson><name><prefix>Dr.</prefix>
<given>Heike</given><family>Brandt</family></name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="{ROOT}"/><name>Praxis am Bodden</name>
</representedCustodianOrganization></assignedCustodian></custodian>
<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>
"""


def _patient(view: View) -> str:
    home, born = view.home, view.born.replace("-", "")
    national = "".join(f'<id root="{_OIDS[s]}" extension="{n}"/>' for s, n in view.national.items() if s in _OIDS)
    phone = f"<telecom use=\"HP\" value={quoteattr('tel:' + view.phone)}/>" if view.phone else ""
    given = "".join(f"<given>{escape(g)}</given>" for g in view.given)
    return f"""
<recordTarget><patientRole><id root="{ROOT}.3" extension="{view.number}"/>{national}<addr use="HP"><streetAddressLine>
{escape(home.street)}</streetAddressLine><city>{escape(home.town)}</city><postalCode>{home.postcode}</postalCode>
<country>{home.country}</country></addr>{phone}<patient><name use="L">{given}<family>{escape(view.family)}</family></name>
<administrativeGenderCode code="{_SEX[view.sex]}" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="{born}"/></patient>
</patientRole></recordTarget>"""


def _problem(ids: cda.Ids, problem: Problem) -> str:
    return cda.problem(ids, (_ICD10, problem.term.code, problem.term.said("elbhafen")), problem.onset.replace("-", ""))


def _allergy(ids: cda.Ids, allergy: Allergy) -> str:
    term = allergy.term
    return cda.allergy(ids, (cda.SNOMED, term.code, term.said("elbhafen"))) if term else ""
