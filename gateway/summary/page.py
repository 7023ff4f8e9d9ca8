"""The clinician's page as plain values: who, what can kill, what is missing, medicines, problems, results, journey.

A pure function of the merged record (the output of `gateway merge`) and what is known of the sources. It decides
nothing about access: what a reader may not see is not in its input.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.summary.headline import Headline, allergy_headline
from gateway.summary.sections import SECTIONS, Section, SourceSaid, live, section
from gateway.summary.words import day, name, when, words

# Issue codes that belong on the strip at the top, in the words of faces 1.3.
CHECKS = {
    "polarity-conflict": "Sources disagree", "none-known-conflict": "One source states there are none",
    "drug-allergy": "A medicine and an allergy belong together", "dose-conflict": "Two different doses",
    "status-conflict": "Sources disagree on the status", "demographic-conflict": "Is this the same person?",
    "value-conflict": "Sources give different values", "identifier-clash": "One identifier, two things",
    "version-clash": "One version, two contents", "stale-version": "An older version is still shown elsewhere",
    "unit-mismatch": "Units differ", "invariant-broken": "The last good version is shown",
}
CURRENT_STATUS = {"active", "on-hold", "draft", "intended", "in-progress", ""}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact came from, for its chip: source, when it was said and received, message and place in it."""

    fact: str
    source: str
    organisation: str = ""
    country: str = ""
    asserted: str = ""
    received: str = ""
    message: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `marks` are words such as "no longer listed"; `says` one line a source where they differ."""

    id: str
    text: str
    sources: tuple[str, ...]
    marks: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    person: str
    title: str
    banner: tuple[str, ...]
    identifiers: tuple[str, ...]
    deceased: str
    headline: Headline
    allergies: tuple[Row, ...]
    checks: tuple[str, ...]
    missing: tuple[str, ...]
    answered: str
    lists: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    sections: Mapping[str, Section] = field(default_factory=dict)


def contributors(record: Mapping[str, Any], source_of: Mapping[str, str]) -> dict[str, list[str]]:
    """"Type/id" → sources whose facts stand behind it, alternatives included. `source_of`: fact id → source."""
    out: dict[str, set[str]] = {}
    for reference, elements in record["provenance"].items():
        out.setdefault(reference, set()).update(f for facts in elements.values() for f in facts)
    for reference, elements in record["alternatives"].items():
        out.setdefault(reference, set()).update(f for values in elements.values() for v in values for f in v["facts"])
    return {reference: sorted({source_of[f] for f in facts if f in source_of}) for reference, facts in out.items()}


def sections(record: Mapping[str, Any], source_of: Mapping[str, str],
             sources: Sequence[SourceSaid]) -> dict[str, Section]:
    """All sections of a record."""
    said_by = contributors(record, source_of)
    return {n: section(n, record["resources"], said_by, sources) for n in SECTIONS}


def page(record: Mapping[str, Any], source_of: Mapping[str, str], sources: Sequence[SourceSaid], now: str) -> Page:
    """The page of one person.

    record     output of `gateway merge`
    source_of  fact id → source name; sources: what each told; now: FHIR dateTime of the reading
    """
    patient = next((r for r in record["resources"] if r["resourceType"] == "Patient"), {"resourceType": "Patient"})
    said_by = contributors(record, source_of)
    by_ref = {f"{r['resourceType']}/{r['id']}": r for r in record["resources"]}
    parts = sections(record, source_of, sources)
    issues = _issues(record)
    context = _Context(said_by, issues, record["alternatives"], source_of)
    rows = {n: tuple(_row(r, context) for r in _sorted(n, s.rows)) for n, s in parts.items()}
    current, unlisted, past = _medicines(parts["medications"], issues)
    lists = {**rows, "medications": _pick(rows["medications"], current),
             "unlisted": (*_pick(rows["medications"], unlisted), *_pick(rows["problems"], _unlisted(parts, issues))),
             "past medicines": _pick(rows["medications"], past),
             "problems": _pick(rows["problems"], [_ref(r) for r in parts["problems"].rows
                                                  if _ref(r) not in _unlisted(parts, issues)])}
    missing = tuple(_missing(s) for s in sources if s.failing or s.late or s.unreadable)
    return Page(
        person=patient.get("id", ""), title=name(patient), banner=_banner(patient, now),
        identifiers=_identifiers(patient), deceased=_deceased(patient),
        headline=allergy_headline(parts["allergies"], by_ref, now),
        allergies=(*rows["allergies"], *(_row(r, context) for r in parts["allergies"].absent)),
        checks=_checks(record, by_ref), missing=missing, answered=_answered(sources), lists=lists, sections=parts)


def _ref(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _banner(patient: Mapping[str, Any], now: str) -> tuple[str, ...]:
    born = patient.get("birthDate", "")
    whole = len(born) == 10 and len(now) >= 10
    age = f" ({int(now[:4]) - int(born[:4]) - (now[5:10] < born[5:10])} y)" if whole else ""
    sex = {"male": "Male", "female": "Female", "other": "Other"}.get(patient.get("gender", ""), "Sex not given")
    return (f"Born {day(born)}{age}" if born else "Birth date not given", sex)


def _identifiers(patient: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{_issuer(i)} {i['value']}".strip() for i in patient.get("identifier", ()) if i.get("value"))


def _issuer(identifier: Mapping[str, Any]) -> str:
    return str((identifier.get("type") or {}).get("text") or (identifier.get("assigner") or {}).get("display")
               or identifier.get("system", ""))


def _deceased(patient: Mapping[str, Any]) -> str:
    if patient.get("deceasedDateTime"):
        return f"Died {day(patient['deceasedDateTime'])}"
    return "Deceased" if patient.get("deceasedBoolean") is True else ""


def _issues(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """"Type/id" → codes of the issues that implicate it."""
    out: dict[str, list[str]] = {}
    for issue in record["issues"]:
        for item in issue.get("implicated", ()):
            out.setdefault(item.get("reference", ""), []).append(code_of(issue))
    return out


def code_of(issue: Mapping[str, Any]) -> str:
    """The code of a DetectedIssue."""
    return str(issue["code"]["coding"][0]["code"])


@dataclass(frozen=True, slots=True)
class _Context:
    """What a row needs besides its resource."""

    said_by: Mapping[str, Sequence[str]]
    issues: Mapping[str, Sequence[str]]
    alternatives: Mapping[str, Any]
    source_of: Mapping[str, str]


MARKS = {"no-longer-listed": "no longer listed", "possible-duplicate": "possible duplicate",
         "ambiguous-date": "date is not certain", "ambiguous-value": "value is not certain"}


def _row(r: Mapping[str, Any], context: _Context) -> Row:
    reference = _ref(r)
    codes = set(context.issues.get(reference, ()))
    marks = [text for code, text in MARKS.items() if code in codes]
    if codes & set(CHECKS) - {"drug-allergy"}:
        marks.append("SOURCES DISAGREE")
    if not live(r):
        marks.append("refuted or not done")
    if r["resourceType"] == "AllergyIntolerance" and not (r.get("code") or {}).get("coding"):
        marks.append("free text: automatic checks cannot see this")
    return Row(reference, words(r), tuple(context.said_by.get(reference, ())), tuple(marks),
               _says(reference, context), when(r))


def _says(reference: str, context: _Context) -> tuple[str, ...]:
    """What other sources say where they differ: `aarhus: verificationStatus refuted`."""
    out = []
    for element, values in sorted(context.alternatives.get(reference, {}).items()):
        for v in values:
            names = ", ".join(sorted({context.source_of[f] for f in v["facts"] if f in context.source_of}))
            out.append(f"{names}: {element} {_short(v['value'])}")
    return tuple(out)


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        codings = value.get("coding") or ()
        return str(value.get("text") or next((c.get("display") or c.get("code") for c in codings), "") or " ".join(
            _short(v) for v in value.values()))
    if isinstance(value, (list, tuple)):
        return ", ".join(_short(v) for v in value)
    return str(value)


def _sorted(name: str, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    if name == "allergies":
        return sorted(rows, key=lambda r: (not live(r), r.get("criticality") == "low", words(r).casefold()))
    if name == "medications":
        return sorted(rows, key=lambda r: words(r).casefold())
    return sorted(rows, key=lambda r: (when(r) or "0", _ref(r)), reverse=True)


def _medicines(meds: Section, issues: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str], list[str]]:
    """References of medicines now, no longer listed, and past."""
    unlisted = [_ref(r) for r in meds.rows if "no-longer-listed" in issues.get(_ref(r), ())]
    listed = [r for r in meds.rows if _ref(r) not in unlisted]
    current = [_ref(r) for r in listed if r.get("status", "") in CURRENT_STATUS and live(r)]
    return current, unlisted, [_ref(r) for r in listed if _ref(r) not in current]


def _unlisted(parts: Mapping[str, Section], issues: Mapping[str, Sequence[str]]) -> list[str]:
    return [_ref(r) for r in parts["problems"].rows if "no-longer-listed" in issues.get(_ref(r), ())]


def _pick(rows: Iterable[Row], references: Sequence[str]) -> tuple[Row, ...]:
    return tuple(r for r in rows if r.id in references)


def _checks(record: Mapping[str, Any], by_ref: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    out = []
    for issue in record["issues"]:
        code = code_of(issue)
        if code in CHECKS:
            about = " / ".join(words(by_ref[i["reference"]]) for i in issue.get("implicated", ())
                               if i.get("reference") in by_ref)
            out.append(((issue.get("severity") != "high"), f"{CHECKS[code]}: {issue.get('detail') or about}"))
    return tuple(text for _, text in sorted(set(out)))


def _missing(source: SourceSaid) -> str:
    what = f"It normally sends: {', '.join(source.sends)}." if source.sends else ""
    who = source.organisation or source.name
    if source.failing:
        since = f"Last answer {day(source.answered)}." if source.answered else "It has never answered."
        return f"{who} did not answer ({source.failing}). {since} {what}".strip()
    if source.late:
        return f"{who} is late: last answer {day(source.answered)}. {what}".strip()
    items = sum(source.unreadable.values())
    things = "1 item" if items == 1 else f"{items} items"
    return f"{things} from {who} could not be read ({', '.join(sorted(source.unreadable))})."


def _answered(sources: Sequence[SourceSaid]) -> str:
    good = [s for s in sources if s.answered and not s.failing and not s.late]
    oldest = min((s.answered for s in good if s.answered), default="")
    age = f", oldest {oldest[:16].replace('T', ' ')}" if oldest else ""
    return f"{len(good)} of {len(sources)} sources answered{age}"
