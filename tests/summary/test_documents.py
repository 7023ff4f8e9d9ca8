"""What is shown of a document, and what is not: its links, its pictures from elsewhere, its markup that does anything."""

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.fhir.xhtml import xhtml_fault
from gateway.summary.documents import parts, readable, safe
from tests.summary.given import record, resource, shown

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
NUMBER = {"system": "urn:oid:2.25.1", "value": "D-1"}


def attached(data: bytes, kind: str, **more: Any) -> dict[str, Any]:
    return {"attachment": {"contentType": kind, "data": b64encode(data).decode(), **more}}


def letter(*content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return resource("DocumentReference", "d", status="current", content=list(content), **more)


def composed(*sections: dict[str, Any], **number: str) -> dict[str, Any]:
    return resource("Composition", "c", identifier={**NUMBER, **number}, section=list(sections))


def section(title: str, markup: str, *inner: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "text": {"status": "additional", "div": f"<div {XHTML}>{markup}</div>"}, **({"section": list(inner)} if inner else {})}


def test_the_narrative_of_a_document_is_that_of_the_composition_with_its_number() -> None:
    document, told = letter(masterIdentifier=NUMBER), composed(section("Course", "<p>Came walking.</p>", section("Night", "Slept.")))
    assert [(p.title, p.narrative) for p in parts(document, [document, told], xhtml_fault)] == [
        ("Course", "<div><p>Came walking.</p></div>"), ("Night", "<div>Slept.</div>")]
    other = composed(section("Course", "Another's."), value="D-2")
    assert parts(document, [document, other], xhtml_fault) == () and readable([document, other]) == frozenset()


@pytest.mark.parametrize(("data", "kind", "text", "kept"), [
    ("Årsta".encode(), "text/plain", "Årsta", ""), ("Årsta".encode("cp1252"), "text/plain; charset=windows-1252", "Årsta", ""),
    (b"%PDF-1.4", "application/pdf", "", "application/pdf"), (b"\x89PNG", "IMAGE/PNG", "", "image/png"), (b"<script/>", "text/html", "", "text/html")])
def test_texts_are_read_and_files_kept_with_their_type(data: bytes, kind: str, text: str, kept: str) -> None:
    (part,) = parts(letter(attached(data, kind)), [], xhtml_fault)
    assert part.text == text and (part.text or (part.kind, part.data) == (kept, data))
    assert part.picture == (kept == "image/png")


def test_what_is_no_base64_says_so() -> None:
    (part,) = parts(letter({"attachment": {"contentType": "application/pdf", "data": "A"}}), [], xhtml_fault)
    assert "cannot be read" in part.text and not part.data


def test_what_only_points_elsewhere_is_nothing_to_open() -> None:
    assert readable([letter({"attachment": {"url": "https://elsewhere.example/x.pdf"}})]) == frozenset()


def test_pictures_and_printed_reports_open_too() -> None:
    picture = resource("Media", "m", content={"contentType": "image/png", "data": "iVBORw==", "title": "Wound"})
    report = resource("DiagnosticReport", "r", presentedForm=[{"contentType": "application/pdf", "data": "JVBERg=="}])
    page = shown(picture, report, letter())
    assert {r.text.partition(" · ")[0]: r.opens for n in ("documents", "reports") for r in page.lists[n]} == {
        "Wound": True, "report not named": True, "DocumentReference": False}
    assert readable(record(picture, report)[0]["resources"]) == {"Media/m", "DiagnosticReport/r"}


@pytest.mark.parametrize(("markup", "left"), [
    ('<p style="color:red" class="x" id="allergies">a</p>', "<p>a</p>"), ('<a href="http://x.example">a</a>', "<span>a</span>"),
    ('a<img src="http://x.example/b.png" alt="scar"/>', "a<span>[picture: scar]</span>"), ("a<!-- b -->", "a"),
    ('<table><tr><td colspan="2" align="left">a</td></tr></table>', '<table><tr><td colspan="2">a</td></tr></table>'),
    ("a &lt;script&gt; b", "a &lt;script&gt; b"), ("<script>alert(1)</script>a", "alert(1)a"), ('<p onclick="x()">a</p>', "a"),
    ('<a href="javascript:x()">a</a>', "a"), ("<p>a<br/>b</p>", "<p>a<br>b</p>")])
def test_markup_is_kept_where_it_only_forms(markup: str, left: str) -> None:
    assert safe(f"<div {XHTML}>{markup}</div>", xhtml_fault) == f"<div>{left}</div>"


def test_what_is_no_xml_is_not_shown() -> None:
    assert safe("<div>", xhtml_fault) == ""


@given(st.recursive(st.text(max_size=5).map(lambda s: s.replace("&", "").replace("<", "").replace("\0", "")), lambda inner: st.builds(
    "<{0} {1}>{2}</{0}>".format, st.sampled_from(["p", "a", "script", "iframe", "svg", "style", "td", "object"]),
    st.sampled_from(['onload="x()"', 'href="javascript:x()"', 'style="x"', 'src="//x.example"', ""]), inner), max_leaves=8))
def test_nothing_of_a_narrative_runs_leads_or_loads(markup: str) -> None:
    left = safe(f"<div {XHTML}>{markup}</div>", xhtml_fault)
    assert not any(word in left for word in ("<script", "<iframe", "<svg", "<style", "<object", "<a", "onload=", "href=", "src=", "style="))
