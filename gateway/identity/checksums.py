"""Arithmetic of check digits, and days, that rules of several countries share."""

from datetime import date


def is_day(year: int, month: int, day: int) -> bool:
    """Is there such a day?"""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def any_century(yy: str, month: int, day: int) -> bool:
    """Is there such a day in the 20th or 21st century?"""
    return is_day(1900 + int(yy), month, day) or is_day(2000 + int(yy), month, day)


def digits(text: str, many: int) -> bool:
    """Just so many ASCII digits."""
    return len(text) == many and text.isascii() and text.isdigit()


def weighted(text: str, weights: str) -> int:
    """Σ digit · weight, weights of one digit each."""
    return sum(int(d) * int(w) for d, w in zip(text, weights, strict=True))


def falling(text: str, first: int) -> int:
    """Σ digit · weight, with weights that fall by one from `first`."""
    return sum(int(d) * (first - i) for i, d in enumerate(text))


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = (int(d) * (1 + (i % 2)) for i, d in enumerate(reversed(text)))
    return text.isdigit() and sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def _turned(a: int, b: int) -> int:
    """The product of two symmetries of the pentagon: 0 to 4 turn it, 5 to 9 mirror it."""
    turn = a % 5 + b % 5 if a < 5 else a % 5 - b % 5
    return turn % 5 + 5 * ((a < 5) != (b < 5))


_ORDER = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def verhoeff(text: str) -> bool:
    """J. Verhoeff, Error Detecting Decimal Codes (1969)."""
    product = 0
    for i, d in enumerate(reversed(text)):
        moved = int(d)
        for _ in range(i % 8):
            moved = _ORDER[moved]
        product = _turned(product, moved)
    return text.isdigit() and product == 0


def hybrid(text: str) -> bool:
    """ISO/IEC 7064, MOD 11,10."""
    rest = 10
    for d in text[:-1]:
        rest = ((rest + int(d)) % 10 or 10) * 2 % 11
    return (rest + int(text[-1])) % 10 == 1


def mod_11_2(body: str) -> str:
    """ISO/IEC 7064, MOD 11-2: the check character of so many digits, X for ten."""
    rest = 0
    for d in body:
        rest = (rest + int(d)) * 2 % 11
    return "0123456789X"[(1 - rest) % 11]
