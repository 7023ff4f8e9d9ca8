"""Results: the newest value of each test first, critical and abnormal ones on top (faces 2.4 F)."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.summary.words import concept, flags, when

LOINC = "http://loinc.org"


def newest(results: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The newest Observation of each test and unit; critical, then abnormal, then by time, newest first.

    What the components of a panel tell, and what only groups others, is no line of its own. Texts of one test and time
    are parts of one report (findings, impression): none stands for the others.
    """
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    parts: list[Mapping[str, Any]] = []
    told = {m.get("reference") for r in results if r.get("component") for m in r.get("hasMember", ())}
    for r in by_time(results):
        if f"Observation/{r['id']}" not in told and not _only_groups(r):
            first = latest.setdefault((_test(r), _unit(r)), r)
            if first is not r and _part_of_one(first, r) and r["valueString"] not in [p["valueString"] for p in parts]:
                parts.append(r)
    return sorted(by_time([*latest.values(), *parts]), key=_gravity)


def _part_of_one(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    texts = [r.get("valueString", "") for r in (a, b)]
    return all(texts) and texts[0] != texts[1] and when(a) == when(b) != ""


def by_time(results: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Newest first; what has no date comes last."""
    return sorted(results, key=lambda r: (when(r), r["id"]), reverse=True)


def _only_groups(r: Mapping[str, Any]) -> bool:
    """A panel that names its members and finds nothing itself."""
    return bool(r.get("hasMember")) and not any(e.startswith(("value", "component", "dataAbsent")) for e in r)


def _gravity(r: Mapping[str, Any]) -> int:
    said = flags(r)
    return 0 if "Critical" in said else 1 if said and said != "Negative" else 2


def _test(r: Mapping[str, Any]) -> str:
    codings = (r.get("code") or {}).get("coding", ())
    loinc = next((c["code"] for c in codings if c.get("system") == LOINC and c.get("code")), "")
    return loinc or next((f"{c.get('system', '')}|{c['code']}" for c in codings if c.get("code")), concept(
        r.get("code")).casefold()) or r["id"]


def _unit(r: Mapping[str, Any]) -> str:
    value = r.get("valueQuantity") or {}
    return str(value.get("code") or value.get("unit") or "")
