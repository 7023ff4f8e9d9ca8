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
# Myra and Isabella Jones of one birth date and number are two people to the identity; their lists are merged as one person's all the same.
VENDORS = [*(key for key in PEOPLE if key != "betterhalf|19750501"), "jones|19470501"]
EQUATED = ({"penicillin", "penicillin G"},)  # example 18 of the merge
APART = "ModuleMD Wise"
LISTS = {"problem": ("Condition",), "allergen": ("AllergyIntolerance",), "medicine": ("MedicationRequest", "MedicationStatement")}
# What makes two facts of one code two things: an episode of a problem by its onset, a statement of a medicine by its way
# of being given, an order also by its product; a statement that an allergy is not there is of drugs, of food, or of all.
DISTINCT = {"problem": lambda f: (f.when,), "allergen": lambda f: (f.scope if f.negated else "",),
            "medicine": lambda f: (*f.how, f.codes if f.how[0] != "EVN" else ())}


@cache
def clusters() -> dict[str, list[Path]]:
    index = loads((CORPUS / "ccda/_derived_patient_index.json").read_bytes())["clusters"]
    return {key: [CORPUS / p for p in index[key] if APART not in p] for key in {*PEOPLE, *VENDORS}}


def source(path: Path) -> str:
    return str(path.relative_to(CORPUS / "ccda"))


@cache
def labels() -> dict[tuple[str, str], str]:
    lines = Path(__file__).with_name("ccda_concepts.csv").read_text("utf-8").splitlines()
    return {(r["kind"], r["code"]): r["label"] for r in csv.DictReader(x for x in lines if not x.startswith("#"))}


@pytest.fixture(scope="module")
def persons() -> list[set[str]]:
    """Every person whom the identity finds among all Patients of these documents, as sets of sources."""
    records = [(source(p), r) for key in PEOPLE for p in clusters()[key] for r in judged(p).resources
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


def label(kind: str, codes: Iterable[str], words: str) -> str | None:
    """What an entry is about, by the first of its codes that has a label, else, or where that says nothing, by its words."""
    found = next((labels()[kind, c] for c in codes if (kind, c) in labels()), None)
    in_words = labels().get((kind, " ".join(words.casefold().split())))
    return in_words or found if found in (None, "unspecified") else found


def concept(resource: dict[str, Any]) -> dict[str, Any]:
    return resource.get("medicationCodeableConcept") or resource.get("code") or {}


def label_of(kind: str, resource: dict[str, Any]) -> str | None:
    return label(kind, (c["code"] for c in concept(resource).get("coding", ()) if "code" in c), concept(resource).get("text", ""))


def unnamed(resource: dict[str, Any]) -> bool:
    """An entry that says that there was something and not what, or that something nameless was not: no fact of the list."""
    codings = concept(resource).get("coding", ())
    return any(c.get("system", "").endswith("data-absent-reason") for c in codings) or (
        not concept(resource) and "refuted" in str(resource.get("verificationStatus")))


@pytest.mark.parametrize(("key", "kind"), [(key, kind) for key in VENDORS for kind in LISTS if (key, kind) != ("jones|19470501", "problem")])
def test_a_merged_list_is_no_longer_than_the_distinct_facts(key: str, kind: str) -> None:
    distinct = {(label(kind, (c for _, c in f.codes), "".join(f.texts[:1])) or (f.codes[:1], f.texts[:1]), f.negated, *DISTINCT[kind](f))
                for f in said(key, kind)}
    shown = [r for r in merged(key).resources if r["resourceType"] in LISTS[kind] and not unnamed(r)]
    assert 0 < len(shown) <= len(distinct), (sorted(map(str, distinct)), sorted(str(concept(r)) for r in shown))


@pytest.mark.parametrize("key", VENDORS)
def test_no_merged_entry_holds_two_things(key: str) -> None:
    """By the labels of its members; and every allergy, every medicine and every code of a problem has a label."""
    record, kinds = merged(key), {t: kind for kind, types in LISTS.items() for t in types}
    members: dict[str, set[str]] = defaultdict(set)
    unlabelled = []
    for fact in facts_of(clusters()[key]):
        line = record.ledger[fact.id]
        if fact.type in kinds and line["state"] == "represented" and not unnamed(fact.resource):
            found = label_of(kinds[fact.type], fact.resource)
            members[line["by"]] |= {found} if found else set()
            if not found and (fact.type != "Condition" or concept(fact.resource).get("coding")):
                unlabelled.append(concept(fact.resource))
    assert not unlabelled
    assert not {by: found for by, found in members.items() if len(found) > 1 and found not in EQUATED}
