"""The grammar of lines and conditions, and what hostile mapping files and messages do: nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import ConfigError
from gateway.mapping.expression import BadExpression, Call, Condition, Constant, Expression, Path, condition, parse
from tests.mapping.world import FILES, compiled_from, run


@pytest.mark.parametrize(("text", "expected"), [
    ("PID-3.1", Expression((Path("PID-3.1", 0),), ())),
    ("a or b as f", Expression((Path("a", 0), Path("b", 5)), (Call("f", (), 10),))),
    ("`Sample or Date` as date(%d/%m/%Y)", Expression((Path("Sample or Date", 0),), (Call("date", ("%d/%m/%Y",), 20),))),
    ("a[x='b or c'] or (d as e)", Expression((Path("a[x='b or c']", 0), Path("(d as e)", 17)), ())),
    ("= http://unitsofmeasure.org", Expression((Constant("http://unitsofmeasure.org", 0),), ())),
    ("a or = `this or that`", Expression((Path("a", 0), Constant("this or that", 5)), ())),
    ("as reference(Patient)", Expression((), (Call("reference", ("Patient",), 3),))),
    ("a as f(x, y z) as g", Expression((Path("a", 0),), (Call("f", ("x", "y z"), 5), Call("g", (), 18)))),
    ("order", Expression((Path("order", 0),), ())),
    ("PID-3(2).1", Expression((Path("PID-3(2).1", 0),), ()))])
def test_lines(text: str, expected: Expression) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("PV1", Condition(Path("PV1", 0), False, ())),
    ("no PV1", Condition(Path("PV1", 3), True, ())),
    ("MSH-9.2 = A40 or A18", Condition(Path("MSH-9.2", 0), False, ("A40", "A18"))),
    ("no `Kind of test`=`x or y`", Condition(Path("Kind of test", 3), True, ("x or y",))),
    ("notes", Condition(Path("notes", 0), False, ())),
    ("x[@a='b'] = c", Condition(Path("x[@a='b']", 0), False, ("c",)))])
def test_conditions(text: str, expected: Condition) -> None:
    assert condition(text) == expected


@given(st.text(alphabet="ab`=()[], orasno\n", max_size=30) | st.text(max_size=30))
def test_any_text_is_a_line_or_says_where_it_is_none(text: str) -> None:
    for read in (parse, condition):
        try:
            read(text)
        except BadExpression as e:
            assert 0 <= e.offset <= len(text)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good file with a few characters changed, a line lost or doubled."""
    lines = draw(st.sampled_from(sorted(FILES.values()))).splitlines()
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(lines) - 1))
        lines[number:number + 1] = draw(st.sampled_from([[], [lines[number]] * 2, [lines[number][1:]],
                                                         [lines[number] + draw(st.text("{}[]:,&*!|>'\"%@`=\t -", max_size=3))]]))
        lines = lines or [""]
    return "\n".join(lines)


@given(damaged() | st.text(max_size=60))
@settings(max_examples=150)
def test_any_file_compiles_or_is_refused_with_places(text: str) -> None:
    try:
        compiled_from({"x.yaml": text})
    except ConfigError as e:
        assert all(i.where.startswith("x.yaml:") and i.code and i.message for i in e.issues)


NAMES = ["patient", "order", "result", "number", "name", "sex", "test", "value", "filler", "doctor", "allergy"]
ANY = st.recursive(st.text(max_size=8) | st.sampled_from(['""', "20240101", "F", "GLU"]),
                   lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
                   max_leaves=20)


@given(st.dictionaries(st.sampled_from(["patient", "order", "allergy", "phone", "merged", "snapshot"]), ANY, max_size=5))
def test_any_message_is_mapped_without_failing(message: dict) -> None:
    mapped = run(message, lineage=True)
    ledger = mapped.ledger
    assert len({*ledger.mapped, *ledger.ignored, *ledger.unmapped}) == \
        len(ledger.mapped) + len(ledger.ignored) + len(ledger.unmapped)


def test_deep_and_long_expressions_stay_affordable() -> None:
    for text in ("a or " * 20_000 + "a", "a" + " as f" * 20_000, "`" * 50_000, "(" * 50_000, "a(" * 20_000 + ")" * 20_000):
        try:
            parse(text)
        except BadExpression:
            continue
