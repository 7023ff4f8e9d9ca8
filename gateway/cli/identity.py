"""`gateway identity`: compare pairs, cluster records, evaluate against a truth. Pure, no home needed."""

import click

from gateway.cli import output
from gateway.identity.evaluate import evaluate as evaluate_people
from gateway.pure.people import cluster_lines, compare_lines


@click.group()
def identity() -> None:
    """The same person across organisations, and never the wrong one."""


@identity.command()
@click.argument("pairs")
@output.json_options
def compare(pairs: str, as_json: bool, as_jsonl: bool) -> None:
    """Decide each pair {"a": Patient, "b": Patient} of PAIRS.jsonl, with reasons."""
    output.rows(compare_lines(pairs, output.read(pairs)), "gateway.identity-compare/1", as_json)


@identity.command()
@click.argument("records")
@click.option("--incremental", is_flag=True, help="One by one, as records arrive; the result is the same.")
@output.document_option
def cluster(records: str, incremental: bool, as_json: bool) -> None:
    """Persons out of RECORDS.jsonl; the same bytes for any order of the lines."""
    output.document(cluster_lines(records, output.read(records), incremental))


@identity.command()
@click.argument("people")
@click.option("--truth", required=True, help="CSV id_a,id_b of the pairs that are truly the same.")
@click.option("--train", is_flag=True, help="Train the model on the people first (Splink).")
@output.document_option
def evaluate(people: str, truth: str, train: bool, as_json: bool) -> None:
    """Measure precision, recall and F1 on PEOPLE.csv; the truth changes nothing but the report."""
    output.document(evaluate_people(output.read(people), output.read(truth), train=train))
