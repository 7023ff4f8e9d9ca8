"""Check digits and shapes of person numbers of southern and eastern Europe and Central Asia, as in checkdigits.py."""

import re

from gateway.identity.checksums import any_century, digits, falling, hybrid, is_day, luhn, verhoeff, weighted


def nif(text: str) -> bool:
    """Portugal, tax number of a person: 9 digits from 1, 2, 3 or 45; modulus 11."""
    if not re.fullmatch(r"([123]|45)\d+", text) or not digits(text, 9):
        return False
    return -falling(text[:8], 9) % 11 % 10 == int(text[8])


def amka(text: str) -> bool:
    """Greece, DDMMYY, four digits, Luhn (law 3655/2008)."""
    return digits(text, 11) and any_century(text[4:6], int(text[2:4]), int(text[:2])) and luhn(text)


_ROMANIAN = {"1": 1900, "2": 1900, "3": 1800, "4": 1800, "5": 2000, "6": 2000}


def _cnp(text: str, century: int) -> bool:
    check = weighted(text[:12], "279146358279") % 11
    born = is_day(century + int(text[1:3]), int(text[3:5]), int(text[5:7]))
    return born and (check if check < 10 else 1) == int(text[12])


def cnp(text: str) -> bool:
    """Romania, SYYMMDDJJNNNC; modulus 11, ten as 1 (law 105/1996)."""
    return digits(text, 13) and text[0] in _ROMANIAN and _cnp(text, _ROMANIAN[text[0]])


def cnp_of_residents(text: str) -> bool:
    """Romania, foreigners: 7, 8 or 9 in front, which tells no century."""
    return digits(text, 13) and text[0] in "789" and (_cnp(text, 1900) or _cnp(text, 2000))


def _born_of_egn(text: str) -> bool:
    month = int(text[2:4])
    century = {0: 1900, 1: 1800, 2: 2000}.get(month // 20)
    return century is not None and is_day(century + int(text[:2]), month % 20, int(text[4:6]))


def egn(text: str) -> bool:
    """Bulgaria, YYMMDDNNNC; months are raised by 20 before 1900 and by 40 from 2000 on; modulus 11."""
    if not digits(text, 10):
        return False
    check = sum(int(d) * w for d, w in zip(text[:9], (2, 4, 8, 5, 10, 9, 7, 3, 6), strict=True)) % 11 % 10
    return _born_of_egn(text) and check == int(text[9])


def lnch(text: str) -> bool:
    """Bulgaria, foreigners: 10 digits that tell no birth date; those that seem to may be an EGN with a slip."""
    if not digits(text, 10) or _born_of_egn(text):
        return False
    weights = (21, 19, 17, 13, 11, 9, 7, 3, 1)
    return sum(int(d) * w for d, w in zip(text[:9], weights, strict=True)) % 10 == int(text[9])


def _born_of_rodne_cislo(text: str, year: int) -> bool:
    month = int(text[2:4]) % 50
    return is_day(year, month - 20 if month > 20 and year > 2003 else month, int(text[4:6]))


def rodne_cislo(text: str) -> bool:
    """Czechia and Slovakia, YYMMDD, three digits, modulus 11 with ten as zero. The month of women is raised by 50, from
    2004 on by 20 more where the numbers of a day are used up (law 133/2000)."""
    if not digits(text, 10):
        return False
    year = (1900 if text >= "54" else 2000) + int(text[:2])
    return int(text[:9]) % 11 % 10 == int(text[9]) and _born_of_rodne_cislo(text, year)


def rodne_cislo_of_9(text: str) -> bool:
    """Czechia and Slovakia, births before 1954: no check digit."""
    return digits(text, 9) and text < "54" and _born_of_rodne_cislo(text, 1900 + int(text[:2]))


def taj(text: str) -> bool:
    """Hungary, social security: 9 digits, weights 3 and 7 (law 1996/XX)."""
    return digits(text, 9) and weighted(text[:8], "37373737") % 10 == int(text[8])


def oib(text: str) -> bool:
    """Croatia, 11 digits that tell nothing; MOD 11,10 (law on the OIB, 2008)."""
    return digits(text, 11) and hybrid(text)


def jmbg(text: str) -> bool:
    """Slovenia (EMŠO), Serbia, Bosnia and Herzegovina, Montenegro, North Macedonia: DDMMYYYRRBBBC, modulus 11, ten
    as zero."""
    if not digits(text, 13):
        return False
    year = int(text[4:7]) + (1000 if text[4] > "7" else 2000)
    return (is_day(year, int(text[2:4]), int(text[:2]))
            and -weighted(text[:12], "765432765432") % 11 % 10 == int(text[12]))


def rnokpp(text: str) -> bool:
    """Ukraine, tax number of a person: the days since 31 December 1899, four digits, modulus 11."""
    if not digits(text, 10) or not int(text[:5]):
        return False
    weights = (-1, 5, 7, 9, 4, 6, 10, 5, 7)
    return sum(int(d) * w for d, w in zip(text[:9], weights, strict=True)) % 11 % 10 == int(text[9])


def snils(text: str) -> bool:
    """Russia, pension insurance: nine digits and the remainder by 101; numbers up to 001-001-998 have no check."""
    return digits(text, 11) and int(text[:9]) > 1_001_998 and falling(text[:9], 9) % 101 % 100 == int(text[9:])


def iin(text: str) -> bool:
    """Kazakhstan, YYMMDD, century and sex, four digits, modulus 11 with a second row of weights."""
    if not digits(text, 12) or text[6] not in "123456":
        return False
    if not is_day(1800 + 100 * ((int(text[6]) - 1) // 2) + int(text[:2]), int(text[2:4]), int(text[4:6])):
        return False
    first, second = (sum(int(d) * ((i + start) % 11 + 1) for i, d in enumerate(text[:11])) % 11 for start in (0, 2))
    return (first if first < 10 else second) == int(text[11])


def matricule(text: str) -> bool:
    """Luxembourg, from 2014 on: YYYYMMDDNNN, a Luhn digit and a Verhoeff digit over the same eleven."""
    if not digits(text, 13) or not is_day(int(text[:4]) or 1, int(text[4:6]), int(text[6:8])):
        return False
    return luhn(text[:12]) and verhoeff(text[:11] + text[12])


def karta(text: str) -> bool:
    """Malta, up to seven digits and a letter that tells where the birth was registered; no check digit."""
    return bool(re.fullmatch(r"\d{7}[ABGHLMPZ]", text))
