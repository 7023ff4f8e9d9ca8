"""A model's arithmetic by hand (Fellegi and Sunter; Splink's term frequencies), and what of a model is refused."""

import json
import math
import random
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import ConfigError
from gateway.identity import MODEL, Features, alike, compare_features, features_of, read_model
from gateway.identity.compare import FEATURES
from gateway.identity.evaluate import row_features
from gateway.identity.score import Model, column_name, probability, write_model
from tests.identity.people import registers
from tests.identity.test_pairs import ANNA, fields, person

FAMILY = [f.name for f in FEATURES].index("family name")
SAME, ALIKE = 1, 2                          # its levels: 0 is "not given"


def rows(**fields: str) -> Features:
    return row_features(fields)


def changed(level: int, **given: Any) -> Model:
    """The shipped model, with another family name level and shares of its own."""
    settings = deepcopy(dict(MODEL.settings))
    settings["comparisons"][FAMILY]["comparison_levels"][level].update(given)
    return replace(MODEL, settings=settings, terms={"family": {"berglund": 1 / 256, "berglind": 1 / 64, "rarest": 1 / 4096}})


def test_the_prior_is_the_odds_of_two_records_drawn_at_random() -> None:
    assert replace(MODEL, settings={"probability_two_random_records_match": 0.2}).prior == -2
    assert MODEL.prior == pytest.approx(math.log2(1 / 9999))


def test_two_records_of_which_nothing_is_known_score_the_prior() -> None:
    found = MODEL.score(rows(), rows())
    assert found.weight == MODEL.prior
    assert set(found.weights) == {0.0} and set(found.levels) == {0}


def test_a_weight_is_the_prior_and_what_each_feature_adds() -> None:
    found = MODEL.score(rows(family="Berglund", sex="f"), rows(family="Berglund", sex="m"))
    sex = [f.name for f in FEATURES].index("sex")
    differs = MODEL.settings["comparisons"][sex]["comparison_levels"][2]
    assert found.weights[sex] == pytest.approx(math.log2(differs["m_probability"] / differs["u_probability"])) and found.levels[sex] == 2
    assert found.weight == pytest.approx(MODEL.prior + found.weights[FAMILY] + found.weights[sex])


@pytest.mark.parametrize(("one", "other", "given", "expected"), [
    ("Berglund", "Berglund", {}, 3 + (-4 + 8)),                                             # m/u = 8; u = 1/16, share 1/256
    ("Berglund", "Berglund", {"tf_adjustment_weight": 0.5}, 3 + (-4 + 8) / 2),
    ("Berglund", "Berglund", {"tf_adjustment_weight": None}, 3 + (-4 + 8)),                 # Splink's default: 1
    ("Rarest", "Rarest", {}, 3 + (-4 + 12)), ("Rarest", "Rarest", {"tf_minimum_u_value": 1 / 1024}, 3 + (-4 + 10)),
    ("Rarest", "Rarest", {"tf_minimum_u_value": None}, 3 + (-4 + 12)),                      # Splink's default: no least
    ("Unlisted", "Unlisted", {}, 3), ("Berglund", "Berglund", {"tf_adjustment_column": None}, 3)])
def test_a_common_value_counts_less(one: str, other: str, given: dict[str, Any], expected: float) -> None:
    given = {"m_probability": 0.5, "u_probability": 1 / 16, "tf_adjustment_weight": 1, "tf_minimum_u_value": 0, **given}
    model = changed(SAME, **given)
    level = model.settings["comparisons"][FAMILY]["comparison_levels"][SAME]
    for key in [k for k, v in level.items() if v is None]:
        del level[key]
    assert model.score(rows(family=one), rows(family=other)).weights[FAMILY] == pytest.approx(expected)


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("Berglund", "Berglind", 3 + (-4 + 6)), ("Berglind", "Berglund", 3 + (-4 + 6)), ("Berglund", "Bergluns", 3 + (-4 + 8)),
    ("Bergluns", "Berglund", 3 + (-4 + 8))])
