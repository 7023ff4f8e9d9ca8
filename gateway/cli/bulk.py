"""`gateway bulk`: many records at once."""

import os
import secrets
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from gateway.cli import desk, output
from gateway.config import mapping_files
from gateway.disclose import export, whatif, whole
from gateway.errors import Exit, NotAllowed, UsageError, error
from gateway.jsontext import canonical
from gateway.models import model_in
from gateway.opened import opened
from gateway.pure.bulk import link_people, room_in, save_model


@click.group()
def bulk() -> None:
    """Many records at once: link, merge, export."""


@bulk.command()
@click.option("--tables", "folder", default="", help="Other tables: conceptmaps/ and terminology/, as in mappings/.")
@click.option("--diff", is_flag=True, help="Say which records would change under --tables; change nothing.")
@click.option("--dry-run", is_flag=True, help="Raise and end no alarm.")
@output.json_options
@click.pass_obj
def merge(home: str, folder: str, diff: bool, dry_run: bool, as_json: bool, as_jsonl: bool) -> None:
    """Make every record anew from its facts and say whether all are whole (exit 7: not all are).

    With --tables NEW --diff: say which records would change under other tables (exit 1: some would).
    """
    if diff != bool(folder):
        raise UsageError(error("usage", "--tables and --diff go together: what changes under other tables?", "--tables",
                               "To deploy tables, copy them into the home's mappings/."))
    if folder:
        _compare(home, folder, as_json, as_jsonl)
    with output.progress() as tick, opened(home) as gate:
        told = whole.rebuild(gate, desk.asked(gate, "record"), tick, note=not dry_run)
    output.listing([told], ("people", "facts", "resources", "issues", "held"), "gateway.bulk-merge/1", as_json,
                   as_jsonl)
    sys.exit(Exit.integrity if told["held"] else Exit.done)


def _compare(home: str, folder: str, as_json: bool, as_jsonl: bool) -> NoReturn:
    if not Path(folder).is_dir():
        raise UsageError(error("file-unreadable", "There is no such folder.", folder, "Check the path."))
    files = mapping_files(Path(folder))
    if not any(path.startswith(("conceptmaps/", "terminology/")) for path in files):
        raise UsageError(error("file-unreadable", "The folder holds no conceptmaps/ and no terminology/.", folder,
                               "Lay it out like the home's mappings/."))
    with opened(home) as gate:
        new = whatif.tables(gate, files)
        rows = list(whatif.records(gate, desk.asked(gate, "record"), new))
    columns = ("person", "resources", "joined", "split", "issues")
    output.listing(rows, columns, "gateway.bulk-merge/1", as_json, as_jsonl)
    sys.exit(Exit.findings if rows else Exit.done)


@bulk.command("link")
@click.argument("people")
@click.option("--train", is_flag=True, help="Learn the model from the people first (Splink).")
@click.option("--model", "folder", default="", help="Folder with model.json and terms.csv; else the model that ships.")
@click.option("--save", default="", help="Folder to write the model to that linked the people.")
@click.option("--dry-run", is_flag=True, help="Link, but do not write the model.")
@output.document_option
def link_command(people: str, train: bool, folder: str, save: str, dry_run: bool, as_json: bool) -> None:
    """Link the rows of PEOPLE.csv (columns as for `identity evaluate`) with Splink on DuckDB, on every core."""
    if save and not dry_run:
        room_in(save).cleanup()                     # told now, not after an hour
    with output.progress() as tick:
        found, model = link_people(people, output.read(people), model_in(Path(folder) if folder else None), train, tick)
    if save and not dry_run:
        save_model(model, save)
    output.document(found)


@bulk.command("export")
@click.option("--out", "folder", required=True, help="New folder: NDJSON files, and manifest.json.")
@click.option("--type", "types", multiple=True, help="Only these resource types.")
@click.option("--since", default="", help="transactionTime of your last export: what changed and went since.")
@click.option("--dry-run", is_flag=True, help="Say how many people would be looked at; write nothing.")
@desk.reason_option
@output.document_option
@click.pass_obj
def export_command(home: str, folder: str, types: tuple[str, ...], since: str, dry_run: bool, reason: str,
                   as_json: bool) -> None:
    """Write all visible records as NDJSON (Bulk Data). Needs --reason: an export makes no sense masked."""
    if not reason:
        raise NotAllowed(error("reason-missing", "An export shows patient data and needs a reason; nothing was "
                               "written.", "--reason", "Say why: --reason '…'"))
    wants = export.wanted([("_type", t) for t in types] + ([("_since", since)] if since else []))
    out = Path(folder)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(error("file-exists", "The folder is there and not empty; nothing was written.", folder,
                               "Name a new folder."))
    with output.progress() as tick, opened(home) as gate:
        if dry_run:
            told: dict[str, Any] = {"people": export.waiting(gate), "applied": False}
        else:
            out.mkdir(parents=True, exist_ok=True, mode=0o700)
            told = export.whole(gate, desk.asked(gate, "export", reason), wants, secrets.token_hex(16),
                                lambda name, body: _write(out / name, body), tick)
            _write(out / "manifest.json", canonical(told) + b"\n")
    output.document({"schema": "gateway.bulk-export/1", **told})


def _write(path: Path, body: bytes) -> None:
    """A file that its owner alone may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
