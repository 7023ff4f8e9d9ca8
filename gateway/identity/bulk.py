"""Many rows linked at once (extra `bulk`): Splink on DuckDB finds and weighs pairs with the model that scores online;
guards and clusters are our own, on every core. Imported only when somebody links in bulk.
"""

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import chain
from multiprocessing import get_context, parent_process
from typing import Any, NamedTuple

from gateway.identity.assertions import Said
from gateway.identity.block import keys
from gateway.identity.cluster import Scores
from gateway.identity.decide import compare_features
from gateway.identity.features import Features
from gateway.identity.linkage import BLOCK_LIMIT, touched
from gateway.identity.score import Model
from gateway.identity.train import column_table, extra_at_hand, splink, splink_ready

Row = Mapping[str, str]
Pair = tuple[int, int]
Tick = Callable[[str, int, int], None]
_CHUNK = 4000
_AT_ONCE = 500_000  # pairs that Splink weighs between two strokes of the progress bar
_MARGIN = 1e-6  # the weights of DuckDB and ours differ by less
_EXPLODED = {"blocking_rule": 'l."pairs" = r."pairs"', "sql_dialect": "duckdb", "arrays_to_explode": ["pairs"]}


class Linked(NamedTuple):
    """Pairs and persons as places in the rows. link: linked without a human; review: a human decides; persons: each
    sorted, those of one row left out; held: of link those whose persons do not go together, so that a human decides;
    seconds: stage → seconds."""

    link: list[Pair]
    review: list[Pair]
    persons: list[list[int]]
    held: list[Pair]
    seconds: dict[str, float]


class _Work(NamedTuple):
    features: Callable[[Row], Features]
    model: Model


_work: _Work  # of a worker process


def _begin(work: _Work) -> None:
    global _work
    _work = work
    gc.disable()  # rows and features hold no cycles, and there are very many of them to look through
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits for work for ever; when its parent was killed, nobody would send any or stop it."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _batch(part: tuple[int, Sequence[Row]]) -> Any:
    first, rows = part
    found = [_work.features(row) for row in rows]
    return [column_table(found, first, {"keys": [list(keys(f)) for f in found]})]


def _decide(part: tuple[Sequence[Pair], Mapping[int, Row]]) -> list[tuple[Pair, str]]:
    pairs, rows = part
    known = {i: _work.features(row) for i, row in rows.items()}
    return [((a, b), compare_features(known[a], known[b], _work.model).decision) for a, b in pairs]


def _cluster(part: tuple[Sequence[Pair], Mapping[int, Row]]) -> list[tuple[list[list[int]], list[Pair]]]:
    links, rows = part
    members = {("", f"{i:09}"): _work.features(row) for i, row in sorted(rows.items())}
    named = {(("", f"{a:09}"), ("", f"{b:09}")) for a, b in links}
    found = touched(members, named, Said(), Scores(members, _work.model))
    return [([[int(key) for _, key in cluster] for cluster in found.clusters if len(cluster) > 1],
             [(int(a), int(b)) for (_, a), (_, b) in found.refused])]


def link(rows: Sequence[Row], features: Callable[[Row], Features], model: Model, tick: Tick = lambda *_: None,
         jobs: int = os.cpu_count() or 1) -> Linked:
    """Link rows. features: what a row says, a function of a module; tick: is told stage, done, of how many; jobs:
    processes.

    The pairs are those that `candidates` would compare, but that a block with more than BLOCK_LIMIT rows is parted by
    the sound of the names. Raises GatewayError where the extra `bulk` is not installed.
    """
    took: dict[str, float] = {}
    extra_at_hand()
    if len(rows) < 2:
        return Linked([], [], [], [], took)
    # New processes, not forks: DuckDB and Arrow have threads, which a fork would leave behind half-way.
    work = _Work(features, replace(model))  # a copy without what a model has worked out: functions cannot be sent
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (work,)) as pool:
        def each(stage: str, does: Callable[[Any], Any], parts: Iterable[tuple[int, Any]], total: int) -> Iterator[Any]:
            started, done = time.perf_counter(), 0
            tick(stage, 0, total)
            for size, found in _ahead(pool, does, parts, 4 * jobs):
                done += size
                tick(stage, done, total)
                yield from found
            took[stage] = time.perf_counter() - started

        cut = ((i, rows[i:i + _CHUNK]) for i in range(0, len(rows), _CHUNK))
        batches = list(each("features", _batch, ((len(part), (i, part)) for i, part in cut), len(rows)))
        pairs = _pairs(batches, model, tick, took)
        del batches
        near = list(chain.from_iterable(_groups(pairs)))  # pairs of one row stand together: it is read once, mostly
        parts = ((len(part), _with_rows(part, rows)) for part in _parts(near))
        decided: dict[str, list[Pair]] = {"link": [], "review": [], "no": []}
        for pair, decision in each("guards", _decide, parts, len(pairs)):
            decided[decision].append(pair)
        links = sorted(decided["link"])
        persons, others = _told_apart(links)
        parts = ((len(part), _with_rows(part, rows)) for part in _together(others))
        held = list[Pair]()
        for clusters, refused in each("clusters", _cluster, parts, sum(map(len, others))):
            persons += clusters
            held += refused
    return Linked(links, sorted(decided["review"]), sorted(persons), sorted(held), took)


