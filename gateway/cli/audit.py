"""`gateway audit`: search, show, verify, anchor, export, accounting, recipients."""

import sys
from pathlib import Path

import click

from gateway.audit.verify import verify_export
from gateway.cli import desk, output
from gateway.disclose import log
from gateway.disclose.rebuild import rebuild
from gateway.errors import Exit, NotAllowed, UsageError, error
from gateway.opened import opened

COLUMNS = ("entry", "time", "who", "purpose", "person", "action", "outcome")


@click.group()
def audit() -> None:
    """The transfer log, and its proof for outsiders."""


@audit.command()
@click.option("--person", default="", help="Only entries about this person (id).")
@click.option("--from", "since", default="", help="Not before this day (UTC), or instant.")
@click.option("--to", "until", default="", help="Not after this day, or instant.")
@output.json_options
@click.pass_obj
def search(home: str, person: str, since: str, until: str, as_json: bool, as_jsonl: bool) -> None:
    """Entries of the log: metadata, no clinical content. Reading the log is an entry too."""
    with opened(home) as gate:
        rows = log.search(gate, desk.asked(gate, "audit-search"), person, since, until)
    output.listing(rows, COLUMNS, "gateway.audit-search/1", as_json, as_jsonl)


@audit.command()
@click.argument("entry", type=int)
@click.option("--rebuild", "again", is_flag=True, help="Build what was shown again and compare.")
@output.document_option
@desk.reason_option
@click.pass_obj
def show(home: str, entry: int, again: bool, as_json: bool, reason: str) -> None:
    """One entry; with --rebuild, what was shown under it, built again. Exit 7 when it is not what was shown."""
    with opened(home) as gate:
        found = log.entry(gate, desk.asked(gate, "audit-show", reason), entry, bool(reason))
        built = rebuild(gate, entry) if again else None
    if built:
        found |= {"rebuilt": built.same, "compared": built.what, "why": built.why}
        if reason and built.body:
            found["shown"] = built.body.decode()
    if as_json:
        output.document({"schema": "gateway.audit-show/1", **found})
    else:
        for key, value in found.items():
            click.echo(f"{key:<14}{value}")
    sys.exit(Exit.integrity if built and not built.same else Exit.done)


@audit.command()
@click.option("--file", "file", help="An exported log; without it the home's own log is verified.")
@click.option("--anchors", help="Signed checkpoints and the log's public key, handed over by another way.")
@click.option("--offline", is_flag=True, help="Open nothing but the two files.")
@output.document_option
@click.pass_obj
def verify(home: str, file: str | None, anchors: str | None, offline: bool, as_json: bool) -> None:
    """Verify a log; exit 0 verified up to the last checkpoint, 7 broken."""
    if bool(file) != bool(anchors) or (offline and not file):
        raise click.UsageError("--file and --anchors go together; --offline needs both.")
    if file and anchors:
        verdict = verify_export(output.read(file), output.read(anchors))
    else:
        with opened(home) as gate:
            verdict = log.verified(gate)
    if as_json:
        output.document({"schema": "gateway.audit-verify/1", "state": verdict.state, "verified": verdict.verified,
                         "open": verdict.open, "broken_at": verdict.broken_at, "why": verdict.why})
    else:
        click.echo(verdict.words())
    sys.exit(Exit.done if verdict.state == "VERIFIED" else Exit.integrity)


@audit.command()
@click.option("--dry-run", is_flag=True, help="Print the last checkpoint; sign nothing.")
@output.document_option
@click.pass_obj
def anchor(home: str, dry_run: bool, as_json: bool) -> None:
    """Sign the present state and print the checkpoint: give it to somebody outside."""
    with opened(home) as gate:
        note = "".join(gate.log.checkpoints()[-1:]) if dry_run else gate.log.checkpoint()
    output.told(note.removesuffix("\n"), as_json, "gateway.audit-anchor/1", checkpoint=note, applied=not dry_run)


@audit.command()
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option("--anchors", required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@output.document_option
@click.pass_obj
def export(home: str, out: Path, anchors: Path, dry_run: bool, as_json: bool) -> None:
    """Write the log and its signed checkpoints for an outsider; the export is itself an entry."""
    output.outside(home, out, anchors)
    with opened(home) as gate:
        try:
            size = gate.log.size() + 1 if dry_run else log.export(gate, desk.asked(gate, "audit-export"), out, anchors)
        except OSError as e:
            raise UsageError(error("file-unwritable", f"The files cannot be written: {e.strerror}.", str(out))) from e
    output.told(f"{'Would write' if dry_run else 'Wrote'} {size} entries to {out} and their checkpoints to {anchors}",
                as_json, "gateway.audit-export/1", entries=size, out=str(out), anchors=str(anchors),
                applied=not dry_run)


@audit.command()
@click.option("--person", required=True, help="Person id.")
@click.option("--from", "since", default="", help="Not before this day (UTC), or instant.")
@click.option("--to", "until", default="", help="Not after this day, or instant.")
@output.json_options
@desk.reason_option
@click.pass_obj
def accounting(home: str, person: str, since: str, until: str, as_json: bool, as_jsonl: bool, reason: str) -> None:
    """Every disclosure about one person: when, to whom, what, why, by which rule. Needs --reason."""
    if not reason:
        raise NotAllowed(error("reason-missing", "An accounting makes no sense masked.", "--reason",
                               "Add --reason; the access is logged."))
    with opened(home) as gate:
        rows = log.accounting(gate, desk.asked(gate, "audit-accounting", reason), person, since, until)
    output.listing(rows, (*COLUMNS, "organisation", "facts"), "gateway.audit-accounting/1", as_json, as_jsonl)


@audit.command()
@click.argument("fact")
@output.json_options
@click.pass_obj
def recipients(home: str, fact: str, as_json: bool, as_jsonl: bool) -> None:
    """Who got a fact (content id): the readers whose view held it.

    Whoever saw the patient's facts while the chart was joined with another is named after they are parted, too. A view
    held a fact from when it came until its source called it an error, also where a newer version was shown in its
    place, since older versions can be read beside it: rather one reader too many is told of an error than one too few.
    """
    with opened(home) as gate:
        rows = log.recipients(gate, desk.asked(gate, "audit-recipients"), fact)
    output.listing(rows, COLUMNS, "gateway.audit-recipients/1", as_json, as_jsonl)


