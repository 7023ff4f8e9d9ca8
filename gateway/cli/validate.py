"""`gateway validate`: FHIR JSON, XML and NDJSON, one outcome a resource."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from gateway.cli import output
from gateway.errors import Issue, UsageError
from gateway.fhir.reader import check_file


@click.command()
@click.argument("files", nargs=-1, required=True)
@output.json_options
def validate(files: tuple[str, ...], as_json: bool, as_jsonl: bool) -> None:
    """Check resources against FHIR R4 4.0.1; exit 1 when one has an error."""
    bad = False

    def checked() -> Iterator[dict[str, Any]]:
        nonlocal bad
        for line in (line for file in output.walk(files) for line in check_file(file, _content(file))):
            bad |= any(i["severity"] in ("error", "fatal") for i in line["outcome"]["issue"])
            yield line

    output.rows(checked(), "gateway.validate/1", as_json)
    sys.exit(1 if bad else 0)


def _content(file: str) -> bytes | Issue:
    """One file that may not be read does not keep the others from their lines."""
    try:
        return output.read(file)
    except UsageError as e:
        return e.issue
