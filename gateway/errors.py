"""What can go wrong, in words a person can act on.

An `Issue` is something that a person should know. A `GatewayError` stops what was being done and carries the
issue and the exit code of the command line; its three tempers say what the feed does next: `Fatal` stops it,
`Retry` backs off, `Reject` sets one message aside and goes on.
"""

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any


class Severity(StrEnum):
    """FHIR issue-severity; the order of the members is the order of gravity."""

    fatal = "fatal"
    error = "error"
    warning = "warning"
    information = "information"


class Exit(IntEnum):
    """Exit codes of every command."""

    done = 0
    findings = 1
    usage = 2
    configuration = 3
    unreachable = 4
    not_allowed = 5
    needs_human = 6
    integrity = 7
    partly = 8
    interrupted = 130


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing a person should know.

    code      name from gateway/codes.csv, for instance `hl7v2-no-msh`; `gateway explain CODE` tells more
    severity  how grave
    message   what happened, and whether anything was lost
    where     file:line, segment-field, FHIRPath expression or column: as near as is known
    hint      what to do next
    """

    code: str
    severity: Severity
    message: str
    where: str = ""
    hint: str = ""

    def json(self) -> dict[str, Any]:
        """The issue as the contract prints it."""
        return {**asdict(self), "severity": str(self.severity)}

    def __str__(self) -> str:
        parts = [f"{self.severity}: {self.message}"]
        if self.where:
            parts.append(f"  at {self.where}")
        if self.hint:
            parts.append(f"  next: {self.hint}")
        return "\n".join(parts)


def error(code: str, message: str, where: str = "", hint: str = "") -> Issue:
    """An issue of severity error."""
    return Issue(code, Severity.error, message, where, hint)


def near(word: str, known: Iterable[str]) -> str:
    """" Did you mean …?" for a misspelt name, or nothing."""
    close = difflib.get_close_matches(word, list(known), 1)
    return f" Did you mean {close[0]!r}?" if close else ""


class GatewayError(Exception):
    """Base of every error that the gateway raises on purpose. `issues` holds at least one issue."""

    exit: Exit = Exit.findings

    def __init__(self, *issues: Issue) -> None:
        super().__init__("\n".join(str(i) for i in issues))
        self.issues = issues

    @property
    def issue(self) -> Issue:
        return self.issues[0]


class Fatal(GatewayError):
    """The feed cannot go on: wrong settings, full disk, broken store."""

    exit = Exit.configuration


class Retry(GatewayError):
    """May succeed later: time-outs, locks, HTTP 429 and 5xx."""

    exit = Exit.unreachable


class Reject(GatewayError):
    """This one message cannot be taken; its neighbours can. Its bytes are kept."""


class BadMessage(Reject):
    """`Adapter.parse` could not read the bytes."""


class UsageError(GatewayError):
    """The command was used wrongly."""

    exit = Exit.usage


class ConfigError(Fatal):
    """A setting, mapping or table is invalid; `issues` holds all mistakes at once."""


class NotBuilt(GatewayError):
    """The command exists in the contract but is not built yet."""

    exit = Exit.configuration


class NotAllowed(GatewayError):
    """Rights, law or a missing reason forbid it."""

    exit = Exit.not_allowed


class NeedsHuman(GatewayError):
    """Ambiguous: a person has to decide."""

    exit = Exit.needs_human


class IntegrityError(GatewayError):
    """Log, backup or stored bytes are not what they were."""

    exit = Exit.integrity
