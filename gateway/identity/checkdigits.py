"""Check digits and shapes of person numbers of northern and western countries: each function takes the compact text and
says whether it holds.

Sources: the issuers' published rules; where an issuer gives up its check digit (Denmark 2007) only the shape is tested.
"""

import re

from gateway.identity.checksums import any_century, is_day, luhn, weighted


def personnummer(text: str) -> bool:
    """Sweden, YYMMDDNNNC; Luhn (SKV 704)."""
    return bool(re.fullmatch(r"\d{10}", text)) and any_century(text[:2], int(text[2:4]), int(text[4:6])) and luhn(text)


def samordningsnummer(text: str) -> bool:
    """Sweden, coordination number: the day is raised by 60 (SKV 707)."""
    if not re.fullmatch(r"\d{10}", text) or not 60 < int(text[4:6]) <= 91:
        return False
    return any_century(text[:2], int(text[2:4]), int(text[4:6]) - 60) and luhn(text)


def cpr(text: str) -> bool:
    """Denmark, DDMMYYSSSS, the century by the seventh digit; modulus 11 is no longer guaranteed, so only the date is
    tested. Numbers for want of one raise the day by 60."""
    if not re.fullmatch(r"\d{10}", text):
        return False
    yy, seventh = int(text[4:6]), int(text[6])
    century = 1800 if seventh in (5, 6, 7, 8) and yy >= 58 else (
        1900 if seventh < 4 or (seventh in (4, 9) and yy >= 37) else 2000)
    return is_day(century + yy, int(text[2:4]), int(text[:2]) % 60)


def _norwegian(text: str, day: int, month: int) -> bool:
    yy, serial = int(text[4:6]), int(text[6:9])
    century = (1900 if serial < 500 or (serial >= 900 and yy >= 40) else 1800 if serial < 750 and yy >= 54 else
               2000 if yy < 40 else 0)
    if not century or not is_day(century + yy, month, day):
        return False
    first = -weighted(text[:9], "376189452") % 11
    second = -weighted(text[:10], "5432765432") % 11
    return (first, second) == (int(text[9]), int(text[10]))


def fodselsnummer(text: str) -> bool:
    """Norway, DDMMYYIIICC; two modulus 11 digits; H-numbers raise the month by 40."""
    return bool(re.fullmatch(r"\d{11}", text)) and _norwegian(text, int(text[:2]), int(text[2:4]) % 40)


def d_number(text: str) -> bool:
    """Norway, D-number: the day is raised by 40."""
    return bool(re.fullmatch(r"[4-7]\d{10}", text)) and _norwegian(text, int(text[:2]) - 40, int(text[2:4]))


def hetu(text: str) -> bool:
    """Finland, DDMMYYcNNNX; X from the remainder by 31. NNN from 900 on is a hospital's own, for a while: no number of
    a person."""
    m = re.fullmatch(r"(\d\d)(\d\d)(\d\d)[-+A-FU-Y](?!00[01]|9)(\d{3})([0-9A-FHJ-NPR-Y])", text)
    if not m or not any_century(m[3], int(m[2]), int(m[1])):
        return False
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(m[1] + m[2] + m[3] + m[4]) % 31] == m[5]


def kvnr(text: str) -> bool:
    """Germany, unchangeable part of the health insurance number: letter, 8 digits, check digit (§ 290 SGB V)."""
    if not re.fullmatch(r"[A-Z]\d{9}", text):
        return False
    digits = f"{ord(text[0]) - 64:02}{text[1:9]}"
    products = (int(d) * (1 + i % 2) for i, d in enumerate(digits))
    return sum(p // 10 + p % 10 for p in products) % 10 == int(text[9])


def bsn(text: str) -> bool:
    """Netherlands, 9 digits; the "elfproef" with −1 for the last."""
    if not re.fullmatch(r"\d{9}", text) or text == "000000000":
        return False
    return (weighted(text[:8], "98765432") - int(text[8])) % 11 == 0


def nir(text: str) -> bool:
    """France, 13 characters and the key 97 − n mod 97; Corsica counts 2A as 19, 2B as 18."""
    if not re.fullmatch(r"[1-478]\d{4}(\d\d|2[AB])\d{8}", text):
        return False
    return 97 - int(text[:13].replace("2A", "19").replace("2B", "18")) % 97 == int(text[13:])


_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"


def dni(text: str) -> bool:
    """Spain, 8 digits and a letter from the remainder by 23."""
    return bool(re.fullmatch(r"\d{8}[A-Z]", text)) and _SPANISH[int(text[:8]) % 23] == text[8]


def nie(text: str) -> bool:
    """Spain, foreigners: X, Y, Z count as 0, 1, 2."""
    return bool(re.fullmatch(r"[XYZ]\d{7}[A-Z]", text)) and dni(str("XYZ".index(text[0])) + text[1:])


_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22,
    25, 24, 23), strict=True))


