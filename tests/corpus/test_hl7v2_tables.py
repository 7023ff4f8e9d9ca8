"""The official segment tables: how much of them is implemented, and that the page says so."""

import os

import pytest

from tests.corpus import hl7v2_tables

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]


def test_the_share_of_the_official_rows_does_not_fall() -> None:
    own, both = hl7v2_tables.shares()
    assert own >= 0.90 and both >= 0.98, (own, both)


def test_the_page_is_up_to_date() -> None:
    assert hl7v2_tables.PAGE.read_text("utf-8") == hl7v2_tables.page()
