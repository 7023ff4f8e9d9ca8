"""The two faces that show no patient data: hospital IT (problems, sources) and the regulator (transfers, proof)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.disclose import log, sources
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.ids import digest
from gateway.opened import Gate, iso
from gateway.shipped import codes
from gateway.store import alarms, changes, cursors, problems
from gateway.summary.access import ACTIONS, OUTCOMES, PURPOSES, matching, page_of, purpose, sentence
from gateway.summary.dates import age, moment
from gateway.summary.missing import WORDS

HTML = {"Content-Type": "text/html; charset=utf-8"}
Render = Callable[[Mapping[str, Any]], bytes]
PAGE = 100
FIELDS = ("since", "until", "who", "place", "person", "purpose", "direction", "outcome")
_QUOTED = re.compile(r"'[^']*'")       # what an issue quotes from a message may be patient data
STATES = {"data": "On time", "late": "Late", "no_answer": "Did not answer", "not_asked": "Not asked: not live",
          "waiting": "Has not answered yet"}


def it(gate: Gate) -> dict[str, Any]:
    """Hospital IT: what needs somebody, and how each source stands. No patient data."""
    now, found = iso(gate.now()), sources.rows(gate)
    told = [{**s, "words": STATES[s["state"]], "age": age(s["last_answer"], now), "answered": moment(s["last_answer"]),
             "holds": ", ".join(WORDS.get(x, x) for x in s["sends"])} for s in found]
    return {"problems": [_told(p) for p in problem_rows(gate)], "sources": told, "on_time": sources.on_time(found),
            "now": moment(now)}


def _told(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A problem with its meaning and its usual remedy."""
    known = codes().get(problem["code"], {})
    return {**problem, "meaning": known.get("meaning", problem["code"]),
            "next": known.get("next", ""), "first": moment(problem["since"])}


def problem_rows(gate: Gate) -> list[dict[str, Any]]:
    """Rows of `gateway msg problems`. What an issue quotes from a message is masked."""
    with gate.store.read() as tx:
        found = [(p, _QUOTED.sub("…", p.field)) for p in problems.find(tx)]
        standing = alarms.find(tx)
        compared = [c for c in cursors.compared(tx) if c.state not in ("ok", "") and not c.source.endswith("/")]
    alarmed = [{"id": digest(a.code)[:16], "severity": "fatal", "count": a.people, "source": "", "stage": "merge",
                "what": a.code, "since": a.since, "code": a.code, "field": "", "last": moment(a.last)}
               for a in standing]
    alarmed += [_unlisted(c) for c in compared]
    return alarmed + [{"id": p.id, "severity": p.severity, "count": p.units, "source": p.source, "stage": p.stage,
             "what": f"{p.code} {field}".strip(), "since": p.since, "code": p.code, "field": field,
             "last": moment(p.last)} for p, field in found]


def problems_of(gate: Gate, stage: str) -> list[dict[str, Any]]:
    """The open problems of one stage, each with its meaning and its usual remedy."""
    return [_told(p) for p in problem_rows(gate) if p["stage"] == stage]


def _unlisted(c: cursors.Cursor) -> dict[str, Any]:
    """What a source lists could not be compared with what it told: until it can."""
    source, _, type = c.source.partition("/")
    return {"id": digest(c.source)[:16], "severity": codes().get(c.state, {}).get("severity", "error"), "count": 1,
            "source": source, "stage": "reconcile", "what": f"{c.state} {type}", "since": c.answered or c.tried,
            "code": c.state, "field": type, "last": moment(c.tried)}


def counts(gate: Gate) -> dict[str, int]:
    """The newest change and the last entry: figures that say nothing of anybody. Raises Retry when it is not ready."""
    with gate.store.read() as tx:
        return {"changes": changes.last(tx), "log_entries": gate.log.size()}


def audit(gate: Gate, asked: Asked, wanted: Mapping[str, str], before: int, render: Render) -> Answer:
    """The regulator's page: what the log proves, and the transfers that a search wants, newest first.

    wanted  values of FIELDS; before: only entries below this number (0: from the newest)
    """
    gate.log.checkpoint()
    verdict, place = log.verified(gate), {"in": "{} → here", "out": "here → {}"}
    every = [{**r, "place": f"{r['organisation']} {r['country']}".strip() or "not named"} for r in log.rows(
        gate, "", wanted.get("since", ""), wanted.get("until") or "9")]
    found = matching(every, wanted)
    shown, following = page_of(found, before, PAGE)
    rows = [{**r, "at": moment(r["time"]), "route": place.get(r["direction"], "{}").format(r["place"]),
             "action": ACTIONS.get(r["action"], r["action"]), "purpose": purpose(r["purpose"]),
             "outcome": OUTCOMES.get(r["outcome"], r["outcome"])} for r in shown]
    body = render({"verdict": verdict, "words": verdict.words(), "entries": rows, "found": len(found),
                   "total": gate.log.size(), "since": moment(every[0]["time"]) if every else "", "next": following,
                   "asked": {k: wanted.get(k, "") for k in FIELDS}, "purposes": PURPOSES, "outcomes": OUTCOMES,
                   "filtered": any(wanted.get(k) for k in FIELDS), "keeper": gate.log.origin})
    return hand_over(gate, asked, Answer(200, body, HTML), ())


def transfer(gate: Gate, asked: Asked, number: int, render: Render, refused: Render) -> Answer:
    """One transfer as a sentence, with why it was allowed and its place in the chain."""
    found = gate.log.entry(number)
    if found is None:
        body = refused({"heading": "No such entry", "message": f"The log has no entry {number}.", "hint": ""})
        return hand_over(gate, asked, Answer(404, body, HTML), (), "empty")
    body = render({"entry": {k: v for k, v in found.items() if k not in ("person", "private")},
                   "sentence": sentence(found), "origin": gate.log.origin,
                   "outcome": OUTCOMES.get(found.get("outcome", ""), found.get("outcome", ""))})
    return hand_over(gate, asked, Answer(200, body, HTML), ())
