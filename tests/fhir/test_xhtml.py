"""Narratives: what may be shown (txt-1, txt-2)."""

import pytest

from gateway.fhir.xhtml import NAMESPACE, xhtml_fault


def div(inner: str) -> str:
    return f'<div xmlns="{NAMESPACE}">{inner}</div>'


@pytest.mark.parametrize("text", [
    div("words"), div('<p style="color: red">a<br/>b</p><!-- note -->'), div('<img src="#photo" alt="x"/>'),
    div('<img src="data:image/png;base64,QUJD" alt="x"/>'), div('<a href="https://x.example/">x</a>'),
    div('<a href="Patient/1">y</a>'),
    f'<h:div xmlns:h="{NAMESPACE}"><h:b xml:lang="de">x</h:b></h:div>',
    div('<table class="grid"><tr><td colspan="2">x</td></tr></table>'),
    div('<td style="background: url(data:image/png)">x</td>'),
])
def test_shown(text: str) -> None:
    assert xhtml_fault(text) is None


@pytest.mark.parametrize(("text", "word"), [
    ("", "well-formed"), ("<div>", "well-formed"), ("<div>x</div>", "namespace"), (div(" \n"), "txt-2"),
    (f'<p xmlns="{NAMESPACE}">x</p>', "namespace"), (div("<script>x</script>"), "script"),
    (div("<iframe/>x"), "iframe"), (div("<form>x</form>"), "form"),
    (div('<svg xmlns="http://www.w3.org/2000/svg"/>x'), "svg"),
    (div('<p onclick="x()">x</p>'), "onclick"), (div('<link rel="stylesheet" href="x"/>x'), "link"),
    (div('<a href="javascript:x()">x</a>'), "scheme"), (div('<a href=" JavaScript:x()">x</a>'), "scheme"),
    (div('<a href="data:text/html,x">x</a>'), "scheme"), (div('<img src="data:image/svg+xml;base64,QQ=="/>'), "scheme"),
    (div('<img src="file:///etc/passwd"/>'), "scheme"), (div('<p style="x: expression(y)">x</p>'), "format"),
    (div('<p style="background: url(https://x.example/)">x</p>'), "format"), (div("<?php x ?>x"), "processing"),
    ('<!DOCTYPE div [<!ENTITY x "y">]>' + div("&x;"), "document type"), (div("&nbsp;"), "well-formed"),
    ('<?xml version="1.0" encoding="utf-16"?>' + div("x"), "well-formed"),
    (div("<b>" * 300 + "</b>" * 300), "well-formed"),
])
def test_refused(text: str, word: str) -> None:
    assert word in (xhtml_fault(text) or "")