def _ahead(pool: ProcessPoolExecutor, does: Callable[[Any], Any], parts: Iterable[tuple[int, Any]],
           many: int) -> Iterator[tuple[int, Any]]:
    """What becomes of parts, in order, each with its size. No more than `many` wait: rows are sent when their turn
    comes."""
    waiting: deque[tuple[int, Future[Any]]] = deque()
    for size, part in parts:
        waiting.append((size, pool.submit(does, part)))
        if len(waiting) > many:
            done, found = waiting.popleft()
            yield done, found.result()
    yield from ((done, found.result()) for done, found in waiting)


def _with_rows(pairs: Sequence[Pair], rows: Sequence[Row]) -> tuple[Sequence[Pair], dict[int, Row]]:
    return pairs, {i: rows[i] for pair in pairs for i in pair}


def _parts(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    return (pairs[i:i + _CHUNK] for i in range(0, len(pairs), _CHUNK))


def _pairs(batches: Iterable[Any], model: Model, tick: Tick, took: dict[str, float]) -> list[Pair]:
    """Pairs of rows with a common key and a weight of at least `no`, in order."""
    import duckdb
    import pyarrow as pa

    found: list[Pair] = []
    started = time.perf_counter()
    tick("blocks", 0, 1)
    rows = pa.concat_tables(batches)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.register("given_rows", rows)
        connection.execute(_NEAR)
        [(total,)] = connection.sql("SELECT count(*) FROM near").fetchall()
        tick("blocks", 1, 1)
        took["blocks"] = time.perf_counter() - started
        tick("pairs", 0, total)
        for first in range(0, total, _AT_ONCE):
            last = min(first + _AT_ONCE, total)
            found += _weighed(connection.sql(_ROWS, params={"first": first, "last": last}).arrow(), model)
            tick("pairs", last, total)
    took["pairs"] = time.perf_counter() - started - took["blocks"]
    return found


def _weighed(rows: Any, model: Model) -> list[Pair]:
    """The pairs of these rows that weigh at least `no`, in order. rows: Arrow; `pairs` has the numbers of a row's."""
    rows = rows.read_all() if hasattr(rows, "read_all") else rows
    settings = splink_ready(model) | {"blocking_rules_to_generate_predictions": [_EXPLODED]}
    with splink(settings, rows, model.terms) as linker:
        found = linker.inference.predict(threshold_match_weight=model.no - _MARGIN)
        ids = "unique_id_l, unique_id_r"
        table = found.as_duckdbpyrelation().project(ids).order(ids).fetchall()
    return [(a, b) for a, b in table]


# Keys that many rows have are parted by the sound of both names, and left out where even those have too many.
_NEAR = f"""
CREATE TABLE near AS
WITH single AS (SELECT unique_id, unnest(keys) AS key,
                       coalesce(given_sound, '') || '/' || coalesce(family_sound, '') AS names
                FROM given_rows),
     heavy AS (SELECT key FROM single GROUP BY key HAVING count(*) > {BLOCK_LIMIT}),
     parted AS MATERIALIZED (
         SELECT unique_id, CASE WHEN heavy.key IS NULL THEN single.key ELSE single.key || '/' || names END AS key
         FROM single LEFT JOIN heavy USING (key)),
     useful AS (SELECT key FROM parted GROUP BY key HAVING count(*) BETWEEN 2 AND {BLOCK_LIMIT}),
     found AS MATERIALIZED (SELECT unique_id, key FROM parted JOIN useful USING (key))
SELECT DISTINCT l.unique_id AS a, r.unique_id AS b
FROM found AS l JOIN found AS r ON l.key = r.key AND l.unique_id < r.unique_id
ORDER BY a, b
"""
# The rows of some of these pairs, each with the numbers of its pairs: Splink weighs those that have one in common.
_ROWS = """
WITH here AS (SELECT a, b, rowid AS pair FROM near WHERE rowid >= $first AND rowid < $last),
     sides AS (SELECT a AS unique_id, pair FROM here UNION ALL SELECT b, pair FROM here),
     own AS (SELECT unique_id, list(pair) AS pairs FROM sides GROUP BY unique_id)
SELECT given_rows.* EXCLUDE (keys), own.pairs FROM given_rows JOIN own USING (unique_id)
"""


def _groups(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """The pairs of each component."""
    root: dict[int, int] = {}

    def find(i: int) -> int:
        while (up := root.setdefault(i, i)) != i:
            root[i] = root.setdefault(up, up)
            i = up
        return i

    for a, b in pairs:
        one, two = sorted((find(a), find(b)))
        root[two] = one
    by_root: dict[int, list[Pair]] = {}
    for pair in pairs:
        by_root.setdefault(find(pair[0]), []).append(pair)
    return list(by_root.values())


def _told_apart(links: Sequence[Pair]) -> tuple[list[list[int]], list[list[Pair]]]:
    """Persons, and the components that are yet to be clustered. Where each two rows of a component are linked, nothing
    stands between them: no guard fires, and no weight is below *link*, so neither is the median."""
    persons, others = [], []
    for group in _groups(links):
        members = sorted({i for pair in group for i in pair})
        if 2 * len(group) == len(members) * (len(members) - 1):
            persons.append(members)
        else:
            others.append(group)
    return persons, others


def _together(groups: Iterable[Sequence[Pair]]) -> Iterator[list[Pair]]:
    """The components in parts, each in one."""
    part: list[Pair] = []
    for group in groups:
        part += group
        if len(part) >= _CHUNK:
            yield part
            part = []
    if part:
        yield part
