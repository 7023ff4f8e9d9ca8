"""`gateway bulk link`: people as rows of CSV in, persons out; a model in a folder, and training one."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway.identity import Model
from gateway.identity.census import MOST, at_hand
from gateway.identity.evaluate import people_rows, row_features, unread
from gateway.identity.score import write_model
from gateway.models import FILES

Tick = Callable[[str, int, int], None]


def room_in(folder: str) -> TemporaryDirectory[str]:
    """A new folder inside of this one, which is made. Raises OSError where nothing can be written."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(prefix=".new-", dir=folder)


def save_model(model: Model, folder: str) -> None:
    """Write model.json, which Splink reads too, and terms.csv into a folder; where the place refuses, the model that
    lies there stays. One model's numbers are never read with another's frequencies: what stops between the two leaves
    no model."""
    with room_in(folder) as new:
        place = Path(folder)
        for name, text in zip(FILES, write_model(model), strict=True):
            Path(new, name).write_text(text, "utf-8")
        (place / FILES[0]).unlink(missing_ok=True)
        for name in reversed(FILES):
            Path(new, name).replace(place / name)


def link_people(name: str, data: bytes, model: Model, train: bool, tick: Tick) -> tuple[dict[str, Any], Model]:
    """The persons among the rows, and the model to keep. train: learn it from the rows first.

    pairs: how many are linked, left to a human, and held: linked, but what stands around them does not go together.
    review: the pairs that a human decides, the held ones among them, and none of one person.
    """
    from gateway.identity.bulk import link

    took: dict[str, float] = {}
    with _stage("rows", tick, took):
        rows = list(people_rows(data, name))
        features = {("", f"{i:09}"): row_features(row) for i, row in enumerate(rows) if train or len(rows) <= MOST}
    if train:
        from gateway.identity.train import trained, with_terms

        with _stage("training", tick, took):
            model = trained(features, with_terms(model, features.values()))
    with _stage("homes", tick, took):
        used = at_hand(model, features)
    found = link(rows, row_features, used, tick)
    ids = [row["id"] for row in rows]
    person = {i: n for n, places in enumerate(found.persons) for i in places}
    asked = [(a, b) for a, b in sorted({*found.review, *found.held}) if a not in person or person[a] != person.get(b)]
    return {"schema": "gateway.bulk-link/1", "rows": len(rows), "model": used.id, "shared_homes": used.shared,
            "unread": unread(data),
            "pairs": {"link": len(found.link), "review": len(found.review), "held": len(found.held)},
            "persons": [[ids[i] for i in places] for places in found.persons],
            "review": [[ids[a], ids[b]] for a, b in asked], "seconds": _rounded(took | found.seconds)}, model


@contextmanager
def _stage(name: str, tick: Tick, took: dict[str, float]) -> Iterator[None]:
    """A stage whose end alone can be told."""
    started = time.perf_counter()
    tick(name, 0, 1)
    yield
    tick(name, 1, 1)
    took[name] = time.perf_counter() - started


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {stage: round(took, 3) for stage, took in seconds.items()}
