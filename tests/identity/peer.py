"""Splink with its own comparisons, trained on the same rows: the peer beside which the harder set is measured."""

import logging
import time
from itertools import combinations
from typing import Any

from tests.identity.truth_sets import Rows

COLUMNS = ("given", "family", "birth_date", "street", "house_number", "city", "postcode", "phone", "email", "identifier")
BLOCKS = (("birth_date",), ("identifier",), ("phone",), ("email",), ("given", "family"), ("family", "postcode"), ("given", "postcode"),
          ("street", "house_number"))


def settings() -> Any:
    """Splink's library comparisons for these columns."""
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    distances = [cl.JaroWinklerAtThresholds(c, [0.92, 0.85]) for c in ("street", "city", "email")]
    digits = [cl.DamerauLevenshteinAtThresholds(c, [1, 2]) for c in ("house_number", "postcode", "phone", "identifier", "birth_date")]
    return SettingsCreator(link_type="dedupe_only", unique_id_column_name="id", probability_two_random_records_match=1e-4,
                           blocking_rules_to_generate_predictions=[block_on(*b) for b in BLOCKS],
                           comparisons=[cl.NameComparison("given"), cl.NameComparison("family"), *distances, *digits])


def _linker(rows: list[dict[str, str]], model: Any) -> Any:
    import pyarrow as pa
    from splink import DuckDBAPI, Linker
    from splink import logging as splink_logging

    table = pa.table({c: [row.get(c) or None for row in rows] for c in ("id", *COLUMNS)})
    linker = Linker(DuckDBAPI().register(table), model)
    splink_logging.enable(logging.ERROR)
    return linker


def trained(rows: list[dict[str, str]]) -> Any:
    """Splink's model of the rows, learnt without truth."""
    from splink import block_on

    linker = _linker(rows, settings())
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for columns in (("given", "family"), ("birth_date",), ("postcode", "house_number")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    return linker.misc.save_model_to_json()


def linked(rows: list[dict[str, str]], model: Any, threshold: float = 0.95) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """Pairs and clusters of Splink with a trained model."""
    linker = _linker(rows, model)
    found = linker.inference.predict(threshold_match_probability=threshold)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_probability=threshold)
    pairs = [(r["id_l"], r["id_r"]) for r in found.as_record_list()]
    together: dict[Any, list[str]] = {}
    for record in clusters.as_record_list():
        together.setdefault(record["cluster_id"], []).append(record["id"])
    return pairs, list(together.values())


def splink_line(rows: Rows) -> str:
    """Splink on the same rows, in words."""
    started = time.perf_counter()
    pairs, clusters = linked(rows.people, trained(rows.people))
    seconds = time.perf_counter() - started
    truth = {tuple(sorted(p)) for p in rows.truth()}
    parts = []
    for what, found in (("pairs", {tuple(sorted(p)) for p in pairs}),
                        ("clusters", {pair for c in clusters for pair in combinations(sorted(c), 2)})):
        right = len(found & truth)
        precision, recall = right / max(len(found), 1), right / len(truth)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        parts.append(f"{what} {precision:.4f} / {recall:.4f} / {f1:.4f}")
    return f"Splink 5 trained on the same rows, {rows.name}: {', '.join(parts)}, {seconds:.1f} s"
