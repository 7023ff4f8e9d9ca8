"""Check digits and shapes of national person numbers: each function takes the compact text and says whether it holds.

Sources: the issuers' published rules; where an issuer gives up its check digit (Denmark 2007) only the shape is tested.
"""

import re
from datetime import date


def _day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _any_century(yy: str, month: int, day: int) -> bool:
    return _day(1900 + int(yy), month, day) or _day(2000 + int(yy), month, day)


def _weighted(digits: str, weights: str) -> int:
    return sum(int(d) * int(w) for d, w in zip(digits, weights, strict=True))


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = (int(d) * (1 + (i % 2)) for i, d in enumerate(reversed(text)))
    return text.isdigit() and sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def personnummer(text: str) -> bool:
    """Sweden, YYMMDDNNNC; Luhn (SKV 704)."""
    return bool(re.fullmatch(r"\d{10}", text)) and _any_century(text[:2], int(text[2:4]), int(text[4:6])) and luhn(text)


def samordningsnummer(text: str) -> bool:
    """Sweden, coordination number: the day is raised by 60 (SKV 707)."""
    if not re.fullmatch(r"\d{10}", text) or not 60 < int(text[4:6]) <= 91:
        return False
    return _any_century(text[:2], int(text[2:4]), int(text[4:6]) - 60) and luhn(text)


def cpr(text: str) -> bool:
    """Denmark, DDMMYYSSSS; modulus 11 is no longer guaranteed, so only the date is tested."""
    return bool(re.fullmatch(r"\d{10}", text)) and _any_century(text[4:6], int(text[2:4]), int(text[:2]) % 60)


def _norwegian(text: str, day: int, month: int) -> bool:
    if not _any_century(text[4:6], month, day):
        return False
    first = -_weighted(text[:9], "376189452") % 11
    second = -_weighted(text[:10], "5432765432") % 11
    return (first, second) == (int(text[9]), int(text[10]))


def fodselsnummer(text: str) -> bool:
    """Norway, DDMMYYIIICC; two modulus 11 digits; H-numbers raise the month by 40."""
    return bool(re.fullmatch(r"\d{11}", text)) and _norwegian(text, int(text[:2]), int(text[2:4]) % 40)


def d_number(text: str) -> bool:
    """Norway, D-number: the day is raised by 40."""
    return bool(re.fullmatch(r"[4-7]\d{10}", text)) and _norwegian(text, int(text[:2]) - 40, int(text[2:4]))


def hetu(text: str) -> bool:
    """Finland, DDMMYYcNNNX; X from the remainder by 31."""
    m = re.fullmatch(r"(\d\d)(\d\d)(\d\d)[-+A-FU-Y](\d{3})([0-9A-FHJ-NPR-Y])", text)
    if not m or not _any_century(m[3], int(m[2]), int(m[1])):
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
    return (_weighted(text[:8], "98765432") - int(text[8])) % 11 == 0


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
    return bool(re.fullmatch(r"\d{11}", text)) and -_weighted(text[:10], "1379137913") % 10 == int(text[10])


def ahv(text: str) -> bool:
    """Switzerland, AHVN13: 756 and an EAN-13 check digit."""
    return bool(re.fullmatch(r"756\d{10}", text)) and -_weighted(text[:12], "131313131313") % 10 == int(text[12])


def kennitala(text: str) -> bool:
    """Iceland, DDMMYYNNCÖ; modulus 11 on the ninth digit."""
    return bool(re.fullmatch(r"\d{9}[089]", text)) and -_weighted(text[:8], "32765432") % 11 == int(text[8])


def ihi(text: str) -> bool:
    """Australia, Individual Healthcare Identifier: 16 digits from 8003 60, Luhn."""
    return bool(re.fullmatch(r"800360\d{10}", text)) and luhn(text)
