"""Classes about a number that is a digit away, or given in part: different people (N), one person (O).

Registers hand numbers out one after another, some eighty numbers are a slip away from each, and a last digit that is lost
fits ten. As in further.py each class is a function (rng, place) → two FHIR Patients.
"""

import random
from collections.abc import Iterator

from tests.identity.further import (
    PLACES,
    Make,
    Pair,
    Patient,
    Place,
    born,
    like,
    mrn,
    named,
    person,
)

COUNTERS = ("General Delivery", "Poste restante", "Postlagernd", "Lista de Correos", "Fermo Posta", "Posta restante", "Ohne festen Wohnsitz",
            "Uden fast bopæl", "Sans domicile fixe", "Utan fast bostad", "No fixed abode", "До востребования")
HOUSES = ("Smith and Sons Prison, 76 Union", "Meadow Nursing Home, 16 Shelly Harbors", "North College Dorm, 83 Corner", "Homeless Shelter, 5 Dock Road",
          "County Jail, 4 Main Street", "c/o Salvation Army, 12 Oak Avenue", "Women's Refuge, 3 High Street")
PETS = {"female": ("Elizabeth/Liz", "Margaret/Peggy", "Katherine/Kathy", "Susan/Sue", "Jennifer/Jen", "Rebecca/Becky", "Deborah/Debbie", "Pamela/Pam"),
        "male": ("William/Will", "William/Bill", "Robert/Bob", "Robert/Robbie", "Christopher/Chris", "Michael/Mike", "Anthony/Tony", "Thomas/Tom")}
ROOTS = ("Lisa/Elsa", "Emma/Emily", "Hanna/Anna", "Ellen/Helen", "Karin/Katherine", "Nora/Eleanor", "Sally/Sarah", "Mia/Maria", "Greta/Rita")
BROTHERS = ("Jack/John", "Harry/Henry", "Ian/Ivan", "Anders/Andrew", "Liam/Wilhelm", "Jan/Hans", "Matteo/Mats", "Per/Peter", "Jon/John")
OF_BOTH_SEXES = ("Christopher/Chris", "Christina/Chris", "Alexander/Alex", "Alexandra/Alex", "Patrick/Pat", "Patricia/Pat", "Samantha/Sam", "Samuel/Sam")


def numbered(value: int | str, place: Place) -> list[dict[str, str]]:
    """A number that the country hands out, without a check digit."""
    system = "http://hl7.org/fhir/sid/us-ssn" if place.code == "US" else f"urn:register:{place.code.lower()}"
    return [{"system": system, "value": str(value)}]


def _number(rng: random.Random) -> str:
    """Nine digits, of which no two neighbours are alike: each exchange and each loss is another number."""
    digits = [rng.choice("123456")]
    while len(digits) < 9:
        digits.append(rng.choice([d for d in "123456789" if d != digits[-1]]))
    return "".join(digits)


def _after(rng: random.Random, number: str) -> str:
    """One handed out on the same day, with its last digit lost or mistaken."""
    return rng.choice([number[:-1], number[:-1] + rng.choice([d for d in "123456789" if d != number[-1]])])


def _slip(rng: random.Random, number: str) -> str:
    """A number that one digit tells from another."""
    i = rng.randrange(3, 8)
    return number[:i] + rng.choice([d for d in "123456789" if d != number[i]]) + number[i + 1:]


def _near(rng: random.Random, number: str) -> str:
    return rng.choice((_after, _slip))(rng, number)


def _nowhere(rng: random.Random, p: Patient) -> list[dict[str, object]]:
    """Where thousands get their post, or many live."""
    return [{**p["address"][0], "line": [rng.choice((*COUNTERS, *HOUSES))]}]


def _town(p: Patient) -> list[dict[str, object]]:
    return [{k: v for k, v in p["address"][0].items() if k != "line"}]


def _one(rng: random.Random, place: Place, birth: str = "") -> tuple[Patient, str]:
    number = _number(rng)
    p = person(rng, place, birth=birth, numbered=0)
    return like(p, name=named(p, p["name"][0]["given"][0]), identifier=numbered(number, place)), number


def _digit_off(rng: random.Random, day: str) -> str:
    """The same day with one digit of the year or the day another."""
    year, rest = int(day[:4]), day[4:]
    return rng.choice([f"{year + rng.choice((-10, 1, 2, 3))}{'-02-28' if rest == '-02-29' else rest}", f"{day[:-1]}{(int(day[-1]) + 1) % 8 + 1}"])


