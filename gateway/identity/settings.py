"""The table of features as Splink settings: what is trained, and the form in which a model is kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.identity.compare import FEATURES, Feature, Level
from gateway.identity.score import column_name

Probabilities = Mapping[str, Sequence[tuple[float, float]]]


def splink_settings(given: Probabilities | None = None, prior: float = 1e-4) -> dict[str, Any]:
    """Splink settings (DuckDB) of `compare.FEATURES`; given: feature → (m, u) of each level that is not null."""
    return {
        "link_type": "dedupe_only", "unique_id_column_name": "unique_id",
        "source_dataset_column_name": "source_dataset", "probability_two_random_records_match": prior,
        "retain_matching_columns": False, "retain_intermediate_calculation_columns": False,
        "additional_columns_to_retain": [], "blocking_rules_to_generate_predictions": [],
        "comparisons": [_comparison(f, list((given or {}).get(f.name, ()))) for f in FEATURES]}


def _comparison(feature: Feature, given: list[tuple[float, float]]) -> dict[str, Any]:
    levels = [_level(level, given.pop(0) if given and not level.null else None) for level in feature.levels]
    return {"output_column_name": column_name(feature), "comparison_description": feature.name,
            "comparison_levels": levels}


def _level(level: Level, given: tuple[float, float] | None) -> dict[str, Any]:
    out: dict[str, Any] = {"sql_condition": level.test.sql, "label_for_charts": level.word}
    if level.null:
        return {**out, "is_null_level": True}
    if given:
        out |= {"m_probability": given[0], "u_probability": given[1]}
    if level.frequency:  # the least share is that of the usual value: only common values are adjusted, downwards
        least = given[1] if given else 1e-5
        out |= {"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0, "tf_minimum_u_value": least}
    return out
