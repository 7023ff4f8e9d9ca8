"""Online weights equal Splink's for the same model: every level, common values, names outside ASCII (identity.md, Goal 5)."""

import math
import random
from collections.abc import Iterator

import duckdb

from gateway.identity import MODEL, Features, features_of
from gateway.identity.compare import FEATURES
from gateway.identity.evaluate import row_features
from gateway.identity.train import quick, splink, splink_ready, table
from tests.identity.adversarial import CLASSES, pairs
from tests.identity.people import registers

NAMES = [("Åsa", "Öberg"), ("Дмитрий", "Иванов"), ("Zoë", "O’Brien"), ("José", "Núñez de la Torre"), ("伟", "王"),
         ("Jürgen", "Groß"), ("Søren", "Ærø"), ("Mary", "Smith"), ("محمد", "الحداد"), ("Nguyễn", "Văn")]


MAIDEN = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"


def special() -> Iterator[dict]:
    """Patients in many scripts, and those levels that errors seldom reach."""
    for given, family in NAMES:
        yield {"name": [{"family": family, "given": [given, "Xi"]}], "birthDate": "1970-02-03",
               "contact": [{"name": {"family": family, "given": ["Ma"]}}],
               "extension": [{"url": MAIDEN, "valueString": family}]}
        yield {"name": [{"family": family, "given": [given[:1], "Xia"]}], "birthDate": "1970-02-04",
               "contact": [{"name": {"family": family, "given": ["Ma"]}}],
               "extension": [{"url": MAIDEN, "valueString": family[:-1] + "xy"}],
               "identifier": [{"system": "urn:h", "value": "1", "type": {"coding": [{"code": "MR"}]}}],
               "telecom": [{"system": "email", "value": f"mailbox@{family[:1]}x.example"}]}
        yield {"name": [{"family": family, "given": [f"{given}Xi"]}], "birthDate": "1970-02-03"}
        yield {"name": [{"family": family, "given": [given, "X"]}], "birthDate": "1970",
               "extension": [{"url": MAIDEN, "valueString": family}]}
    for system, street in (("urn:a", "Oak Lane"), ("urn:b", "Mill Road")):
        yield {"identifier": [{"system": system, "value": "A8812345"}],
               "address": [{"line": [f"{street} 5"], "postalCode": "22221"}],
               "telecom": [{"value": f"mailbox@{system[4:]}x.example"},
                           {"system": "phone", "value": f"+46{ord(system[4])}5501277"}]}


def rows() -> dict[tuple[str, str], Features]:
    """Records that reach every level: registers, adversarial pairs, special ones."""
    people = list(registers(60, 3, copies=2, errors=(0, 6)))
    people += [p for name in CLASSES for pair in pairs(name, 4) for p in pair]
    features = [row_features(p.row("x")) for p in people] + [features_of(p) for p in special()]
    return {("", f"{i:05}"): f for i, f in enumerate(features)}


def test_the_weight_of_every_pair_equals_splinks() -> None:
    features = rows()
    members = sorted(features)
    with splink(splink_ready(MODEL, ["1=1"]), table(features), MODEL.terms) as linker:
        found = linker.inference.predict(threshold_match_weight=-1e6).as_record_list()
    assert len(found) == len(members) * (len(members) - 1) // 2
    seen: dict[str, set[int]] = {f.name: set() for f in FEATURES}
    for row in found:
        a, b = (features[members[row[k]]] for k in ("unique_id_l", "unique_id_r"))
        score = MODEL.score(a, b)
        assert math.isclose(score.weight, row["match_weight"], abs_tol=1e-9), (score, row, a.row(), b.row())
        for feature, level in zip(FEATURES, score.levels, strict=True):
            seen[feature.name].add(level)
    missing = {f.name: [f.levels[i].word for i in range(len(f.levels)) if i not in seen[f.name]] for f in FEATURES}
    assert not any(missing.values()), missing


def test_scores_are_symmetric() -> None:
    features = list(rows().values())
    rng = random.Random(2)
    for _ in range(3000):
        a, b = rng.sample(features, 2)
        assert MODEL.score(a, b) == MODEL.score(b, a)


def test_a_quick_condition_has_the_same_truth() -> None:
    """Few letters, also outside ASCII, so that edits and exchanges of every kind occur; and values that are missing."""
    rng = random.Random(4)
    texts = [None, *("".join(rng.choices("aabé王", k=rng.randint(0, 6))) for _ in range(400))]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE texts (x VARCHAR)")
        connection.executemany("INSERT INTO texts VALUES (?)", [(t,) for t in texts])
        pairs = connection.sql('SELECT l.x AS "x_l", r.x AS "x_r" FROM texts l, texts r')
        for most in range(5):
            plain = f'damerau_levenshtein("x_l", "x_r") <= {most}'
            assert quick(plain) != plain
            held, other = (f"coalesce({condition}, false)" for condition in (plain, quick(plain)))
            told = dict(pairs.aggregate(f"{held} AS held, {other} AS quick, count(*)", "held, quick").project(
                "held::int + 2 * quick::int, #3").fetchall())
            assert set(told) == {0, 3}, f"{most} edits: {told}"
