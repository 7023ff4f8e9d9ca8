"""`gateway person review` and `rulings`: pairs that wait for a human, one of them side by side, what was ruled."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from gateway.cli import desk, output
from gateway.disclose import queue
from gateway.disclose import review as pairs
from gateway.disclose.view import Views
from gateway.errors import Exit, UsageError, error
from gateway.jsontext import dumps, loads
from gateway.opened import opened


@click.command()
@click.argument("a", default="")
@click.argument("b", default="")
@click.option("--after", default="", help="Go on behind this place: `next` of the page before.")
@click.option("--limit", default=pairs.PAGE, type=click.IntRange(1, pairs.MOST), help="Pairs on a page.")
@output.json_options
@desk.reason_option
@click.pass_obj
def review(home: str, a: str, b: str, after: str, limit: int, as_json: bool, as_jsonl: bool, reason: str) -> None:
    """Pairs that wait for a human, with reasons in words; with two source patients A and B: both side by side."""
    if bool(a) != bool(b):
        raise UsageError(error("usage", "A pair has two source patients.", "B", "gateway person review A B"))
    with opened(home) as gate:
        asked, views = desk.asked(gate, "review", reason), Views(gate)
        if a:
            with pairs.noted(gate, asked):
                body = loads(pairs.case_answer(gate, views, asked, a, b, _masked(not reason), pairs.JSON).body)
            if as_json or as_jsonl:
                output.document(body)
            else:
                click.echo("\n".join(_told(body)))
            return
        with pairs.noted(gate, asked):
            body = queue.queue(gate, asked, after, limit)
    rows = [{**r, "why": " ".join(r["why"])} for r in body["cases"]]
    if as_json:
        output.document({"schema": "gateway.person-review/1", "rows": rows, "next": body["next"]})
    else:
        output.listing(rows, ("a", "b", "likely", "since", "active", "why"), "gateway.person-review/1", False, as_jsonl)
    if body["next"]:
        click.echo(f"More: gateway person review --limit {limit} --after {body['next']}", err=True)
    sys.exit(Exit.needs_human if rows else Exit.done)


def _masked(mask: bool) -> pairs.Render:
    """What the command prints of a case: without a reason no value of a field, only how the two compare."""
    def render(values: Mapping[str, Any]) -> bytes:
        fields = [{**f, "a": ["***"] * len(f["a"]), "b": ["***"] * len(f["b"])} for f in values["fields"]]
        hidden = {"fields": fields, "together": _counts(values["together"]), "rulings": _unsaid(values["rulings"])}
        return dumps({**values, "schema": "gateway.person-review-pair/1", **(hidden if mask else {})}).encode()
    return render


def _unsaid(told: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rulings without their reasons, which are free text."""
    return [{**r, "reason": "***" if r["reason"] else "", "undone_reason": "***" if r["undone_reason"] else ""}
            for r in told]


def _counts(together: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The counts alone: conflicts and headlines quote the record."""
    if together is None:
        return None
    return {**together, "conflicts": ["***"] * len(together["conflicts"]), "headlines": ["***"] * 3,
            "blood": [*(["***"] * len(x) for x in together["blood"][:2]), together["blood"][2]]}


def _told(body: Mapping[str, Any]) -> list[str]:
    a, b = body["a"], body["b"]
    lines = [f"A {a['patient']} ({a['organisation']})  B {b['patient']} ({b['organisation']})",
             f"The computer says {body['likely']}:", *(f"  {w}" for w in body["why"])]
    lines += [f"  {f['word']:<10}{f['field']:<34}{'; '.join(f['a']) or '-'} | {'; '.join(f['b']) or '-'}"
              for f in body["fields"]]
    if together := body["together"]:
        lines += ["Together:", *(f"  {s['name']:<14}{s['a']} + {s['b']} = {s['after']}, {s['joined']} told by both"
                                 for s in together["sections"] if s["a"] or s["b"])]
        lines += ["! allergies contradict each other"] * together["allergies"]
        lines += ["! the counts do not add up: report this pair"] * (not together["adds_up"])
        lines += [f"! {c}" for c in together["conflicts"]]
    else:
        lines.append("They are one person now.")
    lines += [f"{r['said']}, by {r['by']} on {r['at'][:10]}: {r['reason']} [{r['ruling']}]"
              f"{'' if r['stands'] else ' undone'}" for r in body["rulings"]]
    return [*lines, f"Decide: gateway person same|different|unsure {a['patient']} {b['patient']} --reason …"]


@click.command()
@click.option("--after", default="", help="Go on behind this ruling.")
@output.json_options
@desk.reason_option
@click.pass_obj
def rulings(home: str, after: str, as_json: bool, as_jsonl: bool, reason: str) -> None:
    """Rulings about who is who, newest first: who, when, and whether each still stands; with --reason, also why."""
    with opened(home) as gate:
        asked = desk.asked(gate, "review", reason)
        with pairs.noted(gate, asked):
            answer = pairs.history(gate, Views(gate), asked, lambda v: dumps(v).encode(), pairs.JSON, after)
    found = loads(answer.body)["rulings"]
    columns = ("ruling", "said", "a", "b", "by", "at", "stands", "reason")
    output.listing(found if reason else _unsaid(found), columns, "gateway.person-rulings/1", as_json, as_jsonl)
