"""An invented population with invented errors: the same people as several registers wrote them down, and the truth.

Everything follows from the seed. Names are made of syllables and of names that half the world bears, so common ones repeat.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

GIVEN = {
    "female": "Mary Anna Maria Elizabeth Emma Sarah Laura Julia Karin Ingrid Sofia Fatima Olga Yuki Elena Greta Astrid Chloe "
              "Amelie Lucia Nadia Petra Helga Signe Freja Ruth Alice Clara Rosa Irene Hanna Johanna Marta Leila Zeynep "
              "Camille Giulia Paula Teresa Victoria Susan Margaret Catherine Patricia Jessica Rebecca".split(),
    "male": "John James Robert Michael William David Thomas Peter Karl Erik Lars Mohammed Ali Ivan Dmitri Hiroshi Luca Marco "
            "Pedro Juan Jean Pierre Hans Jürgen Olav Søren Mikael Anders Björn Daniel Joseph Samuel Adam Jakob Ahmed Omar "
            "Paul Mark Richard Charles Edward George Anthony Alexander Nicholas Benjamin".split()}
FAMILY = ("Smith Johnson Müller Andersson Hansen García Rossi Martin Novak Ivanov Nguyen Kim Singh Larsen Virtanen de Vries "
          "O'Brien Jansen Schmidt Weber Silva Lopez Murphy Berg Lindqvist Nilsson Dubois Moreau Conti Romano Kowalski Haddad "
          "Yilmaz Petrov Sato Chen Wang Brown Taylor Wilson").replace("de Vries", "de_Vries").split()
SYLLABLES = ("ba be bri ca cor da del do dra e fa fen ga gri ha hol i ja jor ka kel la len lin lo ma mar mi mor na nel ni o "
             "pa per ra ren ri ro sa sel ska so sta ta tel ti tor u va ven vi vo wa wen wil ya yor za zel").split()
STREETS = ("Oak Mill Church Park Station Garden River Hill Castle School Bridge Forest Market Meadow Harbour Chapel Orchard "
           "Quarry Linden Birch Abbey Tower Well Spring").split()
KINDS = "Street Road Lane Avenue Gata Strasse Vej Plein".split()
NICKNAMES = {"Robert": "Bob", "William": "Bill", "Michael": "Mike", "Elizabeth": "Liz", "Catherine": "Kate", "Margaret": "Meg",
             "Richard": "Dick", "Thomas": "Tom", "Alexander": "Alex", "Patricia": "Pat", "Rebecca": "Becky", "Jessica": "Jess",
             "Susan": "Sue", "Anthony": "Tony", "Nicholas": "Nick", "Benjamin": "Ben", "Edward": "Ted", "Joseph": "Joe"}
SPELLINGS = {"Müller": "Mueller", "Dmitri": "Дмитрий", "Ivanov": "Иванов", "Petrov": "Петров", "Olga": "Ольга",
             "Mohammed": "Muhammad", "Jürgen": "Juergen", "Søren": "Soeren", "García": "Garcia", "Björn": "Bjoern",
             "Yuki": "Yūki", "Sofia": "Sophia", "Erik": "Eric", "Karl": "Carl", "Schmidt": "Schmitt", "Sarah": "Sara"}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Person:
    """One row as a register holds it; empty text is not given. who: the truth."""

    who: int
    source: str
    given: str
    family: str
    birth_date: str
    sex: str
    street: str
    house_number: str
    city: str
    postcode: str
    phone: str
    email: str
    identifier: str
    middle: str = field(default="")

    def row(self, key: str) -> dict[str, str]:
        """As a line of PEOPLE.csv."""
        return {"id": key, "source": self.source, "given": f"{self.given} {self.middle}".strip(), "family": self.family,
                "birth_date": self.birth_date, "sex": self.sex, "street": self.street, "house_number": self.house_number,
                "city": self.city, "postcode": self.postcode, "phone": self.phone, "email": self.email,
                "identifier": self.identifier}


def patient(p: Person, key: str) -> dict:
    """The same as a FHIR Patient."""
    out: dict = {"resourceType": "Patient", "id": key,
                 "name": [{"family": p.family, "given": [g for g in (p.given, p.middle) if g]}]}
    if p.birth_date:
        out["birthDate"] = p.birth_date
    if p.sex:
        out["gender"] = p.sex
    out["address"] = [{"line": [f"{p.house_number} {p.street}".strip()], "city": p.city, "postalCode": p.postcode}]
    out["telecom"] = [{"system": s, "value": v} for s, v in (("phone", p.phone), ("email", p.email)) if v]
    if p.identifier:
        system, _, value = p.identifier.rpartition("|")
        out["identifier"] = [{"system": system, "value": value}] if system else [{"value": value}]
    return out


def word(rng: random.Random, least: int = 2, most: int = 4) -> str:
    """A name out of syllables."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(least, most))).capitalize()


