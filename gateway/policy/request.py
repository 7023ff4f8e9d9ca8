"""What a reader asks with: the values that a decision depends on, and nothing else."""

from dataclasses import dataclass
from typing import Any

from gateway.errors import UsageError, error, near

# HL7 v3 PurposeOfUse codes that the gateway knows; any other purpose is denied.
TREATMENT = frozenset({"TREAT", "CAREMGT", "COC"})
EMERGENCY = frozenset({"ETREAT", "BTG"})
PATIENT = frozenset({"PATRQT", "FAMRQT"})
OPERATIONS = frozenset({"HOPERAT", "HSYSADMIN", "PATADMIN", "HCOMPL"})
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


def from_json(body: Any, where: str) -> Request:
    """A request out of REQUEST.json of `gateway view`. Raises UsageError naming unknown members."""
    if not isinstance(body, dict):
        raise UsageError(error("request-invalid", "A request is a JSON object.", where, "See the reference."))
    known = Request.__dataclass_fields__
    unknown = [k for k in body if k not in known]
    if unknown:
        raise UsageError(*(error("request-invalid", f"A request has no member {k!r}.{near(k, known)}", where)
                           for k in unknown))
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items()}
    if isinstance(values.get("scopes"), str):
        values["scopes"] = tuple(values["scopes"].split())
    return Request(**values)
