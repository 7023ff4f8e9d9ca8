"""The clinician's page in a real Chromium (faces 2.4, 2.6): nothing that can kill may be missed or misread."""

import gzip
import re

import pytest
import requests

from tests.browser.conftest import Open, Site, follow, served
from tests.browser.world import CUT, EVIL, HIDDEN, home, person


@pytest.fixture
def record(opens: Open, site: Site):
    return opens(f"/record/{site.eva}")


def rows(page, heading):
    """Texts of the rows below a heading."""
    return page.locator(f"section:has(> h2#{heading}) > ul > li").all_inner_texts()


def test_c2_the_first_screen_holds_banner_allergies_checks_and_gaps(record):
    for id in ("allergies", "checks", "missing"):
        box = record.locator(f"section.strip:has(h2#{id})").bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 720, (id, box)
    bar = record.locator(".bar").bounding_box()
    assert bar["y"] == 0 and bar["height"] <= 60
    assert record.evaluate("window.scrollY") == 0


def test_title_and_banner_carry_the_name_and_issuers_in_words(record):
    assert record.title().startswith("ÖBERG, Eva")
    banner = record.locator("header.who").inner_text()
    assert "ÖBERG, Eva" in banner and "Born 3 Feb 1961" in banner and "Female" in banner
    assert "SE personal number 196102033450" in banner and "urn:" not in banner and "http" not in banner


def test_allergies_headline_rows_and_statement(record):
    strip = record.locator("section.strip:has(h2#allergies)")
    assert strip.locator("h2").inner_text() == "■ Known allergies — and one source states there are none"
    assert "1 of 4 sources did not answer: Harbour <Clinic>" in strip.inner_text()
    listed = strip.locator("> ul > li").all_inner_texts()
    assert len(listed) == 2, "the statement and the refuted one are no rows of their own"
    penicillin = next(r for r in listed if r.startswith("Penicillin"))
    assert "SOURCES DISAGREE" in penicillin and "refuted" in penicillin and "south" in penicillin
    assert "free text: automatic checks cannot see this" in next(r for r in listed if r.startswith("contrast dye"))
    assert "No known allergies (“No known allergy”) — stated by South Hospital, 21 Feb 2026" in strip.locator(
        ".statement").inner_text()


def test_checks_name_their_rows_and_lead_to_them(record):
    said = record.locator("section.strip:has(h2#checks) li").all_inner_texts()
    assert any(s.startswith("Penicillin — sources disagree: confirmed (north); refuted (south, 2026)") for s in said), said
    doses = next(s for s in said if s.startswith("Metoprolol 50 mg — 2 doses: "))
    assert "1 tablet in the morning (north)" in doses and "1 tablet morning and evening (south)" in doses and " / " in doses
    assert not any("…" in s or "dosage" in s for s in said)
    for target in record.locator("section.strip:has(h2#checks) a").evaluate_all("e => e.map(a => a.getAttribute('href'))"):
        assert record.locator(f"[id='{target[1:]}']").count() == 1, target


def test_a_source_that_did_not_answer_is_named_with_why_since_when_and_what_it_holds(record):
    missing = record.locator("section.strip:has(h2#missing)").inner_text()
    assert "This record is incomplete" in missing
    assert re.search(r"Harbour <Clinic> \(DK\) did not answer: .+\. It has never answered\. Last tried \d+ \w+ \d{4}", missing)
    assert "Usually from there: allergies, medicines." in missing
    assert "3 of 4 sources answered" in missing


def test_a_section_with_something_unreadable_says_so_and_never_reads_empty(record):
    assert "1 item from South Hospital could not be read (1 in problems)" in record.locator("section:has(h2#missing)").inner_text()
    note = record.locator("section:has(> h2#problems) .note").first.inner_text()
    assert note == "Problem list may be incomplete: 1 of 3 sources could not be read in full (South Hospital)"
    assert "Medicine list may be incomplete: 1 of 4 sources did not answer (Harbour <Clinic>)" in record.locator(
        "section:has(> h2#medicines) .note").first.inner_text()


def test_sections_that_hold_nothing_name_the_gap_and_never_say_none(opens, site):
    page = opens(f"/record/{site.empty}")
    assert page.locator("h2#allergies").inner_text() == "■ Allergies unavailable: 1 of 4 sources did not answer"
    said = page.locator("main").inner_text()
    assert "Medicine list unavailable: 1 of 4 sources did not answer (Harbour <Clinic>)" in said
    assert "No current problems stated by any of 3 sources. This does not mean none." in said
    assert not re.search(r"\b(nil|NKA|n/a)\b", said)


def test_results_mark_what_is_critical_preliminary_or_corrected_and_announce_the_cut(record, site, opens):
    first, *_ = rows(record, "results")
    assert first.startswith("Creatinine 7.90 mmol/L · Critical high") and "preliminary" in first
    said = record.locator("section:has(> h2#results)").inner_text()
    assert f"Showing 50 of {CUT}." in said
    follow(record, record.locator("section:has(> h2#results) .cut a"))
    assert record.url.endswith("?all=1#results")
    every = rows(record, "results")
    assert len(every) == CUT and any(r.startswith("Potassium 3.9") and "corrected" in r for r in every)
    assert "Showing every row." in record.locator("main").inner_text()


