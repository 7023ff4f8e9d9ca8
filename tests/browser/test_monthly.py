"""What a clinician sees of a clinic that sends a CCD every month: the stopped medicine is said to be so, the allergy stays."""

from pathlib import Path
from typing import Any

import pytest

from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.store import people
from gateway.web import session
from tests.browser.conftest import FIRST as SCREEN
from tests.browser.conftest import served
from tests.demo.homes import free_port
from tests.scenarios.test_monthly_documents import FIRST, SECOND, home


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)], ids=["forth", "back"])
def test_the_page_lists_the_stopped_medicine_apart_and_keeps_the_allergy(tmp_path: Path, chromium: Any, order: tuple[bytes, ...]) -> None:
    folder = home(tmp_path / "home", base_url=f"http://127.0.0.1:{free_port()}")
    with opened(folder) as gate:
        for number, data in enumerate(order):
            (folder / "inbox" / f"{number}.xml").write_bytes(data)
            pull(gate, "fairhaven")
        with gate.store.read() as tx:
            (person,) = people.persons(tx)
        cookie = session.session(gate, {"face": "clinician", "patient": ""})
    with served(folder) as base:
        context = chromium.new_context(viewport=SCREEN, java_script_enabled=False)
        context.add_cookies([{"name": session.COOKIE, "value": cookie, "url": base}])
        page = context.new_page()
        assert page.goto(f"{base}/record/{person}").status == 200
        now, gone = (page.locator(f"{where} > li").all_inner_texts() for where in (
            "section:has(> h2#medicines) > ul:not(h3 ~ ul)", "h3#unlisted + ul"))
        allergies = page.locator("section:has(> h2#allergies)").inner_text()
        context.close()
    assert len(now) == len(gone) == 1 and "metformin" in now[0] and "lisinopril" in gone[0]
    assert "fairhaven US" in gone[0] and "no longer listed (fairhaven, since 5 Apr 2022)" in gone[0]
    assert "penicillin G" in allergies and "Latex" in allergies
