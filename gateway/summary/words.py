"""What a resource says, in words for a person (faces 1.4): numbers as they came, nothing cut, dates with their kind."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.summary.dates import day, moment, span

Directory = Mapping[str, Mapping[str, Any]]
Parts = tuple[str, ...]
_NOBODY: Directory = MappingProxyType({})

_FLAGS = {"H": "High", "L": "Low", "HH": "Critical high", "LL": "Critical low", "A": "Abnormal", "AA": "Critical",
          "HU": "High", "LU": "Low", "POS": "Positive", "NEG": "Negative", "N": ""}
SYSTEMS = {"http://snomed.info/sct": "SNOMED CT", "http://loinc.org": "LOINC", "http://www.whocc.no/atc": "ATC",
           "http://hl7.org/fhir/sid/icd-10": "ICD-10", "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
           "http://hl7.org/fhir/sid/icpc-2": "ICPC-2", "http://hl7.org/fhir/sid/cvx": "CVX",
           "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm", "http://hl7.org/fhir/sid/ndc": "NDC"}
CONTACTS = {"AMB": "Outpatient visit", "EMER": "Emergency", "FLD": "Ambulance or field", "HH": "Home visit",
            "IMP": "Ward stay", "ACUTE": "Ward stay, acute", "NONAC": "Ward stay", "OBSENC": "Observation stay",
            "PRENC": "Before admission", "SS": "Short stay", "VR": "By phone or video"}
# Kind of date, in order of preference; the first that a resource has is the one that is shown.
_DATES: dict[str, tuple[tuple[str, str], ...]] = {
    "AllergyIntolerance": (("onset", "since"), ("recordedDate", "recorded")),
    "Condition": (("onset", "since"), ("recordedDate", "recorded")),
    "MedicationStatement": (("effectivePeriod", "since"), ("effectiveDateTime", "taken"), ("dateAsserted", "stated")),
    "MedicationRequest": (("authoredOn", "prescribed"),),
    "MedicationDispense": (("whenHandedOver", "handed over"), ("whenPrepared", "prepared")),
    "MedicationAdministration": (("effective", "given"),),
    "Observation": (("effective", ""), ("issued", "reported")),
    "DiagnosticReport": (("effective", ""), ("issued", "reported")),
    "Immunization": (("occurrence", "given"), ("recorded", "recorded")),
    "Procedure": (("performed", ""),),
    "DocumentReference": (("date", "dated"),),
    "Media": (("created", "made"), ("issued", "filed")),
}
_ANY = ("effective", "occurrence", "performed", "onset", "authoredOn", "recordedDate", "dateAsserted", "issued", "date",
        "period", "recorded")


def concept(value: Mapping[str, Any] | None) -> str:
    """Text of a CodeableConcept: what the author wrote, else the first display, else the code named as such."""
    bare = next((c for c in (value or {}).get("coding", ()) if c.get("code")), None)
    system = SYSTEMS.get(bare.get("system", ""), bare.get("system", "")) if bare else ""
    return written(value) or (f"{system} code {bare['code']} (no name given)".strip() if bare else "")


def written(value: Mapping[str, Any] | None) -> str:
    """What the author wrote: the text, else the first display."""
    value = value or {}
    return value.get("text") or next((c["display"] for c in value.get("coding", ()) if c.get("display")), "")


def quantity(value: Mapping[str, Any]) -> str:
    """`< 5.50 mmol/L`, the number's own text."""
    parts = (value.get("comparator"), value.get("value"), value.get("unit") or value.get("code"))
    return " ".join(str(p) for p in parts if p not in (None, ""))


def name(patient: Mapping[str, Any]) -> str:
    """`FAMILY, Given (Title)` of the official or first name."""
    names = [n for n in patient.get("name", ()) if n.get("use") not in ("old", "maiden")] or patient.get("name", ())
    if not names:
        return "Name not given"
    best = next((n for n in names if n.get("use") == "official"), names[0])
    family, given = best.get("family", "").upper(), " ".join(best.get("given", ()))
    title = f" ({' '.join(best['prefix'])})" if best.get("prefix") else ""
    return (", ".join(p for p in (family, given) if p) or best.get("text", "Name not given")) + title


def called(reference: Mapping[str, Any] | None, directory: Directory) -> str:
    """The name behind a reference: a person's, an organisation's or a place's; "" when nobody knows it."""
    entry = directory.get((reference or {}).get("reference", ""), {})
    named = name(entry) if entry.get("resourceType") in ("Practitioner", "Patient") else entry.get("name")
    return str((reference or {}).get("display") or named or "")


