"""A harder set: 5,000 people, each once as they are and once with up to ten errors, mostly slips of typing.

How many errors a record has is drawn evenly from one to ten, and each falls on a field by chance, at most three on one, as
FEBRL's own generator counts them; one in twenty leaves a field out, one in fifty exchanges given and family name.
Everything follows from the seed.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.identity.people import Person, population

ERRORS, MOST = 10, 3
FIELDS = {"given": 3, "middle": 1, "family": 3, "house_number": 1, "street": 4, "city": 3, "postcode": 2, "birth_date": 2,
          "phone": 2, "email": 3, "identifier": 2}
NEIGHBOURS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wa esd rdf tfg ygh uhj ijk okl plk ol wsz edx rfc tgv yhb ujn ikm olm pk xas zsd xdf cfg vgh bhj njk".split(), strict=True))


def slip(rng: random.Random, text: str) -> str:
    """One slip of the fingers: a neighbouring key, a letter too many, left out or in the wrong order, a blank."""
    if not text:
        return text
    i, kind = rng.randrange(len(text)), rng.randrange(10)
    letter = text[i].lower()
    other = rng.choice("0123456789") if letter.isdigit() else rng.choice(NEIGHBOURS.get(letter, "ae"))
    if kind < 4:
        return text[:i] + other + text[i + 1:]
    if kind < 6 and not text.isdigit():
        return text[:i] + other + text[i:]
    if kind < 8 and len(text) > 3 and not text.isdigit():
        return text[:i] + text[i + 1:]
    if kind == 9 and text.isalpha() and i > 0:
        return f"{text[:i]} {text[i:]}"
    return text[:i] + text[i + 1:i + 2] + text[i:i + 1] + text[i + 2:]


def _slip_in(rng: random.Random, p: Person, name: str) -> Person:
    value = getattr(p, name)
    if name == "birth_date" and len(value) == 10:
        digits = slip(rng, value.replace("-", ""))[:8]
        return replace(p, birth_date=f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    return replace(p, **{name: slip(rng, value)})


def battered(rng: random.Random, p: Person) -> Person:
    """The person with up to ERRORS errors."""
    fallen: dict[str, int] = {}
    done, errors = 0, rng.randint(1, ERRORS)
    while done < errors:
        name = rng.choices(list(FIELDS), list(FIELDS.values()))[0]
        chance = rng.random()
        if fallen.get(name, 0) >= MOST:
            continue
        if chance < 0.05:
            p = replace(p, **{name: ""})
        elif chance < 0.07:
            p = replace(p, given=p.family, family=p.given)
        else:
            p = _slip_in(rng, p, name)
        fallen[name] = fallen.get(name, 0) + 1
        done += 1
    return p


def hard(size: int = 5000, seed: int = 424) -> Iterator[Person]:
    """`size` people, each as it is and battered."""
    rng = random.Random(seed)
    for p in population(size, seed):
        p = replace(p, identifier=str(rng.randint(10_000_000, 99_999_999)))
        yield p
        yield battered(rng, p)
