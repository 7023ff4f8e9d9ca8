"""Fellegi-Sunter weights in log2, with the arithmetic of Splink and a model in Splink's own JSON.

weight = log2(prior odds) + Σ over features of log2(m/u) of the first level that holds + adjustment for common values;
adjustment = w · (log2 u_exact − log2 max(tf_a, tf_b, tf_min)); "not given" counts 0.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from operator import attrgetter
from typing import Any, NamedTuple

from gateway.errors import ConfigError, Issue, Severity
from gateway.identity.compare import FEATURES, Feature, Level
from gateway.identity.features import Features
from gateway.identity.levels import first
from gateway.ids import digest
from gateway.jsontext import dumps, loads
from gateway.once import once

Terms = Mapping[str, Mapping[str, float]]
PRIOR = "probability_two_random_records_match"
ROUNDING = 1e-9        # weights are sums whose last digits depend on the order of their parts


class Score(NamedTuple):
    """What one pair scores. levels: for each feature the index of its level; weights: what each adds to the prior."""

    weight: float
    levels: tuple[int, ...]
    weights: tuple[float, ...]


class _Common(NamedTuple):
    column: str
    value: Callable[[Features], Any]
    exact: float
    factor: float
    least: float


class _Weigh(NamedTuple):
    weight: float
    common: _Common | None = None


class _Table(NamedTuple):
    """One feature. level: the place of the level that holds for two records; weighs: what each level adds."""

    level: Callable[[Features, Features], int]
    weighs: tuple[_Weigh, ...]


@dataclass(frozen=True)
class Model:
    """A pinned model: Splink settings with m and u, term frequencies, thresholds; `id` names exactly this one.

    settings    Splink's settings JSON (DuckDB dialect), levels in the order of `compare.FEATURES`
    terms       column → value → share of records that have it; values that are not listed are not adjusted
    link, no    weights: at least `link` is linked, below `no` is another person, between them a human decides
    trained_on  how m and u came about
    shared      do people of these records share homes? False only for rows at hand (census.py), and never written
    """

    settings: Mapping[str, Any]
    terms: Terms
    link: float
    no: float
    trained_on: str = ""
    shared: bool = True

    @once
    def id(self) -> str:
        """First 16 hex digits of the SHA-256 of everything that decides."""
        decides = [self.settings, self.terms, self.link, self.no]
        return digest(decides if self.shared else [*decides, "alone"])[:16]

    @once
    def prior(self) -> float:
        p = float(self.settings[PRIOR])
        return math.log2(p / (1 - p))

    @once
    def _tables(self) -> tuple[_Table, ...]:
        return tuple(_Table(first(level.test for level in f.levels), _weighs(f, c))
                     for f, c in zip(FEATURES, self.settings["comparisons"], strict=True))

    def score(self, a: Features, b: Features) -> Score:
        """Score one pair; symmetric, and to 1e-9 what Splink gives for the same model."""
        levels = [table.level(a, b) for table in self._tables]
        weights = [self._weight(table.weighs[level], a, b) for table, level in zip(self._tables, levels, strict=True)]
        return Score(self.prior + sum(weights), tuple(levels), tuple(weights))

    @once
    def _decisive(self) -> tuple[tuple[int, _Table, float], ...]:
        """The tables with their places, those that say most first, each with the most that it and all behind it add."""
        places = sorted(range(len(self._tables)), key=lambda i: min(w.weight for w in self._tables[i].weighs))
        most = [max(map(_most, self._tables[i].weighs)) for i in places]
        return tuple((i, self._tables[i], sum(most[n:])) for n, i in enumerate(places))

    def reached(self, a: Features, b: Features, least: float) -> Score | None:
        """The pair's score where its weight is at least this; None is found before all features are compared."""
        levels, weights = [0] * len(self._tables), [0.0] * len(self._tables)
        total = self.prior
        for place, table, left in self._decisive:
            if total + left < least - ROUNDING:
                return None
            levels[place] = level = table.level(a, b)
            weights[place] = weight = self._weight(table.weighs[level], a, b)
            total += weight
        score = Score(self.prior + sum(weights), tuple(levels), tuple(weights))
        return score if score.weight >= least - ROUNDING else None

    def reaches(self, a: Features, b: Features, least: float) -> bool:
        """Is the pair's weight at least this?"""
        return self.reached(a, b, least) is not None

    def _weight(self, level: _Weigh, a: Features, b: Features) -> float:
        if not (common := level.common):
            return level.weight
        terms, get = self.terms.get(common.column, {}), common.value
        if not (shares := [s for v in (get(a), get(b)) if (s := terms.get(v)) is not None]):
            return level.weight
        return level.weight + common.factor * (common.exact - math.log2(max(*shares, common.least)))


def _most(level: _Weigh) -> float:
    """The most that a level adds: a rare value may raise it."""
    if not (common := level.common):
        return level.weight
    return level.weight + max(0.0, common.factor * (common.exact - math.log2(common.least or 1e-9)))