def asserter(resource: Mapping[str, Any], directory: Directory) -> str:
    """Who said it, where the resource tells."""
    said = (called(resource.get(e), directory) for e in ("asserter", "recorder", "informationSource"))
    return next((s for s in said if s), "")


def value(r: Mapping[str, Any]) -> str:
    """What was found: value[x], else the components, else why there is none."""
    for element, render in (("valueQuantity", quantity), ("valueCodeableConcept", concept)):
        if element in r:
            return render(r[element])
    for element, found in r.items():
        if element.startswith("value") and not isinstance(found, (dict, list)):
            return {True: "yes", False: "no"}.get(found, "") if isinstance(found, bool) else str(found)
    if "valueRange" in r:
        return f"{quantity(r['valueRange'].get('low', {}))} – {quantity(r['valueRange'].get('high', {}))}"
    if "valueRatio" in r:
        return f"{quantity(r['valueRatio'].get('numerator', {}))} : {quantity(r['valueRatio'].get('denominator', {}))}"
    if "dataAbsentReason" in r:
        return f"no value ({concept(r['dataAbsentReason'])})"
    if any(e.startswith("value") for e in r):
        return "value: see the source"
    return "; ".join(f"{concept(c.get('code'))} {value(c)}" for c in r.get("component", ()))


def flags(r: Mapping[str, Any]) -> str:
    """High, Low, Critical …, in words, from the interpretation codes alone."""
    return " ".join(filter(None, (_FLAGS.get(c.get("code", ""), concept(i)) for i in r.get("interpretation", ())
                                  for c in i.get("coding", ({},))[:1])))


def dated(r: Mapping[str, Any]) -> tuple[str, str, str]:
    """Kind of date in words, the date or start, and the end: ("since", "2015-06-10", "")."""
    for stem, kind in _DATES.get(r["resourceType"], tuple((stem, "") for stem in _ANY)):
        for suffix in ("DateTime", "Instant", "Period", "String", ""):
            found = r.get(stem + suffix)
            if isinstance(found, Mapping) and (found.get("start") or found.get("end")):
                return kind, found.get("start", ""), found.get("end", "")
            if isinstance(found, str) and found:
                return kind, found, ""
    return "", "", ""


def when(resource: Mapping[str, Any]) -> str:
    """The clinical time of a resource as it was said, or ""; what it sorts by."""
    _, start, end = dated(resource)
    return start or end


def _dated(r: Mapping[str, Any], show: Callable[[str], str] = day) -> str:
    kind, start, end = dated(r)
    span = " until ".join(show(x) for x in (start, end) if x) if start else f"until {show(end)}" if end else ""
    return f"{kind} {span}".strip() if span else ""


def dose(r: Mapping[str, Any]) -> str:
    """Every dosage instruction, in the author's words where there are any; that of an administration is one object."""
    given = r.get("dosage", ())
    told = (*r.get("dosageInstruction", ()), *((given,) if isinstance(given, Mapping) else given))
    return "; ".join(d.get("text") or _dose(d) for d in told)


def _dose(d: Mapping[str, Any]) -> str:
    parts = [_amount(x["doseQuantity"]) for x in d.get("doseAndRate", ()) if "doseQuantity" in x]
    parts += [_amount(d["dose"])] if "dose" in d else []
    repeat = (d.get("timing") or {}).get("repeat", {})
    if repeat.get("frequency"):
        parts.append(f"{repeat['frequency']} × every {repeat.get('period', 1)} {repeat.get('periodUnit', 'd')}")
    parts += [concept((d.get("timing") or {}).get("code")), concept(d.get("route")), "as needed" if d.get(
        "asNeededBoolean") else ""]
    return " ".join(p for p in parts if p).rstrip(",")


def _amount(quantity_: Mapping[str, Any]) -> str:
    """An amount; one without a unit says so, because a bare number before "1 × every 12 h" reads as another."""
    unit = quantity_.get("unit") or quantity_.get("code")
    return f"dose {quantity_.get('value', '')}," if unit in (None, "", "1") else quantity(quantity_)


def _allergy(r: Mapping[str, Any], _: Directory) -> Parts:
    reactions = ", ".join(" + ".join(concept(m) for m in x.get("manifestation", ())) for x in r.get("reaction", ()))
    risk = {"high": "high risk", "low": "low risk"}.get(r.get("criticality", ""), "risk not stated")
    return concept(r.get("code")) or "substance not named", reactions, risk, _dated(r)


