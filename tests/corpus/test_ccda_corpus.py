"""All C-CDA documents of the corpora: no crash, the facts of their entries found, all valid, each refusal for a reason."""

import os
from collections import Counter
from pathlib import Path

import pytest

from gateway.pure.mapping import Chosen, messages
from gateway.shipped import codes
from tests.corpus.ccda import Measured, documents, files, is_document, judged, measure
from tests.corpus.ccda_facts import CORE
from tests.oracle import medplum_verdicts

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]

EVERY = 1 if "PROVE" in os.environ else 3  # one document out of three; all of them in `make prove-ccda`


@pytest.fixture(scope="module")
def chosen() -> list[Path]:
    return list(documents())[::EVERY]


@pytest.fixture(scope="module")
def measured(chosen: list[Path]) -> Measured:
    return measure(chosen)


def test_every_document_is_converted(measured: Measured) -> None:
    assert measured.documents >= 150 // EVERY
    assert measured.refused == []
    assert measured.issues["internal-error"] == 0
    assert set(measured.issues) <= set(codes())


def test_the_facts_of_the_entries_are_found(measured: Measured) -> None:
    assert measured.recall() >= 0.97
    for kind in CORE:
        assert measured.recall(kind) >= 0.95, (kind, [m for m in measured.missing if f": {kind} " in m][:10])


def test_no_negation_is_lost(measured: Measured) -> None:
    assert measured.wrong == []


def test_no_vendor_falls_behind(chosen: list[Path]) -> None:
    by_vendor: dict[str, list[Path]] = {}
    for path in chosen:
        by_vendor.setdefault(judged(path).vendor, []).append(path)
    assert {v: measure(p).recall() for v, p in by_vendor.items() if measure(p).recall() < 0.93} == {}


def test_everything_that_is_made_is_valid(measured: Measured) -> None:
    assert measured.invalid == []


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu"])
def test_everything_is_valid_where_the_zone_of_the_source_is_known(chosen: list[Path], zone: str) -> None:
    for path in chosen[::EVERY]:
        wrong = [i for f in messages(path.name, path.read_bytes(), Chosen(timezone=zone)) for i in f.result.mapped.issues if i.code == "resource-invalid"]
        assert not wrong, (path, wrong)


def test_a_second_validator_finds_nothing_wrong(chosen: list[Path]) -> None:
    made = [r for path in chosen for r in judged(path).resources]
    wrong = Counter(f"{r['resourceType']}: {text}" for r, texts in zip(made, medplum_verdicts(made), strict=True) for text in texts)
    assert not wrong, wrong.most_common(10)


def test_a_fragment_is_refused_with_its_reason() -> None:
    """Most example files hold one section or entry, or leave out a namespace: no document, and each says why."""
    fragments = [p for p in files() if not is_document(p)][::EVERY]
    assert len(fragments) > 100
    for path in fragments:
        found = list(messages(path.name, path.read_bytes(), Chosen()))
        issues = [i for f in found for i in f.result.mapped.issues if i.severity in ("error", "fatal")]
        assert len(found) == 1 and issues and all(i.code in codes() and i.code != "internal-error" for i in issues), path


FALSE_TEMPLATE = "2.16.840.1.113883.10.20.1.2.3.4.5.6.7.8.9"
DEFECTS = {"NT_CP_Sample1": ("jsalkjfaeuiauewyfaiwryewaiuaewyriuewayaie", "dnfdfdjdjdd"),
           "NT_CP_Sample2": ("ddsfddssadfdsas", "sdfdfasfdfererewwe", "sffoeiropeie", "xccvcvccvcc"),
           "NT_CP_Sample3": (FALSE_TEMPLATE,), "NT_CP_Sample4": (FALSE_TEMPLATE,)}


def test_the_official_negative_documents_are_reported() -> None:
    """Each of them is read, and each planted defect is named with its place."""
    found = {p.name[:13]: judged(p) for p in documents() if "NegativeTesting" in str(p)}
    assert found.keys() == DEFECTS.keys()
    for name, defects in DEFECTS.items():
        issues = [i for i in found[name].issues if i.severity in ("warning", "error", "fatal")]
        assert found[name].resources, name
        for defect in defects:
            assert any(defect in i.message and i.where for i in issues), (name, defect, [i.message for i in issues])
