"""A clinician and a patient read a document where they find it in the record; its files are kept, never run."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import requests

from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.store import people
from gateway.web import session
from tests.browser import test_accessible as accessible
from tests.browser.conftest import FIRST as SCREEN
from tests.browser.conftest import follow, served
from tests.demo.homes import free_port
from tests.homes import EVA, make_home, patient
from tests.scenarios.test_monthly_documents import FIRST, home

PDF, PNG = b"%PDF-1.4 letter", bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082")


def document(kind: str, id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": id, "meta": {"versionId": "1"}, "subject": {"reference": "Patient/n1"}, **more}


def given(data: bytes, kind: str, title: str) -> dict[str, Any]:
    return {"contentType": kind, "title": title, "data": b64encode(data).decode()}


WORLD = {"north": [
    patient("n1", "Öberg", "Eva", "1961-02-03", EVA),
    document("DocumentReference", "letter", status="current", date="2026-01-02T08:00:00Z", type={"text": "Letter to the GP"}, content=[
        {"attachment": given(b"Dear colleague, <b>no</b> penicillin.", "text/plain", "Text")},
        {"attachment": given(PDF, "application/pdf", "Scan")}, {"attachment": given(b"<script>alert(1)</script>", "text/html", "Page")}]),
    document("Media", "wound", status="completed", createdDateTime="2026-01-03", content=given(PNG, "image/png", "Wound"))]}


@pytest.mark.parametrize("face", ["clinician", "patient"])
def test_a_letter_is_read_and_its_files_are_kept(tmp_path: Path, chromium: Any, face: str) -> None:
    folder = make_home(tmp_path / "home", WORLD, base_url=f"http://127.0.0.1:{free_port()}")
    with opened(folder) as gate:
        pull(gate, "north")
        with gate.store.read() as tx:
            (person,) = people.persons(tx)
        before, cookie = gate.log.size(), session.session(gate, {"face": face, "patient": person if face == "patient" else ""})
    with served(folder) as base:
        context = chromium.new_context(viewport=SCREEN, java_script_enabled=False)
        context.add_cookies([{"name": session.COOKIE, "value": cookie, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/record/{person}" if face == "clinician" else f"{base}/me")
        follow(page, page.get_by_role("link", name="Read Letter to the GP, dated 2 Jan 2026"))
        for holds in (accessible.test_it_is_readable_structured_and_labelled, accessible.test_at_320_px_only_tables_scroll_sideways_and_nothing_is_cut,
                      accessible.test_targets_are_at_least_24_px):
            holds(page)
        assert page.title() == "ÖBERG, Eva · Letter to the GP" and "From North Hospital." in page.locator("main").inner_text()
        assert "Dear colleague, <b>no</b> penicillin." in page.locator("main").inner_text()
        links = [link.get_attribute("href") for link in page.get_by_role("link", name="Open the file").all()]
        files = [requests.get(base + str(link), cookies={session.COOKIE: cookie}, timeout=30) for link in links]
        follow(page, page.get_by_role("link", name="Back to the record"))
        follow(page, page.get_by_role("link", name="Read Wound"))
        picture = page.get_by_role("img", name="Wound")
        assert picture.evaluate("i => i.naturalWidth") == 1
        context.close()
        stranger = requests.get(base + str(links[0]), timeout=30)
    assert [f.content for f in files] == [PDF, b"<script>alert(1)</script>"] and stranger.status_code == 401
    for f in files:
        assert f.headers["Content-Type"] == "application/octet-stream" and f.headers["X-Content-Type-Options"] == "nosniff"
        assert f.headers["Content-Disposition"].startswith("attachment; filename=")
    with opened(folder) as gate:
        assert gate.log.size() - before == 8     # two looks at the record, two documents, three files, a stranger


def test_the_narrative_of_a_clinical_document_is_read_as_its_author_wrote_it(tmp_path: Path, chromium: Any) -> None:
    folder = home(tmp_path / "home", base_url=f"http://127.0.0.1:{free_port()}")
    with opened(folder) as gate:
        told = b"<table><tbody><tr><td>Penicillin G</td><td>hives</td></tr></tbody></table>"
        assert b"allergies: 2" in FIRST
        (folder / "inbox" / "1.xml").write_bytes(FIRST.replace(b"allergies: 2", told))
        pull(gate, "fairhaven")
        with gate.store.read() as tx:
            (person,) = people.persons(tx)
        cookie = session.session(gate, {"face": "clinician", "patient": ""})
    with served(folder) as base:
        context = chromium.new_context(viewport=SCREEN, java_script_enabled=False)
        context.add_cookies([{"name": session.COOKIE, "value": cookie, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/record/{person}")
        follow(page, page.locator("section:has(> h2#documents) a", has_text="read").first)
        heads, cells = page.locator("h3").all_inner_texts(), page.locator("section td").all_inner_texts()
        context.close()
    assert heads == ["Allergies", "Problems", "Medicines", "Vaccines", "Results"] and cells == ["Penicillin G", "hives"]
