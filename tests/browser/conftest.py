"""A real Chromium on a real server process. A missing Chromium fails the tests: pages nobody looked at prove nothing."""

import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from gateway.opened import opened
from gateway.web import session
from tests.browser import world

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]
FIRST = {"width": 1280, "height": 720}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Site:
    """The served home: its address, and the people in it."""

    folder: Path
    base: str
    eva: str
    evil: str
    dead: str
    empty: str

    def cookie(self, face: str, patient: str = "", later: float = 0) -> str:
        """A session of a face, as if signed in `later` seconds from now."""
        from datetime import timedelta

        from gateway.opened import clock
        with opened(self.folder, lambda: clock() + timedelta(seconds=later)) as gate:
            return session.session(gate, {"face": face, "patient": patient})

    def link(self, face: str, patient: str = "") -> str:
        with opened(self.folder) as gate:
            return session.link(gate, face, secrets.token_hex(8), patient)

    def get(self, path: str, face: str = "clinician", patient: str = "") -> requests.Response:
        """A page without a browser."""
        return requests.get(self.base + path, cookies={session.COOKIE: self.cookie(face, patient)}, timeout=30)


@contextmanager
def served(folder: Path, server: str = "granian") -> Iterator[str]:
    """A server process of the home at its base URL; stopped at the end."""
    address = world.base(folder)
    process = subprocess.Popen([sys.executable, "-m", "gateway.cli", "--home", str(folder), "serve", "--no-work", "--server", server],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            assert process.poll() is None, "the server did not start"
            try:
                if requests.get(f"{address}/healthz", timeout=1).ok:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = world.home(tmp_path_factory.mktemp("site") / "home")
    with opened(folder) as gate:
        people = [world.person(gate, n) for n in (world.EVA, world.EVIL_NUMBER, world.DEAD_NUMBER, "198008081112")]
    with served(folder) as address:
        yield Site(folder, address, *people)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "Chromium is missing: make chromium"
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


Open = Callable[..., Any]


def follow(page: Any, what: Any) -> None:
    """Click and wait until the page it leads to is loaded: a click alone returns when the request has left."""
    with page.expect_navigation():
        what.click()


@pytest.fixture
def opens(site: Site, chromium: Any) -> Iterator[Open]:
    """open(path, face, patient, **context) → a page of a fresh browser context, signed in."""
    contexts = []

    def open(path: str, face: str = "clinician", patient: str = "", **more: Any) -> Any:
        context = chromium.new_context(**{"viewport": FIRST, **more})
        contexts.append(context)
        context.add_cookies([{"name": session.COOKIE, "value": site.cookie(face, patient), "url": site.base}])
        page = context.new_page()
        page.answer = page.goto(site.base + path)
        return page

    yield open
    for context in contexts:
        context.close()
