"""`gateway listen`."""

import asyncio
import signal
import sys
from typing import Any

import click

from gateway.cli import desk
from gateway.opened import opened
from gateway.pipeline.listen import listen as serve_sources
from gateway.pipeline.listen import listening


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--dry-run", is_flag=True, help="Say where would be listened, and open nothing.")
@click.pass_obj
def listen(home: str, names: tuple[str, ...], dry_run: bool) -> None:
    """Receive what sources push (HL7 v2 over MLLP), all or those named, until stopped.

    A message is acknowledged when it is durably stored. SIGTERM or Ctrl-C stop: what was taken is still answered.
    """
    with opened(home) as gate:
        readers = listening(gate, names)
        desk.mistaken(gate.home.wrong)
        if dry_run:
            for name, reader in readers.items():
                adapter: Any = reader.adapter
                click.echo(f"{name}: would listen at {adapter.listens}")
            return
        asyncio.run(_until_stopped(gate, readers))


async def _until_stopped(gate: Any, readers: Any) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.set_exception_handler(lambda _, told: _say(str(told.get("exception") or told["message"])))
    await serve_sources(gate, readers, stop, _say)


def _say(text: str) -> None:
    """One line for the operator."""
    click.echo(text, err=True)
    sys.stderr.flush()