def _observation(r: Mapping[str, Any], _: Directory) -> Parts:
    ranges = "; ".join(x.get("text") or "–".join(quantity(x[k]) for k in ("low", "high") if k in x)
                       for x in r.get("referenceRange", ()))
    tested = ", ".join(x["display"] for x in r.get("derivedFrom", ()) if x.get("display"))   # the organism
    return (f"{concept(r.get('code')) or 'test not named'} {value(r)}".strip(), flags(r),
            f"of {tested}" if tested else "", f"range {ranges}" if ranges else "", _dated(r, moment))


def medicine(r: Mapping[str, Any], directory: Directory = _NOBODY) -> str:
    """The drug's name."""
    pointed = r.get("medicationReference") or {}
    product = directory.get(pointed.get("reference", ""), {})
    return concept(r.get("medicationCodeableConcept")) or called(pointed, directory) or concept(
        product.get("code")) or "medicine not named"


def _medicine(r: Mapping[str, Any], directory: Directory) -> Parts:
    reasons = ", ".join(concept(c) for c in r.get("reasonCode", ()))
    by = called(r.get("requester"), directory) or asserter(r, directory)
    stated = r.get("dateAsserted", "")
    confirmed = f"last confirmed {day(stated)}" if stated and dated(r)[0] != "stated" else ""
    return (medicine(r, directory), dose(r), f"for {reasons}" if reasons else "", _dated(r), confirmed,
            f"by {by}" if by else "")


def _condition(r: Mapping[str, Any], _: Directory) -> Parts:
    ended = r.get("abatementDateTime") or (r.get("abatementPeriod") or {}).get("end")
    return (concept(r.get("code")) or "problem not named", _site(r), _dated(r), f"until {day(ended)}" if ended else "")


def _site(r: Mapping[str, Any]) -> str:
    """Where in the body, left or right, unless its name says so already."""
    named, sites = concept(r.get("code")).casefold(), r.get("bodySite", ())
    said = (concept(s) for s in ((sites,) if isinstance(sites, Mapping) else sites))
    return ", ".join(s for s in said if s and s.casefold() not in named)


def _procedure(r: Mapping[str, Any], _: Directory) -> Parts:
    return concept(r.get("code")) or "Procedure", _site(r), _dated(r)


def _encounter(r: Mapping[str, Any], directory: Directory) -> Parts:
    period, kind = r.get("period", {}), r.get("class") or {}
    type = concept(next(iter(r.get("type", ())), None))
    named = CONTACTS.get(kind.get("code", ""), "") or kind.get("display") or type
    place = ", ".join(dict.fromkeys(filter(None, (called(r.get("serviceProvider"), directory), *(
        called(x.get("location"), directory) for x in r.get("location", ()))))))
    reason = ", ".join(concept(c) for c in r.get("reasonCode", ()))
    return (named or "Contact", span(period.get("start", ""), period.get("end", "")), place,
            f"for {reason}" if reason else "")


def _immunization(r: Mapping[str, Any], _: Directory) -> Parts:
    return (concept(r.get("vaccineCode")) or "vaccine not named", _dated(r),
            f"lot {r['lotNumber']}" if r.get("lotNumber") else "")


def _report(r: Mapping[str, Any], _: Directory) -> Parts:
    count = len(r.get("result", ()))
    return (concept(r.get("code")) or "report not named", r.get("conclusion", ""), _dated(r, moment),
            f"{count} result{'s' if count > 1 else ''}" if count else "")


def _patient(r: Mapping[str, Any], _: Directory) -> Parts:
    return (name(r), f"born {day(r['birthDate'])}" if r.get("birthDate") else "birth date not given",
            r.get("gender", "sex not given"))


def _person(r: Mapping[str, Any], _: Directory) -> Parts:
    return name(r), ", ".join(filter(None, (concept(c) for c in r.get("relationship", ()))))


def _document(r: Mapping[str, Any], directory: Directory) -> Parts:
    by = ", ".join(dict.fromkeys(filter(None, (called(a, directory) for a in r.get("author", ())))))
    type, title = concept(r.get("type")), r.get("description", "")
    called_so = f"“{title}”" if title and type and title.casefold() != type.casefold() else ""
    return type or title or "Document", called_so, _dated(r), f"by {by}" if by else ""


def _media(r: Mapping[str, Any], _: Directory) -> Parts:
    return r.get("content", {}).get("title") or concept(r.get("type")) or "Picture or file", _dated(r)


