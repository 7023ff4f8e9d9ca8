"""Delimited text: the contract of adapters, records that never swallow their neighbours, and what is guessed aloud."""

import io
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import AdapterContract
from adapters.csv_files import CSVFiles
from adapters.delimited import MAX_ROW, Malformed, cells, records
from gateway.errors import BadMessage, ConfigError, Retry
from gateway.model import Message, Rejected

LABS = ('sample_id,patient_no,Sample Date,result\n'
        'S-1,P-1,31/12/2023,5.4\n'
        'S-2,P-1,01/01/2024,"never closed\n'
        'S-3,P-2,02/01/2024,"tube 5"" broke, ""again"""\n'
        'S-4,P-2\n'
        '\n'
        'S-5,P-3,03/01/2024,"two\nlines"\n'
        'S-6,P-3,04/01/2024,5" tube\n')


class TestContract(AdapterContract):
    """The inherited promises, over a file with two bad rows."""

    paths: ClassVar = {"result": ["5.4"], "Sample Date": ["31/12/2023"], "absent": []}
    bad_paths = ("", "  ", "two\nlines")

    @pytest.fixture
    def adapter(self, tmp_path: Path) -> CSVFiles:
        (tmp_path / "labs.csv").write_text(LABS)
        (tmp_path / "more.csv").write_text("sample_id;result\nT-1;1\n")
        return CSVFiles(str(tmp_path), key=("sample_id",))


def read(path: Path, **settings: object) -> list[Message | Rejected]:
    return list(CSVFiles(str(path), **settings).read())  # type: ignore[arg-type]


def write(folder: Path, content: bytes | str, name: str = "labs.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


text = st.text(st.sampled_from('ab",;\r\n å5'), max_size=60)


@given(text)
def test_records_are_the_whole_text_in_order(content: str) -> None:
    found = list(records(io.StringIO(content, newline=""), ","))
    joined = "".join(r.text for r in found)
    assert joined == content or (not content.strip() and not found)


@given(st.lists(st.lists(st.text(st.sampled_from('ab",\n é'), max_size=8), min_size=2, max_size=4), min_size=1))
def test_quoted_cells_come_back_as_written(rows: list[list[str]]) -> None:
    written = "".join(",".join('"' + c.replace('"', '""') + '"' for c in row) + "\r\n" for row in rows)
    assert [cells(r.text, ",") for r in records(io.StringIO(written, newline=""), ",")] == rows


@given(text)
def test_cells_or_malformed_and_nothing_else(content: str) -> None:
    try:
        assert cells(content, ",")
    except Malformed as e:
        assert str(e)


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from('ab",;å\r\n'), max_size=12), max_size=8))
def test_a_file_is_its_ordered_units_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, rows: list[str]) -> None:
    """Promise 2 of the house: units, each readable alone, re-create their file."""
    path = write(tmp_path_factory.mktemp("csv"), "id,value\n" + "".join(r + "\n" for r in rows))
    adapter = CSVFiles(str(path))
    units = list(adapter.read())
    if units:
        assert adapter.join(u.raw for u in units) == path.read_bytes()


