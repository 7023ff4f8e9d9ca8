"""The facts of Microsoft's expected HL7 v2 bundles: nearly all are found, each other one has its reason, none is clinical."""

import os

import pytest

from tests.corpus import hl7v2_expected
from tests.corpus.hl7v2_expected import CLINICAL, compared, elsewhere, reason

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]
NOT_WHAT_IT_IS = ("of their own", "own type", "a document holds", "of one result", "of a register")


def test_nine_of_ten_expected_facts_are_found() -> None:
    count, lacking = compared()
    assert count > 10_000
    assert 1 - len(lacking) / count >= 0.92


def test_what_is_missing_has_its_place_and_reason_and_is_nothing_clinical() -> None:
    _, lacking = compared()
    assert not [(name, clue) for name, clue, path in lacking if not reason(clue) or "." not in path]
    clinical = [(name, clue) for name, clue, _ in lacking if clue[0] == "code" and clue[1] in CLINICAL]
    assert not [(name, clue) for name, clue in clinical if not elsewhere(clue)
                and not any(words in reason(clue) for words in NOT_WHAT_IT_IS)]
    numbers = [clue[1] for _, clue, _ in lacking if clue[0] == "identifier"]
    assert all(n.startswith("urn:oid:") or n.endswith(("&L", " ")) for n in numbers)


def test_the_page_is_up_to_date() -> None:
    assert hl7v2_expected.PAGE.read_text("utf-8") == hl7v2_expected.page()
