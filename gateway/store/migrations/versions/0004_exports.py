"""Exports, their pages, and what each reader was given."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTES = sa.LargeBinary()


def _columns(kind: sa.types.TypeEngine, keys: tuple[str, ...], *names: str) -> list[sa.Column]:
    return [sa.Column(name, kind, primary_key=name in keys, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table("exports", *_columns(TEXT, ("id",), "id", "reader", "state", "time"),
                    *_columns(NUMBER, (), "change"), *_columns(BYTES, (), "asked"),
                    *_columns(TEXT, (), "said", "until"), *_columns(BYTES, (), "wrapped"))
    op.create_index("ix_exports_reader", "exports", ["reader"])
    keys = ("export", "type", "number")
    op.create_table("export_pages", *_columns(TEXT, keys, "export", "type"), *_columns(NUMBER, keys, "number", "lines"),
                    *_columns(BYTES, (), "body"))
    op.create_table("export_given", *_columns(TEXT, ("export", "id", "type"), "export", "id", "type", "body"),
                    sqlite_with_rowid=False)
