"""`gateway identity`: compare, cluster and evaluate need no home; tune and relink are about the home's own people."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gateway.cli import desk, output
from gateway.disclose import tuning
from gateway.errors import Exit, UsageError, error
from gateway.identity.evaluate import evaluate as evaluate_people
from gateway.identity.evaluate import truth_pairs
from gateway.models import model_in
from gateway.opened import opened
from gateway.pipeline.link import relink_all
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


@identity.command()
@click.option("--truth", default="", help="CSV id_a,id_b (source/id) of all pairs that are truly the same.")
@click.option("--model", "folder", default="", help="Folder with model.json and terms.csv; else the home's model.")
@output.document_option
@click.pass_obj
def tune(home: str, truth: str, folder: str, as_json: bool) -> None:
    """Sweep the threshold over the home's own people: links, reviews, and how right they are where it is known."""
    known = {frozenset(pair) for pair in truth_pairs(output.read(truth))} if truth else None
    with opened(home) as gate, output.progress() as tick:
        model = model_in(Path(folder)) if folder else gate.model
        body = tuning.sweep(gate, desk.asked(gate, "tune"), model, known, tick)
    if as_json:
        output.document(body)
        return
    columns = ("threshold", "links", "reviews", "review_share", "right", "wrong", "precision", "recall")
    rows = [{**r, "threshold": f"{r['threshold']:.2f}{' <' if r['current'] else ''}"} for r in body["thresholds"]]
    output.table([{k: "" if v is None else v for k, v in r.items()} for r in rows], columns)
    click.echo(f"< in force. Known from {body['known']}: {body['known_same']} the same, {body['known_different']} "
               f"different.{_left_out(body)}", err=True)


def _left_out(body: Mapping[str, Any]) -> str:
    """What is known to be the same and counts for no threshold, in words."""
    why = {"not_here": ("they name no two records of this home", "it names no two records of this home"),
           "too_little": ("a record of each says too little to be compared",
                          "a record says too little to be compared")}
    return "".join(f" {n} more {'is' if n == 1 else 'are'} left out: {words[n == 1]}." for name, words in why.items()
                   if (n := body[name]))


@identity.command()
@click.option("--model", "folder", default="", help="Folder with model.json and terms.csv to try; else the home's.")
@click.option("--dry-run", "--diff", "dry_run", is_flag=True, help="Say which persons would change; change nothing.")
@output.document_option
@click.pass_obj
def relink(home: str, folder: str, dry_run: bool, as_json: bool) -> None:
    """Link everybody anew under the home's model (gateway.toml: identity_model). Exit 1: persons would change."""
    if folder and not dry_run:
        raise UsageError(error("model-not-deployed", "Another model is tried with --diff only; nothing was changed.",
                               "--model", "To deploy it: identity_model = \"FOLDER\" in gateway.toml."))
    with opened(home) as gate, output.progress() as tick:
        if dry_run:
            model = model_in(Path(folder)) if folder else gate.model
            body = tuning.difference(gate, desk.asked(gate, "relink"), model, tick)
        else:
            body = {"schema": "gateway.identity-relink/1", "applied": True, "model": gate.model.id,
                    **relink_all(gate, tick)}
    if as_json:
        output.document(body)
    elif not dry_run:
        click.echo(f"Linked {body['records']} records anew, model {body['model']}; {body['moved']} changed person.")
    else:
        before, after = body["persons"]
        click.echo(f"{before} persons would be {after}: {body['joined']} joined, {body['split']} split, "
                   f"{body['cut anew']} cut anew; {body['reviews']} pairs would wait for a human.")
        for row in body["examples"]:
            click.echo(f"  {row['change']}: {' | '.join(map(' '.join, row['was']))}  ->  "
                       f"{' | '.join(map(' '.join, row['becomes']))}")
    sys.exit(Exit.findings if dry_run and body["changed"] else Exit.done)
