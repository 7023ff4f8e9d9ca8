"""What is shown of a document, and what is not: its links, its pictures from elsewhere, its markup that does anything."""

from base64 import b64encode
from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from gateway.fhir.xhtml import xhtml_fault
from gateway.summary.documents import Part, part, parts, readable
from gateway.summary.files import PIXELS, SIDE, decoded, ending, picture
from gateway.summary.markup import _FORMING, LARGEST, page, safe
from gateway.summary.words import phrase
from tests.summary.given import record, resource, shown

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
BY = {"DocumentReference/d": ["lund"], "Composition/c": ["kiel", "lund"]}
NUMBER = {"system": "urn:oid:2.25.1", "value": "D-1"}


def attached(data: bytes, kind: str, **more: Any) -> dict[str, Any]:
    return {"attachment": {"contentType": kind, "data": b64encode(data).decode(), **more}}


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0"


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    return b"\xff\xd8\xff\xe0\0\x04ab" + before + b"\xff\xff\xc0" + pack(">HBHHB", 17, 8, height, width, 3) + b"\0" * 9


def letter(*content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return resource("DocumentReference", "d", status="current", content=list(content), **more)


def composed(*sections: dict[str, Any], **number: str) -> dict[str, Any]:
    return resource("Composition", "c", identifier={**NUMBER, **number}, section=list(sections))


def section(title: str, markup: str, *inner: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "text": {"status": "additional", "div": f"<div {XHTML}>{markup}</div>"}, **({"section": list(inner)} if inner else {})}


def test_the_narrative_of_a_document_is_that_of_the_composition_with_its_number() -> None:
    document, told = letter(masterIdentifier=NUMBER), composed(section("Course", "<p>Came walking.</p>", section("Night", "Slept.")))
    assert [(p.title, p.narrative) for p in parts(document, [document, told], BY, xhtml_fault)] == [
        ("Course", "<div><p>Came walking.</p></div>"), ("Night", "<div>Slept.</div>")]
    other = composed(section("Course", "Another's."), value="D-2")
    assert parts(document, [document, other], BY, xhtml_fault) == () and readable([document, other], BY) == frozenset()


def test_another_source_s_text_is_not_read_under_the_document_s_name() -> None:
    document, told = letter(masterIdentifier=NUMBER), composed(section("Course", "Forged."))
    for by in ({"DocumentReference/d": ["lund"], "Composition/c": ["kiel"]}, {}):
        assert parts(document, [document, told], by, xhtml_fault) == () and readable([document, told], by) == frozenset()
    nameless = letter(masterIdentifier={"system": "urn:x"})
    assert parts(nameless, [nameless, {**told, "identifier": {"system": "urn:x"}}], BY, xhtml_fault) == ()


@pytest.mark.parametrize(("data", "kind", "text", "kept"), [
    ("Årsta".encode(), "text/plain", "Årsta", ""), ("Årsta".encode("cp1252"), "text/plain; charset=windows-1252", "Årsta", ""),
    (b"%PDF-1.4", "application/pdf", "", "application/pdf"), (png(3, 2), "IMAGE/PNG", "", "image/png"), (b"<script/>", "text/html", "", "text/html")])
def test_texts_are_read_and_files_kept_with_their_type(data: bytes, kind: str, text: str, kept: str) -> None:
    (part,) = parts(letter(attached(data, kind)), [], BY, xhtml_fault)
    assert part.text == text and (part.text or (part.kind, part.data) == (kept, data))
    assert part.picture == (kept == "image/png")


def test_what_is_no_base64_says_so() -> None:
    (part,) = parts(letter({"attachment": {"contentType": "application/pdf", "data": "A"}}), [], BY, xhtml_fault)
    assert "cannot be read" in part.text and not part.data


def test_what_only_points_elsewhere_is_nothing_to_open() -> None:
    assert readable([letter({"attachment": {"url": "https://elsewhere.example/x.pdf"}})], BY) == frozenset()


def test_pictures_and_printed_reports_open_too() -> None:
    picture = resource("Media", "m", content={"contentType": "image/png", "data": "iVBORw==", "title": "Wound"})
    report = resource("DiagnosticReport", "r", presentedForm=[{"contentType": "application/pdf", "data": "JVBERg=="}])
    page = shown(picture, report, letter())
    assert {r.text.partition(" · ")[0]: r.opens for n in ("documents", "reports") for r in page.lists[n]} == {
        "Wound": True, "report not named": True, "Document": False}
    assert readable(record(picture, report)[0]["resources"], {}) == {"Media/m", "DiagnosticReport/r"}


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


# --- What is bytes, by themselves

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(("data", "kind"), [
    (png(4, 4), "image/png"), (b"GIF89a" + pack("<HH", 4, 4), "image/gif"), (jpeg(4, 4), "image/jpeg"), (jpeg(4, 4, b"\xff\xc4\0\x02"), "image/jpeg"),
    (png(SIDE, 1), "image/png"), (png(SIDE + 1, 1), ""), (png(1, SIDE + 1), ""), (png(SIDE, PIXELS // SIDE + 1), ""), (png(0, 4), ""),
    (jpeg(SIDE + 1, 4), ""), (b"GIF87a" + pack("<HH", 65535, 4), ""), (SVG, ""), (png(4, 4)[:20], ""), (b"\xff\xd8\xff", ""), (b"\xff\xd8\xff" * 9, ""), (b"", ""),
    (b"\xff\xd8\xff\xe0\0\0" * 9, ""), (b"II*\0", "")])
def test_a_picture_is_what_its_bytes_say_and_no_larger_than_a_browser_bears(data: bytes, kind: str) -> None:
    assert picture(data) == kind
    for declared in ("image/png", "application/octet-stream", "text/x-unknown"):
        (found,) = parts(letter(attached(data, declared)), [], BY, xhtml_fault)
        assert (found.picture, found.kind) == (bool(kind), kind or declared) and found.data == data


@given(st.binary(max_size=60).map(lambda b: b"\xff\xd8" + b))
def test_any_bytes_are_looked_at_to_an_end(data: bytes) -> None:
    assert picture(data) in ("", "image/jpeg")


@pytest.mark.parametrize(("kind", "end"), [
    ("application/pdf", ".pdf"), ("text/html", ".txt"), ("image/svg+xml", ".txt"), ("text/javascript", ".txt"), ("application/xhtml+xml", ".txt"),
    ("application/hta", ".bin"), ("application/x-msdownload", ".bin"), ("application/x-sh", ".bin"), ("application/x-bat", ".bin"), ("", ".bin"),
    ('application/pdf"; filename="x.exe', ".bin"), ("../../x", ".bin")])
def test_no_name_of_a_kept_file_makes_a_computer_run_it(kind: str, end: str) -> None:
    assert ending(kind) == end


@pytest.mark.parametrize(("codec", "declared"), [
    ("cp1251", "text/plain; charset=windows-1251"), ("shift_jis", "text/plain;charset=Shift_JIS"), ("utf-16", "text/plain"),
    ("utf-16-le", "text/plain; charset=utf-16le"), ("iso2022_jp", 'text/plain; charset="ISO-2022-JP"'), ("utf-8", "text/plain; charset=iso-8859-1"),
    ("utf-8-sig", "text/plain"), ("iso8859-5", "text/plain; charset=ISO_8859-5"), ("koi8-r", "text/plain; Charset=koi8-r"), ("gb18030", "text/plain; charset=gbk")])
def test_a_text_is_read_in_the_character_set_that_it_says_and_holds(codec: str, declared: str) -> None:
    said = "日本" if "jis" in codec or "jp" in codec else "语言" if codec == "gb18030" else "Аллергия"
    assert decoded(said.encode(codec), declared) == said


@pytest.mark.parametrize("named", ["rot13", "base64", "zip", "punycode", "idna", "unicode_escape", "utf-7", "x" * 50, "iso-8859-12", "iso-8859-99", ""])
def test_what_is_no_character_set_is_not_used_as_one(named: str) -> None:
    assert decoded(b"caf\xe9 \\u0041+AEE-", f"text/plain; charset={named}") == "café \\u0041+AEE-"


def test_one_file_is_read_without_the_others() -> None:
    seen = list[str]()
    document = letter(attached(b"one", "application/pdf"), attached(b"two", "application/pdf"), masterIdentifier=NUMBER)
    held = [document, composed(section("Course", "Came."))]

    def fault(div: str) -> None:
        seen.append(div)
    assert [part(document, held, BY, fault, n) for n in ("2", "3")] == [Part("", kind="application/pdf", data=d) for d in (b"one", b"two")] and seen == []
    assert [part(document, held, BY, fault, n) for n in ("0", "4", "-1", "01", "x", "")] == [None] * 6


# --- Pages of HTML, and what is not there

def test_a_page_of_html_is_read_and_can_be_kept() -> None:
    (found,) = parts(letter(attached(b"<html><head><title>x</title></head><body onload=a()><h1>Plan</h1><p>No <b>penicillin</b><script>a()</script>", "text/html")), [], BY, xhtml_fault)
    assert found.narrative == "<div><h4>Plan</h4><p>No <b>penicillin</b></p></div>" and found.data and not found.picture


@pytest.mark.parametrize("markup", [b"", b"<script>a()</script>", b"<!-- a -->", b"<html><body></body></html>", b"<?php a ?>"])
def test_a_page_that_says_nothing_is_only_kept(markup: bytes) -> None:
    assert page(markup, "text/html") == ""


def test_a_page_that_takes_too_long_is_only_kept() -> None:
    assert page(b"<p>" + b"x" * LARGEST, "text/html") == "" != page(b"<p>" + b"x" * (LARGEST - 3), "text/html")


@pytest.mark.parametrize(("data", "kind"), [("Аллергия".encode("cp1251"), "text/html; charset=windows-1251"), ("Аллергия".encode(), "text/html"),
                                            ('<meta charset="windows-1251">Аллергия'.encode("cp1251"), "text/html")])
def test_a_page_is_read_in_its_character_set(data: bytes, kind: str) -> None:
    assert "Аллергия" in page(data, kind)


@given(st.text("abx<>/='\" &;!-", max_size=60), st.sampled_from(["<svg>", "<math><mtext>", "<table>", "<select>", "<noscript>", "<template>", "<form action=//x>", "<a href=javascript:x()>",
                                                                 "<base href=//x>", "<iframe src=//x>", "<img src=x onerror=x()>", "<plaintext>", "<textarea>"]))
def test_nothing_of_a_page_runs_leads_or_loads(text: str, open_: str) -> None:
    left = page(f"<p>said{open_}{text}<style>x{text}".encode(), "text/html")
    for node in html.fragment_fromstring(left, create_parent=True).iter() if left else ():
        assert node.tag in _FORMING | {"h4"}
        assert set(node.attrib) <= {"colspan", "rowspan", "scope"}


def test_cells_are_no_wider_than_a_browser_draws_and_heads_say_what_they_head() -> None:
    left = safe(f'<div {XHTML}><table><tr><th>A</th><th>B</th></tr><tr><th>C</th><td rowspan="999999999" colspan="51">d</td></tr></table></div>', xhtml_fault)
    assert '<th scope="col">A' in left and '<th scope="row">C' in left and '<td colspan="50" rowspan="1000">d' in left


def test_what_is_not_there_says_why() -> None:
    empty = {"title": "Allergies", "emptyReason": {"coding": [{"display": "Not Asked"}]}}
    held = composed({"title": "All", "section": [empty, {"code": {"text": "Plan"}}, {"title": "Bad", "text": {"div": "<div>"}}]})
    document = letter(attached(b" ", "text/plain"), masterIdentifier=NUMBER)
    assert [(p.title, p.note) for p in parts(document, [document, held], BY, xhtml_fault)][:3] == [
        ("All", ""), ("Allergies", "Nothing stands here: Not Asked."), ("Plan", "Nothing stands here.")]
    *_, bad, blank = parts(document, [document, held], BY, xhtml_fault)
    assert "cannot be shown" in bad.note and blank.note == "This text is empty."


def test_a_document_is_named_by_its_type_and_by_its_title():
    note = {"text": "Summary of an episode"}
    assert phrase({**letter(description="Letter of the surgeon"), "type": note}).startswith("Summary of an episode · “Letter of the surgeon”")
    assert phrase({**letter(description="summary of an episode"), "type": note}) == "Summary of an episode"
    assert phrase(letter(description="Letter")) == "Letter"


@pytest.mark.parametrize("content, marks", [
    ({"attachment": {"contentType": "application/pdf", "url": "letter.pdf"}}, ("content not included",)),
    (attached(b"%PDF", "application/pdf"), ())])
def test_a_document_whose_content_did_not_come_says_so(content, marks):
    (found,) = shown(letter(content)).lists["documents"]
    assert found.marks == marks and found.opens is not bool(marks)
