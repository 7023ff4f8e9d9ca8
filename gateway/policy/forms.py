"""Has a Consent the forms that its rules rely on? One that has not is never taken for a consent that denies less."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

# Member → form; (parent, member) → form there; member → form elsewhere.
_LISTS = ("actor", "class", "securityLabel", "purpose", "data", "coding", "action")
_TEXTS = ("start", "end", "display", "value", "system", "version")
_FORMS: dict[str, type] = {**dict.fromkeys(_LISTS, list), **dict.fromkeys(_TEXTS, str), "role": Mapping,
                           "period": Mapping, "policyRule": Mapping, "identifier": Mapping, "dataPeriod": Mapping}
_INSIDE: dict[tuple[str, str], type] = {("reference", "reference"): str, ("consent", "provision"): Mapping,
                                        ("provision", "code"): list}
_ELSE: dict[str, type] = {"reference": Mapping, "provision": list, "code": str}


def readable(value: Mapping[str, Any], name: str = "consent") -> bool:
    """`name` is the member that holds `value`; False when a member is not of the form that R4 gives it."""
    return all(_fits(v, k, name) for k, v in value.items())


def _fits(value: Any, member: str, name: str) -> bool:
    form = _INSIDE.get((name, member)) or _FORMS.get(member) or _ELSE.get(member)
    if form is not None and not isinstance(value, form):
        return False
    if member == "type" and name == "provision":
        return value in ("permit", "deny")
    if member in ("start", "end"):
        return _time(value)
    if isinstance(value, Mapping):
        return readable(value, member)
    return not isinstance(value, list) or all(isinstance(v, Mapping) and readable(v, member) for v in value)


def _time(text: str) -> bool:
    try:
        return "T" not in text or bool(datetime.fromisoformat(text))
    except ValueError:
        return False
