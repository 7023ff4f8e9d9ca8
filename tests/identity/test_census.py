"""Sets in which nobody shares a home: when that is said, what it changes between two records and among many, and what not (DECISIONS 76)."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.identity import MODEL, Features, compare, compare_features
from gateway.identity.assertions import Member, Said
from gateway.identity.census import EACH, FEWEST, MOST, ONE_IN, PRIOR, STRANGERS, TWINS_IN, alone, at_hand
from gateway.identity.cluster import Scores
from gateway.identity.compare import FEATURES
from gateway.identity.evaluate import evaluate, row_features
from gateway.identity.guards import fired
from gateway.identity.linkage import touched
from gateway.identity.score import Model, read_model, write_model
from tests.identity import adversarial, million
from tests.identity.people import patient, population
from tests.identity.score import _csv

Row = dict[str, str]
LONE = replace(MODEL, shared=False)
ANNA = {"given": "Anna", "family": "Berglund", "birth_date": "1971-04-19", "street": "Oak Road", "house_number": "5", "city": "Lund",
        "postcode": "22221"}
SURE = 200


def home(i: int, **change: str) -> Row:
    return {**ANNA, "house_number": str(i + 1), "birth_date": f"{1930 + i % 70}-0{1 + i % 9}-{2 + i % 23:02}", **change}


def once_more(pairs: int) -> list[Row]:
    """People each of whom has two records."""
    return [home(i) for i in range(pairs) for _ in "ab"]


def known(rows: list[Row]) -> dict[Member, Features]:
    return {("", f"{i:05}"): row_features(row) for i, row in enumerate(rows)}


COUPLE = ({"given": "Karin", "birth_date": "1980-11-02"}, {"given": "Peter", "birth_date": "1975-07-25"})
NAMESAKES = ({"given": "Karin", "birth_date": "1980-11-02"}, {"given": "Karin", "birth_date": "1955-07-25"})
FATHER_AND_SON = ({"birth_date": ""}, {"birth_date": "1955-07-25"})
TWINS = ({"given": "Karin"}, {"given": "Peter"})
LIKE_TWINS = ({"given": "Anna"}, {"given": "Anne"})


def beside(one: Row, other: Row, homes: int, **change: str) -> list[Row]:
    return [home(1000 + i, **p, **change) for i in range(homes) for p in (one, other)]


@pytest.mark.parametrize(("rows", "expected"), [
    (once_more(FEWEST), True), (once_more(FEWEST - 1), False),
    (once_more(SURE) + beside(*COUPLE, SURE // ONE_IN), True), (once_more(SURE) + beside(*COUPLE, SURE // ONE_IN + 1), False),
    (once_more(SURE) + beside(*NAMESAKES, SURE // ONE_IN + 1), False), (once_more(SURE) + beside(*COUPLE, SURE, identifier="27183645"), True),
    (once_more(SURE) + beside(*FATHER_AND_SON, SURE // ONE_IN), True), (once_more(SURE) + beside(*FATHER_AND_SON, SURE // ONE_IN + 1), False),
    (once_more(SURE) + beside(*FATHER_AND_SON, SURE, identifier="27183645"), True),
    (once_more(SURE) + beside(*TWINS, SURE // TWINS_IN), True), (once_more(SURE) + beside(*TWINS, SURE // TWINS_IN + 1), False),
    (once_more(SURE) + beside(*LIKE_TWINS, SURE // TWINS_IN + 1), False), (once_more(SURE) + beside(*TWINS, SURE, identifier="27183645"), True)])
def test_who_is_alone_at_home(rows: list[Row], expected: bool) -> None:
    assert alone(known(rows), MODEL) is expected


def test_guards_take_homes_for_shared_unless_they_are_told_otherwise() -> None:
    a, b = (row_features(home(1, **r)) for r in LIKE_TWINS)
    score = MODEL.score(a, b)
    assert fired(a, b, score) == fired(a, b, score, True) != fired(a, b, score, False)


def test_a_phone_and_a_mailbox_are_homes_too() -> None:
    for column, value in (("phone", "+4670111{:04}"), ("email", "box{}x@mail.example")):
        rows = [{**ANNA, "street": "", "house_number": "", column: value.format(i)} for i in range(FEWEST) for _ in "ab"]
        assert alone(known(rows), MODEL)
        assert not alone(known([{**row, column: ""} for row in rows]), MODEL)


def test_the_prior_is_the_share_of_pairs_that_are_linked_and_never_less_than_the_models() -> None:
    features = known([p.row("") for p in population(80, 3, january=0) for _ in "ab"])
    found, members = at_hand(MODEL, features), sorted(features)
    linked = sum(compare_features(features[a], features[b], found).weight >= found.link for a in members for b in members if a < b)
    assert linked == 80 and not found.shared
    assert float(found.settings[PRIOR]) == pytest.approx(linked / (160 * 159 / 2))
    assert (found.link, found.no, found.terms) == (MODEL.link, MODEL.no, MODEL.terms)
    sure = replace(MODEL, settings={**MODEL.settings, PRIOR: 0.3})
    assert float(at_hand(sure, features).settings[PRIOR]) == 0.3


def shares(model: Model, feature: str) -> dict[str, float]:
    """How often strangers reach each level of a feature."""
    at = [f.name for f in FEATURES].index(feature)
    levels = model.settings["comparisons"][at]["comparison_levels"]
    return {level.word: float(given["u_probability"]) for level, given in zip(FEATURES[at].levels, levels, strict=True) if not level.null}


def test_a_home_counts_for_as_much_as_it_is_rare_among_strangers() -> None:
    rows = [r for i in range(SURE) for r in (home(i), home(i))] + [home(1000 + i, street=f"Way{i}", birth_date="") for i in range(SURE)]
    rows = [{**r, "street": f"{r['street']}{i // 2}q"} if i < 2 * SURE else r for i, r in enumerate(rows)]
    found = at_hand(MODEL, known(rows))
    before, after = shares(MODEL, "address"), shares(found, "address")
    assert after["same door"] == 1 / (600 * 599 / 2) < before["same door"], "nobody's door but one's own, of all pairs"
    assert after["same street and house"] == 1 / STRANGERS, "what no index finds is drawn"
    assert after["differs"] == before["differs"]
    assert all(after[word] <= before[word] for word in before), "what is common here is no reason to count it less"
    for feature in ("given name", "birth date", "number", "phone"):
        assert shares(found, feature) == shares(MODEL, feature), "homes alone; and a phone is not given here"
    assert at_hand(MODEL, dict(reversed(known(rows).items()))).id == found.id


@pytest.mark.parametrize(("column", "value", "feature", "word"), [
    ("phone", "+46{:09}", "phone", "same"), ("email", "box{}@mail.example", "e-mail", "same"), ("street", "Way{}", "address", "same door")])
def test_strangers_at_one_home_are_counted_among_all_pairs(column: str, value: str, feature: str, word: str) -> None:
    people = [{**home(i), "street": "", "city": f"T{i}own", "postcode": f"{10000 + 37 * i}", column: value.format(7 ** 9 + 97 * i)} for i in range(SURE)]
    stranger = {**people[0], "given": "Karin", "family": "Quist", "birth_date": "1988-11-27"}
    rows = [*(p for p in people for _ in "ab"), stranger]
    both = 2    # the stranger beside either record of the first
    assert shares(at_hand(MODEL, known(rows)), feature)[word] == pytest.approx((both + 1) / (len(rows) * (len(rows) - 1) / 2))


def test_homes_that_strangers_have_in_common_are_counted() -> None:
    """All live in one street of one town, each at a house of his own."""
    people = population(SURE, 5, january=0)
    found = at_hand(MODEL, known([home(i, given=p.given, family=p.family) for i, p in enumerate(people) for _ in "ab"]))
    assert found.shared is False
    assert shares(found, "address")["same street and town"] == shares(MODEL, "address")["same street and town"]
    assert shares(found, "address")["same door"] < shares(MODEL, "address")["same door"]


def test_records_of_one_person_are_no_strangers() -> None:
    """Every fourth pair drawn is one person's: were they counted, a door would be as common as in the model."""
    rows = [{**home(i), "street": f"Way{i}qx", "city": f"T{i}own", "postcode": f"{10000 + 37 * i}"} for i in range(4) for _ in range(25)]
    assert shares(at_hand(MODEL, known(rows)), "address")["same door"] == 1 / STRANGERS