# --- different people ---------------------------------------------------------------------------------------------------

def twin_without_a_given_name(rng: random.Random, place: Place) -> Pair:
    p, number = _one(rng, place)
    twin = {**named(p)[0], "given": []} if rng.random() < 0.5 else {}
    return p, like(p, name=[twin] if twin else [], identifier=numbered(_after(rng, number), place))


def married_twin_without_a_given_name(rng: random.Random, place: Place) -> Pair:
    """Another family name, in her parents' house."""
    p, number = _one(rng, place, born(rng, 1950, 1999))
    other = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    return p, like(p, name=[{"family": other}], identifier=numbered(_after(rng, number), place))


def given_name_and_a_number_a_digit_away(rng: random.Random, place: Place) -> Pair:
    """Neither family name nor birth date, and an address that thousands share."""
    p, number = _one(rng, place)
    p = like(p, address=_nowhere(rng, p), telecom=[])
    q = like(p, name=[{"given": p["name"][0]["given"]}], birthDate="", identifier=numbered(_near(rng, number), place))
    return p, like(q, address=p["address"] if rng.random() < 0.7 else _town(p))


def namesakes_with_numbers_a_digit_apart(rng: random.Random, place: Place) -> Pair:
    """One name in one town, and nobody wrote down when the other was born."""
    p, number = _one(rng, place)
    address = rng.choice((_town(p), _nowhere(rng, p)))
    return like(p, telecom=[]), like(p, birthDate="", telecom=[], address=address, identifier=numbered(_near(rng, number), place))


def birth_date_and_number_a_digit_apart_each(rng: random.Random, place: Place) -> Pair:
    """A given name alone, or a whole name and a number that is no national one, where no door tells more."""
    p, number = _one(rng, place)
    p = like(p, address=_nowhere(rng, p), telecom=[])
    names = rng.choice((p["name"], [{"given": p["name"][0]["given"]}], named(p, family="Doe")))
    system = "urn:insurer" if names == p["name"] else numbered(number, place)[0]["system"]
    q = like(p, name=names, birthDate=_digit_off(rng, p["birthDate"]), address=p["address"] if rng.random() < 0.6 else _town(p))
    return like(p, identifier=[{"system": system, "value": number}]), like(
        q, identifier=[{"system": system, "value": _near(rng, number)}])


def lodgers_of_one_given_name(rng: random.Random, place: Place) -> Pair:
    """Born in one month, other family names, numbers a digit apart."""
    p, number = _one(rng, place, f"{rng.randint(1940, 2000)}-{rng.randint(1, 12):02}-{rng.randint(2, 9):02}")
    other = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    return p, like(p, name=named(p, family=other), birthDate=f"{p['birthDate'][:8]}{rng.randint(20, 28)}", telecom=[],
                   identifier=numbered(_near(rng, number), place))


def born_on_one_day_in_one_hospital(rng: random.Random, place: Place) -> Pair:
    """One given name, and numbers handed out one after another; later in one institution, or in one town."""
    p, number = _one(rng, place)
    other = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    p = like(p, address=_nowhere(rng, p), telecom=[])
    return p, like(p, name=named(p, family=other), identifier=numbered(_after(rng, number), place))


def twins_of_one_root(rng: random.Random, place: Place) -> Pair:
    """Lisa and Elsa, Jack and John: names that parents give, and a number whose last digit is lost or mistaken."""
    p, number = _one(rng, place)
    names = rng.choice(ROOTS if p["gender"] == "female" else BROTHERS).split("/")
    rng.shuffle(names)
    return like(p, name=named(p, names[0])), like(p, name=named(p, names[1]), identifier=numbered(_after(rng, number), place))


def twins_of_one_root_without_a_number(rng: random.Random, place: Place) -> Pair:
    """Emma and Emily, of whom at the most a record number is told."""
    p, q = twins_of_one_root(rng, place)
    return like(p, identifier=[mrn(rng, "a")]), like(q, identifier=rng.choice(([], [mrn(rng, "b")])))


