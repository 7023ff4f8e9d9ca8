"""The demo world: the same bytes for the same seed, and a truth that its files bear out."""

import re
from pathlib import Path

import pytest

from gateway.identity import checkdigits
from gateway.sdk import loads
from tests.population.numbers import CPR, KVNR, PERSONNUMMER
from tests.population.people import SOURCES, population
from tests.world import TODAY, World, make_world


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(70, 1)


def texts(world: World, source: str) -> str:
    codec = "iso-8859-1" if source == "norrvik" else "utf-8"
    return "\n".join(content.decode(codec) for name, content in world.files.items() if name.startswith(f"{source}/"))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(world: World) -> None:
    again, other = make_world(70, 1), make_world(70, 2)
    assert (again.files, again.truth) == (world.files, world.truth)
    assert other.files.keys() != world.files.keys() or other.files != world.files


def test_it_is_written_as_it_is(world: World, tmp_path: Path) -> None:
    world.write(tmp_path)
    written = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert written.pop("truth.json") and written == world.files


@pytest.mark.parametrize("n", [20, 45, 90])
def test_any_size_and_seed_has_its_pairs(n: int) -> None:
    for seed in range(5):
        truth = make_world(n, seed).truth
        assert len(truth["persons"]) == n
        assert len(truth["twins"]) == len(truth["father_son"]) == 2 and len(truth["namesakes"]) == 1


def test_fewer_than_twenty_people_are_no_world() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        make_world(19)


def test_every_source_patient_stands_in_the_files_of_its_source(world: World) -> None:
    found = {source: texts(world, source) for source in SOURCES}
    missing = [(patient["source"], patient["value"]) for person in world.truth["persons"].values()
               for patient in person["patients"] if not re.search(rf"\b{patient['value']}\b", found[patient["source"]])]
    assert missing == []


def test_no_two_people_share_a_source_patient_or_a_national_number(world: World) -> None:
    ids = [(p["source"], p["id"]) for person in world.truth["persons"].values() for p in person["patients"]]
    assert len(set(ids)) == len(ids)
    numbers = [n for p in population(70, 1, TODAY).people for n in p.numbers.items()]
    assert len(set(numbers)) == len(numbers)


def test_national_numbers_satisfy_their_check_digits() -> None:
    valid = {PERSONNUMMER: lambda n: checkdigits.personnummer(n[2:]), CPR: checkdigits.cpr, KVNR: checkdigits.kvnr}
    people = population(200, 7, TODAY).people
    assert all(valid[system](number) for p in people for system, number in p.numbers.items())
    assert all(p.numbers[PERSONNUMMER][8:10] == "98" for p in people if PERSONNUMMER in p.numbers)


def test_twins_father_and_son_and_namesakes_are_what_they_are_called() -> None:
    made = population(70, 1, TODAY)
    by_key = {p.key: p for p in made.people}
    for a, b in ((by_key[a], by_key[b]) for a, b in made.twins):
        assert (a.born, a.family, a.home, a.phone) == (b.born, b.family, b.home, b.phone) and a.given[0] != b.given[0]
    for a, b in ((by_key[a], by_key[b]) for a, b in made.father_son):
        assert (a.given, a.family, a.home) == (b.given, b.family, b.home) and b.born.year - a.born.year == 27
    for a, b in ((by_key[a], by_key[b]) for a, b in made.namesakes):
        assert (a.given[0], a.family, a.born) == (b.given[0], b.family, b.born) and a.numbers != b.numbers


def test_the_quirks_of_each_site(world: World) -> None:
    assert b"\r" not in b"".join(c for n, c in world.files.items() if n.startswith("norrvik/"))
    assert "|8859/1\n" in texts(world, "norrvik") and "\nZPI|" in texts(world, "norrvik")
    batch = world.files["elbhafen/batch-2026-Q1.hl7"].decode()
    assert batch.startswith("FHS|") and f"BTS|{batch.count('MSH|')}\rFTS|1\r" in batch and "\n" not in batch
    assert "ADT^A40^ADT_A39" in texts(world, "elbhafen") and "VXU^V04^VXU_V04" in texts(world, "elbhafen")
    assert world.files["soevang/patients.csv"].startswith(b"\xef\xbb\xbfpatient_no;")


def test_the_hero_has_everything(world: World) -> None:
    """One patient for the first page: each planted thing stands in the files."""
    hero = {p["source"]: p["value"] for p in world.truth["persons"]["p001"]["patients"]}
    assert set(hero) == set(SOURCES)
    lists = {m: world.files[f"soevang/medicines-2026-{m}.csv"].decode() for m in ("01", "02", "03")}
    assert [f"{hero['soevang']};{hero['soevang']}-M1;B01AA03" in text for text in lists.values()] == [True, True, False]
    norrvik = texts(world, "norrvik")
    assert {*re.findall(r"\|4\.9\|mmol/L\|+(\w)\|", norrvik)} >= {"C"} and "NV-HB-4720" in norrvik
    assert re.search(r"AL1\|1\|MA\|111088007.*\nAL1\|2\|DA\|373270004", norrvik)
    assert "|100|mg/dL|" in norrvik and ",GLU,P-Glukos,5.55,mmol/L," in texts(world, "norrlab")
    assert "AL1|1||NKA^" in texts(world, "elbhafen")
    own = loads(world.files[f"vesterhede/{hero['vesterhede']}.json"])
    refuted = [e["resource"] for e in own["entry"] if e["resource"]["resourceType"] == "AllergyIntolerance"]
    assert [a["verificationStatus"]["coding"][0]["code"] for a in refuted] == ["refuted"]
