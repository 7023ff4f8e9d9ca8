"""Many rows linked at once (extra `bulk`): Splink on DuckDB finds and weighs pairs with the model that scores online;
guards and clusters are our own, on every core. Imported only when somebody links in bulk.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any, NamedTuple

from gateway.identity.assertions import Said
from gateway.identity.block import keys
from gateway.identity.cluster import Scores
from gateway.identity.decide import compare_features
from gateway.identity.features import Features
from gateway.identity.linkage import BLOCK_LIMIT, touched
from gateway.identity.score import Model
from gateway.identity.train import column_table, splink, splink_ready

Row = Mapping[str, str]
Pair = tuple[int, int]
Tick = Callable[[str, int, int], None]
_CHUNK = 4000
_MARGIN = 1e-6  # the weights of DuckDB and ours differ by less
_EXPLODED = {"blocking_rule": 'l."keys" = r."keys"', "sql_dialect": "duckdb", "arrays_to_explode": ["keys"]}


class Linked(NamedTuple):
    """Pairs and persons as places in the rows. link: linked without a human; review: a human decides; persons: each
    sorted, those of one row left out; seconds: stage → seconds."""

    link: list[Pair]
    review: list[Pair]
    persons: list[list[int]]
    seconds: dict[str, float]


class _Work(NamedTuple):
    features: Callable[[Row], Features]
    model: Model


_work: _Work  # of a worker process


def _begin(work: _Work) -> None:
    global _work
    _work = work


def _batch(part: tuple[int, Sequence[Row]]) -> Any:
    first, rows = part
    found = [_work.features(row) for row in rows]
    return column_table(found, first, {"keys": [sorted(keys(f)) for f in found]})


def _decide(part: tuple[Sequence[Pair], Mapping[int, Row]]) -> list[str]:
    pairs, rows = part
    known = {i: _work.features(row) for i, row in rows.items()}
    return [compare_features(known[a], known[b], _work.model).decision for a, b in pairs]


def _cluster(part: tuple[Sequence[Pair], Mapping[int, Row]]) -> list[list[int]]:
    links, rows = part
    members = {("", f"{i:09}"): _work.features(row) for i, row in sorted(rows.items())}
    named = {(("", f"{a:09}"), ("", f"{b:09}")) for a, b in links}
    found = touched(members, named, Said(), Scores(members, _work.model)).clusters
    return [[int(key) for _, key in cluster] for cluster in found if len(cluster) > 1]


def link(rows: Sequence[Row], features: Callable[[Row], Features], model: Model, tick: Tick = lambda *_: None,
         jobs: int = os.cpu_count() or 1) -> Linked:
    """Link rows. features: what a row says, a function of a module; tick: is told stage, done, of how many; jobs:
    processes.

    The pairs are those that `candidates` would compare, but that a block with more than BLOCK_LIMIT rows is parted by
    the sound of the names. Raises GatewayError where the extra `bulk` is not installed.
    """
    took: dict[str, float] = {}
    # New processes, not forks: DuckDB and Arrow have threads, which a fork would leave behind half-way.
    work = _Work(features, replace(model))  # a copy without what a model has worked out: functions cannot be sent
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (work,)) as pool:
        def each(stage: str, does: Callable[[Any], Any], parts: Iterable[Any], total: int, size: int) -> Iterator[Any]:
            started, done = time.perf_counter(), 0
            for found in pool.map(does, parts):
                done = min(done + size, total)
                tick(stage, done, total)
                yield found
            took[stage] = time.perf_counter() - started

        starts = range(0, len(rows), _CHUNK)
        batches = list(each("features", _batch, ((i, rows[i:i + _CHUNK]) for i in starts), len(rows), _CHUNK))
        started = time.perf_counter()
        tick("pairs", 0, 1)
        pairs = _pairs(batches, model)
        tick("pairs", 1, 1)
        took["pairs"] = time.perf_counter() - started
        parts = (_with_rows(part, rows) for part in _parts(pairs, _CHUNK))
        decided = [d for ds in each("guards", _decide, parts, len(pairs), _CHUNK) for d in ds]
        links = [p for p, d in zip(pairs, decided, strict=True) if d == "link"]
        together = [_with_rows(part, rows) for part in _together(links)]
        persons = [c for cs in each("clusters", _cluster, together, len(together), 1) for c in cs]
    review = [p for p, d in zip(pairs, decided, strict=True) if d == "review"]
    return Linked(links, review, sorted(persons), took)


def _with_rows(pairs: Sequence[Pair], rows: Sequence[Row]) -> tuple[Sequence[Pair], dict[int, Row]]:
    return pairs, {i: rows[i] for pair in pairs for i in pair}


def _parts(found: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (found[i:i + size] for i in range(0, len(found), size))


def _pairs(batches: Iterable[Any], model: Model) -> list[Pair]:
    """Pairs of rows with a common key and a weight of at least `no`, in order."""
    import duckdb
    import pyarrow as pa

    rows = pa.concat_tables(batches)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.register("given_rows", rows)
        parted = connection.sql(_PARTED).arrow()
    parted = parted.read_all() if hasattr(parted, "read_all") else parted
    settings = splink_ready(model) | {"blocking_rules_to_generate_predictions": [_EXPLODED]}
    with splink(settings, parted, model.terms) as linker:
        found = linker.inference.predict(threshold_match_weight=model.no - _MARGIN)
        ids = "unique_id_l, unique_id_r"
        table = found.as_duckdbpyrelation().project(ids).order(ids).fetchall()
    return [(a, b) for a, b in table]


# Keys that many rows have are parted by the sound of both names, and left out where even those have too many.
_PARTED = f"""
WITH single AS (SELECT unique_id, unnest(keys) AS key,
                       coalesce(given_sound, '') || '/' || coalesce(family_sound, '') AS names
                FROM given_rows),
     heavy AS (SELECT key FROM single GROUP BY key HAVING count(*) > {BLOCK_LIMIT}),
     parted AS (SELECT unique_id, CASE WHEN heavy.key IS NULL THEN single.key ELSE single.key || '/' || names END AS key
                FROM single LEFT JOIN heavy USING (key)),
     useful AS (SELECT key FROM parted GROUP BY key HAVING count(*) BETWEEN 2 AND {BLOCK_LIMIT}),
     found AS (SELECT unique_id, list(key) AS keys FROM parted JOIN useful USING (key) GROUP BY unique_id)
SELECT given_rows.* EXCLUDE (keys), coalesce(found.keys, []) AS keys FROM given_rows LEFT JOIN found USING (unique_id)
"""


def _together(links: Sequence[Pair]) -> Iterator[list[Pair]]:
    """The links in parts, each component in one."""
    root: dict[int, int] = {}

    def find(i: int) -> int:
        while (up := root.setdefault(i, i)) != i:
            root[i] = root.setdefault(up, up)
            i = up
        return i

    for a, b in links:
        one, two = sorted((find(a), find(b)))
        root[two] = one
    by_root: dict[int, list[Pair]] = {}
    for pair in links:
        by_root.setdefault(find(pair[0]), []).append(pair)
    part: list[Pair] = []
    for found in by_root.values():
        part += found
        if len(part) >= _CHUNK:
            yield part
            part = []
    if part:
        yield part
