"""A skewed population: names that fall like 1/rank^1.1, 12 % born on 1 January, 35 % sharing a household. Invented."""

import bisect
import itertools
from collections.abc import Iterator
from random import Random
from typing import Any

SYLLABLES = ("an ba ber da del dor e fal fen gar gri hal hol i jar kel la len lin lo mar mi mor nel no ol pa per ran rin ro sal "
             "sel ska son sta tal tor ul va ven vik wen wil yor zel").split()
JANUARY, HOUSEHOLD = 0.12, 0.35


def _names(rng: Random, many: int) -> tuple[list[str], list[float]]:
    found: dict[str, None] = {}
    while len(found) < many:
        found["".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 3))).capitalize()] = None
    return list(found), list(itertools.accumulate(1 / (i + 1) ** 1.1 for i in range(many)))


def people(size: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """FHIR Patients, one a person."""
    rng = Random(seed)
    given, family, streets, towns = (_names(rng, n) for n in (4000, 40_000, 20_000, 400))

    def draw(pool: tuple[list[str], list[float]]) -> str:
        return pool[0][bisect.bisect_left(pool[1], rng.random() * pool[1][-1])]

    home: dict[str, Any] = {}
    for i in range(size):
        if not home or rng.random() >= HOUSEHOLD:
            town = rng.randrange(400)
            home = {"family": draw(family), "phone": f"+4670{rng.randrange(10**7):07}",
                    "address": [{"line": [f"{streets[0][rng.randrange(20_000)]}gatan {rng.randint(1, 120)}"],
                                 "city": f"{towns[0][town]}by", "postalCode": f"{10_000 + town * 200 + rng.randrange(200)}"}]}
        born = f"{rng.randint(1930, 2020)}-" + ("01-01" if rng.random() < JANUARY else f"{rng.randint(1, 12):02}-{rng.randint(1, 28):02}")
        yield {"resourceType": "Patient", "id": f"p{i}", "name": [{"family": home["family"], "given": [draw(given)]}], "birthDate": born,
               "gender": rng.choice(("male", "female")), "address": home["address"],
               "telecom": [{"system": "phone", "value": home["phone"]}],
               "identifier": [{"system": "urn:oid:1.2.3.9", "value": f"{rng.randrange(10**9):09}"}]}


def misspelt(patient: dict[str, Any], rng: Random) -> dict[str, Any]:
    """The person as another register might write it: one or two errors of seven kinds."""
    out = {k: v for k, v in patient.items() if k != "id"}
    name = dict(patient["name"][0])
    for kind in rng.sample(range(7), rng.randint(1, 2)):
        if kind == 0:
            name["family"] = _slip(name["family"], rng)
        elif kind == 1:
            name["given"] = [_slip(name["given"][0], rng)]
        elif kind == 2:
            out["birthDate"] = patient["birthDate"][:5] + f"{rng.randint(1, 12):02}" + patient["birthDate"][7:]
        elif kind == 3:
            name = {"family": name["given"][0], "given": [name["family"]]}
        elif kind == 4:
            out["address"] = [{"line": ["Nyvägen 7"], "city": "Flyttby", "postalCode": "99998"}]
        elif kind == 5:
            out.pop("identifier", None)
        else:
            out.pop("telecom", None)
    return {**out, "name": [name]}


def _slip(text: str, rng: Random) -> str:
    i = rng.randrange(1, len(text))
    return text[:i] + rng.choice("aeinrst") + text[i + 1:]
