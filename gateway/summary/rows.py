"""Rows of the lists: what is said, its marks, what other sources say, and a chip for each source (faces 0.4, 0.5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.summary.context import Context, Resource, code_of, ref
from gateway.summary.dates import age, day, moment
from gateway.summary.sections import live
from gateway.summary.words import coded, dose, phrase, quantity, states, when, written

DISAGREE = "SOURCES DISAGREE"
# Issue codes that say "sources disagree" on the row they are about.
DISAGREEMENTS = {"polarity-conflict", "status-conflict", "dose-conflict", "value-conflict", "unit-mismatch",
                 "identifier-clash", "version-clash", "demographic-conflict"}
_MARKS = {"drug-allergy": "CHECK: allergy and medicine", "possible-duplicate": "possible duplicate",
          "perhaps-unlisted": "perhaps over: a later list under another number omits it",
          "ambiguous-date": "date is not certain", "ambiguous-value": "value is not certain",
          "stale-version": "one source holds an earlier version", "invariant-broken": "the last good version is shown"}
# Questions whose other answers a clinician sees on the row; all of them stand on the page behind the chip.
_TOLD = {"code": "", "medicationCodeableConcept": "", "vaccineCode": "", "dosage": "", "dosageInstruction": "",
         "valueQuantity": "", "valueCodeableConcept": "", "valueString": "", "clinicalStatus": "", "status": "",
         "verificationStatus": "", "criticality": "risk", "onsetDateTime": "since", "effectivePeriod": "since",
         "effectiveDateTime": "", "occurrenceDateTime": "given", "abatementDateTime": "until", "lotNumber": "lot",
         "conclusion": "", "period": "", "recordedDate": "recorded"}
_LISTED = ("problem-list-item", "health-concern")
_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")


@dataclass(frozen=True, slots=True)
class Chip:
    """A source of a row; `age`: how old its newest word on it is; `title`: who, and both times in full."""

    source: str
    country: str
    age: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list.

    marks  words such as "preliminary" or "no longer listed"; says: what other sources say instead, one line each
    also   rows folded into this one: the same substance refuted elsewhere (one causative agent, one row)
    gap    for contacts: the time without a recorded contact before this one
    opens  a document that holds something to read
    """

    id: str
    text: str
    sources: tuple[str, ...]
    marks: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    when: str = ""
    chips: tuple[Chip, ...] = ()
    also: "tuple[Row, ...]" = ()
    gap: str = ""
    opens: bool = False


def row(r: Resource, c: Context, facts: Mapping[str, Sequence[str]]) -> Row:
    """The row of a resource. `facts`: "Type/id" → ids of the facts behind it."""
    reference = ref(r)
    return Row(reference, phrase(r, c.by_ref), tuple(c.said_by.get(reference, ())), _marks(r, c), _says(reference, c),
               when(r), _chips(reference, c, facts))


def disagreeing(r: Row) -> bool:
    return DISAGREE in r.marks or _MARKS["drug-allergy"] in r.marks


def fold(rows: Sequence[Row], c: Context) -> tuple[Row, ...]:
    """What is refuted goes under the positive row that it contradicts; a refuted row without one stays out."""
    by_id = {r.id: r for r in rows}
    positive = [r for r in rows if live(c.by_ref[r.id])]
    partners = {r.id: [by_id[o] for o in _contradicts(r.id, c) if o in by_id and not live(c.by_ref[o])]
                for r in positive}
    return tuple(replace(r, also=tuple(partners[r.id])) for r in positive)


def _contradicts(reference: str, c: Context) -> list[str]:
    return [i["reference"] for issue in c.issues.get(reference, ()) if code_of(issue) == "polarity-conflict"
            for i in issue.get("implicated", ()) if i.get("reference") != reference]


def _marks(r: Resource, c: Context) -> tuple[str, ...]:
    reference = ref(r)
    codes = c.codes(reference)
    marks = [DISAGREE] if codes & DISAGREEMENTS else []
    marks += [text for code, text in _MARKS.items() if code in codes]
    marks += [_unlisted(i, c) for i in c.issues.get(reference, ()) if code_of(i) == "no-longer-listed"]
    if r["resourceType"] == "AllergyIntolerance" and not (r.get("code") or {}).get("coding") and not c.seen(r):
        marks.append("free text: automatic checks cannot see this")
    if _of_contact(r):      # it stands beside the same problem of the list (table 11b): why there are two lines
        marks.append("diagnosis of a contact")
    return (*states(r), *marks)


