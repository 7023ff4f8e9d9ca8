"""The tables: an append-only world of messages, facts and assertions, and caches that can be dropped and rebuilt.

Why it looks like this:

* Numbers `n` are given out under the one lock that orders commits (engine.Transaction.take), so a commit needs no
  round trip to learn what it inserted; they name rows inside this database and never reach a record.
* What names a thing to the outside is derived from content or from HMACs, so two runs over the same input agree.
* A fact's body is sealed with the key of the *source patient* it is about, a message's bytes with the key of the
  *unit*. Erasing a person is deleting a handful of keys and rows: nobody else's fact, in the same message or not, has
  to be opened or sealed again. Facts about nobody (the directory) belong to patient 0, whose key is never deleted.
* A message is named by HMAC over source, message key and bytes: the same key over other bytes is another unit, so a
  source that uses a key twice loses nothing, and an erased message is known again without keeping its text.
* `gone` is the change number that ended a row (a replay under a corrected mapping no longer says it): what stood at
  change n is `change <= n and (gone is null or gone > n)`, so every disclosed view can be rebuilt.
* There is no alias table: `facts.merged` holds the merged id of each fact's key, so the id of any class member leads
  to the fact, its person, and the class that holds it today (promise 6).
* Ordered text compares by code point on both engines (SQLite's BINARY; collation "C" on PostgreSQL).
"""

from typing import Any

import sqlalchemy as sa

HEAD = "0007"
METADATA = sa.MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s",
                                          "fk": "fk_%(table_name)s_%(column_0_name)s"})
DIRECTORY = 0

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTES = sa.LargeBinary()
LEAN: dict[str, Any] = {"sqlite_with_rowid": False}      # rows that are their key: one tree instead of two


def plain(text: str) -> str:
    """Text that both engines can hold: PostgreSQL knows no NUL, UTF-8 no half of a surrogate pair."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _n(name: str, *to: sa.ForeignKey, key: bool = False, null: bool = False) -> sa.Column:
    return sa.Column(name, NUMBER, *to, primary_key=key, nullable=null, autoincrement=False)


def _t(name: str, *, key: bool = False, null: bool = False) -> sa.Column:
    return sa.Column(name, TEXT, primary_key=key, nullable=null)


def _b(name: str, null: bool = False) -> sa.Column:
    return sa.Column(name, BYTES, nullable=null)


def _in(column: str, cascade: bool = False) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE" if cascade else None)


def _only(name: str, *columns: str, where: str, unique: bool = True) -> sa.Index:
    """An index over some rows."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


# The order of commits -------------------------------------------------------------------------------------------------

counter = sa.Table(
    "counter", METADATA, _n("one", key=True), _n("change"), _t("at"), _n("unit"), _n("fact"), _n("assertion"),
    _n("patient"), _n("issue"), _n("job"), _b("proof"))      # proof: a known text under the master key
changes = sa.Table("changes", METADATA, _n("number", key=True), _t("at"))
touched = sa.Table("touched", METADATA, _n("patient", key=True), _n("change", key=True),
                   sa.Index(None, "change"), **LEAN)
tombstones = sa.Table("tombstones", METADATA, _t("id", key=True), _t("type"), _n("change"), sa.Index(None, "change"))

# Messages -------------------------------------------------------------------------------------------------------------

units = sa.Table(
    "units", METADATA, _n("n", key=True), _t("id"), _t("key"), _t("source"), _t("kind"), _t("state"), _n("tries"),
    _t("received"), _n("size"), _b("commitment"), _b("header", null=True), _b("raw", null=True),
    sa.Index(None, "id", unique=True), sa.Index(None, "key"), sa.Index(None, "source", "state"))
unit_keys = sa.Table("unit_keys", METADATA, _n("unit", _in("units.n"), key=True), _b("wrapped"), _b("salt"))
deliveries = sa.Table("deliveries", METADATA, _t("id", key=True), _t("source"), _b("name", null=True))
parts = sa.Table("parts", METADATA, _t("delivery", key=True), _n("ordinal", key=True), _n("unit", _in("units.n")),
                 sa.Index(None, "unit", "delivery", unique=True), **LEAN)
enclosed = sa.Table("enclosed", METADATA, _n("unit", _in("units.n"), key=True), _n("holder", _in("units.n"), key=True),
                    _t("merged", key=True), sa.Index(None, "holder"), sa.Index(None, "merged"), **LEAN)
ledgers = sa.Table("ledgers", METADATA, _n("unit", _in("units.n"), key=True), _n("mapped"), _n("ignored"),
                   _n("unmapped"), _t("paths"))
path_sets = sa.Table("path_sets", METADATA, _t("id", key=True), _t("paths"), **LEAN)
problems = sa.Table(
    "problems", METADATA, _t("id", key=True), _t("source"), _t("stage"), _t("code"), _t("field"), _t("severity"),
    _t("since"), _t("last"))
alarms = sa.Table("alarms", METADATA, _t("person", key=True), _t("code", key=True), _t("since"), _t("last"))
cursors = sa.Table("cursors", METADATA, _t("source", key=True), _b("cursor", null=True), _t("answered"), _t("state"),
                   _t("tried"), _t("detail"))

# People ---------------------------------------------------------------------------------------------------------------