def brother_or_sister_of_one_short_form(rng: random.Random, place: Place) -> Pair:
    """Christopher, and a Chris of whom neither number nor sex is told."""
    p, q = brother_and_sister_of_one_short_form(rng, place)
    return p, like(q, identifier=[], gender=rng.choice(("", "unknown")))


def brother_and_sister_of_one_short_form(rng: random.Random, place: Place) -> Pair:
    """Christopher, and a Chris of whom nobody says whether she is Christina."""
    p, number = _one(rng, place)
    long, short = rng.choice(OF_BOTH_SEXES).split("/")
    sex = rng.choice(("", "unknown", "male" if p["gender"] == "female" else "female"))
    return like(p, name=named(p, long)), like(p, name=named(p, short), gender=sex, identifier=numbered(_after(rng, number), place))


def twins_of_whom_one_has_a_beginning(rng: random.Random, place: Place) -> Pair:
    """Michelle, and somebody of whose name only two letters are written."""
    p, number = _one(rng, place)
    given = rng.choice(("Michelle", "Minerva", "Katarina", "Kayla", "Joanna", "Jocelyn", "Danilo", "Marcel"))
    return like(p, name=named(p, given)), like(p, name=named(p, given[:2]), identifier=numbered(_after(rng, number), place))


def namesakes_with_other_last_digits(rng: random.Random, place: Place) -> Pair:
    """One name, birth date and door, and of one number only its end is told, which is not that of the other."""
    p = person(rng, place, numbered=0)
    number = _number(rng)
    end = _slip(rng, number)[-4:] if rng.random() < 0.5 else _number(rng)[:4]
    end = end if end != number[-4:] else f"{end[1:]}{end[0]}"
    system = "http://hl7.org/fhir/sid/us-ssn"
    masked = rng.choice((end, f"XXX-XX-{end}", f"***-**-{end}", f"xxxxx{end}"))
    return (like(p, identifier=[{"system": system, "value": number}]), like(p, identifier=[{"system": system, "value": masked}]))


# --- one person ---------------------------------------------------------------------------------------------------------

def short_form_and_a_lost_digit(rng: random.Random, place: Place) -> Pair:
    """Will and William at one door, of one sex and family: no parents call two children so."""
    p, number = _one(rng, place)
    names = rng.choice(PETS[p["gender"]]).split("/")
    rng.shuffle(names)
    return like(p, name=named(p, names[0])), like(p, name=named(p, names[1]), identifier=numbered(number[:-1], place))


def general_delivery_and_a_lost_digit(rng: random.Random, place: Place) -> Pair:
    p, number = _one(rng, place)
    p = like(p, address=_nowhere(rng, p), telecom=[])
    return p, like(p, identifier=numbered(rng.choice((number[:-1], _slip(rng, number))), place))


def short_form_without_a_number(rng: random.Random, place: Place) -> Pair:
    p, q = short_form_and_a_lost_digit(rng, place)
    return p, like(q, identifier=rng.choice(([], [mrn(rng, "b")])))


def last_four_digits_only(rng: random.Random, place: Place) -> Pair:
    """US practice: the rest of the number is not told, and does not contradict."""
    p = person(rng, place, numbered=0)
    number, system = _number(rng), "http://hl7.org/fhir/sid/us-ssn"
    end = number[-4:]
    masked = rng.choice((end, f"XXX-XX-{end}", f"***-**-{end}", f"xxxxx{end}"))
    return (like(p, identifier=[{"system": system, "value": number}]), like(p, identifier=[{"system": system, "value": masked}]))


DIFFERENT: tuple[Make, ...] = (
    twin_without_a_given_name, married_twin_without_a_given_name, given_name_and_a_number_a_digit_away, namesakes_with_numbers_a_digit_apart,
    birth_date_and_number_a_digit_apart_each, lodgers_of_one_given_name, born_on_one_day_in_one_hospital, twins_of_one_root,
    twins_of_one_root_without_a_number, brother_and_sister_of_one_short_form, brother_or_sister_of_one_short_form, twins_of_whom_one_has_a_beginning, namesakes_with_other_last_digits)
SAME: tuple[Make, ...] = (short_form_and_a_lost_digit, short_form_without_a_number, general_delivery_and_a_lost_digit, last_four_digits_only)


def made(make: Make, size: int, seed: int = 11) -> Iterator[Pair]:
    """`size` pairs of one class, from all places in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, PLACES[i % len(PLACES)])
