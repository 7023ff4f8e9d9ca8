"""What one organisation has written down of a person: misspelt, out of date, in other letters, incomplete."""

from dataclasses import dataclass, replace
from random import Random

from tests.population.names import ASCII, HEARD
from tests.population.numbers import CPR, KVNR, PERSONNUMMER
from tests.population.people import Address, Person

NATIONAL = {"norrvik": PERSONNUMMER, "norrlab": PERSONNUMMER, "soevang": CPR, "vesterhede": CPR, "elbhafen": KVNR, "ahlbek": KVNR}
_PREFIX = {"norrvik": "NV", "vesterhede": "V", "norrlab": "R", "ahlbek": "B"}


@dataclass(frozen=True)
class View:
    """The demographics of one source patient.

    source    the organisation
    number    its own number for the patient
    born      FHIR date, at times only a year or a month
    national  system → number; empty when the organisation does not have it
    """

    person: Person
    source: str
    number: str
    given: tuple[str, ...]
    family: str
    born: str
    sex: str
    home: Address
    phone: str
    email: str
    national: dict[str, str]
    maiden: str = ""


def view(person: Person, source: str, seed: int) -> View:
    """The person as the source knows it; the same arguments give the same view."""
    rng = Random(f"{seed}/view/{person.key}/{source}")
    number = f"{_PREFIX.get(source, '')}{rng.randrange(10**5, 10**6)}"
    if person.key == "p001":
        return _hero(person, source, number)
    system = NATIONAL[source]
    national = {system: person.numbers[system]} if system in person.numbers and rng.random() < 0.9 else {}
    if not national and rng.random() < 0.5:
        national = dict(list(person.numbers.items())[:1])
    seen = View(person, source, number, person.given, person.family, person.born.isoformat(), person.sex, person.home,
                person.phone if rng.random() < 0.7 else "", person.email if rng.random() < 0.5 else "", national)
    return replace(_letters(_worn(seen, source, rng), source), maiden=person.earlier if source == "norrvik" else "")


def _hero(person: Person, source: str, number: str) -> View:
    """The patient with everything: her numbers travel with her; names and addresses do not keep up."""
    held = {"norrvik": (PERSONNUMMER, CPR), "norrlab": (PERSONNUMMER,), "elbhafen": (PERSONNUMMER,)}.get(source, (CPR,))
    seen = View(person, source, number, person.given, person.family, person.born.isoformat(), person.sex, person.home,
                person.phone if source != "norrlab" else "", person.email if source == "soevang" else "",
                {system: person.numbers[system] for system in held}, person.earlier if source == "norrvik" else "")
    if source == "norrlab":
        seen = replace(seen, family=person.earlier, given=person.given[:1], home=person.before or person.home)
    return _letters(replace(seen, given=person.given[:1]) if source == "elbhafen" else seen, source)


def _worn(seen: View, source: str, rng: Random) -> View:
    """Time and haste: an old name, an old address, a typing error, another spelling, half a birth date."""
    person = seen.person
    if person.earlier and rng.random() < 0.4:
        seen = replace(seen, family=person.earlier)
    if person.before and rng.random() < 0.4:
        seen = replace(seen, home=person.before)
    if rng.random() < 0.12:
        seen = replace(seen, family=_typed(seen.family, rng))
    if rng.random() < 0.25:
        given = tuple(HEARD.get(g, g) for g in seen.given)
        seen = replace(seen, given=given, family=HEARD.get(seen.family, seen.family))
    if len(seen.given) > 1 and rng.random() < 0.5:
        seen = replace(seen, given=seen.given[:1])
    if source in ("soevang", "norrlab") and rng.random() < 0.06:
        seen = replace(seen, born=seen.born[:rng.choice((4, 7))])
    return seen


def _typed(word: str, rng: Random) -> str:
    """Two letters changed places, or one stands twice."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 2)
    if rng.random() < 0.5:
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    return word[:at] + word[at] + word[at:]


def _letters(seen: View, source: str) -> View:
    if source != "elbhafen" or seen.home.country == "DE":
        return seen
    home = replace(seen.home, street=seen.home.street.translate(ASCII), town=seen.home.town.translate(ASCII))
    return replace(seen, given=tuple(g.translate(ASCII) for g in seen.given), family=seen.family.translate(ASCII),
                   home=home)
