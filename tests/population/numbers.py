"""National person numbers that satisfy their check digits and are nobody's."""

from datetime import date
from random import Random

PERSONNUMMER = "urn:oid:1.2.752.129.2.1.3.1"
CPR = "urn:oid:1.2.208.176.1.2"
KVNR = "http://fhir.de/sid/gkv/kvid-10"
_CPR_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def personnummer(born: date, sex: str, rng: Random) -> str:
    """Sweden, YYYYMMDDNNNC, with a serial of the block 980 to 989 that is kept for tests."""
    serial = 980 + rng.randrange(5) * 2 + (sex == "male")
    short = f"{born:%y%m%d}{serial}"
    return f"{born:%Y%m%d}{serial}{_luhn(short)}"


def cpr(born: date, sex: str, rng: Random) -> str:
    """Denmark, DDMMYYSSSS, that fails the old modulus 11, so that it was never given to anybody of that time."""
    while True:
        century = rng.choice("4567" if born.year >= 2000 else "0123")
        text = f"{born:%d%m%y}{century}{rng.randrange(100):02}{rng.randrange(5) * 2 + (sex == 'male')}"
        if sum(int(d) * w for d, w in zip(text, _CPR_WEIGHTS, strict=True)) % 11:
            return text


def kvnr(rng: Random) -> str:
    """Germany, health insurance number: letter, 8 digits, check digit."""
    text = f"{chr(65 + rng.randrange(26))}{rng.randrange(10**8):08}"
    digits = f"{ord(text[0]) - 64:02}{text[1:]}"
    products = [int(d) * (1 + i % 2) for i, d in enumerate(digits)]
    return f"{text}{sum(p // 10 + p % 10 for p in products) % 10}"


def _luhn(digits: str) -> int:
    doubled = (int(d) * (2 - i % 2) for i, d in enumerate(digits))
    return -sum(d // 10 + d % 10 for d in doubled) % 10
