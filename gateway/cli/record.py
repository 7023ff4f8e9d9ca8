"""`gateway record PERSON`."""

import click

from gateway.cli import desk, output
from gateway.disclose import records
from gateway.errors import NotAllowed, NotBuilt, error
from gateway.opened import opened
from gateway.summary.plain import plain


@click.command()
@click.argument("person")
@click.option("--format", "form", default="everything", type=click.Choice(["everything", "ips", "html", "pdf"]))
@click.option("--as-of", "as_of", default="", help="As it stood at the end of a day (UTC), or at an instant.")
@click.option("--why", is_flag=True, help="For each row: facts, messages, and the fields they came from.")
@click.option("--purpose", default="HOPERAT", help="Purpose of use: what this reader may see follows from it.")
@output.document_option
@desk.reason_option
@click.pass_obj
def record(home: str, person: str, form: str, as_of: str, why: bool, purpose: str, as_json: bool, reason: str) -> None:
    """The merged record of a person, by id or identifier; masked unless --reason is given."""
    if form in ("html", "pdf"):
        raise NotBuilt(error("not-built", f"--format {form} is not built yet. Nothing was done.", "--format",
                             "Use --format everything or ips."))
    if form == "ips" and not reason:
        raise NotAllowed(error("reason-missing", "A patient summary makes no sense masked.", "--reason",
                               "Add --reason; the access is logged."))
    with opened(home) as gate:
        asked = desk.asked(gate, "record", reason, purpose)
        if form == "ips":
            click.echo(records.summary(gate, asked, person, as_of).body)
            return
        mask = None if reason else desk.masked_record
        answer = records.record(gate, asked, person, as_of, why, mask)
        if as_json:
            click.echo(answer.body.decode())
        else:
            click.echo(plain(records.text(answer.body)))
