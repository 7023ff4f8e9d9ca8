"""Check digits and shapes of person numbers of further countries of the south, as in checkdigits.py."""

import re

from gateway.identity.checksums import any_century, digits, falling, is_day, luhn, weighted

_OLD_NIC = re.compile(r"\d{9}[VX]")
_DAYS = 366
_FEMALE = 500  # is added to a woman's day of the year
_MOROCCAN, _GHANAIAN = re.compile(r"[A-Z]{1,2}\d{5,6}"), re.compile(r"GHA\d{10}")
_UGANDAN, _ZIMBABWEAN = re.compile(r"C[MF][0-9A-Z]{12}"), re.compile(r"\d{8,9}[A-Z]\d{2}")
_ALBANIAN = re.compile(r"[0-9A-T]\d{8}[A-W]")


def melli(text: str) -> bool:
    """Iran, code-e melli: 10 digits, modulus 11."""
    if not digits(text, 10) or len(set(text)) == 1:
        return False
    rest = falling(text[:9], 10) % 11
    return int(text[9]) == (rest if rest < 2 else 11 - rest)


def cnic(text: str) -> bool:
    """Pakistan: province, 11 digits and one that tells the sex (NADRA)."""
    return digits(text, 13) and text[0] in "12345678" and text[12] != "0"


def bd_nid(text: str) -> bool:
    """Bangladesh, smart card: 10 digits."""
    return digits(text, 10) and text[0] != "0"


def bd_nid_of_13(text: str) -> bool:
    """Bangladesh, before smart cards: 13 digits."""
    return digits(text, 13)


def of_13(text: str) -> str:
    """The Bangladeshi number of before, with or without the year of birth in front."""
    return text[4:] if digits(text, 17) and text[:2] in ("19", "20") else text


def nic(text: str) -> bool:
    """Sri Lanka: 12 digits, year and day of birth in front, 500 more for women."""
    day = int(text[4:7]) if digits(text, 12) else 0
    return text[:2] in ("19", "20") and 1 <= day - _FEMALE * (day > _FEMALE) <= _DAYS


def of_12(text: str) -> str:
    """A Sri Lankan number of before 2016, nine digits and V or X, as those of today."""
    return f"19{text[:5]}0{text[5:9]}" if _OLD_NIC.fullmatch(text) else text


def cccd(text: str) -> bool:
    """Viet Nam, citizens' card: 12 digits from 0."""
    return digits(text, 12) and text[0] == "0"


def cmnd(text: str) -> bool:
    """Viet Nam, identity card of before: 9 digits."""
    return digits(text, 9)


def civil_id(text: str) -> bool:
    """Kuwait: century, birth date and five digits; modulus 11 (PACI)."""
    if not digits(text, 12) or text[0] not in "23" or not any_century(text[1:3], int(text[3:5]), int(text[5:7])):
        return False
    rest = sum(int(d) * w for d, w in zip(text, (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=False)) % 11
    return 11 - rest == int(text[11])


def pinfl(text: str) -> bool:
    """Uzbekistan: sex and century, birth date as day, month and year, and seven digits; weights 7, 3, 1."""
    if not digits(text, 14) or text[0] not in "123456":
        return False
    century = 1800 + 100 * ((int(text[0]) - 1) // 2)
    born = is_day(century + int(text[5:7]), int(text[3:5]), int(text[1:3]))
    return born and weighted(text[:13], "7317317317317") % 10 == int(text[13])


def idnp(text: str) -> bool:
    """Moldova: 13 digits, weights 7, 3, 1."""
    return digits(text, 13) and text[0] in "02" and weighted(text[:12], "731731731731") % 10 == int(text[12])


def ge_pn(text: str) -> bool:
    """Georgia: 11 digits."""
    return digits(text, 11)


def do_cedula(text: str) -> bool:
    """Dominican Republic: 11 digits, Luhn."""
    return digits(text, 11) and luhn(text)


def cui(text: str) -> bool:
    """Guatemala: 8 digits, a check digit (modulus 11), and the municipality."""
    return digits(text, 13) and sum(int(d) * (i + 2) for i, d in enumerate(text[:8])) % 11 == int(text[8])


def co_cedula(text: str) -> bool:
    """Colombia: up to 10 digits, filled up with zeros in front."""
    return digits(text, 10) and int(text) >= 10 ** 5


def cu_ci(text: str) -> bool:
    """Cuba: birth date and five digits, of which the first tells the century."""
    if not digits(text, 11):
        return False
    century = 1800 if text[6] == "9" else 1900 if text[6] < "6" else 2000
    return is_day(century + int(text[:2]), int(text[2:4]), int(text[4:6]))


def cin(text: str) -> bool:
    """Morocco: a letter or two, and five or six digits."""
    return _MOROCCAN.fullmatch(text) is not None


def ghana_card(text: str) -> bool:
    """Ghana: GHA and ten digits."""
    return _GHANAIAN.fullmatch(text) is not None


def ke_id(text: str) -> bool:
    """Kenya: up to 8 digits, filled up with zeros in front."""
    return digits(text, 8) and int(text) >= 10 ** 5


def fayda(text: str) -> bool:
    """Ethiopia: 12 digits."""
    return digits(text, 12)


def nida(text: str) -> bool:
    """Tanzania: birth date and twelve digits."""
    return digits(text, 20) and is_day(int(text[:4]), int(text[4:6]), int(text[6:8]))


def ug_nin(text: str) -> bool:
    """Uganda, citizens: CM or CF, and twelve letters and digits."""
    return _UGANDAN.fullmatch(text) is not None


def rw_id(text: str) -> bool:
    """Rwanda: status, year of birth, sex (7 or 8) and ten digits."""
    return digits(text, 16) and text[1:3] in ("19", "20") and text[5] in "78"


def zw_id(text: str) -> bool:
    """Zimbabwe: eight or nine digits, a letter and the district."""
    return _ZIMBABWEAN.fullmatch(text) is not None


def al_nid(text: str) -> bool:
    """Albania: decade, digits and a letter."""
    return _ALBANIAN.fullmatch(text) is not None


def of_12_digits(text: str) -> bool:
    """Iraq, and PhilHealth: 12 digits."""
    return digits(text, 12)


def of_11_digits(text: str) -> bool:
    """Qatar: 11 digits."""
    return digits(text, 11)


def of_10_digits(text: str) -> bool:
    """Jordan: 10 digits."""
    return digits(text, 10)


def of_8_digits(text: str) -> bool:
    """Tunisia: 8 digits."""
    return digits(text, 8)
