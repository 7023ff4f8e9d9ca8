"""`gateway serve`, `gateway token`, `gateway work`."""

import os
import secrets
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlparse

import click

from gateway.cli import desk, output
from gateway.disclose import exporting
from gateway.errors import ConfigError, Exit, GatewayError, NotAllowed, error
from gateway.opened import Gate, opened
from gateway.policy.request import PURPOSES
from gateway.web.session import FACES, link
from gateway.wsgi import create_app

JOBS = {"export": lambda gate, id, keep: (exporting.run(gate, id, lambda *_: keep()), False)}
EVERY = 60                          # seconds between rounds of jobs
_JOBS = "GATEWAY_SERVES_JOBS"       # tells the server's process what the command line said


@click.command()
@click.option("--host", default="", help="Address to listen on; default: that of base_url.")
@click.option("--port", default=0, help="Port; default: that of base_url.")
@click.option("--server", type=click.Choice(["granian", "waitress"]), default="granian", show_default=True)
@click.option("--threads", default=32, show_default=True)
@click.option("--links", is_flag=True, help="Print a sign-in link for each face, each working once.")
@click.option("--work/--no-work", "jobs", default=True, show_default=True, help="Run the jobs inside.")
@click.pass_obj
def serve(home: str, host: str, port: int, server: str, threads: int, links: bool, jobs: bool) -> None:
    """Serve the API and the pages until stopped, and run the jobs (see `gateway work`) inside."""
    with opened(home) as gate:
        gate.home.signs()
        desk.mistaken(gate.home.wrong)
        address, named = urlparse(gate.home.base_url), bool(host or port)
        host, port = host or address.hostname or "127.0.0.1", port or address.port or 8080
        served = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if links:
            _print_links(gate, served if named else gate.home.base_url)
        elsewhere = "" if served == gate.home.base_url else f"; links inside answers lead to {gate.home.base_url}"
        click.echo(f"Serving {gate.home.folder} at {served}{elsewhere}", err=True)
        if server == "waitress":
            from waitress import serve as waitress

            if jobs:
                _jobs(gate)
            waitress(create_app(gate), host=host, port=port, threads=threads, ident="gateway")
            return
    _granian(str(Path(home).absolute()), host, port, threads, jobs)


def _granian(home: str, host: str, port: int, threads: int, jobs: bool) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    os.environ |= {"GATEWAY_HOME": home, _JOBS: "1" if jobs else ""}
    Server("gateway.cli.serve:application", factory=True, address=host, port=port, interface=Interfaces.WSGI,
           blocking_threads=threads, log_enabled=False).serve()


def application() -> Any:
    """The WSGI application of the home that GATEWAY_HOME names: what a server imports."""
    context = opened(os.environ["GATEWAY_HOME"])
    app = create_app(context.__enter__())
    app.config["OPENED"] = context       # a context manager that nobody holds would close the home
    if os.environ.get(_JOBS):
        _jobs(app.config["GATE"])
    return app


def _jobs(gate: Gate) -> None:
    """Run the jobs beside the requests, in a thread that ends with the process; whatever was committed stands."""
    threading.Thread(target=_rounds, args=(gate, EVERY), name="jobs", daemon=True).start()


def _rounds(gate: Gate, every: int) -> NoReturn:
    from gateway.pipeline.work import round_

    while True:
        try:
            for job in round_(gate, JOBS):
                click.echo(f"{job['kind']} {job['what']}: {job['said']}", err=True)
        except GatewayError as e:       # a store that is locked or full now may not be so at the next round
            click.echo(str(e.issue), err=True)
        gate.wake.wait(every)
        gate.wake.clear()


def _print_links(gate: Gate, base: str) -> None:
    from gateway.jsontext import loads

    told = gate.home.folder / "demo.json"
    patient = loads(told.read_bytes()).get("patient", "") if told.exists() else ""
    for face in FACES:
        click.echo(f"{face:<10} {link(gate, face, secrets.token_hex(8), patient if face == 'patient' else '', base)}")


@click.command()
@click.option("--scope", "scope", required=True, help="SMART scopes: user/*.rs, patient/*.rs, system/*.rs …")
@click.option("--purpose", required=True, help="Purpose of use: TREAT, ETREAT, PATRQT, HOPERAT …")
@click.option("--org", default="", help="Organisation of the reader.")
@click.option("--country", default="")
@click.option("--role", default="clinician", show_default=True)
@click.option("--user", default="", help="Who reads; default: whoever is at the keyboard.")
@click.option("--patient", default="", help="Bind the token to one person.")
@click.option("--care", is_flag=True, help="State a care relation.")
@click.option("--minutes", default=60, show_default=True, type=click.IntRange(1, 1440))
@click.pass_obj
def token(home: str, scope: str, purpose: str, org: str, country: str, role: str, user: str, patient: str, care: bool,
          minutes: int) -> None:
    """Print an access token of the built-in issuer, alone: for development and tests."""
    if purpose not in PURPOSES:
        raise NotAllowed(error("purpose-unknown", f"No rule knows the purpose {purpose!r}.", "--purpose",
                               f"Known: {', '.join(sorted(PURPOSES))}."))
    with opened(home) as gate:
        import getpass

        claims = {"sub": user or getpass.getuser(), "scope": scope, "purpose": purpose, "org": org, "country": country,
                  "role": role, "patient": patient, "care": care or None}
        click.echo(gate.issuer.mint(claims, int(gate.now().timestamp()), minutes * 60, secrets.token_hex(8)))


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and stop.")
@click.option("--every", default=EVERY, type=click.IntRange(1), show_default=True, help="Seconds between rounds.")
@click.option("--dry-run", is_flag=True, help="Say what is due; do nothing.")
@output.json_options
@click.pass_obj
def work(home: str, once: bool, every: int, dry_run: bool, as_json: bool, as_jsonl: bool) -> None:
    """Run the jobs: pulls of sources with a rhythm, checkpoints of the log. With --once, what was done is printed."""
    from gateway.pipeline.work import due, round_

    with opened(home) as gate:
        if not gate.home.sources:
            raise ConfigError(error("source-missing", "This home has no source yet, so there is no work.", "sources/",
                                    "Add one: gateway source add NAME --kind KIND"))
        desk.mistaken(gate.home.wrong)
        if dry_run or once:
            jobs = ([{"kind": k, "what": w, "applied": False} for k, w in due(gate)] if dry_run
                    else list(round_(gate, JOBS)))
            output.listing(jobs, ("kind", "what", "said"), "gateway.work/1", as_json, as_jsonl)
            sys.exit(Exit.partly if any(job.get("failed") for job in jobs) else Exit.done)
        _rounds(gate, every)
