"""What the verbs that disclose share: who is at the keyboard, and the mask."""

import getpass
import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from gateway.cli.output import Command
from gateway.disclose.transfer import Asked
from gateway.opened import Gate, iso
from gateway.policy.request import Request

MASKED = {"family", "given", "text", "birthDate", "line", "city", "postalCode", "value", "deceasedDateTime"}


def reason_option(command: Command) -> Command:
    """--reason: shows patient data; the access is logged with it."""
    return click.option("--reason", default="", help="Why you look: shows patient data, and is logged.")(command)


def asked(gate: Gate, action: str, reason: str = "", purpose: str = "HOPERAT") -> Asked:
    """Who is at the keyboard, as a request."""
    user = os.environ.get("GATEWAY_USER") or getpass.getuser()
    reader = Request(purpose=purpose, role="operator", user=user, organisation=gate.home.organisation,
                     country=gate.home.country, care=True, time=iso(gate.now()), scopes=("system/*.rs",))
    words = " ".join(["gateway", *sys.argv[1:]])
    return Asked(reader, action, f"{words} [reason: {reason or 'none, masked'}]")


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
