"""A subset of UCUM by hand: case-sensitive, prefixes, exponents, annotations, exact fractions (UNIT-01, UNIT-03).

A unit becomes a dimension and a linear way to it: base = value × factor + offset. Two quantities may be compared only
when their dimensions are equal. Annotations (`{creat}`) belong to the dimension, so `mg/g{creat}` never meets `mg/g`;
arbitrary units (`[iU]`) are dimensions of their own, and so is the equivalent: meq needs a valence to become mmol.
An amount of substance that cancels out leaves its trace: 48 mmol/mol of HbA1c (IFCC) is never 4.8 % (NGSP).
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

Dimension = tuple[tuple[str, int], ...]
_LONGEST, _HIGHEST_POWER, _DEEPEST = 60, 12, 4

_PREFIXES = {"Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2,
             "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24}
_BASES = ("g", "m", "s", "mol", "K", "cd", "C", "eq", "osm", "[iU]", "[IU]", "[arb'U]", "[CFU]", "Bi")
# Units that take prefixes, then those that do not: (factor, the unit that it is a multiple of).
_METRIC = {"l": ("1/1000", "m3"), "L": ("1/1000", "m3"), "Hz": ("1", "s-1"), "N": ("1000", "g.m/s2"),
           "Pa": ("1000", "g/m/s2"), "J": ("1000", "g.m2/s2"), "W": ("1000", "g.m2/s3"), "A": ("1", "C/s"),
           "V": ("1000", "g.m2/s2/C"), "kat": ("1", "mol/s"), "U": ("1/60000000", "mol/s"),
           "bar": ("100000000", "g/m/s2"),
           "t": ("1000000", "g"), "cal": ("4184", "g.m2/s2"), "Bq": ("1", "s-1"), "Gy": ("1", "m2/s2"),
           "Sv": ("1", "m2/s2"),
           "m[Hg]": ("133322000", "g/m/s2"), "m[H2O]": ("9806650", "g/m/s2"), "u": ("1.66053906660e-24", "g")}
_PLAIN = {"min": ("60", "s"), "h": ("3600", "s"), "d": ("86400", "s"), "wk": ("604800", "s"), "mo": ("2629800", "s"),
          "a": ("31557600", "s"), "[in_i]": ("0.0254", "m"), "[ft_i]": ("0.3048", "m"), "[lb_av]": ("453.59237", "g"),
          "[oz_av]": ("28.349523125", "g"), "[st_av]": ("6350.29318", "g"), "[gr]": ("0.06479891", "g"),
          "[foz_us]": ("0.0000295735295625", "m3"), "%": ("1/100", "1"), "[ppth]": ("1/1000", "1"),
          "[ppm]": ("1/1000000", "1"), "[ppb]": ("1/1000000000", "1"), "10*": ("10", "1"), "10^": ("10", "1")}
_OWN = ("[pH]", "deg", "[drp]", "[HPF]", "[LPF]", "[INR]", "[hnsf'U]", "[MET]", "[diop]", "[ch]", "B[SPL]")
# What is counted a minute, said here and left out there; any other annotation stays apart (UNIT-03).
_COUNTED = frozenset({"{beat}", "{beats}", "{breath}", "{breaths}"})
# Scales with a zero of their own: base = value × factor + offset, in kelvin. They stand alone or not at all.
_SCALES = {"Cel": (Fraction(1), Fraction("273.15")), "[degF]": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9))}

# What people write where no UCUM code is given (UNIT-02).
SPOKEN = {"mcg": "ug", "cc": "mL", "IU": "[iU]", "mIU": "m[iU]", "uIU": "u[iU]", "mmHg": "mm[Hg]", "mm Hg": "mm[Hg]",
          "cmH2O": "cm[H2O]", "lbs": "[lb_av]", "lb": "[lb_av]", "in": "[in_i]", "ft": "[ft_i]", "oz": "[oz_av]",
          "°F": "[degF]", "F": "[degF]", "degF": "[degF]", "°C": "Cel", "C": "Cel", "degC": "Cel", "mEq": "meq",
          "mOsm": "mosm", "sec": "s", "hr": "h", "hrs": "h", "bpm": "/min", "beats/min": "/min", "breaths/min": "/min",
          "/minute": "/min", "K": "10*3", "M": "10*6", "x10E3": "10*3", "x10E6": "10*6", "x10E9": "10*9",
          "x10E12": "10*12",
          "10E3": "10*3", "10E6": "10*6", "10E9": "10*9", "10E12": "10*12", "gm": "g", "dl": "dL", "ml": "mL"}

_SYMBOL = re.compile(r"10[*^]|\[[^\[\]{}]*\]|%|[A-Za-z]+(?:\[[^\[\]{}]*\])?(?:_[a-z]+)?")
_TOKEN = re.compile(r"(?P<open>\()|(?P<close>\))|(?P<operator>[./])|(?P<note>\{[^{}]*\})"
                    r"|(?P<symbol>" + _SYMBOL.pattern + r")(?P<power>[+-]?\d{1,3})?|(?P<number>\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unit:
    """base = value × factor + offset, in the base units of the dimension."""

    dimension: Dimension
    factor: Fraction
    offset: Fraction = Fraction(0)


class _NotAUnit(ValueError):
    """The text is no unit of the subset."""


@lru_cache(maxsize=4096)
def parse(code: str) -> Unit | None:
    """The unit that a UCUM code means, or None when it is no code of the subset. Never raises."""
    if code in _SCALES:
        return Unit((("K", 1),), *_SCALES[code])
    if not 0 < len(code) <= _LONGEST:
        return None
    try:
        dimension, factor, rest = _term(_tokens(code), 0)
    except _NotAUnit:
        return None
    return None if rest else Unit(tuple(sorted((b, p) for b, p in dimension.items() if p or b == "mol")), factor)


@lru_cache(maxsize=4096)
def spoken(text: str) -> Unit | None:
    """The unit that people mean by a text that is no UCUM code: `mcg`, `K/uL`, `mmHg`; None when unsure."""
    plain = text.strip().replace("µ", "u").replace("μ", "u").replace("³", "3")
    whole = SPOKEN.get(plain)
    if whole:
        return parse(whole)
    return parse("/".join(SPOKEN.get(part.strip(), part.strip()) for part in plain.split("/")))


Tokens = list[re.Match[str]]
Parsed = tuple[dict[str, int], Fraction, Tokens]


def _tokens(code: str) -> Tokens:
    found, at = [], 0
    while at < len(code):
        token = _TOKEN.match(code, at)
        if not token:
            raise _NotAUnit(code)
        found.append(token)
        at = token.end()
    return found


def _term(tokens: Tokens, depth: int) -> Parsed:
    """component ((. | /) component)*, read from the left; a leading slash divides one."""
    if depth > _DEEPEST:
        raise _NotAUnit
    dimension: dict[str, int] = {}
    factor, sign = Fraction(1), 1
    if tokens and tokens[0]["operator"] == "/":
        sign, tokens = -1, tokens[1:]
    while True:
        part, size, tokens = _component(tokens, depth)
        factor *= size ** sign
        for base, power in part.items():
            dimension[base] = dimension.get(base, 0) + sign * power
        if not tokens or not tokens[0]["operator"]:
            return dimension, factor, tokens
        sign, tokens = (-1 if tokens[0]["operator"] == "/" else 1), tokens[1:]


def _component(tokens: Tokens, depth: int) -> Parsed:
    if not tokens:
        raise _NotAUnit
    token, rest = tokens[0], tokens[1:]
    if token["open"]:
        dimension, factor, rest = _term(rest, depth + 1)
        if not rest or not rest[0]["close"]:
            raise _NotAUnit
        rest = rest[1:]
    elif token["symbol"]:
        dimension, factor = _power(*_atom(token["symbol"]), int(token["power"] or 1))
    elif token["number"]:
        dimension, factor = {}, Fraction(int(token["number"]))
        if not factor:
            raise _NotAUnit
    elif token["note"]:
        return {} if token["note"].casefold() in _COUNTED else {token["note"]: 1}, Fraction(1), rest
    else:
        raise _NotAUnit
    if rest and rest[0]["note"]:
        dimension, rest = {**dimension, rest[0]["note"]: 1}, rest[1:]
    return dimension, factor, rest


def _power(dimension: dict[str, int], factor: Fraction, power: int) -> tuple[dict[str, int], Fraction]:
    if abs(power) > _HIGHEST_POWER:
        raise _NotAUnit
    return {base: p * power for base, p in dimension.items()}, factor ** power


@lru_cache(maxsize=1024)
def _atom(symbol: str) -> tuple[dict[str, int], Fraction]:
    """A unit symbol with or without prefix; the whole symbol is tried first (`min` is no milli-inch)."""
    if symbol in _OWN:
        return {symbol: 1}, Fraction(1)
    if symbol in _PLAIN:
        return _multiple(_PLAIN[symbol])
    known = _metric(symbol)
    if known:
        return known
    for length in (2, 1):
        prefix, rest = symbol[:length], symbol[length:]
        base = _metric(rest) if prefix in _PREFIXES else None
        if base:
            return base[0], base[1] * Fraction(10) ** _PREFIXES[prefix]
    raise _NotAUnit(symbol)


def _metric(symbol: str) -> tuple[dict[str, int], Fraction] | None:
    if symbol in _BASES:
        return {"[iU]" if symbol == "[IU]" else symbol: 1}, Fraction(1)
    return _multiple(_METRIC[symbol]) if symbol in _METRIC else None


def _multiple(of: tuple[str, str]) -> tuple[dict[str, int], Fraction]:
    dimension, factor, _ = _term(_tokens(of[1]), 0)
    return dimension, Fraction(of[0]) * factor
