"""What a reader asks with: the values that a decision depends on, and nothing else."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.errors import UsageError, error, near

# HL7 v3 PurposeOfUse codes that the gateway knows; any other purpose is denied.
TREATMENT = frozenset({"TREAT", "CAREMGT", "COC"})
EMERGENCY = frozenset({"ETREAT", "BTG"})
PATIENT = frozenset({"PATRQT", "FAMRQT"})
OPERATIONS = frozenset({"HOPERAT", "HSYSADMIN", "PATADMIN", "HCOMPL"})
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
PURPOSES = TREATMENT | EMERGENCY | PATIENT | OPERATIONS


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, why, from where.

    scopes    SMART scopes: `user/*.rs`, `patient/Observation.read`, `system/*.rs`
    patient   the person the token is bound to (launch context), or ""
    care      True when the reader states a care relation
    time      FHIR dateTime of the request: consents and rules have periods
    """

    purpose: str = ""
    role: str = ""
    user: str = ""
    organisation: str = ""
    country: str = ""
    care: bool = False
    time: str = ""
    scopes: tuple[str, ...] = ("user/*.rs",)
    patient: str = ""
    packs: tuple[str, ...] = ()


def _moment(value: Any) -> bool:
    try:
        return value == "" or bool(isinstance(value, str) and (_DATE.fullmatch(value) or datetime.fromisoformat(value)))
    except ValueError:
        return False


# What a member of REQUEST.json holds → is this such a value, and how to say it.
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda v: isinstance(v, str), "a text"),
    "flag": (lambda v: isinstance(v, bool), "true or false"),
    "time": (_moment, "a FHIR dateTime"),
    "texts": (lambda v: isinstance(v, str) or (isinstance(v, list) and all(isinstance(x, str) for x in v)),
              "a list of texts"),
}


def _kind(member: str) -> str:
    return {"care": "flag", "time": "time", "scopes": "texts", "packs": "texts"}.get(member, "text")


def from_json(body: Any, where: str) -> Request:
    """A request out of REQUEST.json of `gateway view`. Raises UsageError naming members that are unknown or amiss."""
    if not isinstance(body, dict):
        raise UsageError(error("request-invalid", "A request is a JSON object.", where, "See the reference."))
    known = Request.__dataclass_fields__
    unknown = [k for k in body if k not in known]
    if unknown:
        raise UsageError(*(error("request-invalid", f"A request has no member {k!r}.{near(k, known)}", where)
                           for k in unknown))
    amiss = [error("request-invalid", f"{k} is {_KINDS[_kind(k)][1]}.", where) for k, v in body.items()
             if v is not None and not _KINDS[_kind(k)][0](v)]
    if amiss:
        raise UsageError(*amiss)
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items()
                              if v is not None}
    values |= {k: tuple(values[k].split()) for k in ("scopes", "packs") if isinstance(values.get(k), str)}
    return Request(**values)
