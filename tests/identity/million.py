"""A big invented population, quickly: twins, households, fathers and sons of one name, births on 1 January, reused numbers,
and for a third of the people a second record with the errors of routine registration. Everything follows from the seed.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate

from tests.identity.adversarial import LIKE
from tests.identity.people import FAMILY, GIVEN, KINDS, NICKNAMES, STREETS, Person, luhn_digit, typo, word

TWINS, HOUSEHOLDS, FATHERS, JANUARY, REUSED, SECOND = 0.03, 0.35, 0.01, 0.12, 0.001, 0.35
# What goes wrong in a second record: field → how often it is misspelt, left out, and another.
RATES = {"given": (0.015, 0.002, 0), "family": (0.015, 0, 0), "middle": (0.01, 0.3, 0), "birth_date": (0.005, 0.002, 0),
         "street": (0.03, 0.01, 0), "house_number": (0.005, 0, 0), "city": (0.02, 0, 0), "postcode": (0.01, 0.02, 0),
         "phone": (0.01, 0.2, 0.1), "email": (0.02, 0.15, 0.05), "identifier": (0.005, 0.05, 0), "sex": (0, 0.02, 0)}
_BOUNDS = {name: (a, a + b, a + b + c) for name, (a, b, c) in RATES.items()}


class _Pools:
    """Names, streets and towns with frequencies that fall like 1/rank."""

    def __init__(self, rng: random.Random, size: int) -> None:
        self.rng = rng
        self.given = {sex: _pool(rng, known, 1500) for sex, known in GIVEN.items()}
        self.family = _pool(rng, [f.replace("_", " ") for f in FAMILY], max(2000, size // 20))
        self.street = _pool(rng, STREETS, max(500, size // 100))
        self.towns = _pool(rng, [f"{word(rng, 2, 3)}|{rng.randint(10000, 99999)}" for _ in range(max(50, size // 400))], 0)

    def draw(self, pool: tuple[list[str], list[float]]) -> str:
        return self.rng.choices(pool[0], cum_weights=pool[1])[0]


def _pool(rng: random.Random, known: list[str], many: int) -> tuple[list[str], list[float]]:
    names = [*known, *(word(rng, 2, 4) for _ in range(many))]
    return names, list(accumulate(1 / (i + 25) for i in range(len(names))))


def _number(rng: random.Random, born: str) -> str:
    kind = rng.random()
    if kind < 0.4:
        body = f"{born[2:].replace('-', '')}{rng.randint(0, 999):03}"
        return f"urn:oid:1.2.752.129.2.1.3.1|{body}{luhn_digit(body)}"
    if kind < 0.6:
        return f"http://hl7.org/fhir/sid/us-ssn|{rng.randint(100, 665)}{rng.randint(1, 99):02}{rng.randint(1, 9999):04}"
    return str(rng.randint(100_000_000, 999_999_999))


def _person(pools: _Pools, who: int) -> Person:
    rng = pools.rng
    sex = "female" if rng.random() < 0.5 else "male"
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(90 * 365))
    text = f"{born.year}-01-01" if rng.random() < JANUARY else born.isoformat()
    town, code = pools.draw(pools.towns).split("|")
    given, family = pools.draw(pools.given[sex]), pools.draw(pools.family)
    return Person(who, "a", given, family, text, sex, f"{pools.draw(pools.street)} {rng.choice(KINDS)}", str(rng.randint(1, 180)),
                  town, code, f"+4670{rng.randint(1000000, 9999999)}", f"{given}.{family}{rng.randint(1, 9999)}@mail.example".lower(),
                  _number(rng, text), pools.draw(pools.given[sex]) if rng.random() < 0.4 else "")


def _with(p: Person, of: Person) -> Person:
    """p in the household of `of`."""
    return replace(p, family=of.family, street=of.street, house_number=of.house_number, city=of.city, postcode=of.postcode,
                   phone=of.phone)


def _twin(pools: _Pools, p: Person, q: Person) -> tuple[Person, Person]:
    rng = pools.rng
    first, second = rng.choice(LIKE) if rng.random() < 0.03 else (p.given, q.given)
    number = _number(rng, p.birth_date)
    if not number.startswith(("urn", "http")) and p.identifier.isdigit():
        number = str(int(p.identifier) + 1)
    other = replace(_with(q, p), given=second if second != first else f"{second}a", birth_date=p.birth_date, identifier=number)
    return replace(p, given=first), other


def people(size: int, seed: int) -> Iterator[Person]:
    """`size` people, each once, without errors."""
    rng = random.Random(seed)
    pools = _Pools(rng, size)
    who = 0
    numbers: list[str] = []
    while who < size:
        p, kind = _person(pools, who), rng.random()
        family = [p]
        # Each kind of two makes two of the people, so half its share of the draws; a household has three on average.
        if kind < TWINS / 2:
            family = list(_twin(pools, p, _person(pools, who + 1)))
        elif kind < (TWINS + FATHERS) / 2:
            son = _with(_person(pools, who + 1), p)
            born = int(p.birth_date[:4]) + rng.randint(18, 40)
            family.append(replace(son, given=p.given, sex=p.sex, birth_date=f"{born}{son.birth_date[4:8]}{son.birth_date[8:]}"
                                  if son.birth_date[5:] != "02-29" else f"{born}-02-28"))
        elif kind < (TWINS + FATHERS) / 2 + HOUSEHOLDS / 3:
            family += [_with(_person(pools, who + n), p) for n in range(1, rng.choice((2, 3, 4)))]
        for member in family[:size - who]:
            if numbers and rng.random() < REUSED:
                member = replace(member, identifier=rng.choice(numbers))
            elif rng.random() < 0.01:
                numbers.append(member.identifier)
            yield member
        who += len(family)


def again(rng: random.Random, p: Person, another: Person) -> Person:
    """The person as another register wrote it down."""
    change = {}
    for name, (misspelt, missing, other) in _BOUNDS.items():
        chance = rng.random()
        if chance < misspelt:
            change[name] = _misspelt(rng, name, getattr(p, name))
        elif chance < missing:
            change[name] = ""
        elif chance < other:
            change[name] = getattr(another, name)
    p = replace(p, source="b", **change)
    if rng.random() < 0.08:
        p = replace(p, street=another.street, house_number=another.house_number, city=another.city, postcode=another.postcode)
    if rng.random() < 0.02 and p.given in NICKNAMES:
        p = replace(p, given=NICKNAMES[p.given])
    if rng.random() < 0.01 and p.sex == "female":
        p = replace(p, family=another.family)
    return p


def _misspelt(rng: random.Random, name: str, value: str) -> str:
    if name == "birth_date" and rng.random() < 0.5 and int(value[8:] or 13) < 13:
        return f"{value[:4]}-{value[8:]}-{value[5:7]}"
    if name == "birth_date":
        i = rng.choice((3, 6, 9))
        return f"{value[:i]}{rng.randint(0, 9)}{value[i + 1:]}"
    system, bar, text = value.rpartition("|") if name == "identifier" else ("", "", value)
    return system + bar + typo(rng, text)


def registers(size: int, seed: int = 2024) -> Iterator[Person]:
    """Every person once, and SECOND of them once more."""
    rng = random.Random(seed + 1)
    before = None
    for p in people(size, seed):
        yield p
        if before and rng.random() < SECOND:
            yield again(rng, p, before)
        before = p
