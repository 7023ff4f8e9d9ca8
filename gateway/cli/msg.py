"""`gateway msg`: list, show, problems, replay, export."""

import sys

import click

from gateway.cli import desk, output
from gateway.disclose import console, messages
from gateway.errors import Exit, NotAllowed, error
from gateway.opened import opened
from gateway.pipeline.replay import replay as replay_units


@click.group()
def msg() -> None:
    """Messages, and why one failed."""


@msg.command("list")
@click.option("--source", "name", default="")
@click.option("--state", default="", type=click.Choice(["", "received", "done", "rejected", "held", "withdrawn",
                                                         "erased"]))
@click.option("--problem", default="", help="Those that have this problem (gateway msg problems).")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@output.json_options
@click.pass_obj
def list_(home: str, name: str, state: str, problem: str, limit: int, as_json: bool, as_jsonl: bool) -> None:
    """Messages without their content, oldest first."""
    with opened(home) as gate:
        found, more = messages.rows(gate, name, state, limit, problem)
    output.listing(found, ("id", "source", "kind", "state", "received", "size"), "gateway.msg-list/1", as_json,
                   as_jsonl)
    if more:
        click.echo(f"There are more than these {limit}: --limit {2 * limit}", err=True)


@msg.command()
@output.json_options
@click.pass_obj
def problems(home: str, as_json: bool, as_jsonl: bool) -> None:
    """Failures grouped by cause; exit 1 when there are any."""
    with opened(home) as gate:
        found = console.problem_rows(gate)
    output.listing(found, ("id", "severity", "count", "source", "stage", "what", "since"), "gateway.msg-problems/1",
                   as_json, as_jsonl)
    if found:
        click.echo("Next: gateway msg list --problem ID, then gateway msg show MESSAGE --reason WHY", err=True)
    sys.exit(Exit.findings if found else Exit.done)


@msg.command()
@click.argument("message")
@output.document_option
@desk.reason_option
@click.pass_obj
def show(home: str, message: str, as_json: bool, reason: str) -> None:
    """One message: where it stands, why, and (with --reason) its bytes."""
    with opened(home) as gate:
        body = messages.show(gate, desk.asked(gate, "raw", reason), message, bool(reason))
    if as_json:
        output.document(body)
        return
    for key in ("id", "source", "kind", "state", "received", "size", "facts"):
        click.echo(f"{key:<10}{body[key]}")
    for issue in body["issues"]:
        click.echo(f"{issue['severity']}: {issue['message']}{' At ' if issue['where'] else ''}{issue['where']}\n"
                   f"  next: {issue['hint']}\n  more: gateway explain {issue['code']}")
    if body["issues"] and not reason:
        click.echo("File, place and value are shown with --reason WHY.", err=True)
    if "raw" in body:
        click.echo(body["raw"])


@msg.command()
@click.argument("ids", nargs=-1)
@click.option("--problem", default="", help="All messages of a problem.")
@click.option("--dry-run", is_flag=True)
@output.document_option
@click.pass_obj
def replay(home: str, ids: tuple[str, ...], problem: str, dry_run: bool, as_json: bool) -> None:
    """Process messages again under the current mapping; replaying twice changes nothing."""
    if not ids and not problem:
        raise click.UsageError("Name messages, or --problem ID.")
    with opened(home) as gate:
        done = replay_units(gate, ids, problem, dry_run)
    if as_json:
        output.document({"schema": "gateway.msg-replay/1", **done})
    else:
        click.echo(", ".join(f"{k} {v}" for k, v in done.items()))
    sys.exit(Exit.findings if done["failed"] else Exit.done)


@msg.command()
@click.argument("message")
@click.option("--out", required=True)
@click.option("--dry-run", is_flag=True, help="Say what would be written; read and write nothing.")
@output.document_option
@desk.reason_option
@click.pass_obj
def export(home: str, message: str, out: str, dry_run: bool, as_json: bool, reason: str) -> None:
    """The exact bytes of one message into a file; needs --reason."""
    if not reason:
        raise NotAllowed(error("reason-missing", "Raw messages cannot be exported masked.", "--reason",
                               "Add --reason; the access is logged."))
    with opened(home) as gate:
        if dry_run:
            size = messages.size(gate, desk.asked(gate, "raw", reason), message)
        else:
            size = output.write(home, out, messages.raw(gate, desk.asked(gate, "raw", reason), message))
    output.told(f"{'Would write' if dry_run else 'Wrote'} {size} bytes to {out}", as_json, "gateway.msg-export/1",
                id=message, out=out, size=size, applied=not dry_run)