def names(rng: random.Random, known: list[str], many: int = 400) -> Callable[[], str]:
    """Draw names with frequencies that fall like 1/rank: known ones first, then invented ones."""
    pool = [n.replace("_", " ") for n in known] + [word(rng) for _ in range(many)]
    weights = [1 / (i + 15) for i in range(len(pool))]
    return lambda: rng.choices(pool, weights)[0]


def luhn_digit(text: str) -> str:
    total = sum(d - 9 * (d > 9) for d in (int(c) * (2 - i % 2) for i, c in enumerate(reversed(text))))
    return str(-total % 10)


def national_number(rng: random.Random, born: date) -> str:
    """A Swedish personnummer (valid), a US SSN (valid shape) or a bare number."""
    kind = rng.random()
    if kind < 0.3:
        body = f"{born:%y%m%d}{rng.randint(0, 999):03}"
        return f"urn:oid:1.2.752.129.2.1.3.1|{body}{luhn_digit(body)}"
    if kind < 0.6:
        return f"http://hl7.org/fhir/sid/us-ssn|{rng.randint(100, 665)}{rng.randint(1, 99):02}{rng.randint(1, 9999):04}"
    return str(rng.randint(1_000_000, 9_999_999))


def population(size: int, seed: int = 1, january: float = 0.05) -> list[Person]:
    """People, each once, without errors."""
    rng = random.Random(seed)
    given = {sex: names(rng, known) for sex, known in GIVEN.items()}
    family = names(rng, FAMILY, max(200, size // 10))
    towns = [(word(rng, 2, 3), f"{rng.randint(10000, 99999)}") for _ in range(max(20, size // 100))]
    street = names(rng, STREETS, max(200, size // 20))
    out = []
    for who in range(size):
        sex = rng.choice(("female", "male"))
        born = date(1930, 1, 1) + timedelta(days=rng.randrange(90 * 365))
        if rng.random() < january:
            born = born.replace(month=1, day=1)
        town, code = rng.choice(towns)
        first, last = given[sex](), family()
        out.append(Person(who, "a", first, last, born.isoformat(), sex, f"{street()} {rng.choice(KINDS)}",
                          str(rng.randint(1, 150)), town, code, f"+4670{rng.randint(1000000, 9999999)}",
                          f"{first}.{last}{rng.randint(1, 99)}@mail.example".lower().replace(" ", ""),
                          national_number(rng, born), given[sex]() if rng.random() < 0.4 else ""))
    return out


def typo(rng: random.Random, text: str, letters: str = LETTERS) -> str:
    """One letter replaced, left out, added or exchanged with the next."""
    if not text:
        return text
    i, kind = rng.randrange(len(text)), rng.randrange(4)
    if text.isdigit():
        letters = "0123456789"
    if kind == 0:
        return text[:i] + rng.choice(letters) + text[i + 1:]
    if kind == 1 and len(text) > 2:
        return text[:i] + text[i + 1:]
    if kind == 2:
        return text[:i] + rng.choice(letters) + text[i:]
    return text[:i] + text[i + 1:i + 2] + text[i:i + 1] + text[i + 2:]


def _typo_in(name: str) -> Callable[[random.Random, Person], Person]:
    return lambda rng, p: replace(p, **{name: typo(rng, getattr(p, name))})


def _without(name: str) -> Callable[[random.Random, Person], Person]:
    return lambda rng, p: replace(p, **{name: ""})


def _number_typo(rng: random.Random, p: Person) -> Person:
    system, bar, value = p.identifier.rpartition("|")
    return replace(p, identifier=system + bar + typo(rng, value))


def _birth_typo(rng: random.Random, p: Person) -> Person:
    if len(p.birth_date) < 10:
        return p
    i = rng.choice([2, 3, 6, 9])
    changed = p.birth_date[:i] + str(rng.randint(0, 9)) + p.birth_date[i + 1:]
    return replace(p, birth_date=changed)


def _birth_swap(rng: random.Random, p: Person) -> Person:
    y, _, rest = p.birth_date.partition("-")
    m, _, d = rest.partition("-")
    return replace(p, birth_date=f"{y}-{d}-{m}") if d and int(d) <= 12 else p


def _birth_other(rng: random.Random, p: Person) -> Person:
    return replace(p, birth_date=(date(1930, 1, 1) + timedelta(days=rng.randrange(90 * 365))).isoformat())


def _moved(rng: random.Random, p: Person) -> Person:
    return replace(p, street=f"{word(rng)} {rng.choice(KINDS)}", house_number=str(rng.randint(1, 150)),
                   city=word(rng, 2, 3), postcode=str(rng.randint(10000, 99999)))


# What goes wrong, and how often compared with the others.
ERRORS: tuple[tuple[float, Callable[[random.Random, Person], Person]], ...] = (
    (4, _typo_in("given")), (4, _typo_in("family")), (3, _typo_in("street")), (1, _typo_in("house_number")),
    (2, _typo_in("city")), (2, _typo_in("postcode")), (2, _typo_in("phone")), (2, _typo_in("email")), (3, _number_typo),
    (2, _birth_typo), (1, _birth_swap), (0.5, _birth_other), (4, _moved), (3, _without("phone")), (3, _without("email")),
    (3, _without("identifier")), (1, _without("birth_date")), (1, _without("given")), (2, _without("street")),
    (3, _without("middle")), (1, lambda rng, p: replace(p, birth_date=p.birth_date[:rng.choice([4, 7])])),
    (1, lambda rng, p: replace(p, given=p.family, family=p.given)),
    (2, lambda rng, p: replace(p, given=NICKNAMES.get(p.given, p.given))),
    (2, lambda rng, p: replace(p, given=SPELLINGS.get(p.given, p.given), family=SPELLINGS.get(p.family, p.family))),
    (1, lambda rng, p: replace(p, family=word(rng)) if p.sex == "female" else p),
    (0.5, lambda rng, p: replace(p, family=f"{p.family}-{word(rng)}")),
    (0.5, lambda rng, p: replace(p, given=rng.choice(GIVEN[p.sex]) if p.sex else p.given)),
    (2, lambda rng, p: replace(p, phone=f"+4670{rng.randint(1000000, 9999999)}")),
    (1, lambda rng, p: replace(p, identifier=str(rng.randint(1_000_000, 9_999_999)))),
    (2, lambda rng, p: replace(p, given=p.given.upper(), family=p.family.upper(), city=p.city.upper())),
    (1, lambda rng, p: replace(p, sex="")),
)


def corrupted(p: Person, rng: random.Random, errors: int) -> Person:
    """The person with so many errors, drawn one after another."""
    weights, kinds = zip(*ERRORS, strict=True)
    for change in rng.choices(kinds, weights, k=errors):
        p = change(rng, p)
    return p


def registers(size: int, seed: int = 1, copies: int = 1, errors: tuple[int, int] = (0, 4)) -> Iterator[Person]:
    """Every person as source `a` holds it, and up to `copies` more rows of it with `errors` errors each, source `b` …"""
    rng = random.Random(seed + 1)
    for p in population(size, seed):
        yield p
        for n in range(rng.randint(0, copies) if copies > 1 else copies):
            yield replace(corrupted(p, rng, rng.randint(*errors)), source=chr(ord("b") + n))
