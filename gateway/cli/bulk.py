"""`gateway bulk`: many records at once."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from gateway.cli import desk, output
from gateway.config import mapping_files
from gateway.disclose import whatif, whole
from gateway.errors import Exit, NotBuilt, UsageError, error
from gateway.models import model_in
from gateway.opened import opened
from gateway.pure.bulk import link_people, save_model


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
    with output.progress() as tick:
        found, model = link_people(people, output.read(people), model_in(Path(folder) if folder else None), train, tick)
    if save and not dry_run:
        save_model(model, save)
    output.document(found)


def _not_built(name: str, does: str) -> None:
    @bulk.command(name, help=f"Not built yet: {does}.", context_settings={"ignore_unknown_options": True})
    @click.argument("arguments", nargs=-1)
    def command(arguments: tuple[str, ...]) -> None:
        raise NotBuilt(error("not-built", f"`gateway bulk {name}` ({does}) is not built yet. Nothing was done.", "",
                             "The README says what works today."))


_not_built("export", "export many records at once")
