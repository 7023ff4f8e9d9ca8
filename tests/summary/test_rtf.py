"""Letters in RTF: words, lines and cells, in any character set; nothing else of the file, and nothing that was struck out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.fhir.xhtml import xhtml_fault
from gateway.summary.documents import parts
from gateway.summary.rtf import LARGEST, text
from tests.summary.test_documents import BY, attached, letter

HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1 Symbol;}}{\colortbl;\red255\green0\blue0;}{\*\generator Word;}{\info{\author Alm}}"


@pytest.mark.parametrize(("body", "said"), [
    (rb"\pard\b No penicillin\b0.\par Next line\par}", "No penicillin.\nNext line"), (rb"{\i a}{b {\ul c}}}", "ab c"), (rb"a\tab b\cell c\row d}", "a\tb\tc\nd"),
    (rb"Gr\'fc\'dfe}", "Grüße"), (rb"\u1044?\u1072?}", "Да"), (rb"\uc0\u1044\u1072 x}", "Даx"), (rb"\u-10179?\u-8704?}", "\U0001f600"), (rb"{\uc2\u8364EU}R}", "€R"),
    (rb"\ansicpg1251 \'cf\'f0}", "Пр"), (rb"\ansicpg99999 \'e5}", "å"), (rb"\mac \'8c}", "å"), (rb"a\{b\}\\c\~d\_e}", "a{b}\\c\xa0d-e"),
    (rb"a{\pict\pngblip 89504e47}b}", "ab"), (rb"a{\*\unknown x{y}}b}", "ab"), (rb"a{\field{\*\fldinst HYPERLINK x}{\fldrslt shown}}b}", "ashownb"),
    (rb"a {\deleted penicillin} b}", "a [struck out or hidden] b"), (rb"a {\v secret}\v0 b}", "a [struck out or hidden]b"), (rb"\deleted x\plain y}", "[struck out or hidden]y"),
    (b"a\r\nb}", "ab"), (rb"a\emdash b\'}", "a—b"), (rb"}}}a{{{b", "ab"), (rb"\u}", ""), (rb"\ansicpg932 \'93\'fa\'96\'7b}", "日本"), (rb"\bin4 ab}", "ab")])
def test_what_a_letter_says(body: bytes, said: str) -> None:
    assert text(HEAD + body) == said


@pytest.mark.parametrize("data", [b"", b"{\\rt", b"PK", HEAD + b"x" * LARGEST])
def test_what_is_no_letter_or_too_large_says_nothing(data: bytes) -> None:
    assert text(data) == ""


@given(st.lists(st.sampled_from([b"{", b"}", b"\\", b"\\par ", b"\\u8364?", b"\\'e", b"\\*", b"\\pict", b"\\uc9 ", b"\\u-1", b"a", b"\xff", b"\\deleted", b"\\ansicpg65001 "]), max_size=30))
def test_any_bytes_are_read_to_an_end(pieces: list[bytes]) -> None:
    found = text(HEAD + b"".join(pieces))
    assert not re.search("[\ud800-\udfff]", found) and "Arial" not in found and "Alm" not in found


@pytest.mark.parametrize("kind", ["application/rtf", "text/rtf", "application/octet-stream", "application/msword"])
def test_a_letter_is_read_on_the_page_and_can_be_kept(kind: str) -> None:
    (part,) = parts(letter(attached(HEAD + rb"No penicillin}", kind)), [], BY, xhtml_fault)
    assert (part.text, part.kind, bool(part.data)) == ("No penicillin", kind, True)