def _family(r: Mapping[str, Any], _: Directory) -> Parts:
    ill = ", ".join(dict.fromkeys(filter(None, (concept(x.get("code")) for x in r.get("condition", ())))))
    died = r.get("deceasedBoolean") is True or any(x in r for x in ("deceasedAge", "deceasedDate", "deceasedString"))
    return (concept(r.get("relationship")) or r.get("name", "") or "Relative", ill or "nothing stated",
            "deceased" if died else "")


def _device(r: Mapping[str, Any], directory: Directory) -> Parts:
    pointed = directory.get((r.get("device") or {}).get("reference", ""), {})
    named = next((n["name"] for n in r.get("deviceName", ()) if n.get("name")), "")
    serial = f"serial number {r['serialNumber']}" if r.get("serialNumber") else ""
    return (concept(r.get("type")) or named or concept(pointed.get("type")) or called(r.get("device"), directory)
            or "Device not named", _site(r), serial, _dated(r))


def _aim(r: Mapping[str, Any], _: Directory) -> Parts:
    """A goal, a plan, a risk, an appointment …: what it is for, by the first element that says so."""
    said = [concept(x) if isinstance(x := r.get(e), Mapping) else x if isinstance(x, str) else
            ", ".join(filter(None, map(concept, x))) if isinstance(x, list) else ""
            for e in ("title", "description", "code", "serviceType", "category", "type", "reasonCode", "summary")]
    start = r.get("start") or r.get("started") or ""
    return next(filter(None, said), r["resourceType"]), moment(start) if start else _dated(r)


def _other(r: Mapping[str, Any], _: Directory) -> Parts:
    said = [r.get(element) for element in ("code", "type", "name", "description")]  # a text or a concept
    named = next((x if isinstance(x, str) else concept(x) for x in said if isinstance(x, (str, Mapping))), "")
    return named or r["resourceType"], _dated(r)


_PHRASES: dict[str, Callable[[Mapping[str, Any], Directory], Parts]] = {
    "AllergyIntolerance": _allergy, "Observation": _observation, "MedicationRequest": _medicine,
    "MedicationStatement": _medicine, "MedicationDispense": _medicine, "MedicationAdministration": _medicine,
    "Condition": _condition, "Encounter": _encounter, "Immunization": _immunization, "DiagnosticReport": _report,
    "Procedure": _procedure, "DocumentReference": _document, "Media": _media,
    "FamilyMemberHistory": _family, "Device": _device, "DeviceUseStatement": _device, **dict.fromkeys(
        ("Goal", "CarePlan", "Appointment", "RiskAssessment", "ClinicalImpression", "ImagingStudy"), _aim),
    "Patient": _patient, "Practitioner": _person, "RelatedPerson": _person,
}
# States that need no word: the ordinary one of each type. A course of medicine that is completed is over: that is told.
_ORDINARY = {"", "active", "confirmed", "final", "finished", "completed", "current"}
_COURSES = ("MedicationRequest", "MedicationStatement")
_STATES = {"in-progress": "going on", "entered-in-error": "entered in error", "not-done": "not done",
           "not-taken": "not taken", "on-hold": "on hold", "unknown": "status not known"}


def states(r: Mapping[str, Any]) -> Parts:
    """What is out of the ordinary about its status, in words: corrected, preliminary, refuted, stopped, resolved …"""
    ordinary = _ORDINARY - {"completed"} if r["resourceType"] in _COURSES else _ORDINARY
    codes = [r.get("status", "") if isinstance(r.get("status"), str) else "",
             "" if coded(r, "verificationStatus") in ("refuted", "entered-in-error") else coded(r, "clinicalStatus"),
             coded(r, "verificationStatus"), r.get("docStatus", "")]
    return tuple(_STATES.get(c, c.replace("-", " ")) for c in codes if c not in ordinary)


def coded(r: Mapping[str, Any], element: str) -> str:
    """The first code of a CodeableConcept element, or ""."""
    found = r.get(element)
    return next((c.get("code", "") for c in found.get("coding", ())), "") if isinstance(found, Mapping) else ""


def phrase(resource: Mapping[str, Any], directory: Directory = _NOBODY) -> str:
    """One line without the status. `directory`: "Type/id" → resource, for the names behind references."""
    parts = _PHRASES.get(resource["resourceType"], _other)(resource, directory)
    return " · ".join(p for p in parts if p)


def words(resource: Mapping[str, Any], directory: Directory = _NOBODY) -> str:
    """One line for a person, status included."""
    return " · ".join((phrase(resource, directory), *states(resource)))