def test_the_prior_does_not_run_away_where_all_look_alike() -> None:
    features = known([{**home(i), "birth_date": ANNA["birth_date"]} for i in range(FEWEST) for _ in "abc"])
    assert float(at_hand(MODEL, features).settings[PRIOR]) == pytest.approx(EACH / (len(features) - 1))
    alike = known([ANNA] * 11)
    assert float(at_hand(MODEL, alike).settings[PRIOR]) == 0.5


def test_where_homes_are_shared_or_the_rows_are_many_the_model_stays() -> None:
    assert at_hand(MODEL, known(once_more(SURE) + beside(*COUPLE, SURE))) is MODEL
    one = row_features(ANNA)
    assert at_hand(MODEL, {("", str(i)): one for i in range(MOST + 1)}) is MODEL


def test_a_model_that_is_kept_never_says_that_homes_are_not_shared() -> None:
    assert len({MODEL.id, LONE.id, replace(LONE, link=LONE.link + 1).id}) == 3
    assert read_model(*write_model(LONE)).id == MODEL.id


def held(change: dict[str, str], of: dict[str, str] | None = None) -> tuple[set[str], set[str]]:
    """The guards that hold a pair where homes are shared, and where they are not."""
    one = {**ANNA, **(of or {})}
    a, b = row_features(one), row_features({**one, **change})
    both = []
    for model in (MODEL, LONE):
        found = compare_features(a, b, model)
        assert found.guards == compare_features(b, a, model).guards
        both.append({g.name for g in found.guards})
    return both[0], both[1]


