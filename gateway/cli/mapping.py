"""`gateway map`: run, coverage, explain; preview to come. Pure, no home needed."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from gateway.cli import output
from gateway.errors import NotBuilt, UsageError, error
from gateway.mapping.run import Coverage, explain, line, sentence
from gateway.mapping.times import known_zone
from gateway.pure.mapping import Chosen, Found, messages, unreadable


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


@map_.command("explain")
@click.argument("paths", nargs=-1, required=True)
@_options
@output.json_options
def explain_(paths: tuple[str, ...], mapping: str, zone: str, as_json: bool, as_jsonl: bool) -> None:
    """Where each value came from: element, value, source path, source value, mapping file:line."""
    found = _found(paths, Chosen(mapping, zone or None, lineage=True))
    if as_json or as_jsonl:
        told = (row for one in found for row in explain(one.result, one.file, one.index))
        output.rows(told, "gateway.map-explain/1", as_json)
    else:
        for value in (v for one in found for v in one.result.mapped.lineage):
            click.echo(sentence(value))


@map_.command()
@click.argument("name", required=False)
def preview(name: str | None) -> None:
    """Not built yet: compare a mapping with the deployed one over samples."""
    raise NotBuilt(error("not-built", "`gateway map preview` is not built yet. Nothing was compared.", "",
                         "Use: gateway map run and gateway map explain"))
