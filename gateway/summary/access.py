"""Transfers in words: who looked, for the person concerned; one transfer, for the one who checks (faces P-3, R-1, R-2).

Entries are those of the transfer log: time, who, organisation, country, role, purpose, action, direction, outcome …
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.summary.dates import clock, day, moment
from gateway.summary.missing import WORDS
from gateway.summary.sections import SECTION_OF

Entry = Mapping[str, Any]
EMERGENCY = {"ETREAT", "BTG"}
PURPOSES = {
    "TREAT": "treatment", "CAREMGT": "care management", "COC": "coordination of care",
    "ETREAT": "emergency treatment", "BTG": "emergency access without asking first",
    "PATRQT": "the person asked", "FAMRQT": "the family asked", "HOPERAT": "running the service",
    "HSYSADMIN": "system administration", "PATADMIN": "patient administration", "HCOMPL": "checking the rules"}
ACTIONS = {"page": "opened a page", "record": "opened the record", "find": "looked the person up", "pull": "sent",
           "ask": "asked about the person",
           "read": "read by system", "search": "searched by system", "everything": "fetched the whole record",
           "raw": "opened a message", "match": "looked for the person",
           "review": "compared the records of two people", "feed": "fetched facts for another gateway",
           "tune": "tried other thresholds on the people here", "relink": "tried another model on the people here",
           "history": "read a version by system", "provenance": "asked where it comes from",
           "pix": "asked for the person's numbers", "summary": "fetched the patient summary",
           "export": "exported records", "patient": "opened their own page", "clinician": "opened a page",
           "it": "opened the page of hospital IT", "audit": "opened the transfer log",
           "audit-search": "searched the transfer log", "audit-show": "opened an entry of the log",
           "audit-export": "exported the transfer log", "audit-accounting": "listed who was given what",
           "audit-recipients": "listed who was given what", "person-sources": "listed a person's source patients",
           "person-changes": "asked how a person came to be", "decide": "ruled on facts",
           "decided": "read rulings on facts",
           "same": "ruled: one person", "different": "ruled: different people", "unsure": "ruled: cannot tell",
           "undo": "took a ruling back", "erase": "erased a person", "backup": "made a backup",
           "terminology": "translated a code", "validate": "had a resource checked",
           "unbuilt": "asked for what is not built", "metadata": "asked what is supported"}
OUTCOMES = {"done": "Given", "refused": "Refused: nothing was given", "empty": "Nothing was found"}


@dataclass(frozen=True, slots=True)
class Look:
    """One line of "who looked": equal lookups of a day by one reader are one line with `times`."""

    day: str
    at: str
    who: str
    what: str
    why: str
    how: str
    times: int


@dataclass(frozen=True, slots=True)
class Looked:
    """rows: newest first; emergencies among them; own: how often the person looked; since: first day covered."""

    rows: tuple[Look, ...]
    emergencies: tuple[Look, ...]
    own: int
    since: str


def looked(entries: Iterable[Entry], since: str) -> Looked:
    """Who looked at one person. `entries`: hers, in order; since: time of the log's first entry."""
    out = [e for e in entries if e.get("direction") == "out"]
    others = [e for e in out if e.get("role") != "patient"]
    grouped: dict[tuple[str, ...], list[Entry]] = {}
    for e in reversed(others):
        grouped.setdefault((e["time"][:10], _reader(e), e.get("purpose", ""), contents(e), _how(e)), []).append(e)
    rows = [Look(day(at), clock(found[0]["time"]), who, what or "who the person is", purpose(why), how, len(found))
            for (at, who, why, what, how), found in grouped.items()]
    urgent = tuple(r for r, key in zip(rows, grouped, strict=True) if key[2] in EMERGENCY)
    return Looked(tuple(rows), urgent, len(out) - len(others), day(since))


def _reader(e: Entry) -> str:
    unit = ", ".join(x for x in (e.get("organisation"), e.get("country")) if x)
    return f"{e.get('who') or 'somebody not named'}{f' ({unit})' if unit else ''}"


def _how(e: Entry) -> str:
    if e.get("outcome") != "done":
        return OUTCOMES.get(e.get("outcome", ""), "Not given")
    return "Emergency, without asking first" if e.get("purpose") in EMERGENCY else "in the usual way"


def purpose(code: str) -> str:
    """A purpose of use in words."""
    return PURPOSES.get(code, f"purpose {code}" if code else "no purpose stated")


def contents(e: Entry) -> str:
    """The sections that were in it, in words: `allergies, medicines, problems`."""
    found = {WORDS[SECTION_OF[t]]: None for t in e.get("resources", {}) if t in SECTION_OF}
    return ", ".join(w for w in WORDS.values() if w in found)


def sentence(e: Entry) -> str:
    """One transfer as a sentence (R-2)."""
    about = "about one person" if e.get("subject") else "about nobody"
    what, why = contents(e) or "no clinical content", purpose(e.get("purpose", ""))
    facts = f"{e.get('facts', 0)} facts"
    place = ", ".join(x for x in (e.get("organisation"), e.get("country")) if x) or "a place not named"
    if e.get("direction") == "in":
        return f"On {moment(e['time'])} {place} sent {facts} {about} to this gateway, for {why}."
    verb = {"refused": "asked and was refused", "empty": "asked and nothing was found"}.get(
        e.get("outcome", ""), f"was given {facts} ({what})")
    return f"On {moment(e['time'])} {_reader(e)} {verb} {about}, for {why}."


def matching(rows: Iterable[Entry], wanted: Mapping[str, str]) -> list[Entry]:
    """The rows that a search wants; `who` and `place` are found inside, the others must be equal."""
    inside = {"who": "who", "place": "place"}
    asked = {k: v.casefold() for k, v in wanted.items() if v and k not in ("since", "until")}
    return [r for r in rows if all(
        v in str(r.get(k) or "").casefold() if k in inside else v == str(r.get(k) or "").casefold()
        for k, v in asked.items())]


def page_of(rows: Sequence[Entry], before: int, size: int) -> tuple[list[Entry], int]:
    """The `size` newest rows below entry `before` (0: from the newest), and where the next page starts (0: no more)."""
    left = [r for r in reversed(rows) if not before or r["entry"] < before]
    return list(left[:size]), left[size - 1]["entry"] if len(left) > size else 0