def test_problems_now_and_significant_past_are_apart(record):
    assert any(r.startswith("Asthma · since 2001") for r in rows(record, "problems"))
    past = record.locator("h3#past-problems + ul").inner_text()
    assert past.startswith("Pneumonia") and "resolved" in past


def test_the_journey_is_newest_first_with_its_gap(record):
    newest, oldest = rows(record, "journey")
    assert "22 Jan 2026 10:00 – 11:00 (UTC+1)" in newest and "17 days with no recorded contact" in newest
    assert "5 Jan 2026" in oldest
    assert "days since the last recorded contact" in record.locator("section:has(> h2#journey)").inner_text()


def test_every_row_has_a_chip_with_source_and_exact_age_that_leads_to_its_origin(record, site):
    items = record.locator("main section > ul > li[id*='-']")
    assert items.count() > 50
    for id, chips in items.evaluate_all("e => e.map(li => [li.id, [...li.querySelectorAll(':scope > a.chip')].map("
                                        "a => [a.getAttribute('href'), a.innerText])])"):
        assert chips, id
        for href, label in chips:
            assert re.fullmatch(r"(north|south) SE · (\d+ \w+( \d+ \w+)? old|received .+ ago)", label), label
            assert id.replace("-", "/", 1) in href
    follow(record, record.locator("section.strip a.chip:has-text('north SE')").first)
    assert record.title().startswith("ÖBERG, Eva")
    said = record.locator("main").inner_text()
    assert "North Hospital (SE)" in said and "all.ndjson" in said and "Received here" in said
    assert "dialog" not in record.content()
    follow(record, record.get_by_text("Back to the record"))
    assert record.url.startswith(f"{site.base}/record/{site.eva}")


def test_the_strips_are_in_the_first_14_kb_and_the_page_is_small(site):
    """faces 9.5: the first round trip holds who, what can kill and what is missing."""
    html = site.get(f"/record/{site.eva}").content
    assert html.index(b'id="medicines"') < 14 << 10
    assert len(gzip.compress(html)) < 60 << 10 and len(requests.get(site.base + "/static/page.css", timeout=30).content) < 15 << 10


def test_there_is_no_script_and_none_is_needed(opens, site):
    without = opens(f"/record/{site.eva}", java_script_enabled=False)
    assert without.locator("script").count() == 0 and "onclick" not in without.content()
    assert without.locator("h2#allergies").is_visible()
    follow(without, without.locator("section.strip a.chip").first)
    assert "Where this comes from" in without.content()


def test_names_and_texts_are_escaped(opens, site):
    for path in (f"/record/{site.evil}", f"/?family={EVIL}", f"/?identifier={EVIL}"):
        page = opens(path)
        assert page.locator("script, img, b").count() == 0
        assert page.title() != "owned"
    page = opens(f"/record/{site.evil}")
    assert EVIL.upper() in page.locator("h1").inner_text() and f"{EVIL} allergy" in page.locator("main").inner_text()
    assert "<b>bold</b> problem" in page.locator("main").inner_text()


def test_a_death_is_in_the_banner_in_words(opens, site):
    page = opens(f"/record/{site.dead}")
    assert "Died 2 Feb 2026" in page.locator("header.who").inner_text()
    assert page.locator("body.dead").count() == 1 and " y)" not in page.locator("header.who").inner_text()


def test_a_hidden_source_leaves_no_trace_in_the_page(site, tmp_path):
    """The page equals that of a home whose source never held anything about her; ids and times apart."""
    other = home(tmp_path / "other", site.folder)
    with served(other, "waitress"):
        from gateway.opened import opened
        with opened(other) as gate:
            twin = Site(other, gate.home.base_url, person(gate, "196102033450"), "", "", "")
        ours, theirs = (plain(s.get(f"/record/{s.eva}").text) for s in (site, twin))
    assert HIDDEN not in ours and "west" not in re.sub(r"West Hospital \(west\)", "", ours)
    assert HIDDEN in site.get("/me", "patient", site.eva).text, "the hidden fact is there, for her who hid it"
    assert ours == theirs


def plain(html: str) -> str:
    html = re.sub(r"[0-9a-f]{32}", "ID", html)
    html = re.sub(r"\d+ \w+ \d{4} \d\d:\d\d", "TIME", html)
    html = re.sub(r"(under )?\d+ (min|h)( \d+ min)?", "AGE", html)
    return re.sub(r"\b\d+ d \d+ h", "DAYS", html)


def test_printing_keeps_the_strips_with_words_and_borders(record):
    record.emulate_media(media="print")
    strip = record.locator("section.strip:has(h2#allergies)")
    style = strip.evaluate("e => { const s = getComputedStyle(e); return [s.backgroundColor, s.color, s.borderTopWidth] }")
    assert style == ["rgb(255, 255, 255)", "rgb(0, 0, 0)", "5px"]
    assert record.locator(".skip").is_hidden()


@pytest.mark.parametrize("everything", ["", "?all=1"])
def test_a_patient_finds_every_row_that_the_clinician_sees(site, everything):
    pages = [site.get(f"{path}{everything}", face, patient).text for path, face, patient in (
        (f"/record/{site.eva}", "clinician", ""), ("/me", "patient", site.eva))]
    shown, mine = (set(re.findall(r'<(?:li|span|p)[^>]* id="([A-Z]\w+-[0-9a-f]{32})"', page)) for page in pages)
    assert len(shown) > 10 and shown <= mine
