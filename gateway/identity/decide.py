"""Two patients: link, a human decides, or no; with the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.identity.compare import FEATURES
from gateway.identity.features import Features
from gateway.identity.guards import Guard, fired
from gateway.identity.patient import features_of
from gateway.identity.score import Model, Score, probability, shipped
from gateway.once import once

MODEL = shipped()


@dataclass(frozen=True)
class Comparison:
    """How two records compare under one model. decision: "link", "review" or "no"."""

    a: Features
    b: Features
    score: Score
    model: Model

    @once
    def guards(self) -> tuple[Guard, ...]:
        """The guards that fire."""
        return fired(self.a, self.b, self.score, self.model.shared)

    @property
    def weight(self) -> float:
        return self.score.weight

    @once
    def decision(self) -> str:
        if self.weight < self.model.no or any(g.effect in ("no", "far") for g in self.guards):
            return "no"
        return "link" if self.weight >= self.model.link and not self.guards else "review"

    def why(self) -> list[str]:
        """Why a human decides, in words."""
        return [g.reason for g in self.guards] or ["The likeness is neither enough to link nor too little to ask."]

    def reasons(self) -> list[dict[str, Any]]:
        """What each feature says: [{feature, level, weight}]; features that are not given are left out."""
        found = zip(FEATURES, self.score.levels, self.score.weights, strict=True)
        return [{"feature": f.name, "level": f.levels[i].word, "weight": w}
                for f, i, w in found if not f.levels[i].null]

    def json(self) -> dict[str, Any]:
        """A line of `gateway identity compare`."""
        return {"schema": "gateway.identity/1", "decision": self.decision, "probability": probability(self.weight),
                "weight": self.weight, "reasons": self.reasons(),
                "guards": [{"guard": g.name, "effect": g.effect, "reason": g.reason} for g in self.guards],
                "model": self.model.id}


def compare_features(a: Features, b: Features, model: Model = MODEL) -> Comparison:
    """Compare two records whose features are at hand."""
    return Comparison(a, b, model.score(a, b), model)


def alike(a: Features, b: Features, model: Model, least: float) -> Comparison | None:
    """The comparison of two records where its weight is at least this: most that are compared are known sooner."""
    score = model.reached(a, b, least)
    return None if score is None else Comparison(a, b, score, model)


def compare(a: Mapping[str, Any], b: Mapping[str, Any], model: Model = MODEL) -> Comparison:
    """Compare two FHIR R4 Patients; symmetric and total."""
    return compare_features(features_of(a), features_of(b), model)