def codice_fiscale(text: str) -> bool:
    """Italy, 16 characters (D.M. 23/12/1976); digits may be replaced by letters where two people would share a code."""
    if not re.fullmatch(r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]", text):
        return False
    even = (int(c) if c.isdigit() else ord(c) - 65 for c in text[1:15:2])
    return chr(65 + (sum(_ODD[c] for c in text[:15:2]) + sum(even)) % 26) == text[15]


def nhs_number(text: str) -> bool:
    """United Kingdom, NHS number and Scottish CHI: 10 digits, modulus 11."""
    if not re.fullmatch(r"\d{10}", text):
        return False
    check = -sum(int(d) * (10 - i) for i, d in enumerate(text[:9])) % 11
    return check == int(text[9])


def ssn(text: str) -> bool:
    """United States: no check digit; area not 000, 666 or 9xx, group not 00, serial not 0000."""
    return bool(re.fullmatch(r"(?!000|666|9)\d{3}(?!00)\d\d(?!0000)\d{4}", text))


_L, _X = "AC-HJKMNP-RT-Y", "0-9AC-HJKMNP-RT-Y"
_MBI = re.compile(f"[1-9][{_L}][{_X}][0-9][{_L}][{_X}][0-9][{_L}]{{2}}[0-9]{{2}}")


def mbi(text: str) -> bool:
    """United States, Medicare Beneficiary Identifier: 11 characters, S L O I B Z never used; no check digit."""
    return bool(_MBI.fullmatch(text))


def niss(text: str) -> bool:
    """Belgium, YYMMDDNNNCC: 97 − n mod 97, with a 2 before n for births from 2000."""
    if not re.fullmatch(r"\d{11}", text):
        return False
    return int(text[9:]) in (97 - int(text[:9]) % 97, 97 - int("2" + text[:9]) % 97)


def pesel(text: str) -> bool:
    """Poland, 11 digits, weights 1 3 7 9."""
    return bool(re.fullmatch(r"\d{11}", text)) and -weighted(text[:10], "1379137913") % 10 == int(text[10])


def ahv(text: str) -> bool:
    """Switzerland, AHVN13: 756 and an EAN-13 check digit."""
    return bool(re.fullmatch(r"756\d{10}", text)) and -weighted(text[:12], "131313131313") % 10 == int(text[12])


def kennitala(text: str) -> bool:
    """Iceland, DDMMYYNNCÖ; modulus 11 on the ninth digit."""
    return bool(re.fullmatch(r"\d{9}[089]", text)) and -weighted(text[:8], "32765432") % 11 == int(text[8])


def ihi(text: str) -> bool:
    """Australia, Individual Healthcare Identifier: 16 digits from 8003 60, Luhn."""
    return bool(re.fullmatch(r"800360\d{10}", text)) and luhn(text)


def isikukood(text: str) -> bool:
    """Estonia and Lithuania, GYYMMDDSSSC; modulus 11 with a second row of weights (EVS 585:2007)."""
    if not re.fullmatch(r"[1-8]\d{10}", text):
        return False
    if not is_day(1800 + 100 * ((int(text[0]) - 1) // 2) + int(text[1:3]), int(text[3:5]), int(text[5:7])):
        return False
    first, second = (weighted(text[:10], weights) % 11 for weights in ("1234567891", "3456789123"))
    return (first if first < 10 else second % 10) == int(text[10])


def personas_kods(text: str) -> bool:
    """Latvia, DDMMYYCNNNX, or from 2017 on 32 and nine digits that tell no birth date and have no check digit."""
    if not re.fullmatch(r"\d{11}", text):
        return False
    if text.startswith("32"):
        return True
    if not text[6] < "3" or not is_day(1800 + 100 * int(text[6]) + int(text[4:6]), int(text[2:4]), int(text[:2])):
        return False
    check = 1 + sum(int(d) * w for d, w in zip(text[:10], (10, 5, 8, 4, 2, 1, 6, 3, 7, 9), strict=True))
    return check % 11 % 10 == int(text[10])


def pps(text: str) -> bool:
    """Ireland, seven digits, a check letter by modulus 23, and from 2013 on a second letter that counts nine times."""
    m = re.fullmatch(r"(\d{7})([A-W])([ABHTWX]?)", text)
    if not m:
        return False
    second = 9 * (ord(m[3]) - 64) if m[3] and m[3] not in "TWX" else 0      # T, W, X: older numbers of a family
    return "WABCDEFGHIJKLMNOPQRSTUV"[(weighted(m[1], "8765432") + second) % 23] == m[2]


def svnr(text: str) -> bool:
    """Austria, NNNC and the birth day DDMMYY; modulus 11. Months 13 to 15 are given out where a day is used up."""
    if not re.fullmatch(r"[1-9]\d{9}", text):
        return False
    return weighted(text[:3] + text[4:], "379584216") % 11 == int(text[3])
