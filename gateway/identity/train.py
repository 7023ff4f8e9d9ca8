"""m and u learnt with Splink on DuckDB (extra `bulk`); imported only when somebody trains."""

import contextlib
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.errors import GatewayError, Issue, Severity
from gateway.identity.assertions import Member
from gateway.identity.compare import FEATURES, HOUSEHOLD_U, Feature
from gateway.identity.features import COLUMNS, Features
from gateway.identity.score import Model, Terms, column_name
from gateway.identity.settings import splink_settings

Levels = Sequence[Mapping[str, Any]]
_LEAST_M, _LEAST_U = 5e-3, 1e-7
# Pairs to learn from, each time with these columns alike: no feature is left out of all of them.
_BLOCKS = (("given", "birth"), ("family", "postcode"), ("family", "birth"), ("given", "family"), ("birth", "email"))
_FEWEST = 30  # pairs: fewer teach nothing


def table(features: Mapping[Member, Features], labels: Mapping[Member, str] | None = None) -> Any:
    """The rows as an Arrow table with the types of COLUMNS; `unique_id` is the place in the order of members.

    Raises GatewayError where the extra `bulk` is not installed.
    """
    extra_at_hand()
    members = sorted(features)
    more = {} if labels is None else {"label": [labels[m] for m in members]}
    return column_table([features[m] for m in members], 0, more)


def column_table(found: Sequence[Features], first: int, more: Mapping[str, list[Any]]) -> Any:
    """Features as an Arrow table. first: the `unique_id` of the first; more: further columns of text."""
    import pyarrow as pa

    types = {"VARCHAR": pa.string(), "VARCHAR[]": pa.list_(pa.string()), "INTEGER": pa.int32()}
    values = {name: [getattr(f, name) for f in found] for name in COLUMNS}
    columns = {name: pa.array([v or None for v in values[name]] if kind.endswith("[]") else values[name], types[kind])
               for name, kind in COLUMNS.items()}
    columns["unique_id"] = pa.array(range(first, first + len(found)), pa.int64())
    return pa.table(columns | {name: pa.array(values) for name, values in more.items()})


def extra_at_hand() -> None:
    """Raises GatewayError where the extra `bulk` is not installed."""
    try:
        import duckdb  # noqa: F401
        import pyarrow  # noqa: F401
        import splink  # noqa: F401
    except ImportError as e:
        raise GatewayError(Issue("extra-missing", Severity.error, f"Training and linking in bulk need Splink: {e}. "
                                 "Nothing was trained or linked.", "",
                                 "Install the extra: pip install 'throughline[bulk]'.")) from e


@contextlib.contextmanager
def splink(settings: Mapping[str, Any], rows: Any, terms: Terms | None = None) -> Iterator[Any]:
    """A Splink linker on an in-memory DuckDB, with the model's own term frequencies where they are given.

    Raises GatewayError where the extra `bulk` is not installed.
    """
    extra_at_hand()
    import duckdb
    import pyarrow as pa
    from splink import DuckDBAPI, Linker
    from splink import logging as splink_logging

    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")  # it would draw on stdout, which is for data
        api = DuckDBAPI(connection)
        linker = Linker(api.register(rows), dict(settings))
        splink_logging.enable(logging.ERROR)
        for column, shares in (terms or {}).items():
            lookup = pa.table({column: list(shares), f"tf_{column}": list(shares.values())})
            linker.table_management.register_term_frequency_lookup(api.register(lookup), column)
        yield linker


def _smooth(feature: Feature, with_m: Levels, with_u: Levels, before: Levels) -> list[tuple[float, float]]:
    """m and u of the levels that are not null; what was never seen keeps the value of the model before."""
    least_u = HOUSEHOLD_U if feature.household else _LEAST_U
    pairs = []
    for level, a, b, c in zip(feature.levels, with_m, with_u, before, strict=True):
        if not level.null:
            m = max(_number(a.get("m_probability"), c["m_probability"]), _LEAST_M)
            u = max(_number(b.get("u_probability"), c["u_probability"]), least_u)
            pairs.append((u, u) if level.neutral else (m, u))
    total_m, total_u = (sum(p[i] for p in pairs) for i in (0, 1))
    return [(u / total_u,) * 2 if m == u else (round(m / total_m, 9), u / total_u) for m, u in pairs]


def _number(value: Any, otherwise: Any) -> float:
    return float(value if isinstance(value, int | float) else otherwise)


