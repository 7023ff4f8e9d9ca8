"""`gateway demo`: the demo of a checkout; an installed package has no invented organisations to show."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from gateway.errors import UsageError, error


@click.command()
@click.option("--folder", default=".demo", show_default=True, help="The home that is removed and rebuilt.")
@click.option("--people", default=70, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what would be rebuilt; change nothing.")
def demo(folder: str, people: int, seed: int, dry_run: bool) -> None:
    """Rebuild .demo/ and run the whole way over invented organisations in three countries."""
    sys.path.insert(0, str(Path.cwd()))
    if find_spec("tests") is None or find_spec("tests.demo") is None:
        raise UsageError(error("demo-missing", "The demo is part of the source checkout, and this is not one.", "",
                               "Clone the project and type: make demo"))
    if dry_run:
        click.echo(f"Would remove and rebuild {folder} for {people} people of seed {seed}.")
        return
    command = [sys.executable, "-m", "tests.demo", folder, str(people), str(seed)]
    sys.exit(subprocess.run(command, check=False).returncode)