def test_of_two_values_spelt_alike_the_commoner_counts(one: str, other: str, expected: float) -> None:
    model = changed(ALIKE, m_probability=0.5, u_probability=1 / 16, tf_adjustment_column="family")
    model.settings["comparisons"][FAMILY]["comparison_levels"][SAME]["u_probability"] = 1 / 16
    assert model.score(rows(family=one), rows(family=other)).weights[FAMILY] == pytest.approx(expected)


def test_what_may_reach_a_weight_is_what_has_it() -> None:
    """The short cut never loses a pair, nor lets one through that has less. Rare values and common ones, for each model."""
    people = [row_features(p.row("x")) for p in registers(40, 3, copies=2, errors=(0, 6))]
    rare = replace(changed(SAME, tf_minimum_u_value=0), terms={"family": {p.family: 1e-7 for p in people if p.family}})
    rng = random.Random(4)
    for model in (MODEL, rare):
        for _ in range(300):
            a = rng.choice(people)
            b = rng.choice([a, *rng.sample(people, 1)])
            weight = model.score(a, b).weight
            assert model.reaches(a, b, weight) and model.reaches(a, b, weight - 1)
            assert model.reached(a, b, weight) == model.score(a, b), "to the last digit"
            assert alike(a, b, model, weight) == compare_features(a, b, model)
            assert alike(a, b, model, weight + 1e-6) is None
            assert not model.reaches(a, b, weight + 1e-6)
            assert not model.reaches(a, b, weight + 1)
            assert model.reaches(a, b, weight + 1000) is False


def test_a_pair_that_agrees_in_everything_and_has_rare_names_is_not_lost() -> None:
    told = {**fields(ANNA), "number": "personnummer|710419-2385", "mother": "Lindqvist", "relative": "Erik Berglund"}
    anna = features_of(person(told))
    rare = replace(changed(SAME, tf_minimum_u_value=0), terms={"family": {"berglund": 1e-8}})
    assert rare.reaches(anna, anna, rare.score(anna, anna).weight)


@pytest.mark.parametrize(("weight", "expected"), [(0, 1 / 2), (1, 2 / 3), (-1, 1 / 3), (3, 8 / 9), (2000, 1), (-2000, 0), (-1e308, 0), (1e308, 1)])
def test_a_weight_is_a_probability(weight: float, expected: float) -> None:
    assert probability(weight) == pytest.approx(expected, abs=1e-12)
    assert type(probability(weight)) is float


def test_the_id_names_all_that_decides() -> None:
    others = [replace(MODEL, link=MODEL.link + 1), replace(MODEL, no=MODEL.no - 1), replace(MODEL, terms={}), changed(SAME, m_probability=0.5)]
    assert len({MODEL.id, *(m.id for m in others)}) == 5
    assert replace(MODEL, trained_on="another day").id == MODEL.id
    assert len(MODEL.id) == 16 and set(MODEL.id) <= set("0123456789abcdef")


def test_a_model_is_written_as_splink_and_people_read_it() -> None:
    text, terms = write_model(MODEL)
    assert read_model(text, terms) == MODEL
    assert set(json.loads(text)) == {"trained_on", "link", "no", "splink"}
    assert terms.startswith("column,value,share\n") and text.endswith("}\n")
    assert "\n " in text, "one element on a line: a change of it can be read"
    assert terms == "column,value,share\n" + "".join(sorted(terms.splitlines(keepends=True)[1:]))


SHIPPED = json.loads(write_model(MODEL)[0])


def unfit(text: str) -> list[dict[str, Any]]:
    with pytest.raises(ConfigError) as raised:
        read_model(text, "", "here/model.json")
    return [i.json() for i in raised.value.issues]


@pytest.mark.parametrize("text", [
    "{", "[]", "3", "{}", *(json.dumps({k: v for k, v in SHIPPED.items() if k != gone}) for gone in SHIPPED),
    json.dumps({**SHIPPED, "link": "high"}), json.dumps({**SHIPPED, "no": None}), json.dumps({**SHIPPED, "splink": {}}),
    json.dumps({**SHIPPED, "splink": {"comparisons": [{}]}}), json.dumps({**SHIPPED, "splink": {"comparisons": 5}})])
