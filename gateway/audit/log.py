"""The transfer log: append-only, its own SQLite file, group commit (house.md promises 4 and 5, AUD-07, AUD-11).

An entry's line is canonical JSON and never changes; its RFC 6962 leaf hash covers every byte. What can name a person
(person id, request, source patients) stands in `details`, bound to the line by a salted commitment: erasing a person
deletes details, salt and pseudonym, and the tree still verifies. `sqlite3` directly, not the store's engine: the log
must not share a lock, a pool or a failure with it.
"""

import hashlib
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.audit.checkpoint import Checkpoint, sign, verifier_key
from gateway.audit.proof import Tree, leaf_hash
from gateway.audit.verify import FIRST_PREV, sealed_line
from gateway.errors import IntegrityError, Issue, Retry, Severity, error
from gateway.jsontext import canonical, loads

_PIECE = 200
_MOST = 2**63 - 1                      # SQLite knows no larger number
_SCHEMA = """
create table if not exists entries (entry integer primary key, line blob not null, leaf blob not null);
create table if not exists details (entry integer primary key, salt blob not null, person text, body blob not null);
create index if not exists details_person on details (person, entry);
create table if not exists subjects (person text primary key, subject text not null unique);
create table if not exists checkpoints (size integer primary key, note text not null, peaks blob not null);
"""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One disclosure (or arrival) about one person, or about nobody (`person` None: empty, refused, metadata).

    public   what everyone who checks the log may read: who, organisation, country, role, purpose, action, direction,
             decision, rules, outcome, counts, view digest, hash of what was sent
    private  what only the home may read and an erasure deletes: request, source patients
    """

    time: str
    public: dict[str, Any]
    person: str | None = None
    private: dict[str, Any] | None = None


class TransferLog:
    """Open with `TransferLog(path, key, origin, token)`; `token(n)` gives n random bytes (salts, pseudonyms)."""

    def __init__(self, path: str | Path, key: Ed25519PrivateKey, origin: str, token: Callable[[int], bytes]) -> None:
        self._key, self._token = key, token
        self.origin = origin
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=full; pragma secure_delete=on;" + _SCHEMA)
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[_Batch] = []
        self._busy = False

    def close(self) -> None:
        self._db.close()

    def append(self, transfers: Sequence[Transfer]) -> list[int]:
        """Entry numbers, given out after the commit is durable. Batches that wait are committed together.

        Raises IntegrityError when the log cannot be written: then nothing may be handed over.
        """
        batch = _Batch(transfers)
        with self._turn:
            self._waiting.append(batch)
            leads = not self._busy
            self._busy = True
        if not leads:
            batch.settled.acquire()
        if not batch.done:
            self._lead()
        return batch.result()

    def _lead(self) -> None:
        """Commit all that waits, wake each of it, and hand the lead to the first that came meanwhile."""
        with self._turn:
            batches, self._waiting = self._waiting, []
        try:
            self._commit(batches)
        finally:
            with self._turn:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            for batch in batches:
                batch.done = True
                batch.settled.release()
            if following:
                following.settled.release()

    def _commit(self, batches: "list[_Batch]") -> None:
        try:
            with self._lock, self._transaction():
                number = self._write([t for batch in batches for t in batch.transfers])
            for batch in batches:
                batch.entries = list(range(number, number + len(batch.transfers)))
                number += len(batch.transfers)
        except sqlite3.Error as e:
            for batch in batches:
                batch.error = str(e)

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db)

    def _head(self) -> tuple[int, str]:
        row = self._db.execute("select entry, leaf from entries order by entry desc limit 1").fetchone()
        return (row[0], row[1].hex()) if row else (0, FIRST_PREV)

    def _write(self, transfers: Sequence[Transfer]) -> int:
        """Write entries behind the last one. Returns the number of the first."""
        last, prev = self._head()
        subjects = self._subjects({t.person for t in transfers if t.person is not None})
        entries, details = [], []
        for number, t in enumerate(transfers, last + 1):
            salt, body = self._token(16), canonical(t.private or {})
            line = sealed_line({
                **t.public, "entry": number, "prev": prev, "time": t.time,
                "detail": hashlib.sha256(salt + body).hexdigest(),
                "subject": None if t.person is None else subjects[t.person]})
            leaf = leaf_hash(line)
            prev = leaf.hex()
            entries.append((number, line, leaf))
            details.append((number, salt, t.person, body))
        self._insert("entries", entries)
        self._insert("details", details)
        return last + 1

    def _subjects(self, persons: set[str]) -> dict[str, str]:
        """The pseudonyms that stand for persons in lines: random, so that they tell nothing once their row is gone."""
        known: dict[str, str] = {}
        for some in _pieces(sorted(persons)):
            known.update(self._db.execute("select person, subject from subjects where person in "
                                          f"({', '.join('?' * len(some))})", some))
        fresh = {person: self._token(16).hex() for person in sorted(persons - known.keys())}
        self._insert("subjects", list(fresh.items()))
        return known | fresh

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Many rows with one statement: each statement lets other threads in, and the log waits for them to finish."""
        for some in _pieces(rows):
            marks = ", ".join([f"({', '.join('?' * len(some[0]))})"] * len(some))
            self._db.execute(f"insert into {table} values {marks}", [value for row in some for value in row])

    def size(self) -> int:
        """Number of entries."""
        with self._lock:
            return self._head()[0]

    def lines(self, first: int = 1, last: int | None = None) -> Iterator[bytes]:
        """Lines in order, read in steps so that a writer never waits."""
        end = self.size() if last is None else last
        for start in range(first, end + 1, 1000):
            with self._lock:
                rows = self._db.execute("select line from entries where entry between ? and ? order by entry",
                                        (start, min(start + 999, end))).fetchall()
            yield from (r[0] for r in rows)

    def entry(self, number: int) -> dict[str, Any] | None:
        """One entry with its private part, `person` and `private`, where it was not erased; None when there is none."""
        if not 0 < number <= _MOST:
            return None
        with self._lock:
            row = self._db.execute("select e.line, d.person, d.body from entries e left join details d using (entry) "
                                   "where entry = ?", (number,)).fetchone()
        return None if row is None else self._row(row)

    @staticmethod
    def _row(row: tuple[Any, ...]) -> dict[str, Any]:
        line, person, body = row
        return {**loads(line), "person": person, "private": loads(body) if body else None}

    def search(self, person: str | None = None, since: str = "", until: str = "9",
               member: tuple[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """Entries with their private parts, in order, of one person or of all, between two times (inclusive).

        member: (source, key) of a source patient; only entries about whoever held it then, whoever it is now
        """
        by_person: tuple[str, tuple[str | bytes, ...]] = ("where d.person = ?", (person,)) if person else ("", ())
        where, args = ("where instr(d.body, ?)", (canonical(list(member)),)) if member else by_person
        with self._lock:
            rows = self._db.execute("select e.line, d.person, d.body from entries e left join details d using (entry) "
                                    f"{where} order by e.entry", args).fetchall()
        for row in rows:
            entry = self._row(row)
            if member and list(member) not in (entry["private"] or {}).get("members", ()):
                continue
            if since <= entry["time"] and entry["time"][:len(until)] <= until:
                yield entry

    def checkpoint(self) -> str:
        """Sign the present state; the same state is signed once. Returns the note."""
        with self._lock, self._transaction():
            row = self._db.execute("select size, note, peaks from checkpoints order by size desc limit 1").fetchone()
            peaks = [row[2][i:i + 32] for i in range(0, len(row[2]), 32)] if row else []
            tree = Tree(row[0] if row else 0, peaks)
            for (leaf,) in self._db.execute("select leaf from entries where entry > ? order by entry", (tree.size,)):
                tree.add(leaf)
            if row and tree.size == row[0]:
                return str(row[1])
            note = sign(Checkpoint(self.origin, tree.size, tree.root), self.origin, self._key)
            self._db.execute("insert into checkpoints values (?, ?, ?)", (tree.size, note, b"".join(tree.peaks)))
            return note

    def checkpoints(self) -> list[str]:
        """All signed notes, oldest first."""
        with self._lock:
            return [r[0] for r in self._db.execute("select note from checkpoints order by size")]

    @property
    def verifier_key(self) -> str:
        return verifier_key(self.origin, self._key.public_key())

    def forget(self, persons: Collection[str], patients: Collection[tuple[str, str]] = (),
               words: Collection[str] = ()) -> int:
        """Delete what can name an erased person; lines, hashes and counts stay. Returns how many details changed.

        persons   ids that stand for nobody else: their details go whole
        patients  source patients, words: names, numbers, dates: taken out of what stands about others or nobody
        """
        gone, named = 0, _pattern(words)
        with self._lock:
            with self._transaction():
                for entry, person, body in self._db.execute("select entry, person, body from details").fetchall():
                    left = None if person in persons else _without(body, patients, named)
                    if left is None:
                        self._db.execute("delete from details where entry = ?", (entry,))
                    elif left != body:          # without its salt the commitment in the line tells nothing any more
                        self._db.execute("update details set body = ?, salt = x'' where entry = ?", (left, entry))
                    gone += left != body
                self._db.executemany("delete from subjects where person = ?", [(p,) for p in persons])
            self._purge()
        return gone

    def _purge(self) -> None:
        """Rewrite the file: what was taken out may still lie between the rows of a page."""
        try:
            self._db.execute("vacuum")
            busy = self._db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
        except sqlite3.OperationalError:
            busy = 1
        if busy:
            raise Retry(error("log-busy", "The transfer log is in use, so what was forgotten still lies in its file.",
                              "data/transfers.db", "Stop other programs of this home, then order the erasure again."))


def _pattern(words: Collection[str]) -> re.Pattern[str] | None:
    """Any of the words, whole, in any case."""
    found = "|".join(sorted(re.escape(w.casefold()) for w in words))
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)") if found else None


def _without(body: bytes, patients: Collection[tuple[str, str]], named: re.Pattern[str] | None) -> bytes:
    """The private part without the source patients, and without the request where a word stands in it."""
    private = loads(body)
    if not private:
        return body
    gone = {tuple(p) for p in patients}
    members = [m for m in private.get("members", ()) if tuple(m) not in gone]
    left = {**private, **({"members": members} if "members" in private else {})}
    if named and named.search(unquote_plus(str(private.get("request", ""))).casefold()):
        left["request"] = ""
    rest = canonical(left)
    return canonical({}) if named and named.search(rest.decode().casefold()) else rest


def _pieces(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many as one statement takes."""
    return (rows[start:start + _PIECE] for start in range(0, len(rows), _PIECE))


class _Batch:
    """The transfers of one request, waiting for the commit they share: its lock opens when that is settled."""

    def __init__(self, transfers: Sequence[Transfer]) -> None:
        self.transfers, self.entries = transfers, list[int]()
        self.done, self.error, self.settled = False, "", threading.Lock()
        self.settled.acquire()

    def result(self) -> list[int]:
        if self.error or len(self.entries) != len(self.transfers):
            raise IntegrityError(Issue(
                "log-unwritable", Severity.fatal, "The transfer log could not be written, so nothing was handed over: "
                f"{self.error or 'the writer stopped'}.", "data/transfers.db", "Check disk space and permissions."))
        return self.entries


class _Transaction:
    """`begin immediate` … commit, or rollback: two processes may share the file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("begin immediate")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("rollback" if kind else "commit")
