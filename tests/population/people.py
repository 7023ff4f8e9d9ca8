"""The population: people with their numbers, names that change, addresses that move, twins, father and son."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tests.population.names import FAMILY, GIVEN, STREETS, TOWNS
from tests.population.numbers import CPR, KVNR, PERSONNUMMER, cpr, kvnr, personnummer

COUNTRIES = ("SE", "DK", "DE")
ORGANISATIONS = {"SE": ("norrvik", "norrlab"), "DK": ("soevang", "vesterhede"), "DE": ("elbhafen",)}
AT_RANDOM = ("norrvik", "elbhafen", "norrlab", "soevang", "vesterhede")
SOURCES = (*AT_RANDOM, "ahlbek")


@dataclass(frozen=True)
class Address:
    """Where somebody lives."""

    country: str
    street: str
    postcode: str
    town: str


@dataclass(frozen=True)
class Person:
    """One human being: the truth that no source holds whole.

    family, earlier   name now, and before a marriage ("" when it never changed)
    home, before      address now, and before a move
    numbers           system → national number
    sources           the organisations that know this person, in the order of SOURCES
    """

    key: str
    sex: str
    given: tuple[str, ...]
    family: str
    born: date
    home: Address
    phone: str
    numbers: dict[str, str]
    sources: tuple[str, ...]
    earlier: str = ""
    before: Address | None = None
    email: str = ""
    twin: int | None = None


@dataclass
class Population:
    """The people, and the pairs that must never be linked."""

    people: list[Person]
    twins: list[tuple[str, str]] = field(default_factory=list)
    father_son: list[tuple[str, str]] = field(default_factory=list)
    namesakes: list[tuple[str, str]] = field(default_factory=list)


def population(n: int, seed: int, today: date) -> Population:
    """`n` people (at least 20): p001 is the one with everything, then two pairs of twins, two of father and son, two
    namesakes, and others."""
    if n < 20:
        raise ValueError("a world needs at least 20 people")
    hero, rest = _hero(), [_person(i, Random(f"{seed}/person/{i}"), today) for i in range(2, n + 1)]
    people = [hero, *rest]
    made = Population(people)
    for first, second in ((1, 2), (3, 4)):
        people[second] = _twin(people[first], people[second], Random(f"{seed}/twin/{first}"))
        people[first] = replace(people[first], twin=1)
        made.twins.append((people[first].key, people[second].key))
    for father, son in ((5, 6), (7, 8)):
        people[father], people[son] = _generations(people[father], people[son], Random(f"{seed}/son/{father}"))
        made.father_son.append((people[father].key, people[son].key))
    people[10] = replace(people[10], given=people[9].given[:1], family=people[9].family, sex=people[9].sex,
                         born=people[9].born, earlier="", numbers=_numbers(people[10].home.country, people[9].born,
                                                                             people[9].sex, Random(f"{seed}/namesake")))
    made.namesakes.append((people[9].key, people[10].key))
    return made


def _hero() -> Person:
    born, rng = date(1948, 5, 17), Random("hero")
    numbers = {PERSONNUMMER: personnummer(born, "female", rng), CPR: cpr(born, "female", rng)}
    return Person("p001", "female", ("Astrid", "Margareta"), "Sørensen", born,
                  Address("DK", "Møllevej 12", "6995", "Søvang"), "+4597000112", numbers, SOURCES, "Lindqvist",
                  Address("SE", "Björkvägen 3", "90310", "Norrvik"), "astrid@mail.example")


def _person(number: int, rng: Random, today: date) -> Person:
    country = rng.choices(COUNTRIES, (5, 4, 3))[0]
    culture = "UA" if rng.random() < 0.08 else country
    sex = rng.choice(("female", "male"))
    born = today - timedelta(days=rng.randrange(18 * 365, 92 * 365))
    given = tuple(rng.sample(GIVEN[culture, sex], 2 if rng.random() < 0.4 else 1))
    family, earlier = rng.choice(FAMILY[culture]), ""
    if sex == "female" and rng.random() < 0.2:
        earlier, family = family, rng.choice([f for f in FAMILY[country] if f != family])
    before = _address(rng.choice((country, country, rng.choice(COUNTRIES))), rng) if rng.random() < 0.3 else None
    phone = {"SE": "+4690", "DK": "+4597", "DE": "+4948"}[country] + f"{rng.randrange(10**6):06}"
    email = f"p{number:03}@mail.example" if rng.random() < 0.4 else ""
    return Person(f"p{number:03}", sex, given, family, born, _address(country, rng), phone,
                  _numbers(country, born, sex, rng), _sources(country, number, rng), earlier, before, email)


def _address(country: str, rng: Random) -> Address:
    postcode, town = rng.choice(TOWNS[country])
    return Address(country, f"{rng.choice(STREETS[country])} {rng.randrange(1, 90)}", postcode, town)


def _numbers(country: str, born: date, sex: str, rng: Random) -> dict[str, str]:
    if country == "DE":
        return {KVNR: kvnr(rng)}
    return {PERSONNUMMER: personnummer(born, sex, rng)} if country == "SE" else {CPR: cpr(born, sex, rng)}


def _sources(country: str, number: int, rng: Random) -> tuple[str, ...]:
    """Mostly organisations at home, at times one abroad; the practice in Ahlbek looks after some of Elbhafen's."""
    known = {s for s in ORGANISATIONS[country] if rng.random() < 0.8} or {ORGANISATIONS[country][0]}
    if rng.random() < 0.3:
        known.add(rng.choice([s for s in AT_RANDOM if s not in ORGANISATIONS[country]]))
    if country == "DE" and "elbhafen" in known and number % 3 == 0:
        known.add("ahlbek")
    return tuple(s for s in SOURCES if s in known)


def _twin(first: Person, second: Person, rng: Random) -> Person:
    """The same birth date, family, home and phone; another given name, like the first one's; the next number."""
    culture = next(c for (c, sex), names in GIVEN.items() if sex == first.sex and first.given[0] in names)
    given = rng.choice([g for g in GIVEN[culture, first.sex] if g not in first.given])
    numbers = first.numbers
    while numbers == first.numbers:
        numbers = _numbers(first.home.country, first.born, first.sex, rng)
    return replace(second, sex=first.sex, given=(given,), family=first.family, born=first.born, home=first.home,
                   phone=first.phone, numbers=numbers, sources=first.sources, earlier=first.earlier,
                   before=first.before, twin=2, email="")


def _generations(father: Person, son: Person, rng: Random) -> tuple[Person, Person]:
    """One name and one home, a birth date that differs by 27 years and a day of one digit."""
    country = father.home.country
    given = (rng.choice(GIVEN[country, "male"]),)
    elder, younger = date(1951, 4, 12), date(1978, 4, 13)
    family = rng.choice(FAMILY[country])
    common = {"sex": "male", "given": given, "family": family, "home": father.home, "earlier": "", "before": None,
              "phone": father.phone, "email": ""}
    return (replace(father, born=elder, numbers=_numbers(country, elder, "male", rng), **common),
            replace(son, born=younger, numbers=_numbers(country, younger, "male", rng), **common,
                    sources=father.sources))