NUMBER = {"identifier": "27183645"}
ELSEWHERE = {"street": "Elm Way", "house_number": "9", "postcode": "22229"}
NOWHERE = {"street": "", "house_number": "", "postcode": "", "city": ""}


@pytest.mark.parametrize(("change", "of", "guard"), [
    ({"given": ""}, {}, "household-only"), ({"birth_date": ""}, {}, "household-only"), ({"family": "Quist"}, {}, "household-only"),
    ({"given": "Anne"}, {}, "twins"), ({"given": "Anka"}, {}, "twins"), ({"given": "Kmqtz"}, {}, "other-given-name"),
    ({"given": "Kmqtz", "street": "", "house_number": "", "email": "home@mail.example"}, {"email": "home@mail.example"}, "siblings"),
    ({"given": "", "birth_date": "1942-08-01"}, NUMBER, "generations"), ({"given": "", "birth_date": "1942-08-01"}, NUMBER, "other-birth-date"),
    ({"birth_date": "1975-08-01", "identifier": "27183654", "street": "Elm Way", "house_number": "9"}, NUMBER, "other-birth-date"),
    ({"given": "Kmqtz", "birth_date": "1942-08-01"}, NUMBER, "overlay"), ({"given": "Kmqtz", "birth_date": "1975-08-01"}, {}, "another-person"),
    ({"given": "", "identifier": "99182736"}, NUMBER, "household-only"), ({"given": "Ily"}, {"given": "Lil"}, "other-given-name"),
    (NOWHERE, {}, "namesakes"), ({"birth_date": "1942-08-01"}, {}, "parent-and-child"), ({"given": "Karin", **ELSEWHERE}, {}, "siblings"),
    ({"birth_date": "1942-08-01", "family": "Quist"}, {}, "parent-and-child"),
    ({"birth_date": "1975-08-01"}, {}, "other-birth-date"), ({"birth_date": "1983-08-01"}, {}, "other-birth-date"),
    ({"birth_date": "1975-08-01", "given": "Annna"}, {}, "other-birth-date"),
    ({"birth_date": "1917-04-19"}, {}, "generations"), ({"birth_date": "1917-04-19"}, {}, "other-birth-date"), ({"birth_date": "1931-04-19"}, {}, "generations"),
    ({"birth_date": "1942-08-01", "identifier": "27183646"}, NUMBER, "generations"), ({"birth_date": "1942-08-01", "identifier": "27183646"}, NUMBER, "other-birth-date"),
    ({"identifier": "27183646", **ELSEWHERE}, NUMBER, "namesakes"), ({"identifier": "27183646", "given": "Annna", **ELSEWHERE}, NUMBER, "namesakes")])