def test_neighbours_of_bad_rows_survive_with_file_and_line(tmp_path: Path) -> None:
    units = read(write(tmp_path, LABS))
    assert [(u.issue.code, u.issue.where) for u in units if isinstance(u, Rejected)] == [
        ("csv-malformed", "labs.csv:3"), ("csv-ragged-row", "labs.csv:5")]
    assert [u.place for u in units if isinstance(u, Message)] == [f"labs.csv:{line}" for line in (2, 4, 7, 9)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
def test_any_encoding_and_line_end(tmp_path: Path, codec: str, ends: str) -> None:
    content = "namn;värde\nÅsa;5,4\nJörg;6,1\n".replace("\n", ends).encode(codec)
    adapter = CSVFiles(str(write(tmp_path, content)))
    units = list(adapter.read())
    rows = [adapter.parse(u.raw) for u in units]
    assert [dict(r.cells) for r in rows] == [{"namn": "Åsa", "värde": "5,4"}, {"namn": "Jörg", "värde": "6,1"}]
    assert adapter.join(u.raw for u in units) == content
    codes = {i.code for r in rows for i in adapter.remarks(r)}
    assert "csv-delimiter-detected" in codes
    assert ("csv-charset-guessed" in codes) == (codec == "windows-1252")
    assert ("csv-charset-detected" in codes) == (codec in ("utf-8-sig", "utf-16"))


def test_each_row_finds_its_own_encoding(tmp_path: Path) -> None:
    adapter = CSVFiles(str(write(tmp_path, b"id,name\n1,\xc3\x85sa\n2,\xc5sa\n")))
    assert [adapter.parse(u.raw).cells["name"] for u in adapter.read()] == ["Åsa", "Åsa"]


def test_bytes_of_no_encoding_are_rejected_alone(tmp_path: Path) -> None:
    first, bad, last = read(write(tmp_path, b"id,name\n1,a\n2,\x81\n3,c\n"))
    assert isinstance(bad, Rejected) and bad.issue.code == "csv-charset" and "0x81" in bad.issue.message
    assert isinstance(first, Message) and isinstance(last, Message)


def test_half_a_utf16_character_at_the_end_is_rejected(tmp_path: Path) -> None:
    units = read(write(tmp_path, "id,v\n1,2\n".encode("utf-16") + b"\x31"))
    assert isinstance(units[-1], Rejected) and units[-1].issue.code == "csv-charset"


def test_a_repeated_and_a_nameless_column_have_names(tmp_path: Path) -> None:
    adapter = CSVFiles(str(write(tmp_path, "id,code,code,\n1,a,b,c\n")))
    [unit] = adapter.read()
    assert dict(adapter.parse(unit.raw).cells) == {"id": "1", "code": "a", "code(2)": "b", "column 4": "c"}


def test_a_line_without_end_is_kept_in_pieces(tmp_path: Path) -> None:
    units = read(write(tmp_path, "id,v\n1,2\n3," + "x" * (2 * MAX_ROW) + "\n4,5\n"))
    assert [type(u).__name__ for u in units] == ["Message", "Rejected", "Rejected", "Rejected", "Message"]
    assert {u.issue.code for u in units if isinstance(u, Rejected)} == {"csv-row-too-long"}
    assert sum(u.raw.count(b"x") for u in units) == 2 * MAX_ROW


def test_quotes_that_never_close_cost_linear_time() -> None:
    lines = 40_000
    assert sum(1 for _ in records(io.StringIO('a","x\n' * lines, newline=""), ",")) == lines


def test_the_key_names_the_row_and_its_content(tmp_path: Path) -> None:
    before, = read(write(tmp_path, "id,v\n7,1\n"), key=("id",))
    after, = read(write(tmp_path, "id,v\n7,2\n"), key=("id",))
    assert before.key.startswith("7~") and after.key.startswith("7~") and before.key != after.key
    no_key, = read(write(tmp_path, "id,v\n,2\n"), key=("id",))
    assert isinstance(no_key, Rejected) and no_key.issue.code == "csv-key-missing"


def test_a_cursor_outlives_later_files_but_not_changed_ones(tmp_path: Path) -> None:
    write(tmp_path, "id\n1\n2\n", "a.csv")
    adapter = CSVFiles(str(tmp_path))
    end = list(adapter.read())[-1].cursor
    write(tmp_path, "id\n3\n", "b.csv")
    assert [u.place for u in adapter.read(end) if isinstance(u, Message)] == ["b.csv:2"]
    write(tmp_path, "id\n1\n9\n8\n", "a.csv")
    assert len(list(adapter.read(end))) == 4


@pytest.mark.parametrize("cursor", ["", "x", ":::", "::a:b", "no:such:1:2"])
def test_an_unknown_cursor_starts_over(tmp_path: Path, cursor: str) -> None:
    path = write(tmp_path, "id\n1\n2\n")
    assert list(CSVFiles(str(path)).read(cursor)) == read(path)


def test_keys_are_those_of_the_newest_file_of_a_kind(tmp_path: Path) -> None:
    """A monthly list: what the newest file does not hold is no longer listed."""
    write(tmp_path, "id\nA\nB\n", "medicines-2026-01.csv")
    write(tmp_path, "id\nA\n", "medicines-2026-02.csv")
    write(tmp_path, "id\nZ\n", "patients.csv")
    adapter = CSVFiles(str(tmp_path), key=("id",), kinds={"medicines": "medicines-*.csv"})
    assert [k.split("~")[0] for k in adapter.keys("medicines")] == ["A"]
    assert [u.kind for u in adapter.read() if isinstance(u, Message)] == ["medicines"] * 3 + ["row"]


@pytest.mark.parametrize("content", ["", "\n\n", "id,v\n", "id,v"])
def test_files_without_rows_give_no_message(tmp_path: Path, content: str) -> None:
    assert read(write(tmp_path, content)) == []


@pytest.mark.parametrize("raw", [b"", b"id\n", b"id\n1\n2\n", b"id,v\n1\n", b'"id\n1\n'])
def test_parse_wants_a_header_and_one_row(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        CSVFiles("unused").parse(raw)


def test_a_folder_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    with pytest.raises(Retry, match="nothing was lost"):
        list(CSVFiles(str(tmp_path / "unmounted")).read())


def test_settings_explain_themselves() -> None:
    with pytest.raises(ConfigError) as raised:
        CSVFiles(".", charset="klingon", delimiter="::")
    assert len(raised.value.issues) == 2


@pytest.mark.parametrize(("content", "code"), [
    (b"<html><body>502 Bad Gateway</body></html>", "csv-foreign"), (b"\xef\xbb\xbf\n <!DOCTYPE html>\n<p>a, b</p>\n" * 9, "csv-foreign"),
    ("\ufeff<?xml version='1.0'?>\n<a/>".encode("utf-16-le"), "csv-foreign"), (b"<html>" + b"a,b\n" * (MAX_ROW // 3), "csv-foreign"),
    ("a;b\n1;2\n".encode("utf-32"), "csv-charset"), ("a;b\n1;2\n".encode("utf-32-be"), "csv-charset"),
    ("a;b\n1;2\n".encode("utf-32-le"), "csv-charset")], ids=str)
def test_a_file_that_is_no_delimited_text_is_told_once_and_kept(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    (tmp_path / "b.csv").write_bytes(b"a,b\n1,2\n")
    adapter = CSVFiles(str(tmp_path))
    *refused, good = adapter.read()
    assert isinstance(good, Message) and len(refused) == 1 + len(content) // (MAX_ROW + 7)
    assert {(r.issue.code, r.issue.where) for r in refused if isinstance(r, Rejected)} == {(code, "a.csv:1")}
    assert adapter.join([r.raw for r in refused]) == content
    assert [m.place for m in adapter.read(refused[-1].cursor) if isinstance(m, Message)] == [good.place]


@pytest.mark.parametrize("charset", ["utf-32", "cp037", "rot13", "base64", "nonsense"])
def test_a_charset_in_which_no_lines_are_found_is_refused(charset: str) -> None:
    with pytest.raises(ConfigError, match="charset"):
        CSVFiles("x", charset=charset)
