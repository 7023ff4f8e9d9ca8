"""`gateway source`: list, add, show, test, check, sample, pause, resume, go-live, remove."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gateway.cli import desk, output
from gateway.cli.profile import profile
from gateway.config import draft, put, settings_of, toml_value, utf8
from gateway.disclose import samples, sources
from gateway.errors import ConfigError, Exit, Fatal, Retry, UsageError, error, near
from gateway.idle import idle
from gateway.opened import opened
from gateway.pipeline.reconcile import unable
from gateway.pure import golden
from gateway.pure.mapping import Chosen
from gateway.reading.reader import reader_of
from gateway.registry import adapter_class, kinds

COLUMNS = ("name", "kind", "country", "state", "last_answer", "messages", "facts")


@click.group()
def source() -> None:
    """The organisations' systems that are wired in."""


@source.command("list")
@output.json_options
@click.pass_obj
def list_(home: str, as_json: bool, as_jsonl: bool) -> None:
    """Each source with its state, age, messages and facts."""
    with opened(home) as gate:
        desk.mistaken(gate.home.wrong)
        output.listing(sources.rows(gate), COLUMNS, "gateway.source-list/1", as_json, as_jsonl)


@source.command()
@click.argument("name")
@click.option("--kind", required=True, help="hl7v2, fhir, csv …")
@click.option("--path", "path", default="", help="File or folder, relative to the home.")
@click.option("--url", default="", help="Base address of a FHIR server.")
@click.option("--mapping", "mapping", multiple=True, help="Mapping file or folder below mappings/.")
@click.option("--organisation", default="")
@click.option("--country", default="")
@click.option("--timezone", "zone", default="")
@click.option("--dry-run", is_flag=True, help="Print the file; write nothing.")
@output.document_option
@click.pass_obj
def add(home: str, name: str, kind: str, path: str, url: str, mapping: tuple[str, ...], organisation: str, country: str,
        zone: str, dry_run: bool, as_json: bool) -> None:
    """Write sources/NAME.toml."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name):
        raise UsageError(error("source-name", f"{name!r} is no name for a source.", "NAME",
                               "Use small letters, digits and hyphens."))
    if kind not in kinds():
        raise UsageError(error("kind-unknown", f"No adapter reads the kind {kind!r}.{near(kind, kinds())}", "--kind",
                               f"Kinds: {', '.join(sorted(kinds()))}."))
    names = adapter_class(kind).__dataclass_fields__
    place = next((n for n in (("url", "base") if url else ("folder", "path", "file")) if n in names), "path")
    values = {"kind": kind, "organisation": organisation, "country": country, "timezone": zone, "state": "test",
              "mapping": list(mapping), "connection": {place: url or path} if url or path else {}}
    text = "".join(f"{k} = {toml_value(v)}\n" for k, v in values.items() if v)
    draft(name, text)
    file = settings_of(Path(home)).parent / "sources" / f"{name}.toml"
    if file.exists():
        raise UsageError(error("source-exists", f"There is a source {name!r}; nothing was changed.", str(file)))
    if not dry_run:
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, text)
    output.told(f"{'Would write' if dry_run else 'Wrote'} sources/{name}.toml\n\n{text}\nNext: "
                f"gateway source test {name}", as_json, "gateway.source-add/1", name=name, applied=not dry_run,
                file=f"sources/{name}.toml", text=text)


@source.command()
@click.argument("name")
@output.document_option
@click.pass_obj
def show(home: str, name: str, as_json: bool) -> None:
    """The settings of one source; secrets are never printed."""
    with opened(home) as gate:
        found = desk.source(gate, name)
        row = next(r for r in sources.rows(gate) if r["name"] == name)
    body = {"schema": "gateway.source-show/1", **row, "connection": dict(found.connection),
            "mapping": list(found.mapping), "timezone": found.timezone,
            "rhythm": found.rhythm, "lists": list(found.lists), "mode": found.mode, "reconcile": found.reconcile,
            "agreement": found.agreement, "contact": found.contact}
    if as_json:
        output.document(body)
    else:
        for key, value in body.items():
            click.echo(f"{key:<14}{value}")
    desk.mistaken(found.wrong)
    sys.exit(Exit.findings if found.wrong else Exit.done)


@source.command()
@click.argument("name")
@output.document_option
@click.pass_obj
def test(home: str, name: str, as_json: bool) -> None:
    """Try a source: settings, mapping, the first message; names settings that have no effect yet. Stores nothing."""
    with opened(home) as gate:
        found = desk.source(gate, name)
        reader = reader_of(found, gate.home.folder, gate.files)
        try:
            first = None if found.pushes else next(iter(reader.adapter.read(None)), None)
            told = (("--", "there is none yet") if first is None else
                    ("ok", f"{getattr(first, 'kind', 'rejected')}, {len(first.raw)} bytes"))
        except (Retry, Fatal) as e:
            told = "FAIL", f"{e.issue.message}\n        {e.issue.hint}"
        unused = [issue.message for issue in idle(found)]
        if found.reconcile and (why := unable(reader.adapter)):
            unused.append(f"reconcile = {found.reconcile!r} has no effect: {why}.")
    lines = ["  ok    settings and mapping", *(f"  IDLE  {line}" for line in unused),
             f"  {told[0]:<4}  first message   {told[1]}"]
    output.told("\n".join(lines), as_json, "gateway.source-test/1", name=name, settings="ok", first_message=told[0],
                evidence=told[1], idle=unused)
    sys.exit(Exit.unreachable if told[0] == "FAIL" else Exit.done)


@source.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Write missing side-cars.")
@click.option("--force", is_flag=True, help="With --write: also over those that are there.")
@click.option("--mapping", default="", help="Name below mappings/, or a YAML file.")
@click.option("--dry-run", is_flag=True, help="With --write: say which side-cars would be written; write none.")
@output.json_options
def check(folder: Path, write: bool, force: bool, mapping: str, dry_run: bool, as_json: bool, as_jsonl: bool) -> None:
    """Compare every message file with its side-car FILE.fhir.json; exit 1 when one differs or is missing."""
    if force and not write:
        raise click.UsageError("--force goes with --write.")
    chosen = Chosen(mapping)
    found = list(golden.write(folder, chosen, force, dry_run) if write else golden.check(folder, chosen))
    output.listing([f.json() for f in found], ("state", "file", "line", "expected", "made"), "gateway.source-check/1",
                   as_json, as_jsonl)
    sys.exit(Exit.findings if any(f.state in ("different", "missing") for f in found) else Exit.done)


@source.command()
@click.argument("name")
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many messages.")
@click.option("--from", "place", default="", type=click.Choice(["", "stored", "source"]),
              help="What was taken in, or what lies in the source; by default what was taken in, where there is any.")
@output.document_option
@desk.reason_option
@click.pass_obj
def sample(home: str, name: str, count: int, place: str, as_json: bool, reason: str) -> None:
    """Some messages of each kind: which fields are filled, and what their values look like.

    With --reason the messages themselves, as they came; only those that were taken in. Stores nothing.
    """
    with opened(home) as gate:
        found = desk.source(gate, name)
        asked = desk.asked(gate, "raw", reason)
        taken = samples.Sample(()) if place == "source" else samples.stored(gate, asked, name, count, bool(reason))
        if not (taken.messages or place == "stored" or found.pushes):
            taken = samples.waiting(gate, asked, name, count, bool(reason))
        adapter = reader_of(found, gate.home.folder, gate.files).adapter
    body = {"schema": "gateway.source-sample/1", "source": name, **profile(adapter, taken.messages, bool(reason)),
            "withheld": taken.withheld}
    if as_json:
        output.document(body)
    else:
        click.echo("\n".join(_sampled(body)))


def _sampled(body: dict[str, Any]) -> Iterator[str]:
    yield f"{len(body['messages'])} messages of {body['source']}"
    for kind, count in body["kinds"].items():
        yield f"  {count:>4} × {kind or 'could not be read'}"
    if body["withheld"]:
        yield f"  {body['withheld']:>4} withheld: you may not see them, or they were erased"
    for row in body["fields"]:
        yield f"{row['messages']:>4}  {row['path']:<16}  {'  '.join(row['values'])}"
    yield from (f"\n{m['id']}\n{m['raw']}" for m in body["messages"] if "raw" in m)
    yield "Nothing was stored."


def _set_state(home: str, name: str, verb: str, state: str, dry_run: bool, as_json: bool) -> None:
    with opened(home) as gate:
        wrong = desk.source(gate, name).wrong
    if wrong and state != "paused":
        raise ConfigError(*wrong)
    file = Path(home) / "sources" / f"{name}.toml"
    text = utf8(file, f"sources/{file.name}")
    line = f'state = "{state}"'
    changed = re.sub(r"(?m)^state\s*=.*$", line, text) if re.search(r"(?m)^state\s*=", text) else f"{line}\n{text}"
    if not dry_run:
        put(file, changed)
    output.told(f"{name}: {'would be' if dry_run else 'is'} {state}", as_json, f"gateway.source-{verb}/1", name=name,
                state=state, applied=not dry_run)


def _state_verb(verb: str, state: str, help_: str) -> None:
    @source.command(verb, help=help_)
    @click.argument("name")
    @click.option("--dry-run", is_flag=True)
    @output.document_option
    @click.pass_obj
    def command(home: str, name: str, dry_run: bool, as_json: bool) -> None:
        _set_state(home, name, verb, state, dry_run, as_json)


_state_verb("pause", "paused", "Stop pulling a source; what is stored stays.")
_state_verb("resume", "live", "Pull a source again.")
_state_verb("go-live", "live", "From test to live.")


@source.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True)
@output.document_option
@click.pass_obj
def remove(home: str, name: str, dry_run: bool, as_json: bool) -> None:
    """Take sources/NAME.toml away; its messages and facts stay and keep their origin."""
    with opened(home) as gate:
        desk.source(gate, name)
    file = Path(home) / "sources" / f"{name}.toml"
    if not dry_run:
        file.rename(file.with_suffix(".toml.removed"))
    output.told(f"{'Would take' if dry_run else 'Took'} sources/{name}.toml away; what it told stays.", as_json,
                "gateway.source-remove/1", name=name, applied=not dry_run)