def test_where_nobody_shares_a_home_what_is_missing_or_garbled_is_nobody_elses(change: dict[str, str], of: dict[str, str], guard: str) -> None:
    shared, lone = held(change, of)
    assert guard in shared and guard not in lone


@pytest.mark.parametrize(("change", "of", "guard"), [
    ({"given": "Karin"}, {}, "twins"), ({"given": "Karin"}, {}, "other-given-name"), ({"given": "Karin", "birth_date": "1942-08-01"}, {}, "another-person"),
    ({"given": "Karin", "birth_date": "1942-08-01"}, NUMBER, "overlay"), ({"birth_date": "1942-08-01"}, {}, "generations"),
    ({"birth_date": "1942-08-01"}, {}, "other-birth-date"), ({"given": "", "birth_date": "1942-08-01"}, {}, "other-birth-date"),
    ({"given": "", "birth_date": "1975-08-01", "identifier": "27183654"}, NUMBER, "other-birth-date"),
    ({"given": "Anka", "sex": "m"}, {"sex": "f"}, "twins"), ({"given": "", "sex": "m"}, {"sex": "f"}, "household-only"),
    ({"given": "Ewelia"}, {"given": "Mostrin"}, "other-given-name"),
    ({"street": "Elm Way", "city": "Ystad", "postcode": "99999"}, {}, "namesakes"), ({"birth_date": "1971-04-18", **NOWHERE}, {}, "namesakes"),
    ({"street": "", "phone": "+46701112233"}, {"street": "", "phone": "+46709998877"}, "namesakes"),
    ({"birth_date": "1942-08-01", **ELSEWHERE}, {}, "parent-and-child"), ({"birth_date": "1942-08-01", "given": "Karin"}, {}, "another-person"),
    ({"given": "Karin", "birth_date": "1971-04-18", **ELSEWHERE}, {}, "siblings"),
    ({"birth_date": "1984-08-01"}, {}, "generations"), ({"birth_date": "1942-04-19"}, {}, "generations"),
    ({"birth_date": "1975-08-01", "given": "Anne"}, {}, "other-birth-date"), ({"birth_date": "1975-08-01", "family": "Quist"}, {}, "other-birth-date"),
    ({"birth_date": "1975-08-01", "street": "Elm Way", "house_number": "9"}, {}, "other-birth-date"), ({"birth_date": "1975-08-01", "sex": "m"}, {"sex": "f"}, "other-birth-date"),
    ({"birth_date": "1917-04-19", "phone": "+46701112233"}, {"phone": "+46709998877"}, "generations"),
    ({"birth_date": "1942-08-01", "family": "Quist", **ELSEWHERE}, {}, "parent-and-child"),
    ({"birth_date": "1942-08-01", "identifier": "27183646", "given": "Anne"}, NUMBER, "generations"),
    ({"street": "Elm Way", "city": "Ystad", "postcode": "99999", "family": "Quist", "identifier": "99182736"}, NUMBER, "household-only")])
def test_what_tells_two_people_holds_everywhere(change: dict[str, str], of: dict[str, str], guard: str) -> None:
    shared, lone = held(change, of)
    assert guard in shared and guard in lone


