"""`gateway person`: find, show, sources, same, different, unsure, undo, changes, erase."""

import sys

import click

from gateway.cli import decide, desk, output, review
from gateway.disclose import persons
from gateway.disclose.recuts import recuts
from gateway.errors import Exit, UsageError, error
from gateway.opened import opened
from gateway.pipeline import people


@click.group()
def person() -> None:
    """People: which source patients are the same human being."""


@person.command()
@click.argument("words", nargs=-1)
@click.option("--identifier", default="", help="Number, or system|number.")
@click.option("--family", default="")
@click.option("--given", default="")
@click.option("--birthdate", default="")
@output.json_options
@desk.reason_option
@click.pass_obj
def find(home: str, words: tuple[str, ...], identifier: str, family: str, given: str, birthdate: str, as_json: bool,
         as_jsonl: bool, reason: str) -> None:
    """Find people by identifier or name; masked unless --reason is given."""
    wanted = {"identifier": identifier, "family": family, "given": given, "birthdate": birthdate,
              "name": " ".join(words)}
    if not any(v.strip() for v in wanted.values()):
        raise UsageError(error("person-criterion", "Nobody was looked for: nothing says who it is.", "WORDS",
                               "Name a person: gateway person find Andersson, or --identifier, --family, --given."))
    with opened(home) as gate:
        rows = persons.find(gate, desk.asked(gate, "search", reason), wanted, masked=not reason)
    columns = ("person", "match", "name", "birth_date", "sources")
    output.listing(rows, columns, "gateway.person-find/1", as_json, as_jsonl)
    sys.exit(Exit.done if rows else Exit.findings)


@person.command()
@click.argument("name", metavar="PERSON")
@output.document_option
@desk.reason_option
@click.pass_obj
def show(home: str, name: str, as_json: bool, reason: str) -> None:
    """Who it is, the allergy headline, what is missing."""
    with opened(home) as gate:
        body = persons.show(gate, desk.asked(gate, "record", reason), name, masked=not reason)
    if as_json:
        output.document(body)
        return
    click.echo("\n".join([f"{body['name']}, {body['banner']}", f"! {body['headline']}",
                          *(f"  {row}" for row in body["allergies"]), *(f"? {m}" for m in body["missing"])]))


@person.command()
@click.argument("name", metavar="PERSON")
@output.json_options
@click.pass_obj
def sources(home: str, name: str, as_json: bool, as_jsonl: bool) -> None:
    """The source patients that are this person."""
    with opened(home) as gate:
        rows = persons.sources(gate, desk.asked(gate, "person-sources"), name)
    output.listing(rows, ("source", "patient", "person"), "gateway.person-sources/1", as_json, as_jsonl)


SAID = {"same": "the same person", "different": "different people", "unsure": "perhaps one person: nobody can tell"}


def _ruling(verb: str, kind: str, help_: str) -> None:
    @person.command(verb, help=help_)
    @click.argument("a")
    @click.argument("b")
    @click.option("--reason", required=True, help="Why; kept with the ruling.")
    @click.option("--dry-run", is_flag=True)
    @output.document_option
    @click.pass_obj
    def command(home: str, a: str, b: str, reason: str, dry_run: bool, as_json: bool) -> None:
        with opened(home) as gate:
            who = desk.asked(gate, verb, reason)
            body = people.rule(gate, kind, a, b, who.request.user, reason, dry_run)
        if as_json:
            output.document({"schema": f"gateway.person-{verb}/1", **body})
        else:
            click.echo(f"{'Would say' if dry_run else 'Said'}: {a} and {b} are {SAID[verb]}. " + (
                "Nothing was changed." if dry_run else f"Undo: gateway person undo {body['id']} --reason …"))
            click.echo(f"Persons now: {', '.join(body['persons'])}")


_ruling("same", "same", "Say that two source patients (source/id) are one person; undone at any time.")
_ruling("different", "never", "Say that two source patients (source/id) are never one person; undone at any time.")
_ruling("unsure", "unsure", "Say that you cannot tell: the pair stays in the queue, behind the others.")


@person.command()
@click.argument("ruling")
@click.option("--reason", required=True)
@click.option("--dry-run", is_flag=True)
@output.document_option
@click.pass_obj
def undo(home: str, ruling: str, reason: str, dry_run: bool, as_json: bool) -> None:
    """Take a ruling back; everything is as if it had never been said."""
    with opened(home) as gate:
        body = people.undo(gate, ruling, desk.asked(gate, "undo", reason).request.user, reason, dry_run)
    if as_json:
        output.document({"schema": "gateway.person-undo/1", **body})
    else:
        click.echo(f"{'Would take' if dry_run else 'Took'} {ruling} back.")


@person.command()
@click.argument("name", metavar="[PERSON]", default="")
@output.json_options
@click.pass_obj
def changes(home: str, name: str, as_json: bool, as_jsonl: bool) -> None:
    """How these source patients came to be this person; without PERSON: which arrivals cut persons anew, as counts."""
    with opened(home) as gate:
        asked = desk.asked(gate, "person-changes")
        told = {} if name else recuts(gate, asked)
        rows = persons.changes(gate, asked, name) if name else told["rows"]
    if told and as_json:
        output.document(told)
        return
    columns = ("change", "at", "patient", "was", "now") if name else ("change", "at", "what", "records", "by")
    output.listing(rows, columns, "gateway.person-changes/1", as_json, as_jsonl)
    if told:
        click.echo(f"{told['recut']} of {told['arrivals']} arrivals cut persons anew ({told['share']:.2%}).", err=True)


@person.command()
@click.argument("name", metavar="PERSON")
@click.option("--order", required=True, help="Reference of the order that demands it.")
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output.document_option
@click.pass_obj
def erase(home: str, name: str, order: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Erase one person: keys and bodies go, counts and salted commitments stay. Cannot be undone."""
    with opened(home) as gate:
        if not dry_run and not yes:
            click.confirm(f"Erase {name} for good, by order {order}?", abort=True)
        body = people.erase(gate, name, order, desk.asked(gate, "erase", order).request.user, dry_run)
    if as_json:
        output.document({"schema": "gateway.person-erase/1", **body})
    else:
        click.echo(", ".join(f"{k} {v}" for k, v in body.items()))

person.add_command(decide.decide)
person.add_command(decide.decided)
person.add_command(review.review)
person.add_command(review.rulings)