def trained(features: Mapping[Member, Features], model: Model, pairs: float = 2e6) -> Model:
    """The model with m and u learnt from these people: u from random pairs, m by expectation maximisation. Prior,
    thresholds and term frequencies stay as they are."""
    rules = [block for block in _BLOCKS if _pairs(features.values(), block) >= _FEWEST]
    if not rules:
        raise GatewayError(Issue("too-few-to-train", Severity.error, "Too few of the records are alike to learn from; "
                                 "nothing was trained.", "", "Train on more records, or use the model that ships."))
    with splink(splink_ready(model), table(features)) as linker:
        linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
        for rule in rules:
            condition = " AND ".join(f'l."{column}" = r."{column}"' for column in rule)
            linker.training.estimate_parameters_using_expectation_maximisation(condition)
        after = linker.misc.save_model_to_json()
    return relearnt(model, after, after, f"Splink, expectation maximisation on {len(features)} records")


def _pairs(features: Iterable[Features], columns: Sequence[str]) -> int:
    """How many pairs have these columns alike."""
    counts = Counter(tuple(getattr(f, c) for c in columns) for f in features)
    return sum(n * (n - 1) // 2 for values, n in counts.items() if None not in values)


def with_terms(model: Model, features: Iterable[Features], least: float = 1e-3) -> Model:
    """The model with the term frequencies of these people: of every value that at least `least` of them have."""
    columns = sorted({level.frequency for f in FEATURES for level in f.levels if level.frequency})
    counts = {column: Counter[str]() for column in columns}
    many = 0
    for record in features:
        many += 1
        for column, counter in counts.items():
            if (value := getattr(record, column)) is not None:
                counter[value] += 1
    terms = {column: {v: n / many for v, n in sorted(counter.items()) if n >= least * many and n > 1}
             for column, counter in counts.items()}
    return replace(model, terms=terms)


def trained_from_truth(features: Mapping[Member, Features], labels: Mapping[Member, str], once: Sequence[Member],
                       model: Model, pairs: float = 3e6) -> Model:
    """The model with m from people whose truth is known (member → person), u from random pairs of `once`, members of
    whom no two are one person."""
    with splink(splink_ready(model), table({m: features[m] for m in once})) as linker:
        linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
        apart = linker.misc.save_model_to_json()
    with splink(splink_ready(model), table(features, labels)) as linker:
        linker.training.estimate_m_from_label_column("label")
        together = linker.misc.save_model_to_json()
    how = f"Splink, m from the truth of {len(features)} records, u from {len(once)} people"
    return relearnt(model, together, apart, how)


def relearnt(model: Model, with_m: Mapping[str, Any], with_u: Mapping[str, Any], how: str) -> Model:
    """The model with the m of one Splink model and the u of another."""
    m, u = ({c["output_column_name"]: c["comparison_levels"] for c in s["comparisons"]} for s in (with_m, with_u))
    learnt = {f.name: _smooth(f, m[column_name(f)], u[column_name(f)], old["comparison_levels"])
              for f, old in zip(FEATURES, model.settings["comparisons"], strict=True)}
    prior = float(model.settings["probability_two_random_records_match"])
    return Model(splink_settings(learnt, prior), model.terms, model.link, model.no, how)


def splink_ready(model: Model, blocking: Sequence[str] = ()) -> dict[str, Any]:
    """The model's settings with plain numbers, quick conditions and blocking rules in SQL, as Splink takes them."""
    rules = [{"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in blocking]
    return {**_plain(model.settings), "blocking_rules_to_generate_predictions": rules}


def _plain(value: Any, key: str = "") -> Any:
    """JSON numbers that keep their text become floats, which is what Splink takes; conditions become quick ones."""
    from gateway.jsontext import Number

    if isinstance(value, Mapping):
        return {k: _plain(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if key == "sql_condition":
        return quick(value)
    return float(value) if isinstance(value, Number) else value


_EDITS = re.compile(r'damerau_levenshtein\(("[^"]+"), ("[^"]+")\) <= (\d+)')
# DuckDB counts these edits in characters, but plain ones in bytes.
_QUICK = (r"(abs(length(\1) - length(\2)) <= \3 AND (levenshtein(\1, \2) <= 2 * \3 "
          r"OR strlen(\1) > length(\1) OR strlen(\2) > length(\2)) AND \g<0>)")


def quick(condition: str) -> str:
    """A condition of the same truth, found sooner: DuckDB takes 10 µs for the edits between two e-mail addresses, and
    hardly any two are near. So many edits change the length by no more, and are at most twice as many without
    exchanges, which are counted quickly."""
    return _EDITS.sub(_QUICK, condition)
