"""Where a resource holds bytes, and which: what tells whether a fact hands a document on."""

import base64
import hashlib
from typing import Any

import pytest

from gateway.fhir.leads import HOLDS, REPLACES, leads
from gateway.merge.documents import content_hashes, contents, hash_of

RAW = b"<ClinicalDocument/>"
DATA = base64.b64encode(RAW).decode()
LINK = {"contentType": "text/xml", "url": "Binary/b"}


@pytest.mark.parametrize("body, held", [
    ({"content": [{"attachment": {"data": DATA}}]}, [{"data": DATA}]), ({"content": [{"attachment": LINK}]}, [LINK]),
    ({"contained": [{"resourceType": "Binary", "data": DATA}]}, [{"resourceType": "Binary", "data": DATA}]),
    ({"content": [{"attachment": {"contentType": "text/xml", "title": "CCD"}}]}, []), ({"extension": [{"url": "urn:x"}]}, []),
    ({"content": [{"attachment": {"url": 5, "contentType": "x"}}, {"attachment": {"data": 5}}]}, []), ({}, []), ("data", []), (None, [])])
def test_contents_are_bytes_and_where_bytes_are(body: Any, held: list[Any]) -> None:
    assert contents(body) == held


def test_the_whole_is_a_content_and_so_is_what_stands_in_it() -> None:
    body = {"data": DATA, "more": [{"data": "eA=="}]}
    assert contents(body) == [body, {"data": "eA=="}]


def test_bytes_are_known_by_their_hash_however_their_base64_is_broken_into_lines() -> None:
    broken = "\n".join(DATA[i:i + 4] for i in range(0, len(DATA), 4))
    assert content_hashes({"a": {"data": broken}, "b": [{"data": "no!"}, LINK]}) == {hash_of(RAW)} == {hashlib.sha256(RAW).hexdigest()}
    assert content_hashes({"a": LINK}) == set() == content_hashes([])


def document(**more: Any) -> dict[str, Any]:
    return {"resourceType": "DocumentReference", **more}


@pytest.mark.parametrize("body, found", [
    (document(relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/d"}}]), [(REPLACES, "DocumentReference/d")]),
    (document(relatesTo=[{"code": "replaces", "target": {"reference": "https://x.example/fhir/DocumentReference/d/_history/2"}}]),
     [(REPLACES, "DocumentReference/d")]),
    (document(relatesTo=[{"code": "appends", "target": {"reference": "DocumentReference/d"}}]), []),
    (document(relatesTo=[{"code": "replaces", "target": {"reference": "Binary/d"}}]), []),
    (document(relatesTo=[{"code": "replaces", "target": {"identifier": {"value": "d"}}}, "x", {"code": "replaces", "target": "x"}]), []),
    (document(content=[{"attachment": LINK}, {"attachment": {"url": "https://x.example/Binary/c?x=1"}}, {}]), [(HOLDS, "Binary/b")]),
    (document(content=[{"attachment": {"url": "DocumentReference/d"}}], relatesTo="x"), []),
    ({"resourceType": "Composition", "relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/d"}}]}, [])])
def test_where_a_document_leads(body: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert leads(body) == found
