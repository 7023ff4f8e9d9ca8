"""What a resource says, in words for a person (faces 1.4): dates with letters, numbers as they came, nothing cut."""

from collections.abc import Callable, Mapping
from typing import Any

Directory = Mapping[str, Mapping[str, Any]]
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FLAGS = {"H": "High", "L": "Low", "HH": "Critical high", "LL": "Critical low", "A": "Abnormal", "AA": "Critical",
          "POS": "Positive", "NEG": "Negative", "N": ""}


def day(date: str | None) -> str:
    """`12 Mar 2026`, `Mar 2019`, `2019`: as precise as it was said."""
    if not date:
        return ""
    parts = date[:10].split("-")
    if len(parts) > 1 and parts[1].isdigit() and 1 <= int(parts[1]) <= 12:
        parts[1] = _MONTHS[int(parts[1])]
    if len(parts) == 3:
        parts[2] = parts[2].lstrip("0")
    return " ".join(reversed(parts))


def concept(value: Mapping[str, Any] | None) -> str:
    """Text of a CodeableConcept: what the author wrote, else the first display, else the bare code with its system."""
    if not value:
        return ""
    codings = value.get("coding", ())
    return value.get("text") or next((c["display"] for c in codings if c.get("display")), "") or next(
        (f"{c['code']} ({c.get('system', 'no system')})" for c in codings if c.get("code")), "")


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


def asserter(resource: Mapping[str, Any], directory: Directory) -> str:
    """` by Dr A. Berg` where the resource says who, else nothing."""
    for element in ("asserter", "recorder", "informationSource"):
        who = resource.get(element) or {}
        entry = directory.get(who.get("reference", ""), {})
        said = who.get("display") or (name(entry) if entry.get("resourceType") == "Practitioner" else entry.get("name"))
        if said:
            return f" by {said}"
    return ""


def _value(r: Mapping[str, Any]) -> str:
    for element, render in (("valueQuantity", quantity), ("valueCodeableConcept", concept)):
        if element in r:
            return render(r[element])
    for element, value in r.items():
        if element.startswith("value") and not isinstance(value, (dict, list)):
            return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else str(value)
    if "valueRange" in r:
        return f"{quantity(r['valueRange'].get('low', {}))} – {quantity(r['valueRange'].get('high', {}))}"
    return "; ".join(f"{concept(c.get('code'))} {_value(c)}" for c in r.get("component", ()))


def _allergy(r: Mapping[str, Any]) -> str:
    reactions = ", ".join(" + ".join(concept(m) for m in x.get("manifestation", ())) for x in r.get("reaction", ()))
    risk = {"high": "high risk", "low": "low risk"}.get(r.get("criticality", ""), "risk not stated")
    return _join(concept(r.get("code")), reactions, risk, status(r, "verificationStatus"))


def _observation(r: Mapping[str, Any]) -> str:
    flags = " ".join(_FLAGS.get(c.get("code", ""), concept(i)) for i in r.get("interpretation", ())
                     for c in i.get("coding", ({},))[:1])
    ranges = "; ".join(x.get("text") or "–".join(quantity(x[k]) for k in ("low", "high") if k in x)
                       for x in r.get("referenceRange", ()))
    mark = {"corrected": "corrected", "amended": "amended", "preliminary": "preliminary"}.get(r.get("status", ""), "")
    return _join(f"{concept(r.get('code'))} {_value(r)}".strip(), flags, f"range {ranges}" if ranges else "", mark,
                 day(_when(r)))


def _when(r: Mapping[str, Any]) -> str:
    for element in ("effectiveDateTime", "effectiveInstant", "occurrenceDateTime", "performedDateTime", "onsetDateTime",
                    "authoredOn", "recordedDate", "dateAsserted", "issued", "date"):
        if r.get(element):
            return str(r[element])
    for element in ("effectivePeriod", "period", "performedPeriod", "onsetPeriod"):
        if r.get(element):
            return str(r[element].get("start") or r[element].get("end") or "")
    return ""


def when(resource: Mapping[str, Any]) -> str:
    """The clinical time of a resource as it was said, or ""."""
    return _when(resource)


def status(r: Mapping[str, Any], element: str) -> str:
    """Code of a status CodeableConcept, "" for the ordinary ones that need no word."""
    code = next((c.get("code", "") for c in (r.get(element) or {}).get("coding", ())), "")
    return "" if code in ("confirmed", "active") else code


def _medicine(r: Mapping[str, Any]) -> str:
    drug = concept(r.get("medicationCodeableConcept")) or (r.get("medicationReference") or {}).get("display", "")
    doses = "; ".join(d.get("text") or _dose(d) for d in (*r.get("dosageInstruction", ()), *r.get("dosage", ())))
    return _join(drug or "medicine not named", doses, r.get("status", ""), f"since {day(_when(r))}" if _when(r) else "")


def _dose(d: Mapping[str, Any]) -> str:
    parts = [quantity(x["doseQuantity"]) for x in d.get("doseAndRate", ()) if "doseQuantity" in x]
    repeat = (d.get("timing") or {}).get("repeat", {})
    if repeat.get("frequency"):
        parts.append(f"{repeat['frequency']} × every {repeat.get('period', 1)} {repeat.get('periodUnit', 'd')}")
    parts.append(concept((d.get("timing") or {}).get("code")))
    return " ".join(p for p in parts if p)


def _condition(r: Mapping[str, Any]) -> str:
    return _join(concept(r.get("code")), status(r, "clinicalStatus"), status(r, "verificationStatus"), day(_when(r)))


def _encounter(r: Mapping[str, Any]) -> str:
    period = r.get("period", {})
    span = " – ".join(day(period[k]) for k in ("start", "end") if period.get(k))
    kind = (r.get("class") or {}).get("display") or (r.get("class") or {}).get("code", "")
    reason = ", ".join(concept(c) for c in r.get("reasonCode", ()))
    return _join(span, kind, (r.get("serviceProvider") or {}).get("display", ""), reason, r.get("status", ""))


def _immunization(r: Mapping[str, Any]) -> str:
    lot = f"lot {r['lotNumber']}" if r.get("lotNumber") else ""
    mark = "" if r.get("status") == "completed" else r.get("status")
    return _join(concept(r.get("vaccineCode")), day(_when(r)), lot, mark)


def _report(r: Mapping[str, Any]) -> str:
    return _join(concept(r.get("code")), r.get("conclusion", ""), r.get("status", ""), day(_when(r)))


def _join(*parts: str | None) -> str:
    return " · ".join(p for p in parts if p)


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "AllergyIntolerance": _allergy, "Observation": _observation, "MedicationRequest": _medicine,
    "MedicationStatement": _medicine, "MedicationDispense": _medicine, "MedicationAdministration": _medicine,
    "Condition": _condition, "Encounter": _encounter, "Immunization": _immunization, "DiagnosticReport": _report,
    "Patient": lambda r: _join(name(r), f"born {day(r['birthDate'])}" if r.get("birthDate") else "birth date not given",
                               r.get("gender", "sex not given")),
}


def words(resource: Mapping[str, Any]) -> str:
    """One line for a person."""
    render = _WORDS.get(resource["resourceType"])
    if render:
        return render(resource)
    code = resource.get("code") or resource.get("type")
    return _join(concept(code) if isinstance(code, Mapping) else resource.get("name") if isinstance(
        resource.get("name"), str) else resource["resourceType"], day(_when(resource)))
