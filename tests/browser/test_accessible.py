"""Every page of every face: reachable by keyboard, readable at 320 px, contrast, headings, labels, tables (faces 9.1)."""

from itertools import pairwise

import pytest

from tests.browser.conftest import Open, Site

PAGES = {"find": ("/", "clinician"), "found": ("/?family=%C3%96berg", "clinician"), "record": ("/record/{eva}", "clinician"),
         "empty": ("/record/{empty}", "clinician"), "dead": ("/record/{dead}", "clinician"), "evil": ("/record/{evil}", "clinician"),
         "all": ("/record/{eva}?all=1", "clinician"), "why": ("/record/{eva}/why/Patient/{eva}", "clinician"),
         "me": ("/me", "patient"), "it": ("/it", "it"), "audit": ("/audit", "audit"), "transfer": ("/audit/1", "audit"),
         "signed out": ("/me", "it"), "no record": ("/record/nobody", "clinician")}

CONTRAST = """() => {
  const channel = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c } return [255, 255, 255] };
  const low = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) { if (!n.data.trim()) continue;
    const [a, b] = [light(rgb(getComputedStyle(n.parentElement).color)), light(behind(n.parentElement))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const wanted = n.parentElement.closest('.strip') ? 7 : 4.5;
    if (ratio < wanted) low.push([n.data.trim().slice(0, 40), ratio.toFixed(2)]) }
  return low }"""
HEADINGS = "e => e.map(h => [+h.tagName[1], h.innerText.trim()])"


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, opens: Open, site: Site):
    path, face = PAGES[request.param]
    return opens(path.format(eva=site.eva, empty=site.empty, dead=site.dead, evil=site.evil), face,
                 site.eva if face == "patient" else "")


def test_it_is_readable_structured_and_labelled(page):
    assert page.evaluate(CONTRAST) == []
    assert page.locator("html[lang=en]").count() == 1 and page.title()
    levels = page.locator("h1, h2, h3, h4").evaluate_all(HEADINGS)
    assert [n for n, _ in levels].count(1) == 1 and levels[0][0] == 1 and all(text for _, text in levels)
    assert all(b - a <= 1 for (a, _), (b, _) in pairwise(levels)), levels
    assert page.locator("main").count() == 1 and page.locator("[role=button], [onclick], script, dialog").count() == 0
    unnamed = page.locator("input, select").evaluate_all("e => e.filter(i => !i.labels.length).map(i => i.name)")
    assert unnamed == []
    ids = page.locator("[id]").evaluate_all("e => e.map(x => x.id)")
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    refs = page.locator("[aria-labelledby], [aria-describedby]").evaluate_all(
        "e => e.map(x => x.getAttribute('aria-labelledby') || x.getAttribute('aria-describedby'))")
    assert set(refs) <= set(ids)
    names = page.locator("a").evaluate_all("e => e.map(a => [a.innerText.trim(), a.getAttribute('aria-label')])")
    assert all(text for text, _ in names), "a link without words"
    assert all(not label or label.startswith(text) for text, label in names), "the name starts with what is seen"


@pytest.mark.parametrize("name", PAGES)
def test_it_is_readable_in_the_dark(opens: Open, site: Site, name: str):
    path, face = PAGES[name]
    page = opens(path.format(eva=site.eva, empty=site.empty, dead=site.dead, evil=site.evil), face, site.eva if face == "patient" else "", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 29)" and page.evaluate(CONTRAST) == []


def test_tables_have_captions_scopes_and_row_headers(page):
    for table in page.locator("table").all():
        assert table.locator("caption").count() == 1
        assert table.locator("th:not([scope])").count() == 0
        assert table.locator("tbody tr").count() == table.locator("tbody th[scope=row]").count()
        assert table.locator("xpath=ancestor::*[@role='region' and @tabindex='0' and @aria-label]").count() == 1


def test_at_320_px_only_tables_scroll_sideways_and_nothing_is_cut(page):
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wide = page.evaluate("""() => [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll')
        && e.getBoundingClientRect().right > 321).map(e => e.outerHTML.slice(0, 80))""")
    assert wide == []


def test_targets_are_at_least_24_px(page):
    small = page.locator("a.chip, button, input, select").evaluate_all(
        "e => e.map(x => [x.innerText, x.getBoundingClientRect()]).filter(([t, b]) => b.width < 24 || b.height < 24).map(x => x[0])")
    assert small == []


def test_the_keyboard_reaches_every_link_with_a_visible_focus_that_nothing_hides(opens, site):
    page = opens(f"/record/{site.eva}")
    wanted = page.locator("a, button, input, select, [tabindex='0']").count()
    seen = 0
    for step in range(wanted + 2):
        page.keyboard.press("Tab")
        box = page.evaluate("""() => { const e = document.activeElement; if (e === document.body) return null;
            const b = e.getBoundingClientRect(), bar = document.querySelector('.bar').getBoundingClientRect(), s = getComputedStyle(e);
            return {outline: s.outlineStyle + s.outlineWidth, hidden: !e.closest('.bar, .skip') && b.bottom > 0 && b.top < bar.bottom - 1,
                    text: e.innerText} }""")
        if box is None:
            break
        seen += 1
        assert box["outline"] == "solid3px" and not box["hidden"], (step, box)
    assert seen >= wanted


def test_the_first_tab_offers_to_skip_to_what_matters(opens, site):
    page = opens(f"/record/{site.eva}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Safety summary"
    assert page.locator("nav.skip a").all_inner_texts() == ["Safety summary", "Medicines", "Results", "Sources"]
    page.keyboard.press("Enter")
    page.wait_for_url("**#allergies")
    heading, bar = page.locator("h2#allergies").bounding_box(), page.locator(".bar").bounding_box()
    assert heading["y"] >= bar["y"] + bar["height"]


def test_the_patients_targets_are_44_px(opens, site):
    page = opens("/me", "patient", site.eva)
    assert min(page.locator("a.chip").evaluate_all("e => e.map(x => x.getBoundingClientRect().height)")) >= 44