def _of_contact(r: Resource) -> bool:
    """Is it what one contact was about, and no entry of a list of problems?"""
    if r["resourceType"] != "Condition":
        return False
    said = {c.get("code") for category in r.get("category", ()) for c in category.get("coding", ())}
    return "encounter-diagnosis" in said and said.isdisjoint(_LISTED)


def _unlisted(issue: Resource, c: Context) -> str:
    """`no longer listed (soevang, since 30 Mar 2026)`."""
    facts = [d.get("identifier", {}).get("value", "") for e in issue.get("evidence", ()) for d in e.get("detail", ())]
    said = sorted({str(c.facts[f]["source"]) for f in facts if f in c.facts})
    since = _DATE.search(issue.get("detail", ""))
    told = [*said, *([f"since {day(since[0])}"] if since else [])]
    return f"no longer listed ({', '.join(told)})" if told else "no longer listed"


def _says(reference: str, c: Context) -> tuple[str, ...]:
    """What other sources say where they differ: `vesterhede: 1 tablet morgen og aften`. Capitals do not count."""
    out: dict[str, list[str]] = {}
    for element, values in sorted(c.record["alternatives"].get(reference, {}).items()):
        shown = spoken(c.by_ref.get(reference, {}).get(element, "")).casefold()
        for v in values if element in _TOLD else ():
            names = ", ".join(sorted({str(c.facts[f]["source"]) for f in v["facts"] if f in c.facts}))
            if names and (said := spoken(v["value"])) and said.casefold() != shown:
                out.setdefault(names, []).append(f"{_TOLD[element]} {said}".strip())
    return tuple(f"{names}: {' · '.join(said)}" for names, said in out.items())


def spoken(value: Any) -> str:
    """A value of an element in words: concept, quantity, period, dosage, date or plain text."""
    if isinstance(value, Mapping):
        if "doseAndRate" in value or "timing" in value:
            return dose({"dosage": [value]})
        if "start" in value or "end" in value:
            return " until ".join(day(value[k]) for k in ("start", "end") if value.get(k))
        code = next((c.get("code", "") for c in value.get("coding", ())), "").replace("-", " ")
        return written(value) or code or quantity(value) or str(value.get("display", ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, map(spoken, value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return moment(text) if _DATE.match(text) else text.replace("-", " ") if text.islower() else text


def stance(r: Resource) -> str:
    """How a resource stands to what it names, in one word: confirmed, active, refuted, resolved, not done …"""
    code = coded(r, "verificationStatus") or coded(r, "clinicalStatus") or str(r.get("status", "")) or "stated"
    return code.replace("-", " ")


def _chips(reference: str, c: Context, facts: Mapping[str, Sequence[str]]) -> tuple[Chip, ...]:
    newest: dict[str, Mapping[str, Any]] = {}
    for f in (c.facts[id] for id in facts.get(reference, ()) if id in c.facts):
        if f["source"] not in newest or _times(f) > _times(newest[f["source"]]):
            newest[f["source"]] = f
    return tuple(_chip(source, f, c) for source, f in sorted(newest.items()))


def _times(fact: Mapping[str, Any]) -> tuple[str, str]:
    return fact.get("asserted", ""), fact.get("received", "")


def _chip(source: str, fact: Mapping[str, Any], c: Context) -> Chip:
    told, known = fact.get("asserted", ""), c.sources.get(source)
    old, received = age(told, c.now), age(fact.get("received", ""), c.now)
    if old and old not in ("today", "not yet"):
        old = f"{old} old"
    elif received and not old:
        old = f"received {received} ago"
    title = [known.organisation or source if known else source, f"said {moment(told)}" if told else "time not stated"]
    if fact.get("received"):
        title.append(f"received {moment(fact['received'])}")
    return Chip(source, known.country if known else "", old, ", ".join(title))