patients = sa.Table(
    "patients", METADATA, _n("n", key=True), _t("source"), _t("key"), _t("person"), _b("features", null=True),
    sa.Index(None, "source", "key", unique=True), sa.Index(None, "person"))
patient_keys = sa.Table("patient_keys", METADATA, _n("patient", _in("patients.n"), key=True), _b("wrapped"))
mentions = sa.Table("mentions", METADATA, _n("unit", _in("units.n"), key=True),
                    _n("patient", _in("patients.n"), key=True), sa.Index(None, "patient"), **LEAN)
blocks = sa.Table("blocks", METADATA, _t("key", key=True), _n("patient", _in("patients.n"), key=True),
                  sa.Index(None, "patient"), **LEAN)
links = sa.Table(
    "links", METADATA, _n("a", _in("patients.n"), key=True), _n("b", _in("patients.n"), key=True),
    _t("model", key=True), _t("decision"), sa.Column("weight", sa.Double(), nullable=False),
    sa.Column("probability", sa.Double(), nullable=False), _t("detail"), sa.Index(None, "b"),
    sa.Index(None, "decision"))
moves = sa.Table("moves", METADATA, _n("change", key=True), _n("patient", key=True), _t("was"), _t("now"),
                 sa.Index(None, "patient"), sa.Index(None, "now"), **LEAN)

# Facts and assertions -------------------------------------------------------------------------------------------------

facts = sa.Table(
    "facts", METADATA, _n("n", key=True), _t("id"), _t("source"), _t("type"), _t("key"), _t("version"), _t("asserted"),
    _t("received"), _t("via"), _n("patient", _in("patients.n")), _t("labels"), _t("merged"), _n("change"),
    _n("gone", null=True), _b("body"),
    _only("live_fact", "id", "asserted", where="gone IS NULL"),      # at most one live row a name; ended rows stay
    _only("live_source", "source", where="gone IS NULL", unique=False),
    _only("ended_fact", "gone", "n", where="gone IS NOT NULL", unique=False),
    sa.Index(None, "patient"), sa.Index(None, "merged", "id", "asserted", "gone"), sa.Index(None, "change"))
carriers = sa.Table("carriers", METADATA, _n("fact", _in("facts.n", cascade=True), key=True),
                    _n("unit", _in("units.n"), key=True), _t("place"), _n("gone", null=True),
                    sa.Index(None, "unit"), **LEAN)
assertions = sa.Table(
    "assertions", METADATA, _n("n", key=True), _t("id"), _t("kind"), _n("patient", _in("patients.n")), _n("change"),
    _n("gone", null=True), _b("body"), _only("live_assertion", "id", where="gone IS NULL"), sa.Index(None, "kind"))
scopes = sa.Table("scopes", METADATA, _n("assertion", _in("assertions.n", cascade=True), key=True),
                  _n("patient", _in("patients.n"), key=True), sa.Index(None, "patient"), **LEAN)
aims = sa.Table("aims", METADATA, _n("assertion", _in("assertions.n", cascade=True), key=True), _t("merged", key=True),
                sa.Index(None, "merged"), **LEAN)
asserted_by = sa.Table("asserted_by", METADATA, _n("assertion", _in("assertions.n", cascade=True), key=True),
                       _n("unit", _in("units.n"), key=True), _n("gone", null=True), sa.Index(None, "unit"), **LEAN)
issues = sa.Table(
    "issues", METADATA, _n("n", key=True), _n("unit", _in("units.n")), _t("problem"), _n("patient"), _t("type"),
    _b("body"), sa.Index(None, "unit"), sa.Index(None, "problem"), sa.Index(None, "patient"))

# Erasure --------------------------------------------------------------------------------------------------------------

erasures = sa.Table("erasures", METADATA, _t("id", key=True), _t("at"), _t("body"), sa.Column("scrubbed", sa.Boolean(),
                                                                                             nullable=False))
erased = sa.Table("erased", METADATA, _t("patient", key=True), _t("erasure"), **LEAN)

# Work -----------------------------------------------------------------------------------------------------------------

jobs = sa.Table(
    "jobs", METADATA, _n("n", key=True), _t("kind"), _t("key"), _t("payload"), _t("state"), _t("due"), _t("lease"),
    _n("attempts"), _t("error"),
    _only("ready_job", "kind", "key", where="state = 'ready'"),
    sa.Index(None, "state", "due"))

# Exports: what was asked and is kept for an hour, and what each reader was given --------------------------------------

exports = sa.Table(
    "exports", METADATA, _t("id", key=True), _t("reader"), _t("state"), _t("time"), _n("change"), _b("asked"),
    _t("said"), _t("until"), _b("wrapped"), sa.Index(None, "reader"))
export_pages = sa.Table("export_pages", METADATA, _t("export", key=True), _t("type", key=True), _n("number", key=True),
                        _n("lines"), _b("body"))
export_given = sa.Table("export_given", METADATA, _t("export", key=True), _t("id", key=True), _t("type", key=True),
                        _t("body"), **LEAN)

# A cache: every row can be dropped and rebuilt ------------------------------------------------------------------------

search = sa.Table(
    "search", METADATA, _t("type", key=True), _t("param", key=True), _t("lo", key=True), _t("hi", key=True),
    _n("patient", key=True), _n("fact", key=True), sa.Index(None, "patient"), **LEAN)
