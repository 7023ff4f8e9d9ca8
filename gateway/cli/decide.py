"""`gateway person decide` and `decided`: what humans say about facts of one person."""

from typing import Any

import click

from gateway.cli import desk, output
from gateway.disclose import decided as known
from gateway.jsontext import BadJson, loads
from gateway.opened import opened
from gateway.pipeline import decide as saying


@click.command()
@click.argument("name", metavar="PERSON")
@click.argument("kind", type=click.Choice(list(saying.KINDS)))
@click.argument("about", metavar="NAME…", nargs=-1, required=True)
@click.option("--element", default="", help="The answer that is decided on: criticality, onset, value …")
@click.option("--choose", default="", help="The answer that is right: as JSON or a word, or the id of the fact.")
@click.option("--reason", required=True, help="Why; kept with the ruling.")
@click.option("--dry-run", is_flag=True)
@output.document_option
@click.pass_obj
def decide(home: str, name: str, kind: str, about: tuple[str, ...], element: str, choose: str, reason: str,
           dry_run: bool, as_json: bool) -> None:
    """Rule on facts of PERSON: same, different, value (this answer is right) or resolved.

    NAME is a fact's id, or a resource or issue (Type/id) of `gateway record PERSON --json`: all its facts. The ruling
    holds while the facts are what it saw, and is undone with `person undo`.
    """
    with opened(home) as gate:
        who, answer = desk.asked(gate, "decide", reason), _value(choose)
        facts = known.facts_named(gate, who, name, about, element, answer)
        body = saying.rule(gate, kind, facts, who.request.user, reason, element, answer, dry_run)
    if as_json:
        output.document({"schema": "gateway.person-decide/1", **body})
    else:
        click.echo(f"{'Would say' if dry_run else 'Said'} of {body['facts']} facts: {saying.KINDS[kind]}.\n"
                   f"Undo: gateway person undo {body['id']} --reason …")


@click.command()
@click.argument("name", metavar="PERSON")
@output.json_options
@desk.reason_option
@click.pass_obj
def decided(home: str, name: str, as_json: bool, as_jsonl: bool, reason: str) -> None:
    """What humans ruled on facts of PERSON: who, when, why, and what was undone; masked unless --reason is given."""
    with opened(home) as gate:
        rows = known.rows(gate, desk.asked(gate, "decided", reason), name, masked=not reason)
    output.listing(rows, ("id", "ruling", "facts", "element", "choose", "by", "at", "reason", "undone"),
                   "gateway.person-decided/1", as_json, as_jsonl)


def _value(text: str) -> Any:
    """An answer that was typed: JSON, else the word itself; None when nothing was."""
    try:
        return loads(text) if text else None
    except BadJson:
        return text
