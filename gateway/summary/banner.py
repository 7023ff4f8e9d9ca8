"""Who it is (faces 1.4): name, birth date with age, sex, identifiers with their issuer in words, death."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from gateway.summary.dates import day, years_old
from gateway.summary.words import concept, name

_TYPES = {"MR": "record number", "PI": "patient number", "PT": "patient number", "PPN": "passport", "SS": "social "
          "security number", "DL": "driving licence", "NI": "national number", "MC": "Medicare number"}
_COUNTRIES = {"SWE": "SE", "DNK": "DK", "DEU": "DE", "NOR": "NO", "FIN": "FI", "NLD": "NL", "FRA": "FR", "ESP": "ES",
              "GBR": "UK", "USA": "US", "POL": "PL", "ITA": "IT", "AUT": "AT", "CHE": "CH", "BEL": "BE", "ISL": "IS"}
_NATIONAL = re.compile(r"NN([A-Z]{2,3})")
_SEX = {"male": "Male", "female": "Female", "other": "Other sex", "unknown": "Sex not known"}


@cache
def _known() -> Mapping[str, str]:
    """Identifier system → the words a clinician knows it by, with its country (issuers.csv)."""
    lines = files(__package__).joinpath("issuers.csv").read_text("utf-8").splitlines()
    return dict(line.split(",", 1) for line in lines[1:])


def banner(patient: Mapping[str, Any], now: str) -> tuple[str, ...]:
    """Birth date with age, sex, and that the record is inactive where its source says so (A29, Patient.active)."""
    born = patient.get("birthDate", "")
    dead = patient.get("deceasedDateTime") or patient.get("deceasedBoolean")
    old = "" if dead else years_old(born, now)
    return (f"Born {day(born)}{f' ({old})' if old else ''}" if born else "Birth date not given",
            _SEX.get(patient.get("gender", ""), "Sex not given"),
            *(["Inactive: a source closed or deleted its record"] if patient.get("active") is False else ()))


def deceased(patient: Mapping[str, Any]) -> str:
    """`Died 3 Mar 2026`, `Deceased`, or "": nobody is called alive because nothing was said."""
    if patient.get("deceasedDateTime"):
        return f"Died {day(patient['deceasedDateTime'])}"
    return "Deceased" if patient.get("deceasedBoolean") is True else ""


def identifiers(patient: Mapping[str, Any], issuers: Mapping[str, str]) -> tuple[str, ...]:
    """`SE personal number 194805179829`, national ones first. `issuers`: system → organisation that gives it out."""
    found = [i for i in patient.get("identifier", ()) if i.get("value")]
    found.sort(key=lambda i: (not _national(i), i.get("use") == "old"))
    return tuple(dict.fromkeys(f"{issuer(i, issuers)} {i['value']}" + (" (former)" if i.get("use") == "old" else "")
                               for i in found))


def issuer(identifier: Mapping[str, Any], issuers: Mapping[str, str]) -> str:
    """Who gave an identifier out, in words; never a bare URL."""
    if national := _national(identifier):
        return national
    system, type = identifier.get("system", ""), identifier.get("type") or {}
    code = next((c.get("code", "") for c in type.get("coding", ())), "") or type.get("text", "")
    kind = _TYPES.get(code, "") or (concept(type) if code not in _TYPES and " " in concept(type) else "") or "number"
    by = issuers.get(system) or (identifier.get("assigner") or {}).get("display") or urlsplit(system).hostname or ""
    return f"{by} {kind}" if by else f"{kind[:1].upper()}{kind[1:]}, issuer not named"


def _national(identifier: Mapping[str, Any]) -> str:
    if known := _known().get(identifier.get("system", "")):
        return known
    type = identifier.get("type") or {}
    for text in (*(c.get("code", "") for c in type.get("coding", ())), type.get("text", "")):
        if match := _NATIONAL.fullmatch(text or ""):
            return f"{_COUNTRIES.get(match[1], match[1])} national number"
    return ""


def other_names(patient: Mapping[str, Any]) -> tuple[str, ...]:
    """Further names and spellings that sources give, with their use where it is told."""
    shown = name(patient)
    uses = {"maiden": " (name at birth)", "old": " (former)", "nickname": " (called)"}
    said = [name({"name": [{**n, "use": "official"}]}) + uses.get(n.get("use", ""), "")
            for n in patient.get("name", ())]
    return tuple(n for n in dict.fromkeys(said) if n != shown)
