"""Pairs of records with the answer that their users need, and the guards that say why: pairs.csv.

Each row changes Anna's record, then the copy that it is compared with: `field=value; …`, an empty value takes it away.
"""

import csv
from pathlib import Path
from typing import Any

import pytest

from gateway.identity import compare

ANNA = ("given=Anna Maria; family=Berglund; born=1971-04-19; sex=female; street=Oak Road 5; postcode=22221; city=Lund; "
        "phone=+46701112233; email=anna.berglund71@mail.example; number=27183645")
SYSTEMS = {"personnummer": "urn:oid:1.2.752.129.2.1.3.1", "ssn": "http://hl7.org/fhir/sid/us-ssn", "record": "urn:hospital"}
ROWS = list(csv.DictReader(Path(__file__).with_name("pairs.csv").open(encoding="utf-8")))


def fields(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split("; ") if part)


def _number(text: str) -> dict[str, Any]:
    kind, bar, value = text.rpartition("|")
    record = {"type": {"coding": [{"code": "MR"}]}} if kind == "record" else {}
    return {"value": value, **({"system": SYSTEMS[kind]} if bar else {}), **record}


def person(row: dict[str, str]) -> dict[str, Any]:
    """The Patient of one row's fields."""
    name = {"family": row.get("family"), "given": row.get("given", "").split(), "suffix": row.get("suffix", "").split()}
    address = {"line": [row.get("street")], "postalCode": row.get("postcode"), "city": row.get("city")}
    telecom = [{"system": s, "value": row[s]} for s in ("phone", "email") if row.get(s)]
    given, _, family = row.get("relative", "").partition(" ")
    order = {"multipleBirthInteger": int(row["order"])} if row.get("order") else {}
    mother = {"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": row.get("mother")}
    return {"name": [name], "birthDate": row.get("born"), "gender": row.get("sex"), "address": [address], "telecom": telecom,
            "identifier": [_number(n) for n in row.get("number", "").split()], "extension": [mother],
            "contact": [{"name": {"family": family, "given": [given]}}] if given else [],
            "deceasedDateTime": row.get("died"), **order}


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['law']} [{r['record']}] [{r['other']}]")
def test_a_pair_is_answered_as_its_users_need(row: dict[str, str]) -> None:
    one = {**fields(ANNA), **fields(row["record"])}
    other = {**one, **fields(row["other"])}
    for a, b in ((one, other), (other, one)):
        found = compare(person(a), person(b))
        assert (found.decision, " ".join(g.name for g in found.guards)) == (row["answer"], row["guards"])
