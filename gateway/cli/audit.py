"""`gateway audit`: search, show, verify, anchor, export, accounting, recipients."""

import sys

import click

from gateway.audit.verify import verify_export
from gateway.cli import output
from gateway.disclose import log
from gateway.opened import opened


@click.group()
def audit() -> None:
    """The transfer log, and its proof for outsiders."""


@audit.command()
@click.option("--file", "file", help="An exported log; without it the home's own log is verified.")
@click.option("--anchors", help="Signed checkpoints and the log's public key, handed over by another way.")
@click.option("--offline", is_flag=True, help="Open nothing but the two files.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
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
    sys.exit(0 if verdict.state == "VERIFIED" else 7)
