"""What can kill is never cut: more allergies than any list shows stand on the page and on paper, every one."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.web import session
from tests.browser import world
from tests.browser.conftest import served
from tests.demo.homes import free_port
from tests.homes import EVA, WORLD, allergy, make_home

MANY = 61


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """Address of a record with many allergies, in two sources of which one stopped answering, and two sessions."""
    north = [*WORLD["north"], *(allergy(f"x{n}", "n1", f"Substance number {n}") for n in range(MANY))]
    folder = make_home(tmp_path_factory.mktemp("whole") / "home", {**WORLD, "north": north},
                       base_url=f"http://127.0.0.1:{free_port()}")
    with opened(folder) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        eva = world.person(gate, EVA)
        cookies = [session.session(gate, {"face": f, "patient": eva if f == "patient" else ""}) for f in ("clinician", "patient")]
    with served(folder) as address:
        yield f"{address}/record/{eva}", cookies[0], cookies[1]


def test_every_allergy_stands_on_the_page_of_the_clinician_and_of_the_patient(full):
    path, clinician, patient = full
    for address, cookie in ((path, clinician), (path.partition("/record")[0] + "/me", patient)):
        said = requests.get(address, cookies={session.COOKIE: cookie}, timeout=30).text
        assert all(f"Substance number {n}<" in said for n in range(MANY)), address


def test_on_paper_allergies_checks_and_gaps_are_whole_and_seen(full, chromium: Any):
    path, cookie, _ = full
    context = chromium.new_context(viewport={"width": 700, "height": 900})
    context.add_cookies([{"name": session.COOKIE, "value": cookie, "url": path}])
    page = context.new_page()
    page.goto(path)
    page.emulate_media(media="print")
    seen = page.locator("section.strip:has(h2#allergies) li").evaluate_all(
        "e => e.filter(x => x.getBoundingClientRect().height > 0).map(x => x.innerText)")
    assert len(seen) == MANY + 1
    cut = page.locator("section.strip, section.strip *").evaluate_all(
        "e => e.filter(x => getComputedStyle(x).overflow !== 'visible' || getComputedStyle(x).display === 'none').length")
    assert cut == 0 and page.locator("h2#missing").is_visible()
    context.close()
