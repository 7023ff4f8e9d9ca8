"""`gateway init`, `status`, `doctor`, `explain`, `backup`, `restore`."""

import sys
from pathlib import Path
from typing import Any

import click

from gateway import config
from gateway.cli import desk, output
from gateway.disclose import console, log, pages, sources
from gateway.errors import Exit, GatewayError, UsageError, error, near
from gateway.idle import idle
from gateway.opened import opened
from gateway.pipeline import copies
from gateway.pipeline.ask import unasked
from gateway.pipeline.reconcile import unable
from gateway.reading.reader import reader_of
from gateway.shipped import codes


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="throughline", show_default=True, help="Name of this gateway: the log's origin.")
@click.option("--organisation", default="")
@click.option("--country", default="")
@click.option("--database", default="sqlite:///data/gateway.db", show_default=True)
@click.option("--base-url", default="http://127.0.0.1:8080", show_default=True)
@click.option("--dry-run", is_flag=True)
@output.document_option
def init(folder: Path, name: str, organisation: str, country: str, database: str, base_url: str, dry_run: bool,
         as_json: bool) -> None:
    """Write a new home: settings, folders, fresh keys."""
    if not dry_run:
        config.init(folder, name=name, organisation=organisation, country=country, database=database,
                    base_url=base_url, jurisdiction=country)
    output.told(f"{'Would write' if dry_run else 'Wrote'} the home {folder}\n"
                f"Next: gateway --home {folder} source add NAME --kind hl7v2 --path FOLDER", as_json, "gateway.init/1",
                home=str(folder), applied=not dry_run)


@click.command()
@output.document_option
@click.pass_obj
def status(home: str, as_json: bool) -> None:
    """Counts: sources, people, facts, problems, log."""
    with opened(home) as gate:
        desk.mistaken(gate.home.wrong)
        body = pages.status(gate)
    if as_json:
        output.document(body)
    else:
        click.echo("\n".join(f"{k:<10}{v}" for k, v in body.items() if k != "schema"))


@click.command()
@output.document_option
@click.option("--offline", is_flag=True, help="Do not look at sources.")
@click.pass_obj
def doctor(home: str, as_json: bool, offline: bool) -> None:
    """Check configuration, store, log and sources; changes nothing. Exit 1 when something is wrong."""
    checks: list[dict[str, str]] = []
    try:
        with opened(home) as gate:
            gate.home.signs()
            checks += [_check("configuration", "ok", f"{len(gate.home.sources)} sources"), *_idle(gate.home)]
            body = pages.status(gate)
            checks.append(_check("store", "ok", f"{body['facts']} facts, {body['people']} people"))
            checks.append(_check("identity", "ok", f"model {gate.model.id}"))
            gate.log.checkpoint()
            verdict = log.verified(gate)
            good = verdict.state == "VERIFIED"
            checks.append(_check("log", "ok" if good else "FAIL", verdict.words().splitlines()[0],
                                 "" if good else "gateway explain audit-limits"))
            checks += _terminology(gate)
            for name, source in gate.home.sources.items():
                checks += [*_compiles(gate, name, source), *_idle(source)]
            for row in [] if offline else sources.rows(gate):
                if row["state"] in ("no_answer", "late") and not gate.home.sources[row["name"]].wrong:
                    checks.append(_check(f"source {row['name']}", "FAIL", row["failing"] or "late",
                                         f"gateway source test {row['name']}"))
            checks += [_check(f"reconcile {p['source']}", "FAIL", f"{p['what']}: {p['meaning']}", p["next"])
                       for p in console.problems_of(gate, "reconcile")]
    except GatewayError as e:
        checks += [_check("store" if i.code.startswith("store-") else "configuration", "FAIL", i.message,
                          f"{i.where} {i.hint}".strip()) for i in e.issues]
    bad = [c for c in checks if c["status"] != "ok"]
    if as_json:
        output.document({"schema": "gateway.doctor/1", "checks": checks})
    else:
        for c in checks:
            click.echo(f"  {c['status']:<5} {c['subject']:<22} {c['evidence']}")
            if c["fix"]:
                click.echo(f"        fix: {c['fix']}")
    sys.exit(Exit.findings if bad else Exit.done)


def _terminology(gate: Any) -> list[dict[str, str]]:
    """Without its tables no record can be made."""
    try:
        return [_check("terminology", "ok", f"{len(gate.tables.versions)} tables")]
    except GatewayError as e:
        return [_check("terminology", "FAIL", i.message, f"{i.where} {i.hint}".strip()) for i in e.issues]


def _compiles(gate: Any, name: str, source: config.Source) -> list[dict[str, str]]:
    try:
        reader = reader_of(source, gate.home.folder, gate.files)
        if source.mode != "feed" and (why := unasked(reader.adapter)):
            return [_check(f"mode {name}", "FAIL", f"cannot be asked: {why}", 'Write mode = "feed".')]
        if source.reconcile and (why := unable(reader.adapter)):
            return [_check(f"reconcile {name}", "FAIL", f"cannot be compared: {why}", "Take it out of its settings.")]
        return [_check(f"mapping {name}", "ok", "compiles")]
    except GatewayError as e:
        subject = f"{'source' if source.wrong else 'mapping'} {name}"
        return [_check(subject, "FAIL", i.message, f"{i.where} {i.hint}".strip()) for i in e.issues]


def _idle(settings: config.Home | config.Source) -> list[dict[str, str]]:
    return [_check(f"setting {issue.where}", "IDLE", issue.message, issue.hint) for issue in idle(settings)]


def _check(subject: str, status: str, evidence: str, fix: str = "") -> dict[str, str]:
    return {"code": f"doctor/{subject.partition(' ')[0]}", "status": status, "subject": subject, "evidence": evidence,
            "fix": fix}


@click.command()
@click.argument("code")
@output.document_option
def explain(code: str, as_json: bool) -> None:
    """What an issue code means, and what to do."""
    known = codes()
    if code not in known:
        raise UsageError(error("issue-code-unknown", f"There is no code {code[:60]!r}.{near(code, known)}", "CODE"))
    row = known[code]
    output.told(f"{code} ({row['severity']})\n{row['meaning']}\nNext: {row['next']}", as_json, "gateway.explain/1",
                code=code, severity=row["severity"], meaning=row["meaning"], next=row["next"])


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True)
@output.document_option
@click.pass_obj
def backup(home: str, out: Path, dry_run: bool, as_json: bool) -> None:
    """Copy database, log and settings, consistent, into one archive. Keys are in it: keep it as safe as the home."""
    with opened(home) as gate:
        old = copies.standing(out)
        if not dry_run:
            log.copied(gate, desk.asked(gate, "backup"))
        size = copies.backup(gate, out, dry_run)
    instead = f", in place of the backup of {old}" if old else ""
    output.told(f"{'Would write' if dry_run else 'Wrote'} {out} ({size} files){instead}", as_json, "gateway.backup/1",
                out=str(out), files=size, applied=not dry_run, replaced=old or None)


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--erased", type=click.Path(path_type=Path, exists=True), help="Newer list of erasures to apply.")
@click.option("--dry-run", is_flag=True)
@output.document_option
def restore(archive: Path, folder: Path, erased: Path | None, dry_run: bool, as_json: bool) -> None:
    """Unpack a backup into a new home folder and apply the erasures that came after it."""
    count = copies.restore(archive, folder, erased, dry_run)
    output.told(f"{'Would restore' if dry_run else 'Restored'} {count} files into {folder}", as_json,
                "gateway.restore/1", home=str(folder), files=count, applied=not dry_run)
