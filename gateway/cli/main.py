"""The command `gateway`: one table of verbs, loaded when used, and the one place where errors become exit codes."""

import gc
import importlib
import os
import sqlite3
import sys
from importlib.metadata import version

import click

from gateway.cli import output
from gateway.errors import Exit, GatewayError, Issue, error

# verb → module:object. A verb of the contract that is not here prints that it is not built yet and ends with 3.
VERBS = {
    "audit": "gateway.cli.audit:audit",
    "ask": "gateway.cli.ask:ask",
    "bulk": "gateway.cli.bulk:bulk",
    "backup": "gateway.cli.ops:backup",
    "demo": "gateway.cli.demo:demo",
    "doctor": "gateway.cli.ops:doctor",
    "explain": "gateway.cli.ops:explain",
    "identity": "gateway.cli.identity:identity",
    "init": "gateway.cli.ops:init",
    "ips": "gateway.cli.ips:ips",
    "law": "gateway.cli.notbuilt:law",
    "listen": "gateway.cli.listen:listen",
    "map": "gateway.cli.mapping:map_",
    "merge": "gateway.cli.merge:merge",
    "msg": "gateway.cli.msg:msg",
    "person": "gateway.cli.person:person",
    "pull": "gateway.cli.feed:pull",
    "record": "gateway.cli.record:record",
    "restore": "gateway.cli.ops:restore",
    "serve": "gateway.cli.serve:serve",
    "share": "gateway.cli.notbuilt:share",
    "source": "gateway.cli.source:source",
    "status": "gateway.cli.ops:status",
    "token": "gateway.cli.serve:token",
    "validate": "gateway.cli.validate:validate",
    "view": "gateway.cli.merge:view",
    "voice": "gateway.cli.notbuilt:voice",
    "work": "gateway.cli.serve:work",
}


class _Verbs(click.Group):
    """Loads a verb's module when it is named: `gateway merge` pays for nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        module, _, attribute = VERBS[name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("throughline"), prog_name="gateway")
@click.option("--home", envvar="GATEWAY_HOME", default="./gateway-home", show_default=True, help="The home folder.")
@click.pass_context
def gateway(ctx: click.Context, home: str) -> None:
    """Adapters pull messages, mappings make FHIR facts, identity links people, the merge makes one record."""
    ctx.obj = home


def main() -> None:
    """Run the command line; never a stack trace but with GATEWAY_DEBUG=1."""
    sys.stdout.reconfigure(encoding="utf-8", errors="strict")  # type: ignore[union-attr]
    gc.set_threshold(50_000, 20, 20)  # a message makes many objects that live briefly: the default walks them 70 times
    sys.exit(run())


def _refused(e: OSError | sqlite3.Error) -> tuple[Issue, Exit]:
    """What the machine refuses: a file, a full disk, a transfer log that cannot be read (it has no other layer)."""
    if isinstance(e, OSError):
        said = f"The system refused: {e.strerror or type(e).__name__}. What was committed before stands."
        return error("system-refused", said, str(e.filename or ""), "Check that the place may be read and written and "
                     "has room, then run the same command again."), Exit.unreachable
    name = getattr(e, "sqlite_errorname", type(e).__name__)
    if isinstance(e, sqlite3.OperationalError):
        said = f"The transfer log could not be used ({name}), so nothing is handed over."
        return error("log-unreachable", said, "data/transfers.db", "Check that the data folder may be written and has "
                     "room; try again."), Exit.unreachable
    said = f"The transfer log is damaged ({name}), so nothing is handed over."
    return error("log-damaged", said, "data/transfers.db", "Restore the home from a backup."), Exit.integrity


def run(args: list[str] | None = None) -> int:
    """Exit code of one call."""
    try:
        return int(gateway.main(args, prog_name="gateway", standalone_mode=False) or 0)
    except GatewayError as e:
        for issue in e.issues:
            output.issue(issue)
        return int(e.exit)
    except click.ClickException as e:
        e.show()
        return int(Exit.usage)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. It is safe to run the same command again.", err=True)
        return int(Exit.interrupted)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.done)
    except click.exceptions.Exit as e:
        return e.exit_code
    except SystemExit as e:
        return int(e.code or 0)
    except (OSError, sqlite3.Error) as e:
        issue, code = _refused(e)
        output.issue(issue)
        return int(code)
    except Exception as e:
        if os.environ.get("GATEWAY_DEBUG"):
            raise
        click.echo(f"error: a defect of the gateway stopped this command: {type(e).__name__}. What was committed "
                   "before stands; nothing was stored half.\n  next: run it again with GATEWAY_DEBUG=1 and report "
                   "what it prints (it may hold patient data).", err=True)
        return int(Exit.findings)
