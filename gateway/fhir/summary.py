"""What `_summary=true` shows of a resource: the elements that R4 4.0.1 marks so (summary.csv, which build.py makes)."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def summary(type: str) -> tuple[str, ...]:
    """Names of the elements, a choice by its name alone (`effective`); () for what is no resource type of R4."""
    return _table().get(type, ())


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    text = files("gateway.fhir").joinpath("summary.csv").read_text("utf-8")
    return {row["type"]: tuple(row["elements"].split()) for row in csv.DictReader(text.splitlines())}
