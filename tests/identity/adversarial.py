"""Pairs that fool matching models: eight classes of different people (A), four of one person (B), and held-out ones (C, D).

Each class is a function (rng, person, another person) → the two rows; identity.md "Adversarial set and goals".
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from tests.identity.people import GIVEN, Person, luhn_digit, population, typo, word

Rows = tuple[Person, Person]
LIKE = (("Anna", "Anne"), ("Marie", "Maria"), ("Jon", "John"), ("Karin", "Karen"), ("Eric", "Erica"), ("Jayden", "Hayden"),
        ("Kayla", "Kaylee"), ("Tim", "Tom"), ("Alina", "Alena"), ("Leon", "Leona"), ("Emily", "Emely"), ("Lisa", "Lise"))
FIELDS = ("street", "house_number", "city", "postcode", "phone", "email", "identifier")


def bare(rng: random.Random) -> str:
    return str(rng.randint(1_000_000, 9_999_999))


def _home(p: Person, of: Person) -> Person:
    """p lives where `of` lives."""
    return replace(p, street=of.street, house_number=of.house_number, city=of.city, postcode=of.postcode)


def _other_given(rng: random.Random, p: Person) -> str:
    return rng.choice([n for n in GIVEN[p.sex] if n[0] != p.given[:1]])


def twins(rng: random.Random, p: Person, q: Person) -> Rows:
    sister = replace(p, given=_other_given(rng, p), identifier=bare(rng), email=q.email, middle="")
    return replace(p, identifier=bare(rng)), sister


def like_named_twins(rng: random.Random, p: Person, q: Person) -> Rows:
    first, second = rng.choice(LIKE)
    number = rng.randint(1_000_000, 9_999_990)
    one = replace(p, given=first, identifier=str(number), middle="")
    return one, replace(one, given=second, identifier=str(number + 1), email="")


def senior_junior(rng: random.Random, p: Person, q: Person) -> Rows:
    year = int(p.birth_date[:4]) - rng.choice([18, 20, 25, 30, 40])
    born = f"{year}{rng.choice([p.birth_date[4:], q.birth_date[4:]])}"
    return replace(p, identifier=bare(rng)), replace(p, birth_date=born, identifier=bare(rng), email=q.email)


def namesakes(rng: random.Random, p: Person, q: Person) -> Rows:
    return p, replace(q, given=p.given, family=p.family, birth_date=p.birth_date, sex=p.sex, middle="")


def shared_placeholder(rng: random.Random, p: Person, q: Person) -> Rows:
    one, two = namesakes(rng, p, q)
    number = rng.choice(["9999999", "0000000", "999-99-9999", "1234567", "UNKNOWN"])
    return replace(one, identifier=number), replace(two, identifier=number)


def john_does(rng: random.Random, p: Person, q: Person) -> Rows:
    name, born = rng.choice([("John", "Doe"), ("Jane", "Doe"), ("Unknown", "Unknown")]), rng.choice(["1900-01-01", ""])
    one, two = (replace(x, given=name[0], family=name[1], birth_date=born, middle="", email="") for x in (p, q))
    return one, replace(_home(two, one), phone=one.phone)


def unnamed_newborns(rng: random.Random, p: Person, q: Person) -> Rows:
    given = rng.choice(["Baby Boy", "Baby Girl", "Newborn", "Twin A", "Infant"])
    one = replace(p, given=given, middle="", identifier=bare(rng))
    return one, replace(one, given=rng.choice([given, "Baby", "Twin B"]), identifier=rng.choice(["", bare(rng)]))


def spouse_on_the_others_number(rng: random.Random, p: Person, q: Person) -> Rows:
    sex = "male" if p.sex == "female" else "female"
    spouse = replace(q, given=rng.choice(GIVEN[sex]), family=p.family, sex=sex, identifier=p.identifier, phone=p.phone)
    return p, _home(spouse, p)


def married_and_moved(rng: random.Random, p: Person, q: Person) -> Rows:
    return p, replace(_home(p, q), family=word(rng, 3, 4))


def day_and_month_exchanged(rng: random.Random, p: Person, q: Person) -> Rows:
    y, m, d = p.birth_date.split("-")
    return p, replace(p, birth_date=f"{y}-{d}-{m}")


def names_exchanged(rng: random.Random, p: Person, q: Person) -> Rows:
    return p, replace(p, given=p.family, family=p.given)


def number_transposed(rng: random.Random, p: Person, q: Person) -> Rows:
    number = bare(rng)
    while number[2] == number[3]:
        number = bare(rng)
    one = replace(p, identifier=number, street="", house_number="", city="", postcode="", phone="", email="")
    changed = number[:2] + number[3] + number[2] + number[4:]
    return one, replace(one, identifier=changed, family=typo(rng, one.family) if len(one.family) > 4 else one.family)


def siblings(rng: random.Random, p: Person, q: Person) -> Rows:
    born = date.fromisoformat(p.birth_date) + timedelta(days=rng.randint(300, 1500))
    other = replace(p, given=_other_given(rng, p), birth_date=born.isoformat(), identifier=bare(rng), middle="")
    return p, replace(other, email=rng.choice([p.email, ""]))


def conflicting_national_numbers(rng: random.Random, p: Person, q: Person) -> Rows:
    def number() -> str:
        body = f"{p.birth_date[2:].replace('-', '')}{rng.randint(0, 499) * 2:03}"
        return f"urn:oid:1.2.752.129.2.1.3.1|{body}{luhn_digit(body)}"
    one, two = number(), number()
    while one == two:
        two = number()
    return replace(p, identifier=one), replace(p, identifier=two)


def cousins_of_one_name(rng: random.Random, p: Person, q: Person) -> Rows:
    return replace(p, identifier=""), replace(_home(q, p), given=p.given, family=p.family, sex=p.sex, identifier="",
                                              birth_date=q.birth_date, middle="")


def mother_and_child_on_one_phone(rng: random.Random, p: Person, q: Person) -> Rows:
    born = f"{int(p.birth_date[:4]) + 25}{q.birth_date[4:]}"
    return p, replace(p, given=_other_given(rng, p), birth_date=born, identifier="", middle="")


def reused_number(rng: random.Random, p: Person, q: Person) -> Rows:
    return p, replace(q, identifier=p.identifier)


def misspelt_and_moved(rng: random.Random, p: Person, q: Person) -> Rows:
    return p, replace(_home(p, q), family=typo(rng, p.family) if len(p.family) > 4 else p.family, phone=q.phone)


# name → (truly one person, generator)
CLASSES: dict[str, tuple[bool, Callable[[random.Random, Person, Person], Rows]]] = {
    "A1 twins": (False, twins), "A2 like-named twins": (False, like_named_twins), "A3 senior/junior": (False, senior_junior),
    "A4 namesakes": (False, namesakes), "A5 shared placeholder": (False, shared_placeholder),
    "A6 John Does": (False, john_does), "A7 unnamed newborns": (False, unnamed_newborns),
    "A8 spouse on the other's number": (False, spouse_on_the_others_number),
    "B1 married and moved": (True, married_and_moved), "B2 day and month exchanged": (True, day_and_month_exchanged),
    "B3 names exchanged": (True, names_exchanged), "B4 number transposed": (True, number_transposed),
    "C1 siblings": (False, siblings), "C2 conflicting national numbers": (False, conflicting_national_numbers),
    "C3 cousins of one name": (False, cousins_of_one_name),
    "C4 mother and child on one phone": (False, mother_and_child_on_one_phone), "C5 reused number": (False, reused_number),
    "D1 misspelt and moved": (True, misspelt_and_moved)}


def pairs(name: str, size: int, seed: int = 5) -> Iterator[Rows]:
    """`size` pairs of one class."""
    rng = random.Random(f"{name}{seed}")
    people = [p for p in population(2 * size, seed) if len(p.given) > 1]
    for i in range(size):
        yield CLASSES[name][1](rng, people[i], people[-1 - i])
