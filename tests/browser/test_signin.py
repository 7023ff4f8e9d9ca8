"""Signing in, and what everybody else sees: links work once, sessions end, and a refusal holds nothing about anybody."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from gateway.opened import opened
from gateway.web import session
from tests.browser.conftest import Open, Site, served
from tests.homes import EVA, make_home

PERSONAL = ("Öberg", "ÖBERG", "Eva", EVA, "1961", "Penicillin", "Metoprolol")


def nothing_personal(text: str) -> bool:
    return not any(word in text for word in PERSONAL)


@pytest.mark.parametrize("face, path, heading", [("clinician", "/", "Find a patient"), ("it", "/it", "Hospital IT"),
                                                 ("audit", "/audit", "Transfers"), ("patient", "/me", "ÖBERG, Eva")])
def test_a_sign_in_link_opens_its_face_once(chromium, site, face, path, heading):
    link = site.link(face, site.eva if face == "patient" else "")
    context = chromium.new_context()
    page = context.new_page()
    assert page.goto(link).status == 200
    assert page.url == site.base + path and page.locator("h1").inner_text() == heading
    [cookie] = context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    context.close()
    again = requests.get(link, timeout=30)
    assert again.status_code == 401 and "no longer works" in again.text and not again.cookies


def test_a_look_at_where_a_link_leads_does_not_use_it_up(site):
    link = site.link("it")
    assert not requests.head(link, timeout=30).cookies
    assert requests.get(link, timeout=30).url == f"{site.base}/it"


def test_a_used_link_stays_used_for_another_process(site, tmp_path):
    link = site.link("it")
    assert requests.get(link, timeout=30).status_code == 200
    with opened(site.folder) as gate:
        body = session.opened(gate, link.partition("key=")[2])
        assert session.take(gate, body) is False


def refused(site: Site, path: str, cookie: str) -> requests.Response:
    return requests.get(site.base + path, headers={"Cookie": f"{session.COOKIE}={cookie}".encode()}, timeout=30)


def test_expired_foreign_changed_and_mistaken_sessions_are_refused(site, tmp_path):
    path = f"/record/{site.eva}"
    with opened(make_home(tmp_path / "foreign", {})) as gate:
        foreign = session.session(gate, {"face": "clinician", "patient": ""})
    good = site.cookie("clinician")
    body, _, mac = good.partition(".")
    link = site.link("clinician").partition("key=")[2]
    bad = {"none": "", "expired": site.cookie("clinician", later=-session.SESSION_SECONDS - 5), "foreign": foreign,
           "changed": f"{body[:-2]}AA.{mac}", "no mac": body, "a link": link, "another face": site.cookie("it"),
           "a patient": site.cookie("patient", site.eva), "not ASCII": "é.é", "long": "a" * 4000}
    for name, cookie in bad.items():
        answer = refused(site, path, cookie)
        assert answer.status_code == 401, name
        assert nothing_personal(answer.text) and answer.headers["Content-Type"].startswith("text/html"), name
    assert refused(site, path, good).status_code == 200


@pytest.mark.parametrize("path", ("/record/nobody", "/record/{eva}/why/Condition/none", "/record/nobody/why/Patient/none",
                                  "/record/%3Cscript%3E", "/record/{eva}/why/Patient/../../x"))
def test_404_pages_hold_no_patient_data(site, path):
    answer = site.get(path.format(eva=site.eva))
    assert answer.status_code == 404 and nothing_personal(answer.text) and "<script" not in answer.text


def test_a_patient_reads_her_own_record_and_nobody_elses(site):
    assert "ÖBERG" in site.get("/me", "patient", site.eva).text
    other = site.get("/me", "patient", site.empty)
    assert other.status_code == 200 and "ÖBERG" not in other.text
    for path in (f"/record/{site.eva}", "/", "/it", "/audit", "/audit/1"):
        assert site.get(path, "patient", site.empty).status_code == 401
    [reference] = {f"Patient/{site.eva}"}
    assert site.get(f"/me/why/{reference}", "patient", site.eva).status_code == 200
    assert site.get(f"/me/why/{reference}", "patient", site.empty).status_code == 404


def test_a_search_that_cannot_be_read_is_told_in_words(opens, site):
    page = opens("/?birthdate=yesterday")
    assert page.answer.status == 400 and page.title() == "Error: Find a patient"
    assert page.locator("#problem").inner_text() == "There is a problem"
    assert page.locator("#birthdate").input_value() == "yesterday"


def test_a_search_names_whom_it_could_not_ask(opens, site):
    said = opens("/?family=Nobody").locator("main").inner_text()
    assert "No one found — but 1 of 4 sources did not answer (Harbour <Clinic>). The person may exist there." in said


def test_the_patient_sees_who_looked_and_that_she_looked(opens: Open, site: Site):
    assert site.get(f"/record/{site.dead}").status_code == 200
    site.get("/me", "patient", site.dead)
    said = opens("/me", "patient", site.dead).locator("section:has(h2#looked)").inner_text()
    assert "Dr M. Holm (Test Region, SE)" in said and "why: treatment" in said and "You looked" in said
    assert "Complete for this service since" in said and "Opening inside one hospital's own system may not appear" in said


def test_it_and_audit_hold_no_patient_data_and_say_what_needs_somebody(site):
    it = site.get("/it", "it").text
    assert nothing_personal(it) and "3 of 4 sources on time" in it and "Harbour &lt;Clinic&gt;" in it
    audit = site.get("/audit?purpose=TREAT&outcome=done", "audit").text
    assert nothing_personal(audit) and "Verified" in audit and "Filter in force" in audit


@pytest.mark.parametrize("server", ("granian", "waitress"))
def test_the_log_answers_many_readers_at_once(tmp_path, server):
    """One connection, many threads: every page of a busy log comes, and every one is an entry."""
    from tests.browser import world

    with served(small(tmp_path / "home"), server), ThreadPoolExecutor(8) as pool:
        folder = tmp_path / "home"
        with opened(folder) as gate:
            cookies = {face: session.session(gate, {"face": face, "patient": ""}) for face in ("audit", "clinician", "it")}
            before = gate.log.size()
        paths = [("/audit", "audit"), ("/?family=Nobody", "clinician"), ("/audit/1", "audit"), ("/it", "it")] * 10
        codes = list(pool.map(lambda p: requests.get(world.base(folder) + p[0], timeout=60,
                                                     cookies={session.COOKIE: cookies[p[1]]}).status_code, paths))
        assert codes == [200] * 40
        with opened(folder) as gate:
            assert gate.log.size() == before + 30


def small(folder):
    """A home with two people."""
    from gateway.pipeline.pull import pull
    from tests.demo.homes import free_port

    make_home(folder, base_url=f"http://127.0.0.1:{free_port()}")
    with opened(folder) as gate:
        for name in gate.home.sources:
            pull(gate, name)
    return folder


@pytest.mark.parametrize("face", ["clinician", "patient"])
def test_who_signs_out_leaves_nothing_behind_in_the_browser_or_with_a_copy_of_the_cookie(opens: Open, site: Site, face: str):
    page = opens(f"/record/{site.eva}" if face == "clinician" else "/me", face, site.eva if face == "patient" else "")
    [cookie] = page.context.cookies()
    assert page.locator("h1").inner_text() == "ÖBERG, Eva"
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.locator("h1").inner_text() == "You are signed out" and page.context.cookies() == []
    for _ in range(2):
        page.go_back()
    assert nothing_personal(page.content()) and page.locator("h1").inner_text() == "Please sign in"
    assert refused(site, "/me" if face == "patient" else f"/record/{site.eva}", cookie["value"]).status_code == 401


def test_no_other_site_signs_anybody_out(site: Site):
    cookie = site.cookie("clinician")
    for form in ({}, {"token": "x"}):
        assert requests.post(f"{site.base}/signout", data=form, cookies={session.COOKIE: cookie}, timeout=30).status_code == 403
    assert requests.get(f"{site.base}/record/{site.eva}", cookies={session.COOKIE: cookie}, timeout=30).ok
    assert requests.get(f"{site.base}/signout", timeout=30).status_code == 401
