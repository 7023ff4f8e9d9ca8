"""The official C-CDA on FHIR tables: how much of them is implemented, and that the page says so."""

import os

import pytest

from tests.corpus import ccda_tables

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]


def test_the_share_of_the_official_rows_does_not_fall() -> None:
    assert len(ccda_tables.states()) > 200
    assert ccda_tables.share() >= 0.90


def test_the_page_is_up_to_date() -> None:
    assert ccda_tables.PAGE.read_text("utf-8") == ccda_tables.page()
