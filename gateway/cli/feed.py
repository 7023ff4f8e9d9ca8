"""`gateway pull`."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from gateway.cli import output
from gateway.errors import ConfigError, Exit, UsageError, error, near
from gateway.opened import Gate, opened
from gateway.pipeline.pull import Pulled
from gateway.pipeline.pull import pull as pull_source
from gateway.pipeline.reconcile import Compared, reconcile

COMPARED = ("source", "type", "held", "missing", "gone", "back", "failed")
COLUMNS = ("source", "read", "new", "same", "rejected", "facts", "failed")


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--again", is_flag=True, help="From the beginning; what is there already adds nothing.")
@click.option("--reconcile", "compare", is_flag=True, help="Also take back what the source no longer has, by its list.")
@click.option("--believe", is_flag=True, help="With --reconcile: also a list that lost more than half.")
@click.option("--dry-run", is_flag=True, help="Say what would be pulled, and pull nothing. With --reconcile: ask, and "
              "take nothing back.")
@output.json_options
@click.pass_obj
def pull(home: str, names: tuple[str, ...], again: bool, compare: bool, believe: bool, dry_run: bool, as_json: bool,
         as_jsonl: bool) -> None:
    """Pull sources, all or those named. Exit 1: messages or facts were refused; 3, 4: none could be pulled; 8: some."""
    if believe and not compare:
        raise click.UsageError("--believe goes with --reconcile.")
    with opened(home) as gate:
        for name in names:
            if name not in gate.home.sources:
                raise UsageError(error("source-unknown", f"There is no source {name!r}.{near(name, gate.home.sources)}",
                                       name, f"Sources: {', '.join(gate.home.sources) or 'none'}."))
        chosen = names or tuple(n for n, s in gate.home.sources.items() if s.pulled)
        if compare:
            chosen = names or tuple(n for n in chosen if gate.home.sources[n].reconcile)
            if not chosen:
                raise UsageError(error("reconcile-none", "No source says `reconcile`, so none was compared.",
                                       "--reconcile", 'Name one, or write reconcile = "7 days" into its file.'))
            _reconciled(gate, chosen, again, believe, dry_run, as_json, as_jsonl)
        if dry_run:
            output.listing([{"source": n, "applied": False} for n in chosen], ("source", "applied"), "gateway.pull/1",
                           as_json, as_jsonl)
            return
        done = [pull_source(gate, name, again) for name in chosen]
    output.listing([d.json() for d in done], COLUMNS, "gateway.pull/1", as_json, as_jsonl)
    for issue in (i for d in done for i in d.issues):
        output.issue(issue)
    if count := sum(d.rejected for d in done):
        click.echo(f"\n{count} of the messages could not be read. Next: gateway msg problems", err=True)
    if count := sum(d.held for d in done):
        told = f"{count} fact{'s' if count > 1 else ''} did not pass validation and stayed out"
        click.echo(f"\n{told}. Next: gateway msg problems", err=True)
    sys.exit(_exit(done))


def _reconciled(gate: Gate, names: Sequence[str], again: bool, believe: bool, dry_run: bool, as_json: bool,
                as_jsonl: bool) -> NoReturn:
    """Pull, then compare what could be pulled; a row a type. Exit 1: something could not be compared; 8: not pulled."""
    pulled = [] if dry_run else [pull_source(gate, name, again) for name in names]
    failed = {p.source: p for p in pulled if p.failed}
    done = [c for name in names if name not in failed for c in _compared(gate, name, believe, dry_run)]
    output.listing([{**c.json(), "applied": not dry_run} for c in done], COMPARED, "gateway.pull-reconcile/1", as_json,
                   as_jsonl)
    issues = [*(i for p in failed.values() for i in p.issues), *(c.issue for c in done if c.issue)]
    for issue in issues:
        output.issue(issue)
    if failed:
        sys.exit(Exit.partly if len(failed) < len(names) else max(p.exit for p in failed.values()))
    unable = bool(done) and not any(c.type for c in done)
    sys.exit(Exit.configuration if unable else Exit.findings if issues else Exit.done)


def _compared(gate: Gate, name: str, believe: bool, dry_run: bool) -> list[Compared]:
    try:
        return reconcile(gate, name, believe, dry_run)
    except ConfigError as e:             # the other sources are compared all the same
        return [Compared(name, "", issue=e.issue)]


def _exit(done: list[Pulled]) -> Exit:
    failed = [d for d in done if d.failed]
    if failed:
        return Exit.partly if len(failed) < len(done) else max(d.exit for d in failed)
    return Exit.findings if any(d.rejected or d.held for d in done) else Exit.done
