"""`gateway map`: run, coverage, explain, preview. Pure, no home needed."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gateway.cli import desk, output
from gateway.clock import known_zone
from gateway.disclose import samples
from gateway.errors import UsageError, error
from gateway.mapping.run import Coverage, explain, line, sentences
from gateway.opened import opened
from gateway.pure import preview as comparing
from gateway.pure.mapping import Chosen, Found, messages, unreadable

SHOWN = 12  # lines and paths of each kind that fit a screen; --json has all


@click.group("map")
def map_() -> None:
    """Messages to FHIR R4, with an account of every field."""


def _found(paths: tuple[str, ...], chosen: Chosen) -> Iterator[Found]:
    for file in output.walk(paths):
        try:
            data = output.read(file)
        except UsageError as e:  # one file that may not be read does not keep the others from their lines
            yield unreadable(file, e.issue)
        else:
            yield from messages(file, data, chosen)


def _zone(_context: click.Context, _option: click.Parameter, name: str) -> str:
    if name and not known_zone(name):
        raise click.BadParameter(f"{name!r} is no IANA time zone, for instance Europe/Stockholm.")
    return name


def _options(command: output.Command) -> output.Command:
    command = click.option("--timezone", "zone", default="", callback=_zone,
                           help="IANA zone for times without an offset.")(command)
    return click.option("--mapping", "mapping", default="", help="Name below mappings/, or a YAML file.")(command)


@map_.command()
@click.argument("paths", nargs=-1, required=True)
@_options
@output.json_options
def run(paths: tuple[str, ...], mapping: str, zone: str, as_json: bool, as_jsonl: bool) -> None:
    """One line a message: resources, issues, ledger, listings. Exit 1 when any issue is error or fatal."""
    failed = False

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal failed
        for found in _found(paths, Chosen(mapping, zone or None)):
            failed |= found.result.failed
            yield line(found.result, found.kind, found.file, found.index)

    output.rows(counted(), "gateway.map/1", as_json)
    sys.exit(1 if failed else 0)


@map_.command()
@click.argument("paths", nargs=-1, required=True)
@_options
@output.document_option
def coverage(paths: tuple[str, ...], mapping: str, zone: str, as_json: bool) -> None:
    """Ledger totals by segment or section and by path."""
    counted = Coverage()
    for found in _found(paths, Chosen(mapping, zone or None)):
        counted.add(found.result)
    body = counted.json()
    if as_json:
        output.document(body)
    else:
        output.table(body["sections"], ("section", "mapped", "ignored", "unmapped"))
        count, failed = body["messages"], body["failed"]
        click.echo(f"{count} message{'' if count == 1 else 's'}" + (
            f", {failed} with errors: gateway map run says which and why" if failed else ""), err=True)


@map_.command("explain")
@click.argument("paths", nargs=-1, required=True)
@_options
@output.json_options
def explain_(paths: tuple[str, ...], mapping: str, zone: str, as_json: bool, as_jsonl: bool) -> None:
    """Where each value came from: element, value, source path, source value, mapping file:line.

    For people, each resource stands under its id, and at the end what reached no element.
    """
    found = _found(paths, Chosen(mapping, zone or None, lineage=True))
    if as_json or as_jsonl:
        told = (row for one in found for row in explain(one.result, one.file, one.index))
        output.rows(told, "gateway.map-explain/1", as_json)
    else:
        for text in (text for one in found for text in sentences(one.result)):
            click.echo(text)


@map_.command()
@click.argument("new", required=False, default="")
@click.option("--from", "files_from", multiple=True, help="File or folder of sample messages.")
@click.option("--source", "source", default="", help="Stored messages of this source, with its settings, masked.")
@click.option("--count", default=100, show_default=True, type=click.IntRange(1, 1000), help="How many stored messages.")
@click.option("--against", default="deployed", show_default=True, type=click.Choice(["deployed"]),
              help="The home's mappings over the shipped ones.")
@click.option("--timezone", "zone", default="", callback=_zone, help="IANA zone for times without an offset.")
@output.document_option
@desk.reason_option
@click.pass_obj
def preview(home: str, new: str, files_from: tuple[str, ...], source: str, count: int, against: str, zone: str,
            as_json: bool, reason: str) -> None:
    """Sample messages under NEW (a YAML file, or a folder like mappings/) beside the deployed mappings.

    Exit 1 when a message changed or failed. Stores nothing.
    """
    if bool(files_from) == bool(source):
        raise click.UsageError("Say where the messages are: --from FILE or FOLDER, or --source NAME.")
    old = comparing.deployed(Path(home))
    if new and not Path(new).exists():
        raise UsageError(error("file-unreadable", "There is no such file or folder.", new, "Check the path."))
    files = comparing.changed(Path(new), old) if new else old
    if source:
        body = _of_source(home, source, count, reason, old, files)
    else:
        inputs = ((f, output.read(f)) for f in output.walk(files_from))
        body = comparing.preview(inputs, old, files, zone or None).json()
    if as_json:
        output.document(body)
    else:
        click.echo("\n".join(_previewed(body)))
    sys.exit(1 if body["changed"] or body["failed"] else 0)


def _of_source(home: str, name: str, count: int, reason: str, old: comparing.Files,
               new: comparing.Files) -> dict[str, Any]:
    """The preview over stored messages; values are shown as they are with a reason only."""
    with opened(home) as gate:
        found = desk.source(gate, name)
        taken = samples.stored(gate, desk.asked(gate, "raw", reason), name, count, bool(reason))
    body = comparing.preview_of(found, Path(home), ((m.kind, m.raw) for m in taken.messages), old, new).json()
    body["withheld"] = taken.withheld
    if not reason:
        body["changes"] = [{**c, **{k: desk.shape(c["element"], c[k]) for k in ("before", "after")}}
                           for c in body["changes"]]
    return body


def _previewed(body: dict[str, Any]) -> Iterator[str]:
    yield f"{body['messages']} messages"
    yield f"  same     {body['same']:>6}"
    yield f"  changed  {body['changed']:>6}"
    for one in body["changes"][:SHOWN]:
        yield f"    {one['count']} × {one['element']}  {one['before'] or '(none)'} → {one['after'] or '(none)'}"
    yield f"  failed   {body['failed']:>6}"
    for one in body["failures"][:SHOWN]:
        yield f"    {one['count']} × {one['code']}  {one['where']}"
    fields, unmapped = body["fields"], body["unmapped"]
    more = f", and {len(unmapped) - SHOWN} more" if len(unmapped) > SHOWN else ""
    yield (f"fields: {sum(fields.values())} seen · {fields['mapped']} mapped · {fields['ignored']} ignored on purpose"
           f" · {fields['unmapped']} UNMAPPED" + (f" ({', '.join(unmapped[:SHOWN])}{more})" if unmapped else ""))
    yield "codes:  " + " · ".join(f"{system} {share:.1%}" for system, share in body["codes"].items())
    if body.get("withheld"):
        yield f"withheld {body['withheld']}: you may not see them, or they were erased"
    for name in body["skipped"]:
        yield f"skipped {name}: neither HL7 v2 nor C-CDA"
    yield "Nothing was stored."
