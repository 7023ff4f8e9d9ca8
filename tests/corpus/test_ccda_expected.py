"""The facts of Microsoft's expected bundles: nearly all are found, each other one has its reason, none is clinical."""

import os

import pytest

from tests.corpus import ccda_expected
from tests.corpus.ccda_expected import CLINICAL, compared, elsewhere, reason

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]


def test_nine_of_ten_expected_facts_are_found() -> None:
    count, lacking = compared()
    assert count > 1500
    assert 1 - len(lacking) / count >= 0.9


def test_what_is_missing_has_a_reason_and_is_nothing_clinical() -> None:
    _, lacking = compared()
    assert not [(name, clue) for name, clue in lacking if not reason(clue)]
    clinical = [(name, clue) for name, clue in lacking if clue[0] == "code" and clue[1] in CLINICAL]
    assert not [(name, clue) for name, clue in clinical if not elsewhere(clue) and clue[2] != "active"
                and "sex at birth" not in reason(clue)]


def test_the_page_is_up_to_date() -> None:
    assert ccda_expected.PAGE.read_text("utf-8") == ccda_expected.page()
