"""Identity review in a real Chromium, on a home of its own: read, decide with a reason, undo; by keyboard, without script."""

from collections.abc import Iterator

import pytest

from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.web import session
from tests.browser.conftest import FIRST, follow, served
from tests.browser.test_accessible import CONTRAST
from tests.browser.world import LOINC, NO_KNOWN, PENICILLIN, coded, contact, status
from tests.demo.homes import free_port
from tests.homes import EVA, allergy, make_home, observation, patient

EVIL = "<img src=x onerror=alert(1)>"
HIDDEN = """() => [...document.querySelectorAll('main td:not(:empty), main tbody th, main caption')].filter(e => {
  const b = e.getBoundingClientRect(); return b.width < 1 || b.left < 0 || b.right > innerWidth + 1 }).map(e => e.innerText.slice(0, 40))"""
HEADS = "e => e.map(c => getComputedStyle(c, '::before').content)"


def blood(id: str, subject: str, group: str) -> dict:
    made = observation(id, subject, "0", code=coded(LOINC, "883-9", "ABO group"), valueCodeableConcept={"text": group})
    return {k: v for k, v in made.items() if k != "valueQuantity"}


def sister(id: str, given: str, **more) -> dict:
    return {k: v for k, v in patient(id, "Öberg", given, "1961-02-03", "", **more).items() if k != "identifier"}


