"""One test patient in the documents of many vendors: one person, lists no longer than what was said, no false merge.

The persons and what their codes mean are labelled by hand (`ccda_concepts.csv`). John Wright of one vendor carries
another social security number than he of the others: keeping him apart is right.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway.identity import MODEL, cluster
from gateway.jsontext import loads
from gateway.merge import Record, merge
from gateway.model import Fact
from tests.corpus.ccda import CORPUS, judged
from tests.corpus.ccda_facts import Document
from tests.corpus.ccda_facts import Fact as Said
from tests.merge.given import tables

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]

PEOPLE = {"bates|19800801": 7, "turner|19700801": 7, "newman|19700501": 5, "wright|19800801": 4, "cummings|19700701": 4,
          "marshall|19700601": 2, "angeles|19700701": 2, "larson|19700501": 2, "betterhalf|19750501": 3}
APART = "ModuleMD Wise"
LISTS = {"problem": ("Condition",), "allergen": ("AllergyIntolerance",), "medicine": ("MedicationRequest", "MedicationStatement")}
# What makes two facts of one code two things: an episode of a problem by its onset, a statement of a medicine by its way
# of being given, an order also by its product; a statement that an allergy is not there is of drugs, of food, or of all.
DISTINCT = {"problem": lambda f: (f.when,), "allergen": lambda f: (f.scope if f.negated else "",),
            "medicine": lambda f: (*f.how, f.codes if f.how[0] != "EVN" else ())}


@cache
def clusters() -> dict[str, list[Path]]:
    index = loads((CORPUS / "ccda/_derived_patient_index.json").read_bytes())["clusters"]
    return {key: [CORPUS / p for p in index[key] if APART not in p] for key in PEOPLE}


def source(path: Path) -> str:
    return str(path.relative_to(CORPUS / "ccda"))


@cache
def labels() -> dict[tuple[str, str], str]:
    lines = Path(__file__).with_name("ccda_concepts.csv").read_text("utf-8").splitlines()
    return {(r["kind"], r["code"]): r["label"] for r in csv.DictReader(x for x in lines if not x.startswith("#"))}


@pytest.fixture(scope="module")
def persons() -> list[set[str]]:
    """Every person whom the identity finds among all Patients of these documents, as sets of sources."""
    records = [(source(p), r) for paths in clusters().values() for p in paths for r in judged(p).resources
               if r["resourceType"] == "Patient"]
    assert len(records) == sum(PEOPLE.values())
    return [{m.rpartition("/")[0] for m in one["members"]} for one in cluster(records, [], MODEL, False).json()["persons"]]


@pytest.mark.parametrize("key", PEOPLE)
def test_the_patient_of_many_vendors_is_one_person(key: str, persons: list[set[str]]) -> None:
    documents = {source(p) for p in clusters()[key]}
    assert len(documents) == PEOPLE[key]
    assert documents in persons, [p for p in persons if p & documents]


def facts_of(paths: Iterable[Path]) -> list[Fact]:
    return [Fact(source(p), found.result.message.key, r, found.result.mapped.times.get(f"{r['resourceType']}/{r['id']}", found.result.mapped.asserted))
            for p in paths for found in judged(p).found for r in found.result.mapped.resources]


@cache
def merged(key: str) -> Record:
    return merge(facts_of(clusters()[key]), (), tables())


def said(key: str, kind: str) -> list[Said]:
    """The facts of one list; what is planned to be given is in the list of medicines too."""
    return [f for p in clusters()[key] for f in Document(p.read_bytes()).facts() if f.kind == kind
            or (kind == "medicine" and f.kind == "planned" and "substanceAdministration" in f.path.rpartition("/")[2])]


def codings(resource: dict[str, Any]) -> set[str]:
    concept = resource.get("medicationCodeableConcept") or resource.get("code") or {}
    return {c["code"] for c in concept.get("coding", ()) if "code" in c}


def unnamed(resource: dict[str, Any]) -> bool:
    """An entry that says that there was something and not what: no fact of the list."""
    concept = resource.get("medicationCodeableConcept") or {}
    return any(c.get("system", "").endswith("data-absent-reason") for c in concept.get("coding", ()))


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("key", ["bates|19800801", "turner|19700801", "newman|19700501", "wright|19800801", "cummings|19700701"])
def test_a_merged_list_is_no_longer_than_the_distinct_facts(key: str, kind: str) -> None:
    distinct = {(f.codes[0] if f.codes else f.texts[:1], f.negated, *DISTINCT[kind](f)) for f in said(key, kind)}
    shown = [r for r in merged(key).resources if r["resourceType"] in LISTS[kind] and not unnamed(r)]
    assert 0 < len(shown) <= len(distinct), (sorted(map(str, distinct)), sorted(str(r.get("medicationCodeableConcept") or r.get("code")) for r in shown))


@pytest.mark.parametrize("key", ["bates|19800801", "turner|19700801", "newman|19700501", "wright|19800801", "cummings|19700701"])
def test_no_merged_entry_holds_two_things(key: str) -> None:
    """By the labels of its members' own first codes; and every code of these lists has a label."""
    record, known = merged(key), labels()
    members: dict[str, set[str]] = defaultdict(set)
    kinds = {t: kind for kind, types in LISTS.items() for t in types}
    for fact in facts_of(clusters()[key]):
        line = record.ledger[fact.id]
        if fact.type in kinds and line["state"] == "represented":
            found = [known[kinds[fact.type], c] for c in codings(fact.resource) if (kinds[fact.type], c) in known]
            members[line["by"]].update(found[:1])
    assert not {by: found for by, found in members.items() if len(found) > 1}
    unlabelled = {(f.kind, f.codes[0]) for kind in LISTS for f in said(key, kind) if f.kind == kind and f.codes and (kind, f.codes[0][1]) not in known}
    assert not unlabelled