def test_a_file_that_is_no_model_is_refused_with_place_and_next_step(text: str) -> None:
    [issue] = unfit(text)
    assert issue["code"] == "model-unfit" and issue["severity"] == "error"
    assert issue["message"].startswith("The identity model cannot be read: ") and issue["message"].endswith(" No pair was scored.")
    assert "here/model.json" in json.dumps(issue) and '"Train the model anew: `gateway bulk link --train`."' in json.dumps(issue)


def test_a_model_of_other_levels_is_refused_level_by_level() -> None:
    def text(comparisons: list[Any]) -> str:
        return json.dumps({**SHIPPED, "splink": {**SHIPPED["splink"], "comparisons": comparisons}})

    comparisons = SHIPPED["splink"]["comparisons"]
    other = deepcopy(comparisons)
    other[FAMILY]["comparison_levels"][1]["sql_condition"] = "1=1"
    other[0]["output_column_name"] = "first_name"
    assert [i["message"] for i in unfit(text(other))] == [
        "The model's levels of given_name are not those of this version.", "The model's levels of family_name are not those of this version."]
    assert "here/model.json: family_name" in json.dumps(unfit(text(other))[1])
    assert len(unfit(text(comparisons[:-1]))) == 1 and len(unfit(text([]))) == len(FEATURES)


def numbered(**numbers: Any) -> str:
    """The model that ships with other numbers: of itself, its prior, or of its first comparison's closest level."""
    model = deepcopy(SHIPPED)
    level = model["splink"]["comparisons"][0]["comparison_levels"][1]
    for name, value in numbers.items():
        (model if name in model else model["splink"] if name in model["splink"] else level)[name] = value
    return json.dumps(model)


PRIOR = "probability_two_random_records_match"


@pytest.mark.parametrize(("text", "said"), [
    (numbered(m_probability=0), "m or u of given name, 'same',"), (numbered(u_probability=-0.1), "m or u of given name, 'same',"),
    (numbered(m_probability=1.5), "m or u of given name, 'same',"), (numbered(u_probability=None), "m or u of given name, 'same',"),
    (numbered(m_probability="much"), "m or u of given name, 'same',"),
    (numbered(**{PRIOR: 0}), PRIOR), (numbered(**{PRIOR: 1}), PRIOR), (numbered(**{PRIOR: 2}), PRIOR), (numbered(**{PRIOR: None}), PRIOR),
    (numbered(link=-1, no=-2), "link -1.0 and no -2.0"), (numbered(link=1, no=2), "link 1.0 and no 2.0"),
    (numbered(link=1e400), "link inf and no"), (numbered(no=-1e400), "no -inf")])
def test_a_model_whose_numbers_would_link_strangers_or_cannot_be_reckoned_with_is_refused(text: str, said: str) -> None:
    [issue] = unfit(text.replace("Infinity", "1e400"))
    assert issue["code"] == "model-unfit" and said in issue["message"] and issue["message"].endswith(" No pair was scored.")
    assert "here/model.json" in json.dumps(issue)


def test_shares_that_are_no_shares_are_refused_with_the_names() -> None:
    text, _ = write_model(MODEL)
    for share in ("0", "-1", "2", "nan"):
        with pytest.raises(ConfigError, match="The shares of given anna are"):
            read_model(text, f"column,value,share\ngiven,anna,{share}\ngiven,eva,0.1\n")
    assert read_model(text, "column,value,share\ngiven,anna,1\n").terms == {"given": {"anna": 1.0}}


def test_thresholds_may_meet_at_an_even_chance() -> None:
    assert read_model(numbered(link=0, no=0, m_probability=1, u_probability=1)).link == 0


def test_a_feature_has_a_column_of_plain_letters() -> None:
    assert [column_name(f) for f in FEATURES][-2:] == ["mother_s_maiden_name", "relative"]
