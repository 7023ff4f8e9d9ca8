"""Strip B (faces 1.3): each conflict that the merge raised, as a sentence that names the rows it is about."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.summary.context import Context, Resource, code_of, implicated, sayings
from gateway.summary.dates import day
from gateway.summary.rows import spoken, stance
from gateway.summary.sections import absence, live
from gateway.summary.words import concept, dose, medicine, phrase

# Elements in words, for a conflict about one of them.
_ELEMENTS = {"birthDate": "Birth date", "gender": "Sex", "deceased": "Death", "value": "value", "type": "kind",
             "criticality": "risk", "reaction": "reaction", "bodySite": "site", "lotNumber": "lot number",
             "occurrence": "date", "conclusion": "conclusion", "code": "name", "medication": "drug"}


@dataclass(frozen=True, slots=True)
class Check:
    """text: the sentence; rows: ("Type/id", label) of each row that it is about."""

    text: str
    rows: tuple[tuple[str, str], ...] = ()


def checks(c: Context) -> tuple[Check, ...]:
    """The checks of a record, the gravest first. Issues that are marks on rows are not repeated here."""
    order = list(_SENTENCES)
    found = [i for i in c.record["issues"] if code_of(i) in _SENTENCES]
    told = sorted((i.get("severity") != "high", order.index(code_of(i)), _sentence(i, c), _links(i, c)) for i in found)
    return tuple(dict.fromkeys(Check(text, rows) for _, _, text, rows in told))


def _sentence(issue: Resource, c: Context) -> str:
    """A conflict is never dropped: one whose rows say too little for its sentence is told by their names alone."""
    rows = _rows(issue, c)
    if not rows:
        return str(issue.get("detail") or "Sources disagree")
    return _SENTENCES[code_of(issue)](issue, c) or _plain("sources disagree")(issue, c)


def label(reference: str, c: Context) -> str:
    """The name of a row alone: the substance, drug, problem or test."""
    r = c.by_ref.get(reference)
    if r is None:
        return "a row that is not shown"
    if r["resourceType"] == "Patient":
        return "Who this is"
    if r["resourceType"].startswith("Medication"):
        return medicine(r, c.by_ref)
    return absence(r) or concept(r.get("code")) or phrase(r, c.by_ref).partition(" · ")[0]


def _links(issue: Resource, c: Context) -> tuple[tuple[str, str], ...]:
    return tuple((r, label(r, c) + ("" if live(c.by_ref[r]) else f" ({stance(c.by_ref[r])})")) for r in _rows(issue, c))


def _rows(issue: Resource, c: Context) -> list[str]:
    """The rows that an issue is about, what holds before what is refuted, by name."""
    shown = (r for r in implicated(issue) if r in c.by_ref)
    return sorted(shown, key=lambda r: (not live(c.by_ref[r]), label(r, c).casefold(), r))


def _by(reference: str, c: Context) -> str:
    return ", ".join(c.said_by.get(reference, ())) or "source not named"


def _polarity(issue: Resource, c: Context) -> str:
    """`Penicillin — sources disagree: confirmed (norrvik, soevang); refuted (vesterhede, 2026)`."""
    rows = _rows(issue, c)
    if len(rows) < 2:
        return _status(issue, c)
    said = "; ".join(f"{stance(c.by_ref[r])} ({_by(r, c)}{_year(r, c)})" for r in rows)
    return f"{label(rows[0], c)} — sources disagree: {said}"


def _year(reference: str, c: Context) -> str:
    """The year of the record, where one source alone can have meant it."""
    date = c.by_ref[reference].get("recordedDate", "")
    return f", {date[:4]}" if date and len(c.said_by.get(reference, ())) == 1 else ""


def _none_known(issue: Resource, c: Context) -> str:
    rows = _rows(issue, c)
    none = [r for r in rows if absence(c.by_ref[r])]
    some = [r for r in rows if r not in none]
    states = "; ".join(f"“{absence(c.by_ref[r])}” ({_by(r, c)})" for r in none)
    return f"Sources disagree: {states}; {'; '.join(f'{label(r, c)} ({_by(r, c)})' for r in some)}" if states else ""


def _drug_allergy(issue: Resource, c: Context) -> str:
    rows = _rows(issue, c)
    drugs = [label(r, c) for r in rows if r.startswith("Medication")]
    allergies = [label(r, c) for r in rows if r.startswith("Allergy")]
    return f"{', '.join(drugs)} is on the medicine list and {', '.join(allergies)} on the allergy list" \
        if drugs and allergies else ""


def _doses(issue: Resource, c: Context) -> str:
    """`Metoprolol — 2 doses: 1 tablet morgen (soevang) / 1 tablet morgen og aften (vesterhede)`."""
    said: dict[str, set[str]] = {}
    for reference in implicated(issue):
        told = sayings(c, reference, "dosage")
        for element, value, sources in told:
            said.setdefault(dose({element: value}), set()).update(sources)
    texts = [f"{text or 'no dose'} ({', '.join(sorted(s))})" for text, s in said.items()]
    return f"{label(implicated(issue)[0], c)} — {len(texts)} doses: {' / '.join(texts)}"


def _status(issue: Resource, c: Context) -> str:
    """`High blood pressure — sources disagree: active (soevang); resolved (vesterhede)`."""
    said = _answers(issue, c, *([e] if (e := _element(issue)) else ("verificationStatus", "clinicalStatus", "status")))
    return f"{label(implicated(issue)[0], c)} — sources disagree: {'; '.join(said)}" if said else ""


def _values(issue: Resource, c: Context) -> str:
    """`P-Glukos — sources give different values: 5.5 mmol/L (norrvik) / 7.1 mmol/L (norrlab)`."""
    element = _element(issue)
    said = _answers(issue, c, element)
    what = f"{_ELEMENTS.get(element, 'detail')}s"
    return f"{label(implicated(issue)[0], c)} — sources give different {what}{': ' + ' / '.join(said) if said else ''}"


def _identity(issue: Resource, c: Context) -> str:
    """`Birth date differs: 3 Feb 1961 (lund) / 2 Mar 1961 (kiel) — is this the same person?`"""
    said = _answers(issue, c, _element(issue))
    told = f": {' / '.join(said)}" if said else ""
    return f"{_ELEMENTS.get(_element(issue), 'Identity')} differs{told} — is this the same person?"


def _answers(issue: Resource, c: Context, *elements: str) -> list[str]:
    out: dict[str, set[str]] = {}
    for reference in implicated(issue):
        for element in elements:
            for _, value, sources in sayings(c, reference, element):
                out.setdefault(_spoken(value, element), set()).update(sources)
    return [f"{text} ({', '.join(sorted(sources))})" for text, sources in out.items() if text and sources]


def _spoken(value: object, element: str) -> str:
    if element in ("clinicalStatus", "verificationStatus") and isinstance(value, dict):
        return next((str(x.get("code", "")).replace("-", " ") for x in value.get("coding", ())), spoken(value))
    if element == "deceased":
        return "alive" if value is False else "dead" if value is True else f"died {day(str(value))}"
    if element == "reaction" and isinstance(value, list):
        return ", ".join(filter(None, (str(x.get("severity", "")) for x in value)))
    return spoken(value)


def _element(issue: Resource) -> str:
    return str(next((x.get("text", "") for e in issue.get("evidence", ()) for x in e.get("code", ())), ""))


def _plain(text: str) -> Callable[[Resource, Context], str]:
    def sentence(issue: Resource, c: Context) -> str:
        names = dict.fromkeys(label(r, c) for r in implicated(issue))
        return f"{', '.join(names)} — {text}"
    return sentence


# Code → sentence; the order is the order in the strip among equally grave ones.
_SENTENCES: dict[str, Callable[[Resource, Context], str]] = {
    "demographic-conflict": _identity, "drug-allergy": _drug_allergy, "polarity-conflict": _polarity,
    "none-known-conflict": _none_known, "dose-conflict": _doses, "value-conflict": _values, "status-conflict": _status,
    "unit-mismatch": _plain("the same test at the same time in units that cannot be compared; the rows are kept apart"),
    "identifier-clash": _plain("one identifier stands on things of different times, so nothing was joined by it"),
    "id-reused": _plain("one identifier was given to different things, so nothing was joined by it"),
    "version-clash": _plain("one source gives two contents under one version"),
    "stale-version": _plain("one source still holds a version that was corrected elsewhere"),
    "ruling-reopened": _plain("an earlier decision on it no longer fits what the sources say"),
    "invariant-broken": _plain("the last good version is shown, because the newest contradicts itself"),
}
