"""`gateway pull` and `gateway ask`."""

import sys

import click

from gateway.cli import output
from gateway.errors import Exit, NotBuilt, UsageError, error, near
from gateway.opened import opened
from gateway.pipeline.pull import Pulled
from gateway.pipeline.pull import pull as pull_source

COLUMNS = ("source", "read", "new", "same", "rejected", "facts", "failed")


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--again", is_flag=True, help="From the beginning; what is there already adds nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be pulled, and pull nothing.")
@output.json_options
@click.pass_obj
def pull(home: str, names: tuple[str, ...], again: bool, dry_run: bool, as_json: bool, as_jsonl: bool) -> None:
    """Pull sources, all or those named. Exit 1: messages were rejected; 3 or 4: none could be pulled; 8: some."""
    with opened(home) as gate:
        for name in names:
            if name not in gate.home.sources:
                raise UsageError(error("source-unknown", f"There is no source {name!r}.{near(name, gate.home.sources)}",
                                       name, f"Sources: {', '.join(gate.home.sources) or 'none'}."))
        chosen = names or tuple(n for n, s in gate.home.sources.items() if s.state != "paused" and not s.pushes)
        if dry_run:
            output.listing([{"source": n, "applied": False} for n in chosen], ("source", "applied"), "gateway.pull/1",
                           as_json, as_jsonl)
            return
        done = [pull_source(gate, name, again) for name in chosen]
    output.listing([d.json() for d in done], COLUMNS, "gateway.pull/1", as_json, as_jsonl)
    for issue in (i for d in done for i in d.issues):
        click.echo(f"{issue}\n  more: gateway explain {issue.code}", err=True)
    if count := sum(d.rejected for d in done):
        click.echo(f"\n{count} of the messages could not be read. Next: gateway msg problems", err=True)
    sys.exit(_exit(done))


def _exit(done: list[Pulled]) -> Exit:
    failed = [d for d in done if d.failed]
    if failed:
        return Exit.partly if len(failed) < len(done) else max(d.exit for d in failed)
    return Exit.findings if any(d.rejected for d in done) else Exit.done


@click.command()
@click.argument("person")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
def ask(person: str, names: tuple[str, ...]) -> None:
    """Not built yet: ask sources about one person while a reader waits."""
    raise NotBuilt(error("not-built", "`gateway ask` is not built yet. Nothing was asked.", "", "Use: gateway pull"))
