"""`gateway pull` and `gateway ask`."""

import sys

import click

from gateway.cli import output
from gateway.errors import Exit, NotBuilt, UsageError, error, near
from gateway.opened import opened
from gateway.pipeline.pull import pull as pull_source

COLUMNS = ("source", "read", "new", "same", "rejected", "facts", "failed")


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--again", is_flag=True, help="From the beginning; what is there already adds nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be pulled, and pull nothing.")
@output.json_options
@click.pass_obj
def pull(home: str, names: tuple[str, ...], again: bool, dry_run: bool, as_json: bool, as_jsonl: bool) -> None:
    """Pull sources, all or those named. Exit 1: messages were rejected; 4: none answered; 8: some did not."""
    with opened(home) as gate:
        for name in names:
            if name not in gate.home.sources:
                raise UsageError(error("source-unknown", f"There is no source {name!r}.{near(name, gate.home.sources)}",
                                       name, f"Sources: {', '.join(gate.home.sources) or 'none'}."))
        chosen = names or tuple(n for n, s in gate.home.sources.items() if s.state != "paused")
        if dry_run:
            output.listing([{"source": n, "applied": False} for n in chosen], ("source", "applied"), "gateway.pull/1",
                           as_json, as_jsonl)
            return
        done = [pull_source(gate, name, again) for name in chosen]
    output.listing([d.json() for d in done], COLUMNS, "gateway.pull/1", as_json, as_jsonl)
    failed = sum(bool(d.failed) for d in done)
    sys.exit(_exit(failed, len(done), any(d.rejected for d in done)))


def _exit(failed: int, total: int, rejected: bool) -> Exit:
    if failed:
        return Exit.unreachable if failed == total else Exit.partly
    return Exit.findings if rejected else Exit.done


@click.command()
@click.argument("person")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
def ask(person: str, names: tuple[str, ...]) -> None:
    """Not built yet: ask sources about one person while a reader waits."""
    raise NotBuilt(error("not-built", "`gateway ask` is not built yet. Nothing was asked.", "", "Use: gateway pull"))
