"""Statements whose text is made once say what SQLAlchemy says, with lists of any length."""

import pytest
import sqlalchemy as sa

from gateway.store.engine import SOME
from gateway.store.fixed import Fixed

THINGS = sa.Table("things", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True), sa.Column("kind", sa.Text),
                  sa.Column("key", sa.Text), sa.Column("body", sa.LargeBinary))
KINDS = sa.bindparam("kinds", expanding=True)


@pytest.fixture
def conn():
    engine = sa.create_engine("sqlite://", hide_parameters=True)
    with engine.connect() as conn:
        THINGS.metadata.create_all(conn)
        conn.execute(sa.insert(THINGS), [{"n": n, "kind": "abc"[n % 3], "key": f"k{n}", "body": bytes([n])} for n in range(60)])
        yield conn


STATEMENTS = {
    "list": (sa.select(THINGS).where(THINGS.c.n.in_(SOME)).order_by(THINGS.c.n), {}),
    "twice": (sa.select(THINGS).where(sa.or_(THINGS.c.n.in_(SOME), THINGS.c.n + 7 == sa.bindparam("x"), THINGS.c.n.in_(SOME)))
              .order_by(THINGS.c.n), {"x": 40}),
    "two lists": (sa.select(THINGS.c.n).where(THINGS.c.kind.in_(KINDS), THINGS.c.n.in_(SOME)).order_by(THINGS.c.n), {"kinds": ["a", "c", "b"]}),
    "own values": (sa.select(THINGS.c.key, THINGS.c.n).where(THINGS.c.kind.in_(["a", "b"]), THINGS.c.n.in_(SOME), THINGS.c.key != "k3")
                   .order_by(THINGS.c.n.desc()).limit(5), {}),
}


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("many", [1, 2, 3, 8, 33, 60])
def test_rows_are_those_of_sqlalchemy(conn: sa.Connection, name: str, many: int) -> None:
    statement, more = STATEMENTS[name]
    values = {"some": list(range(many)), **more}
    fixed = Fixed(statement)
    for _ in range(2):
        found = fixed.run(conn, values)
        wanted = conn.execute(statement, values).all()
        assert [tuple(r) for r in found] == [tuple(r) for r in wanted] and wanted
        assert [r._asdict() for r in found] == [dict(r._mapping) for r in wanted]


def test_lists_of_other_lengths_and_values_keep_apart(conn: sa.Connection) -> None:
    fixed = Fixed(STATEMENTS["two lists"][0])
    for kinds, some in ((["a"], [0, 1, 2]), (["a", "b", "c"], [1]), (["b"], [0, 1, 2, 3, 4])):
        values = {"kinds": kinds, "some": some}
        assert [r.n for r in fixed.run(conn, values)] == [n for n in some if "abc"[n % 3] in kinds]


def test_changes_are_made_once_or_for_many(conn: sa.Connection) -> None:
    change = Fixed(sa.update(THINGS).where(THINGS.c.n == sa.bindparam("to_n")).values(key=sa.bindparam("to_key")))
    assert change.run(conn, {"to_n": 1, "to_key": "x"}) == []
    change.many(conn, [{"to_key": "y", "to_n": 2}, {"to_n": 3, "to_key": "z"}])
    change.many(conn, [])
    Fixed(sa.delete(THINGS).where(THINGS.c.n.in_(SOME))).run(conn, {"some": [4, 5, 6]})
    told = dict(map(tuple, conn.execute(sa.select(THINGS.c.n, THINGS.c.key).where(THINGS.c.n < 8))))
    assert told == {0: "k0", 1: "x", 2: "y", 3: "z", 7: "k7"}


def test_a_failure_is_one_of_sqlalchemy_and_quotes_no_value(conn: sa.Connection) -> None:
    twice = Fixed(sa.insert(THINGS).values(n=sa.bindparam("to_n"), key=sa.bindparam("to_key")))
    with pytest.raises(sa.exc.IntegrityError) as failure:
        twice.run(conn, {"to_n": 1, "to_key": "secret"})
    assert "secret" not in str(failure.value) and failure.value.orig.sqlite_errorname == "SQLITE_CONSTRAINT_PRIMARYKEY"
