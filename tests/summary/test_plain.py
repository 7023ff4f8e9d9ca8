"""Texts of sources that would turn around, hide or steer what stands behind them."""

import re
from base64 import b64encode

import pytest

from gateway.cli import output
from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.summary.plain import brief, plain
from gateway.web import session
from gateway.wsgi import create_app
from tests.homes import EVA, allergy, make_home, patient


@pytest.mark.parametrize("text, shown", [
    ("A\u202eB\u202c", "A[U+202E]B[U+202C]"), ("\u2066x\u2069", "[U+2066]x[U+2069]"), ("\x1b[2Jgone", "[U+001B][2Jgone"),
    ("a\0b\x9bc", "a[U+0000]b[U+009B]c"), ("two\nlines\tand more\r\n", "two\nlines\tand more\r\n"),
    ("\u200eשלום\u200f مرحبا é ß 😀", "\u200eשלום\u200f مرحبا é ß 😀")])
def test_what_steers_is_named_and_all_else_stays(text, shown):
    assert plain(text) == shown and plain(shown) == shown


def test_a_table_obeys_no_text(capsys):
    output.table([{"name": "Eva\u202e\x1b[31m"}], ("name",))
    assert capsys.readouterr().out == "NAME\nEva[U+202E][U+001B][31m\n"


def test_a_text_that_turns_letters_around_turns_nothing_else(tmp_path):
    """A name or allergy with a right-to-left override would show the words behind it from back to front."""
    turned = "Peni\u202ecillin\u2067"
    world = {"north": [patient("n1", turned, "Eva", "1961-02-03", EVA, name=[
        {"family": turned, "given": ["Eva"]}, *({"family": f"Name{n}", "given": ["Eva"]} for n in range(200))]),
        allergy("a1", "n1", turned)]}
    with opened(make_home(tmp_path / "home", world)) as gate:
        pull(gate, "north")
        client = create_app(gate).test_client()
        client.set_cookie(session.COOKIE, session.session(gate, {"face": "clinician", "patient": ""}))
        [person] = re.findall(r"/record/([0-9a-f]+)", client.get(f"/?identifier={EVA}").text)
        page, whole = (client.get(f"/record/{person}{all}").text for all in ("", "?all=1"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page) and page.count("Peni[U+202E]cillin[U+2067]") >= 2
    assert page.count("Also written") == 50 and "Show all 200" in page and whole.count("Also written") == 200


def test_bytes_in_base64_are_told_by_their_length_and_texts_are_never_cut() -> None:
    data, text = b64encode(b"x" * 900).decode(), "No penicillin. " * 100
    assert brief({"content": [{"data": data, "title": text, "size": 900}]}) == {
        "content": [{"data": f"{data[:40]}… (1200 characters of base64)", "title": text, "size": 900}]}
    assert all(brief(x) == x for x in ("A" * 399, "no penicillin " * 50))
