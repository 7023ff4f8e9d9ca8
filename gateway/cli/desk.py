"""What the verbs that disclose share: who is at the keyboard, and the mask."""

import getpass
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from gateway.cli import output
from gateway.cli.output import Command
from gateway.config import Source
from gateway.disclose.transfer import Asked
from gateway.errors import Issue, UsageError, error, near
from gateway.opened import Gate, iso
from gateway.policy.request import Request

# Elements whose values tell what kind of thing it is, not whom it is about.
TOLD = {"code", "system", "status", "use", "gender", "unit", "url", "mode", "intent", "comparator", "version"}
_HALF = re.compile("[\ud800-\udfff]")              # what stands for a byte that is no UTF-8
MASKED = {"family", "given", "text", "birthDate", "line", "city", "postalCode", "value", "deceasedDateTime"}


def reason_option(command: Command) -> Command:
    """--reason: shows patient data; the access is logged with it."""
    return click.option("--reason", default="", help="Why you look: shows patient data, and is logged.")(command)


def asked(gate: Gate, action: str, reason: str = "", purpose: str = "HOPERAT") -> Asked:
    """Who is at the keyboard, as a request. Raises UsageError for words that the log cannot keep."""
    user = os.environ.get("GATEWAY_USER") or getpass.getuser()
    reader = Request(purpose=purpose, role="operator", user=user, organisation=gate.home.organisation,
                     country=gate.home.country, care=True, time=iso(gate.now()), scopes=("system/*.rs",))
    words = " ".join(["gateway", *sys.argv[1:]])
    if _HALF.search(words):
        raise UsageError(error("argument-unreadable", "An argument is not UTF-8; nothing was done.", "",
                               "Write it in UTF-8: the locale of the shell says how it writes."))
    return Asked(reader, action, f"{words} [reason: {reason or 'none, masked'}]")


def source(gate: Gate, name: str) -> Source:
    """A source by its name. Raises UsageError."""
    if name not in gate.home.sources:
        raise UsageError(error("source-unknown", f"There is no source {name!r}.{near(name, gate.home.sources)}", name,
                               f"Sources: {', '.join(gate.home.sources) or 'none'}."))
    return gate.home.sources[name]


def mistaken(wrong: Iterable[Issue]) -> None:
    """Say what is wrong in the files of sources; the sources without a mistake go on."""
    for issue in wrong:
        output.issue(issue)


def shape(place: str, value: str) -> str:
    """What a value looks like without what it says: letters become x, digits 9. Codes and their systems stay."""
    if place.rpartition(".")[2] in TOLD:
        return value
    return "".join("9" if c.isdigit() else ("X" if c.isupper() else "x") if c.isalpha() else c for c in value)


def masked(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A Patient without what names the person: letters become stars, the year of birth stays."""
    return {k: _mask(k, v) if k not in ("resourceType", "id", "gender", "meta", "link", "active") else v
            for k, v in resource.items()}


def _mask(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _mask(k, v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask(name, v) for v in value]
    if name in ("birthDate", "deceasedDateTime") and isinstance(value, str):
        return value[:4]
    return f"{value[:1]}***" if name in MASKED and isinstance(value, str) else value


def masked_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """The output of `gateway merge` with the Patient and what was said otherwise about it masked."""
    resources = [masked(r) if r["resourceType"] in ("Patient", "RelatedPerson") else r for r in record["resources"]]
    alternatives = {ref: {} if ref.startswith("Patient/") else v for ref, v in record["alternatives"].items()}
    return {**record, "resources": resources, "alternatives": alternatives}