@pytest.fixture
def desk(tmp_path, chromium) -> Iterator:
    """A page of hospital IT, with the scripts of the browser switched off: Eva, and a sister whom the computer holds."""
    world = {"north": [patient("n1", "Öberg", "Eva", "1961-02-03", EVA), allergy("na1", "n1", "", code=PENICILLIN,
                                                                                  verificationStatus=status("confirmed")), blood("nb", "n1", "A")],
             "west": [sister("w1", "Ester"), allergy("wa1", "w1", "", code=NO_KNOWN), blood("wb", "w1", "0"),
                      {**contact("we1", "w1", "2026-01-05T08:00:00+01:00", "2026-01-05T09:00:00+01:00"), "status": "in-progress"}],
             "east": [sister("e1", "Ebba", telecom=[{"system": "phone", "value": EVIL}, {"system": "email", "value": "x" * 300}])]}
    folder = make_home(tmp_path / "home", world, base_url=f"http://127.0.0.1:{free_port()}")
    with opened(folder) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        cookie = session.session(gate, {"face": "it", "patient": ""})
    with served(folder) as base:
        context = chromium.new_context(viewport=FIRST, java_script_enabled=False)
        context.add_cookies([{"name": session.COOKIE, "value": cookie, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/it")
        follow(page, page.get_by_role("link", name="Identity review"))
        yield page
        context.close()


def open_pair(page, *names) -> None:
    follow(page, page.locator("tbody tr", has=page.locator("a", has_text=names[0])).filter(has_text=names[1]).locator("a"))


def test_the_queue_leads_to_a_pair_and_a_ruling_to_its_undoing(desk):
    assert desk.locator("h1").inner_text() == "Identity review"
    first = desk.locator("tbody tr").first.inner_text()
    assert "West Hospital w1" in first and "yes" in first and "may be twins" in first, "whoever is in care comes first"
    assert "Öberg" not in desk.content() and EVA not in desk.content()
    open_pair(desk, "North Hospital n1", "w1")
    fields = {r.locator("th").inner_text(): r.locator("td").all_inner_texts()
              for r in desk.locator("section:has(> h2#fields) table").first.locator("tbody tr").all()}
    assert fields["Given name"] == ["Eva", "Ester", "differs"] and fields["Birth date"][2] == "same"
    assert fields["National numbers and identifiers"][1:] == ["not given", "not given"]
    together = desk.locator("section:has(> h2#together)").inner_text()
    assert "Allergies contradict each other." in together and "New conflicts" in together
    group = desk.locator("section:has(> h2#together) tr", has_text="Blood group").locator("td").all_inner_texts()
    assert group == ["A", "0", "A; 0", "differs"]
    desk.locator("#reason").fill("two sisters: asked the ward")
    follow(desk, desk.get_by_role("button", name="Different people"))
    assert desk.url.endswith("#rulings")
    assert "Different people, said by hospital IT on" in desk.locator("section:has(> h2#rulings)").inner_text()
    assert "two sisters: asked the ward" in desk.locator("section:has(> h2#rulings)").inner_text()
    follow(desk, desk.get_by_role("link", name="Identity review", exact=True).first)
    assert desk.locator("tbody a", has_text="North Hospital n1 and West").count() == 0
    follow(desk, desk.get_by_role("link", name="Rulings so far"))
    assert "two sisters: asked the ward" in desk.locator("tbody tr").first.inner_text()
    follow(desk, desk.locator("tbody a").first)
    desk.get_by_label("Reason to undo this").fill("wrong chart")
    follow(desk, desk.get_by_role("button", name="Undo this ruling"))
    assert "Undone by hospital IT" in desk.locator("section:has(> h2#rulings)").inner_text()
    follow(desk, desk.get_by_role("link", name="Identity review", exact=True).first)
    assert desk.locator("tbody a", has_text="North Hospital n1 and West").count() == 1


def test_same_person_by_keyboard_alone(desk):
    open_pair(desk, "North Hospital n1", "w1")
    desk.locator("#reason").focus()
    desk.keyboard.type("her passport")
    desk.keyboard.press("Tab")
    assert desk.locator("button:focus").inner_text() == "Same person"
    with desk.expect_navigation(url="**#rulings"):
        desk.keyboard.press("Enter")
    assert "They are one person now." in desk.locator("main").inner_text()
    assert desk.get_by_role("button", name="Undo this ruling").count() == 1


def test_without_a_reason_the_browser_does_not_send_and_nothing_happens(desk):
    open_pair(desk, "North Hospital n1", "w1")
    where = desk.url
    desk.get_by_role("button", name="Same person").click()
    assert desk.url == where and desk.locator("h2#rulings + p").inner_text() == "None yet."


def test_what_a_record_says_is_text_and_nothing_else(desk):
    open_pair(desk, "East Hospital e1", "n1")
    assert EVIL in desk.locator("main").inner_text() and desk.locator("main img").count() == 0
    assert desk.evaluate(HIDDEN) == [], "a value without a blank pushes no column out of sight"


def test_the_pages_are_readable_at_320_px_and_labelled(desk, chromium):
    for _ in range(2):
        desk.set_viewport_size({"width": 320, "height": 640})
        assert desk.locator("h1").count() == 1 and desk.locator("input:not([type=hidden]), textarea").evaluate_all(
            "e => e.filter(i => !i.labels.length).length") == 0
        assert desk.evaluate("document.documentElement.scrollWidth") <= 320
        assert desk.evaluate(CONTRAST) == []
        for table in desk.locator("table").all():
            assert table.locator("caption").count() == 1 and table.locator("th:not([scope])").count() == 0
            assert table.locator("tbody tr").count() == table.locator("tbody th[scope=row]").count()
        small = desk.locator("button, input:not([type=hidden]), textarea").evaluate_all(
            "e => e.filter(x => x.getBoundingClientRect().height < 24 || x.getBoundingClientRect().width < 24).length")
        assert small == 0
        if desk.locator("h2#fields").count() == 0:
            open_pair(desk, "North Hospital n1", "w1")


@pytest.mark.parametrize("width", [320, 375, 640])
def test_on_a_phone_no_column_is_hidden_at_the_side(desk, width):
    """How two fields compare, and what comes together, is what the page is for: nobody has to find it by scrolling."""
    desk.set_viewport_size({"width": width, "height": 700})
    assert desk.evaluate(HIDDEN) == []
    assert '"Why the computer asks: "' in " ".join(desk.locator("tbody tr").first.locator("td").evaluate_all(HEADS))
    open_pair(desk, "North Hospital n1", "w1")
    assert desk.evaluate(HIDDEN) == []
    row = desk.locator("section:has(> h2#fields) tr", has_text="Given name")
    assert '"Record A: "' in " ".join(row.locator("td").evaluate_all(HEADS))
    assert desk.get_by_role("rowheader", name="Given name", exact=True).count() == 2, "it is still a table to those who hear it"
    desk.locator("#reason").fill("a long reason " * 20 + "x" * 200)
    follow(desk, desk.get_by_role("button", name="Different people"))
    follow(desk, desk.get_by_role("link", name="Identity review", exact=True).first)
    follow(desk, desk.get_by_role("link", name="Rulings so far"))
    assert desk.evaluate(HIDDEN) == [] and desk.evaluate("document.documentElement.scrollWidth") <= width
