"""Code tables: all mistakes at once, with their lines; versions are recorded."""

import pytest

from gateway.errors import ConfigError
from gateway.mapping.mistakes import report
from gateway.mapping.tables import read_table, read_tables


def test_a_table_has_rows_and_a_version() -> None:
    table = read_table("sex", "# remark\n# version: 2.9\nfrom,system,code,display\n\nF,urn:s,female,\"Woman, girl\"\n")
    assert (table.name, table.version) == ("sex", "2.9")
    assert table.get("F") == {"system": "urn:s", "code": "female", "display": "Woman, girl"}
    assert table.get("f") is None


def test_a_table_without_a_version_is_versioned_by_its_text() -> None:
    one, other = (read_table("x", f"from,code\na,{code}\n").version for code in "bc")
    assert len(one) == 16 and one != other
    assert read_table("x", "\ufefffrom,code\na,b\n").get("a") == {"code": "b"}


@pytest.mark.parametrize(("text", "says"), [
    ("", ["tables/x.csv:1:1: table-header The table is empty; expected the header from,system,code,display."]),
    ("from,cod\na,b\n", ["tables/x.csv:1:1: table-header There is no column 'cod'; did you mean 'code'? Columns: from, "
                        "system, code, display, version.",
                        "tables/x.csv:1:1: table-header The column 'code' is missing."]),
    ("from,code\na,b,c\na,b\na,d\n,e\n", [
        "tables/x.csv:2:1: table-ragged The row has 3 cells, the header 2; a text with a comma needs quotes.",
        "tables/x.csv:4:1: table-row The text 'a' stands twice.",
        "tables/x.csv:5:1: table-row The row has no text in `from`."]),
    ("from,code\na,\"b\n", ["tables/x.csv:2:1: table-unreadable This is not CSV: unexpected end of data."])])
def test_mistakes_of_a_table(text: str, says: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read_table("x", text)
    assert report(caught.value).splitlines() == says


def test_mistakes_of_all_tables_are_reported_together() -> None:
    with pytest.raises(ConfigError) as caught:
        read_tables({"a": "", "b": "from,code\nx,y\n", "c": "from\n"})
    assert [i.where for i in caught.value.issues] == ["tables/a.csv:1:1", "tables/c.csv:1:1"]
