"""`gateway ips`: pure, no home needed."""

import click

from gateway.cli import output
from gateway.pure.summary import summary


@click.group()
def ips() -> None:
    """International Patient Summaries."""


@ips.command()
@click.argument("record", type=str)
@click.option("--profile", type=click.Choice(["ips-2.0", "ips-1.1"]), default="ips-2.0", show_default=True)
@click.option("--at", default="", help="Instant of the document; else the newest at which something of it was said.")
@click.option("--identifier", default="", help="URN of the document; else one made of what it holds.")
@output.document_option
def build(record: str, profile: str, at: str, identifier: str, as_json: bool) -> None:
    """The IPS document Bundle of RECORD.json, the output of `gateway merge`; same arguments, same bytes."""
    output.document(summary(record, output.read(record), profile, at, identifier))
