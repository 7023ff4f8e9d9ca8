"""The first schema. Frozen: a change of `schema.py` is another revision."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def column(kind: Any, name: str, *to: str, key: bool = False, null: bool = False, cascade: bool = False) -> sa.Column:
    """A column, with the column that it points to."""
    keys = [sa.ForeignKey(t, ondelete="CASCADE" if cascade else None) for t in to]
    return sa.Column(name, kind, *keys, primary_key=key, nullable=null, autoincrement=False)


def number(name: str, *to: str, **more: bool) -> sa.Column:
    return column(NUMBER, name, *to, **more)


def text(name: str, **more: bool) -> sa.Column:
    return column(TEXT, name, **more)


def blob(name: str, **more: bool) -> sa.Column:
    return column(sa.LargeBinary(), name, **more)


def table(name: str, *columns: sa.Column, lean: bool = False) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=not lean)


def index(name: str, table: str, *columns: str, unique: bool = False, where: str = "") -> None:
    some: dict[str, Any] = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
    op.create_index(name, table, list(columns), unique=unique, **some)


def upgrade() -> None:
    _bookkeeping()
    _messages_and_people()
    _facts_and_assertions()


def _bookkeeping() -> None:
    table("changes", number("number", key=True), text("at"))
    table("counter", number("one", key=True), number("change"), text("at"), number("unit"), number("fact"),
          number("assertion"), number("patient"), number("issue"), number("job"), blob("proof"))
    table("cursors", text("source", key=True), blob("cursor", null=True), text("answered"), text("state"),
          text("tried"), text("detail"))
    table("erased", text("patient", key=True), text("erasure"), lean=True)
    table("erasures", text("id", key=True), text("at"), text("body"),
          sa.Column("scrubbed", sa.Boolean(), nullable=False))
    table("heads", text("person", key=True), text("decision", key=True), number("change"), text("digest"))
    table("jobs", number("n", key=True), text("kind"), text("key"), text("payload"), text("state"), text("due"),
          text("lease"), number("attempts"), text("error"))
    index("ix_jobs_state_due", "jobs", "state", "due")
    index("ready_job", "jobs", "kind", "key", unique=True, where="state = 'ready'")
    table("path_sets", text("id", key=True), text("paths"), lean=True)
    table("problems", text("id", key=True), text("source"), text("stage"), text("code"), text("field"),
          text("severity"), text("since"), text("last"))
    table("search", text("type", key=True), text("param", key=True), text("lo", key=True), text("hi", key=True),
          number("patient", key=True), number("fact", key=True), lean=True)
    index("ix_search_patient", "search", "patient")
    table("tombstones", text("id", key=True), text("type"), number("change"))
    index("ix_tombstones_change", "tombstones", "change")
    table("touched", number("patient", key=True), number("change", key=True), lean=True)
    index("ix_touched_change", "touched", "change")
    table("views", text("digest", key=True), text("person"), text("built"), blob("body"))
    index("ix_views_person", "views", "person")


def _messages_and_people() -> None:
    table("deliveries", text("id", key=True), text("source"), blob("name", null=True))
    table("moves", number("change", key=True), number("patient", key=True), text("was"), text("now"), lean=True)
    index("ix_moves_patient", "moves", "patient")
    index("ix_moves_now", "moves", "now")
    table("patients", number("n", key=True), text("source"), text("key"), text("person"), blob("features", null=True))
    index("ix_patients_person", "patients", "person")
    index("ix_patients_source_key", "patients", "source", "key", unique=True)
    table("units", number("n", key=True), text("id"), text("key"), text("source"), text("kind"), text("state"),
          number("tries"), text("received"), number("size"), blob("commitment"), blob("header", null=True),
          blob("raw", null=True))
    index("ix_units_id", "units", "id", unique=True)
    index("ix_units_key", "units", "key")
    index("ix_units_source_state", "units", "source", "state")
    table("blocks", text("key", key=True), number("patient", "patients.n", key=True), lean=True)
    index("ix_blocks_patient", "blocks", "patient")
    table("ledgers", number("unit", "units.n", key=True), number("mapped"), number("ignored"), number("unmapped"),
          text("paths"))
    table("links", number("a", "patients.n", key=True), number("b", "patients.n", key=True), text("model", key=True),
          text("decision"), sa.Column("weight", sa.Double(), nullable=False),
          sa.Column("probability", sa.Double(), nullable=False), text("detail"))
    index("ix_links_b", "links", "b")
    index("ix_links_decision", "links", "decision")
    table("mentions", number("unit", "units.n", key=True), number("patient", "patients.n", key=True), lean=True)
    index("ix_mentions_patient", "mentions", "patient")
    table("parts", text("delivery", key=True), number("ordinal", key=True), number("unit", "units.n"), lean=True)
    index("ix_parts_unit_delivery", "parts", "unit", "delivery", unique=True)
    table("patient_keys", number("patient", "patients.n", key=True), blob("wrapped"))
    table("unit_keys", number("unit", "units.n", key=True), blob("wrapped"), blob("salt"))


def _facts_and_assertions() -> None:
    table("assertions", number("n", key=True), text("id"), text("kind"), number("patient", "patients.n"),
          number("change"), number("gone", null=True), blob("body"))
    index("ix_assertions_kind", "assertions", "kind")
    index("live_assertion", "assertions", "id", unique=True, where="gone IS NULL")
    table("facts", number("n", key=True), text("id"), text("source"), text("type"), text("key"), text("version"),
          text("asserted"), text("received"), text("via"), number("patient", "patients.n"), text("labels"),
          text("merged"), number("change"), number("gone", null=True), blob("body"))
    index("ix_facts_change", "facts", "change")
    index("ix_facts_merged", "facts", "merged")
    index("ix_facts_patient", "facts", "patient")
    index("live_fact", "facts", "id", "asserted", unique=True, where="gone IS NULL")
    index("live_source", "facts", "source", where="gone IS NULL")
    table("issues", number("n", key=True), number("unit", "units.n"), text("problem"), number("patient"),
          text("type"), blob("body"))
    index("ix_issues_patient", "issues", "patient")
    index("ix_issues_problem", "issues", "problem")
    index("ix_issues_unit", "issues", "unit")
    table("aims", number("assertion", "assertions.n", cascade=True, key=True), text("merged", key=True), lean=True)
    index("ix_aims_merged", "aims", "merged")
    table("asserted_by", number("assertion", "assertions.n", cascade=True, key=True),
          number("unit", "units.n", key=True), number("gone", null=True), lean=True)
    index("ix_asserted_by_unit", "asserted_by", "unit")
    table("carriers", number("fact", "facts.n", cascade=True, key=True), number("unit", "units.n", key=True),
          text("place"), number("gone", null=True), lean=True)
    index("ix_carriers_unit", "carriers", "unit")
    table("scopes", number("assertion", "assertions.n", cascade=True, key=True),
          number("patient", "patients.n", key=True), lean=True)
    index("ix_scopes_patient", "scopes", "patient")
