"""Ingest beside the raw floor: FHIR Bundles of 100, one durable commit a bundle, in one run.

The floor parses each bundle, and inserts current row, history row and four index rows a resource into raw sqlite3 (WAL,
synchronous FULL), one commit a bundle: no sealing, no validation, no identity. Ours does everything a pull does.
"""

import json
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from benchmarks.people import bundle, fsync_ms
from gateway import config
from gateway.jsontext import canonical, loads
from gateway.model import Message
from gateway.opened import opened
from gateway.pipeline import pull as pulling
from gateway.reading.reader import reader_of

SIZE = 100


def floor(bundles: list[bytes], folder: Path) -> float:
    """Seconds a bundle."""
    db = sqlite3.connect(folder / "floor.db", isolation_level=None)
    db.executescript("pragma journal_mode=wal; pragma synchronous=full; create table c(type text, id text, body blob, primary key(type, id));"
                     "create table h(type text, id text, version text, body blob); create table s(type text, param text, value text, id text);"
                     "create index s_value on s(type, param, value); create index h_id on h(type, id);")
    started = time.perf_counter()
    for raw in bundles:
        db.execute("begin immediate")
        rows = [(r["resourceType"], r["id"], json.dumps(r).encode()) for e in json.loads(raw)["entry"] for r in [e["resource"]]]
        db.executemany("insert or replace into c values (?, ?, ?)", rows)
        db.executemany("insert into h values (?, ?, '1', ?)", rows)
        db.executemany("insert into s values (?, ?, ?, ?)", [(t, p, f"{p}{i}", i) for t, i, _ in rows for p in "abcd"])
        db.execute("commit")
    return (time.perf_counter() - started) / len(bundles)


def ours(bundles: list[bytes], folder: Path) -> float:
    """Seconds a bundle, through adapter values, check, seal, store, identity, log."""
    home = config.init(folder / "home")
    (home / "inbox").mkdir()
    (home / "sources" / "b.toml").write_text('kind = "fhir"\nconnection = { folder = "inbox" }\n')
    with opened(home) as gate:
        reader = reader_of(gate.home.sources["b"], gate.home.folder, gate.files)
        started = time.perf_counter()
        for n, raw in enumerate(bundles):
            batch = [Message(f"{r['id']}", r["resourceType"], canonical(r), f"{n}") for e in loads(raw)["entry"] for r in [e["resource"]]]
            pulling._commit(gate, reader, batch, pulling.Pulled("b"))
        return (time.perf_counter() - started) / len(bundles)


def main(count: int = 30, rounds: int = 3) -> None:
    bundles = [bundle(n, SIZE) for n in range(count)]
    taken = []
    for _ in range(rounds):
        folder = Path(tempfile.mkdtemp())
        try:
            taken.append((floor(bundles, folder), ours(bundles, folder)))
            waits = fsync_ms(folder)
        finally:
            shutil.rmtree(folder)
    low, high = map(min, zip(*taken, strict=True))
    print(f"ingest, FHIR bundles of {SIZE} ({len(bundles[0]) // 1000} kB): floor {low * 1e3:.1f} ms, ours {high * 1e3:.1f} ms a bundle, "
          f"{SIZE / high:.0f} resources/s; fsync {waits:.2f} ms")
    print(f"ingest ratio: {high / low:.1f} (aim <= 4)")


if __name__ == "__main__":
    main()
