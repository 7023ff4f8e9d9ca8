"""`gateway merge` and `gateway view`: pure, no home needed."""

import sys

import click

from gateway.cli import output
from gateway.pure.records import merge_lines, view_lines


@click.command()
@click.argument("facts", type=str)
@output.document_option
def merge(facts: str, as_json: bool) -> None:
    """The record of one person out of FACTS.jsonl; the same bytes for any order of the lines."""
    output.document(merge_lines(facts, output.read(facts)))


@click.command()
@click.argument("facts", type=str)
@click.option("--request", required=True, help="JSON file: purpose, role, user, organisation, country, care, time …")
@output.document_option
def view(facts: str, request: str, as_json: bool) -> None:
    """What one request may see of FACTS.jsonl, and the record made of that alone."""
    answer = view_lines(facts, output.read(facts), request, output.read(request))
    output.document(answer)
    if answer["decision"] != "permit":
        sys.exit(5)
