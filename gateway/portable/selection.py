"""What a patient summary tells and in which section: the rules of inclusion, as tables (IPS-04, IPS-16).

| section | told |
|---|---|
| allergies | all that are not entered in error; refuted ones with that word |
| problems | active, or not known to be over; the diagnosis of a contact where no list has it |
| past problems | resolved, inactive, in remission |
| medications | taken, ordered, on hold, or not known whether it is still taken; not what ended |
| immunizations, procedures, devices | what was given, done, or begun; not what was not done |
| results, vital signs, social history, pregnancy | the newest of each code |
| alerts, advance directives, plan of care | those in force |
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

Resource = Mapping[str, Any]
SNOMED, ABSENT_UNKNOWN = "http://snomed.info/sct", "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"


class Section(NamedTuple):
    """name, LOINC code, title; required: stands in every summary; since: the first version of IPS that has it."""

    name: str
    code: str
    title: str
    required: bool = False
    since: str = "1.1"


SECTIONS = (
    Section("problems", "11450-4", "Problems", True),
    Section("allergies", "48765-2", "Allergies and intolerances", True),
    Section("medications", "10160-0", "Medications", True), Section("immunizations", "11369-6", "Immunizations"),
    Section("results", "30954-2", "Results"), Section("procedures", "47519-4", "Procedures"),
    Section("devices", "46264-8", "Medical devices"), Section("directives", "42348-3", "Advance directives"),
    Section("alerts", "104605-1", "Alerts", since="2.0"), Section("past", "11348-0", "Past problems"),
    Section("pregnancy", "10162-6", "Pregnancy"), Section("plan", "18776-5", "Plan of care"),
    Section("social", "29762-2", "Social history"), Section("vitals", "8716-3", "Vital signs"))


class Absence(NamedTuple):
    """An asserted absence: section, SNOMED code of IPS 2.0, code of IPS 1.1, words; other codes that say the same."""

    section: str
    code: str
    old: str
    words: str
    also: tuple[str, ...] = ()


ABSENCES = (
    Absence("allergies", "716186003", "no-known-allergies", "No known allergies", ("160244002",)),
    Absence("allergies", "409137002", "no-known-medication-allergies", "No known drug allergies"),
    Absence("allergies", "429625007", "no-known-food-allergies", "No known food allergies"),
    Absence("allergies", "428607008", "no-known-environmental-allergies", "No known environmental allergies"),
    Absence("problems", "160245001", "no-known-problems", "No current problems"),
    Absence("medications", "787481004", "no-known-medications", "No known medications"),
    Absence("procedures", "787480003", "no-known-procedures", "No known procedures"),
    Absence("immunizations", "787482006", "no-known-immunizations", "No known immunizations"),
    Absence("devices", "787483001", "no-known-devices", "No known devices"))
_ABSENCE = {**{(SNOMED, c): a for a in ABSENCES for c in (a.code, *a.also)},
            **{(ABSENT_UNKNOWN, a.old): a for a in ABSENCES}}
CODED = {"MedicationStatement": "medicationCodeableConcept", "MedicationRequest": "medicationCodeableConcept",
         "Immunization": "vaccineCode"}


def ref(r: Resource) -> str:
    """`Type/id`."""
    return f"{r['resourceType']}/{r['id']}"


def codes(value: Any) -> set[str]:
    """The codes of a CodeableConcept, of several, or of a Coding."""
    if isinstance(value, Mapping):
        return {str(c["code"]) for c in (value.get("coding") or [value]) if c.get("code")}
    return {c for v in value or () for c in codes(v)} if isinstance(value, list) else set()


def absence(r: Resource) -> Absence | None:
    """The absence that a resource asserts, None for one that states something."""
    concept = r.get(CODED.get(r["resourceType"], "code")) or {}
    said = (_ABSENCE.get((c.get("system", ""), c.get("code", ""))) for c in concept.get("coding", ()))
    return next(filter(None, said), None)


def wrong(r: Resource) -> bool:
    """Was it entered in error?"""
    return "entered-in-error" in {r.get("status"), *codes(r.get("verificationStatus"))}


def refuted(r: Resource) -> bool:
    """Does a source say that it is not so?"""
    return "refuted" in codes(r.get("verificationStatus"))


def _condition(r: Resource) -> str:
    over = codes(r.get("clinicalStatus")) & {"resolved", "inactive", "remission"}
    ended = any(k.startswith("abatement") for k in r)
    return "past" if over or (ended and not r.get("clinicalStatus")) else "problems"


def _medicine(r: Resource) -> str:
    over = {"completed", "stopped", "cancelled", "not-taken", "draft"}
    return "" if r.get("status") in over or r.get("doNotPerform") is True else "medications"


_PREGNANCY = {"82810-3", "11778-8", "11779-6", "11780-4", "11638-4", "11639-2", "11640-0", "11612-9", "11613-7",
              "11614-5", "33065-4"}
_KINDS = {"vital-signs": "vitals", "social-history": "social", "laboratory": "results", "imaging": "results"}


def _observation(r: Resource) -> str:
    said = codes(r.get("category"))
    if r.get("status") in ("cancelled", "registered"):
        return ""
    if codes(r.get("code")) & _PREGNANCY:
        return "pregnancy"
    return next((_KINDS[c] for c in sorted(said & _KINDS.keys())), "" if said else "results")


def _when(*states: str) -> Callable[[Resource], bool]:
    return lambda r: r.get("status") in states


def _in(section: str, told: Callable[[Resource], bool]) -> Callable[[Resource], str]:
    return lambda r: section if told(r) else ""


_BEGUN = ("in-progress", "on-hold", "stopped", "completed", "unknown")
_CHOICES: dict[str, Callable[[Resource], str]] = {
    "AllergyIntolerance": lambda _: "allergies", "Condition": _condition, "MedicationStatement": _medicine,
    "MedicationRequest": _medicine, "Immunization": _in("immunizations", _when("completed")),
    "Procedure": _in("procedures", _when(*_BEGUN)), "Observation": _observation,
    "DiagnosticReport": _in("results", lambda r: r.get("status") not in ("cancelled", "registered")),
    "DeviceUseStatement": _in("devices", lambda r: r.get("status") != "intended"),
    "Flag": _in("alerts", _when("active")), "CarePlan": _in("plan", _when("active", "on-hold")),
    "ImmunizationRecommendation": lambda _: "plan",
    "Consent": _in("directives", lambda r: "adr" in codes(r.get("scope")) and r.get("status") == "active")}


def section_of(r: Resource) -> str:
    """The section that tells a resource, "" for none: what was entered in error is told nowhere."""
    return "" if wrong(r) or r["resourceType"] not in _CHOICES else _CHOICES[r["resourceType"]](r)


def chosen(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    """Section → the resources that it tells, in their order.

    "None known" stands only where nothing of that section is (IPS-06); refuted it would be a denial of a denial.
    """
    out: dict[str, list[Resource]] = {s.name: [] for s in SECTIONS}
    for r in resources:
        if (name := section_of(r)) and not (absence(r) and refuted(r)):
            out[name].append(r)
    for name, told in out.items():
        positive = [r for r in told if not absence(r)]
        if any(not refuted(r) for r in positive) or (name == "problems" and out["past"]):
            out[name] = positive
    out["problems"], out["past"] = _once(out["problems"], out["problems"]), _once(out["past"], out["problems"])
    for name in ("results", "vitals", "social", "pregnancy"):
        out[name] = _newest(out[name])
    return out


def _once(told: Sequence[Resource], listed: Sequence[Resource]) -> list[Resource]:
    """Without the diagnoses of contacts that a list of problems has, too."""
    known = {name for r in listed if not _of_contact(r) for name in _names(r)}
    return [r for r in told if not (_of_contact(r) and known & set(_names(r)))]


def _of_contact(r: Resource) -> bool:
    said = codes(r.get("category"))
    return "encounter-diagnosis" in said and said.isdisjoint({"problem-list-item", "health-concern"})


def _names(r: Resource) -> list[tuple[str, str]]:
    concept = r.get("code") or {}
    found = [(c.get("system", ""), c["code"]) for c in concept.get("coding", ()) if c.get("code")]
    return found or [("", str(concept.get("text", "")).casefold())]


def _newest(told: Sequence[Resource]) -> list[Resource]:
    """The newest of each type and code; those of one moment all."""
    best: dict[tuple[str, tuple[str, str]], str] = {}
    for r in told:
        name = (r["resourceType"], _names(r)[0])
        best[name] = max(best.get(name, ""), when(r))
    return [r for r in told if when(r) == best[(r["resourceType"], _names(r)[0])]]


def when(r: Resource) -> str:
    """When it happened, as comparable text: an instant in UTC, a part of a date as it is; "" where nobody says."""
    period = r.get("effectivePeriod") or {}
    told = str(r.get("effectiveDateTime") or r.get("effectiveInstant") or period.get("end") or period.get("start") or
               r.get("issued") or "")
    with suppress(ValueError, OverflowError):       # what is no time is compared as it is written
        if "T" in told and (moment := datetime.fromisoformat(told)).tzinfo:
            return moment.astimezone(UTC).isoformat()
    return told


def pointed(value: Any) -> Iterable[str]:
    """The literal references anywhere in a resource, in order."""
    if isinstance(value, Mapping):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for v in value.values():
            yield from pointed(v)
    elif isinstance(value, list):
        for v in value:
            yield from pointed(v)
