"""PEOPLE.csv as others write it: line breaks inside values, every kind of line end, and what is told where it ends amiss."""

import pytest

from gateway.errors import UsageError
from gateway.identity.evaluate import evaluate, people_rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_the_writer_ends_them_and_values_keep_what_is_in_them(end: str) -> None:
    lines = ["\ufeffid,given,street", '1,"Eva\nMaria","Box ""7"""', "2,Eva\u2028Maria,A\x0bB\x1cC\x85D", "3,,"]
    found = list(people_rows(end.join([*lines, ""]).encode()))
    assert found == [{"id": "1", "given": "Eva\nMaria", "street": 'Box "7"'},
                     {"id": "2", "given": "Eva\u2028Maria", "street": "A\x0bB\x1cC\x85D"}, {"id": "3", "given": "", "street": ""}]


def test_a_line_separator_inside_a_name_costs_no_row() -> None:
    people = "id,given,family,birth_date,identifier\n" + "".join(
        f"{i},Eva,Öberg\u2028Lind,1961-02-03,urn:oid:1.2.752.129.2.1.3.1|6102033450\n" for i in (1, 2))
    assert evaluate(people.encode(), b"id_a,id_b\n1,2\n")["auto"]["recall"] == 1.0


def test_a_quote_that_stays_open_is_told_and_swallows_nobody() -> None:
    with pytest.raises(UsageError) as e:
        list(people_rows(b'id,given\n1,"Eva\n2,Karin\n', "p.csv"))
    assert e.value.issue.code == "people-unreadable" and e.value.issue.where.startswith("p.csv:")


@pytest.mark.parametrize(("people", "told", "where"), [
    ("id,given\n1,Ann,Lee\n", "more values", "p.csv:2"), ("id,given\n1,Ann\n1,Bob\n", "Row 2 has the id of another row", "p.csv"),
    ("id,given\n1,Ann\n,Bob\n", "Row 2 has no id", "p.csv"), ("id,given,id\n1,Ann,2\n", "two columns id", "p.csv:1"),
    ("id;given;family\n1;Ann;Lee\n", "parted by commas", "p.csv:1"), ("id\tgiven\n1\tAnn\n", "parted by commas", "p.csv:1")])
def test_a_row_that_would_lose_something_or_hide_another_is_told(people: str, told: str, where: str) -> None:
    with pytest.raises(UsageError) as e:
        list(people_rows(people.encode(), "p.csv"))
    assert e.value.issue.code == "people-unreadable" and told in e.value.issue.message and e.value.issue.where == where


def test_columns_that_nobody_reads_are_named() -> None:
    assert evaluate(b"id,given,birthdate\n1,Ann,1970\n", b"id_a,id_b\n")["unread"] == ["birthdate"]