def _weighs(feature: Feature, comparison: Mapping[str, Any]) -> tuple[_Weigh, ...]:
    exact: dict[str | None, float] = {
        level.test.column: float(given["u_probability"])
             for level, given in zip(feature.levels, comparison["comparison_levels"], strict=True) if level.test.column}
    return tuple(_weigh(level, given, exact)
                 for level, given in zip(feature.levels, comparison["comparison_levels"], strict=True))


def _weigh(level: Level, given: Mapping[str, Any], exact: Mapping[str | None, float]) -> _Weigh:
    if level.null:
        return _Weigh(0.0)
    weight = math.log2(float(given["m_probability"]) / float(given["u_probability"]))
    column = given.get("tf_adjustment_column")
    if not column:
        return _Weigh(weight)
    factor, least = (float(given.get(k, d)) for k, d in (("tf_adjustment_weight", 1), ("tf_minimum_u_value", 0)))
    return _Weigh(weight, _Common(column, attrgetter(column), math.log2(exact[column]), factor, least))


def _mistake(message: str, where: str) -> Issue:
    return Issue("model-unfit", Severity.error, message, where, "Train the model anew: `gateway bulk link --train`.")


def read_model(text: str | bytes, terms_csv: str = "", where: str = "model.json") -> Model:
    """Read a model and check that its levels are those of `compare.FEATURES`. Raises ConfigError with every mistake."""
    try:
        given = loads(text)
        settings = given["splink"]
        model = Model(settings, read_terms(terms_csv), float(given["link"]), float(given["no"]), given["trained_on"])
        found = [(c["output_column_name"], [level["sql_condition"] for level in c["comparison_levels"]])
                 for c in settings["comparisons"]]
    except (KeyError, TypeError, ValueError) as e:
        raise ConfigError(_mistake(f"The identity model cannot be read: {e}. No pair was scored.", where)) from e
    wanted = [(column_name(f), [level.test.sql for level in f.levels]) for f in FEATURES]
    if mistakes := [_mistake(f"The model's levels of {w[0]} are not those of this version.", f"{where}: {w[0]}")
                    for f, w in zip([*found, *[("", [])] * len(wanted)], wanted, strict=False) if f != w]:
        raise ConfigError(*mistakes)
    if mistakes := [_mistake(f"{what} No pair was scored.", where) for what in _unfit(model)]:
        raise ConfigError(*mistakes)
    return model


def _unfit(model: Model) -> Iterator[str]:
    """What of the numbers is no probability, or would link whom the model itself takes for two people."""
    if not _share(model.settings.get(PRIOR)) or model.settings.get(PRIOR) == 1:
        yield f"{PRIOR} is not between 0 and 1."
    if not (math.isfinite(model.link) and math.isfinite(model.no) and model.link >= max(model.no, 0)):
        yield f"link {model.link} and no {model.no} are no thresholds: link is at least 0 and at least no."
    for feature, comparison in zip(FEATURES, model.settings["comparisons"], strict=True):
        for level, given in zip(feature.levels, comparison["comparison_levels"], strict=True):
            if not level.null and not all(_share(given.get(p)) for p in ("m_probability", "u_probability")):
                yield f"m or u of {feature.name}, {level.word!r}, is not above 0 and up to 1."
    if worst := [f"{c} {v}" for c, shares in model.terms.items() for v, share in shares.items() if not _share(share)]:
        yield f"The shares of {', '.join(sorted(worst)[:5])} are not above 0 and up to 1."


def _share(value: Any) -> bool:
    try:
        return 0 < float(value) <= 1
    except (TypeError, ValueError):
        return False


def write_model(model: Model) -> tuple[str, str]:
    """A model as the text of model.json and of terms.csv; `read_model` of the two gives the same id."""
    text = dumps({"trained_on": model.trained_on, "link": model.link, "no": model.no, "splink": model.settings},
                 indent=1)
    terms = "".join(f"{column},{value},{share!r}\n" for column, shares in sorted(model.terms.items())
                    for value, share in sorted(shares.items()))
    return f"{text}\n", f"column,value,share\n{terms}"


def read_terms(text: str) -> Terms:
    """Term frequencies from CSV with the columns column,value,share."""
    out: dict[str, dict[str, float]] = {}
    for line in text.splitlines()[1:]:
        column, value, share = line.split(",")
        out.setdefault(column, {})[value] = float(share)
    return out


def column_name(feature: Feature) -> str:
    """A feature's name as a column name."""
    return "".join(c if c.isalnum() else "_" for c in feature.name)


def probability(weight: float) -> float:
    """2^w / (1 + 2^w), without overflow."""
    return 1 / (1 + 2.0 ** min(-weight, 1000)) if weight > -1000 else 0.0


def shipped() -> Model:
    """The model that ships with the gateway."""
    room = files(__package__)
    return read_model(room.joinpath("model.json").read_bytes(), room.joinpath("terms.csv").read_text("utf-8"))
