"""`gateway ask`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import click

from gateway.cli import desk, output
from gateway.config import Source
from gateway.disclose import asking, records
from gateway.disclose.transfer import Answer, hand_over
from gateway.errors import ConfigError, Exit, UsageError, error
from gateway.opened import Gate, opened
from gateway.pipeline.ask import ask as ask_sources
from gateway.pipeline.ask import reader_for
from gateway.pipeline.pull import Pulled
from gateway.reading.process import Reader
from gateway.summary.sections import SECTIONS

COLUMNS = ("source", "answered", "read", "new", "same", "rejected", "held", "facts", "failed")
NOBODY = error("ask-nothing-told", "The source was not asked: it may be told no number of this person.", "",
               "A consent hides them from its organisation, or only other organisations give them out.")


@click.command()
@click.argument("person")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--seconds", default=10, show_default=True, type=click.IntRange(1, 600), help="How long to wait for all.")
@click.option("--reason", default="", help="Why you ask; it is logged.")
@click.option("--dry-run", is_flag=True, help="Say whom would be asked; tell nobody anything.")
@output.json_options
@click.pass_obj
def ask(home: str, person: str, names: tuple[str, ...], seconds: int, reason: str, dry_run: bool, as_json: bool,
        as_jsonl: bool) -> None:
    """Ask sources about one person now: those whose mode is ask or both, or those named of them.

    They are told the person's numbers. Exit 1: messages or facts were refused; 4: none answered; 8: some did not.
    """
    with opened(home) as gate:
        who = desk.asked(gate, "ask", reason)
        view = records.view_of(gate, who, person)
        hand_over(gate, who, Answer(200, b""), [view])
        chosen = _chosen(gate, names)
        if dry_run:
            done = [{"source": s.name, "applied": False} for s in chosen]
            output.listing(done, ("source", "applied"), "gateway.ask/1", as_json, as_jsonl)
            return
        readers, refused = _readers(gate, chosen)
        numbers = {n: asking.numbers(gate, who, view.person, gate.home.sources[n]) for n in readers}
        untold = [Pulled(n, failed=NOBODY.message, issues=(replace(NOBODY, where=n),), exit=Exit.not_allowed)
                  for n in readers if not numbers[n]]
        told = {n: r for n, r in readers.items() if numbers[n]}
        found = ask_sources(gate, told, numbers, set(SECTIONS), gate.now() + timedelta(seconds=seconds))
    order = [s.name for s in chosen]
    every = sorted([*refused, *untold, *found], key=lambda d: order.index(d.source))
    rows = [{**d.json(), "answered": not d.failed} for d in every]
    output.listing([{k: row[k] for k in COLUMNS} for row in rows], COLUMNS, "gateway.ask/1", as_json, as_jsonl)
    desk.mistaken(i for d in every for i in d.issues)
    sys.exit(_exit(every))


def _chosen(gate: Gate, names: Sequence[str]) -> list[Source]:
    """The sources to ask. Raises UsageError for one that is not to be asked, and where there is none."""
    for source in (desk.source(gate, n) for n in names):
        if source.mode == "feed" or source.state == "paused":
            why = "is paused" if source.state == "paused" else "is only pulled"
            raise UsageError(error("ask-none", f"{source.name} {why}; nobody was asked.", source.name,
                                   'Write mode = "both" (or "ask") into its file, or resume it.'))
    chosen = [gate.home.sources[n] for n in dict.fromkeys(names)] or [
        s for s in gate.home.sources.values() if s.mode != "feed" and s.state == "live"]
    if not chosen:
        raise UsageError(error("ask-none", "No live source is to be asked, so nobody was.", "sources/",
                               'Write mode = "both" (or "ask") into the file of one that can be.'))
    return chosen


def _readers(gate: Gate, chosen: Sequence[Source]) -> tuple[dict[str, Reader], list[Pulled]]:
    """Readers by source, and what is wrong with the settings of the others: those are asked all the same."""
    readers, wrong = dict[str, Reader](), list[Pulled]()
    for source in chosen:
        try:
            readers[source.name] = reader_for(gate, source)
        except ConfigError as e:
            wrong.append(Pulled(source.name, failed=e.issue.message, issues=e.issues, exit=e.exit))
    return readers, wrong


def _exit(done: Sequence[Pulled]) -> Exit:
    failed = [d for d in done if d.failed]
    if failed:
        return Exit.partly if len(failed) < len(done) else max(d.exit for d in failed)
    return Exit.findings if any(d.rejected or d.held for d in done) else Exit.done