@pytest.mark.parametrize(("change", "shared", "lone"), [
    ({"birth_date": "1942-08-01"}, "no", "review"), ({"birth_date": "1942-08-01", "family": "Quist"}, "no", "review"), ({"birth_date": "1942-08-01", "given": ""}, "no", "review"),
    ({"birth_date": "1942-08-01", "given": "", "family": "Quist"}, "no", "no"), ({"birth_date": "1942-08-01", **ELSEWHERE}, "no", "no"),
    ({"given": "Karin", **ELSEWHERE}, "no", "review"), ({"given": "Karin", "birth_date": "1971-04-18", **ELSEWHERE}, "no", "no")])
def test_where_nobody_shares_a_home_a_human_is_asked_about_who_would_be_parent_or_twin(change: dict[str, str], shared: str, lone: str) -> None:
    a, b = row_features(ANNA), row_features({**ANNA, **change})
    assert [compare_features(a, b, m).decision for m in (MODEL, replace(LONE, no=-20.0))] == [shared, lone]


def test_one_assigner_with_two_record_numbers_has_two_people_everywhere() -> None:
    def record(number: str) -> dict[str, Any]:
        kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
        return {"name": [{"family": "Berglund", "given": ["Anna"]}], "birthDate": "1971-04-19",
                "identifier": [{"system": f"https://{number[0]}.example/mrn", "value": number[1:], "type": kind}]}
    assert compare(record("a482917"), record("a591384"), LONE).decision == "review"
    assert compare(record("a482917"), record("b591384"), LONE).decision == "link"


def test_records_between_two_that_are_too_different_join_them_where_nobody_shares_a_home() -> None:
    rows = [{"given": "Anna", "family": "Berglund", "birth_date": "1971-04-19", "email": "x.hedin@mail.example"},
            {"given": "Anna", "family": "Berglund", "birth_date": "1971-04-19", "email": "x.hedin@mail.example", "city": "Lund"},
            {"given": "Anna", "birth_date": "1971-05-02", "email": "x.hedin@mail.example", "city": "Lund"}]
    features = known(rows)
    members = sorted(features)
    for model, together in ((LONE, True), (MODEL, False)):
        scores = Scores(features, model)
        low = {(a, b): scores(a, b).weight for a in members for b in members if a < b}
        model = replace(model, no=sorted(low.values())[0] + 0.1, link=sorted(low.values())[1])
        scores = Scores(features, model)
        links = [p for p, w in low.items() if w >= model.link]
        assert len(links) == 2
        assert (len(touched(members, links, Said(), scores).clusters) == 1) is together


def test_twins_couples_and_fathers_of_every_class_are_seen_to_share_homes() -> None:
    """The classes of different people in one file with as many people who are only once more: homes are shared there."""
    features: dict[Member, Features] = {}
    for name, (same, _) in adversarial.CLASSES.items():
        for i, pair in enumerate(adversarial.pairs(name, 60)):
            features |= {(name, f"{i}{s}"): row_features(p.row(s)) for s, p in zip("ab", pair, strict=True)}
        assert same or not alone({m: f for m, f in features.items() if m[0] == name}, MODEL) or name.startswith("C2")
    assert not alone(features, MODEL)
    assert not alone(known([p.row(str(i)) for i, p in enumerate(million.registers(1500))]), MODEL)


def test_evaluate_says_whether_homes_are_shared() -> None:
    rows = [{**r, "id": str(i)} for i, r in enumerate(once_more(FEWEST))]
    truth = _csv([{"id_a": str(2 * i), "id_b": str(2 * i + 1)} for i in range(FEWEST)]).encode()
    lone = evaluate(_csv(rows).encode(), truth)
    assert lone["shared_homes"] is False and lone["model"] != MODEL.id
    rows = rows + [{**r, "id": f"x{i}"} for i, r in enumerate(beside(*COUPLE, FEWEST))]
    assert evaluate(_csv(rows).encode(), truth)["shared_homes"] is True


def test_a_patient_of_a_home_is_compared_as_one_who_may_share_it() -> None:
    one, other = next(adversarial.pairs("A2 like-named twins", 1))
    assert compare(patient(one, "1"), patient(other, "2")).decision == "review"
