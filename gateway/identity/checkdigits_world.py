"""Check digits and shapes of person numbers of Africa, the Americas, Asia and the Pacific, as in checkdigits.py."""

import re

from gateway.identity.checksums import any_century, digits, falling, is_day, luhn, mod_11_2, verhoeff, weighted


def cpf(text: str) -> bool:
    """Brazil, 9 digits and two check digits, modulus 11 (Receita Federal)."""
    return digits(text, 11) and all(-falling(text[:n], n + 1) % 11 % 10 == int(text[n]) for n in (9, 10))


def cns(text: str) -> bool:
    """Brazil, health card: 15 digits from 1, 2 (final) or 7, 8, 9 (for a while); modulus 11 over all."""
    return digits(text, 15) and text[0] in "12789" and falling(text, 15) % 11 == 0


def _kimlik(text: str) -> bool:
    if not digits(text, 11) or text[0] == "0":
        return False
    tenth = 7 * sum(map(int, text[:9:2])) - sum(map(int, text[1:8:2]))
    return tenth % 10 == int(text[9]) and sum(map(int, text[:10])) % 10 == int(text[10])


def tckn(text: str) -> bool:
    """Türkiye, citizens: 11 digits, of which the last two are checks."""
    return _kimlik(text) and not text.startswith("99")


def ykn(text: str) -> bool:
    """Türkiye, foreigners: from 99, else as citizens."""
    return _kimlik(text) and text.startswith("99")


def aadhaar(text: str) -> bool:
    """India, 12 digits from 2 on, Verhoeff (UIDAI); no palindrome."""
    return digits(text, 12) and text[0] > "1" and text != text[::-1] and verhoeff(text)


def abha(text: str) -> bool:
    """India, Ayushman Bharat health account: 14 digits; the check is not published."""
    return digits(text, 14) and text[0] != "0"


def rrn(text: str) -> bool:
    """South Korea, YYMMDDSNNNNNN; S tells century and sex. From October 2020 on the rest is drawn, without a check."""
    if not digits(text, 13):
        return False
    century = {"9": 1800, "0": 1800, "1": 1900, "2": 1900, "5": 1900, "6": 1900}.get(text[6], 2000)
    return is_day(century + int(text[:2]), int(text[2:4]), int(text[4:6]))


def ric(text: str) -> bool:
    """China, six digits of the place, YYYYMMDD, three digits, MOD 11-2 (GB 11643-1999)."""
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", text) or int(text[6:10]) < 1850:
        return False
    return is_day(int(text[6:10]), int(text[10:12]), int(text[12:14])) and mod_11_2(text[:17]) == text[17]


def of_18(text: str) -> str:
    """China, a number of 15 digits (until 2013) as the one of 18 that it has become."""
    body = f"{text[:6]}19{text[6:]}"
    return body + mod_11_2(body) if digits(text, 15) else text


def my_number(text: str) -> bool:
    """Japan, individual number: 11 digits and a check, modulus 11 (ordinance 85 of 2014)."""
    return digits(text, 12) and -weighted(text[:11], "65432765432") % 11 % 10 == int(text[11])


_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # the place of a letter and ten are its two digits


def _taiwanese(first: str, rest: str) -> bool:
    letter = 10 + _TAIWAN.index(first)
    return (letter // 10 + letter % 10 * 9 + weighted(rest, "876543211")) % 10 == 0


def tw_id(text: str) -> bool:
    """Taiwan, citizens: a letter, 1 or 2, seven digits and a check, modulus 10."""
    return bool(re.fullmatch(r"[A-Z][12]\d{8}", text)) and _taiwanese(text[0], text[1:])


def tw_resident(text: str) -> bool:
    """Taiwan, foreigners: 8 or 9 after the letter, until 2021 a second letter from A to D."""
    if not re.fullmatch(r"[A-Z][89A-D]\d{8}", text):
        return False
    second = text[1] if text[1].isdigit() else str(_TAIWAN.index(text[1]) % 10)
    return _taiwanese(text[0], second + text[2:])


_SINGAPORE = {"S": (0, "JZIHGFEDCBA"), "T": (4, "JZIHGFEDCBA"), "F": (0, "XWUTRQPNMLK"), "G": (4, "XWUTRQPNMLK"),
              "M": (3, "XWUTRQPNJLK")}


def _singaporean(text: str) -> bool:
    offset, letters = _SINGAPORE[text[0]]
    return letters[(offset + weighted(text[1:8], "2765432")) % 11] == text[8]


def nric(text: str) -> bool:
    """Singapore, citizens and permanent residents: S or T, seven digits, a check letter by modulus 11."""
    return bool(re.fullmatch(r"[ST]\d{7}[A-Z]", text)) and _singaporean(text)


def fin(text: str) -> bool:
    """Singapore, foreigners: F, G or M in front."""
    return bool(re.fullmatch(r"[FGM]\d{7}[A-Z]", text)) and _singaporean(text)


def mykad(text: str) -> bool:
    """Malaysia, YYMMDD, two digits of the place of birth, four more; no check digit."""
    place = text[6:8]
    unused = {"00", "17", "18", "19", "20", "69", "70", "73", "80", "81", "94", "95", "96", "97"}
    return digits(text, 12) and any_century(text[:2], int(text[2:4]), int(text[4:6])) and place not in unused


def _thai(text: str) -> bool:
    return digits(text, 13) and (11 - falling(text[:12], 13) % 11) % 10 == int(text[12])


def thai_pin(text: str) -> bool:
    """Thailand, citizens: 13 digits, modulus 11."""
    return _thai(text) and text[0] in "123458"


def thai_resident(text: str) -> bool:
    """Thailand, who is no citizen, or not yet: 0, 6 or 7 in front."""
    return _thai(text) and text[0] in "067"


def nik(text: str) -> bool:
    """Indonesia, six digits of the place, DDMMYY (a woman's day is raised by 40), four more; no check digit."""
    if not digits(text, 16) or text[0] == "0" or text.endswith("0000"):
        return False
    day = int(text[6:8])
    return any_century(text[10:12], int(text[8:10]), day - 40 if day > 40 else day)


def hkid(text: str) -> bool:
    """Hong Kong, one or two letters, six digits and a check, modulus 11; a letter counts 10 to 35, none 36."""
    if not re.fullmatch(r"[A-Z]{1,2}\d{6}[\dA]", text):
        return False
    values = [36] * (9 - len(text)) + [int(c, 36) for c in text]
    return sum(v * (9 - i) for i, v in enumerate(values[:8])) % 11 == -values[8] % 11


def teudat_zehut(text: str) -> bool:
    """Israel, 9 digits, Luhn."""
    return digits(text, 9) and luhn(text)


def za_id(text: str) -> bool:
    """South Africa, YYMMDDSSSSCAZ, Luhn; C tells citizens from residents and changes with that."""
    born = digits(text, 13) and any_century(text[:2], int(text[2:4]), int(text[4:6]))
    return born and text[10] in "01" and luhn(text)


def curp(text: str) -> bool:
    """Mexico, four letters of the names, YYMMDD, sex, place, consonants, a sign that tells the century, a check."""
    if not re.fullmatch(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d", text):
        return False
    century = 1900 if text[16].isdigit() else 2000
    values = ["0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ".index(c) for c in text[:17]]
    check = -sum(v * (18 - i) for i, v in enumerate(values)) % 10
    return is_day(century + int(text[4:6]), int(text[6:8]), int(text[8:10])) and check == int(text[17])


def ar_dni(text: str) -> bool:
    """Argentina, identity document: up to eight digits, no check digit."""
    return digits(text, 8) and int(text) >= 1_000_000


def cuil(text: str) -> bool:
    """Argentina, labour number of a person: 20, 23, 24 or 27, the DNI, modulus 11."""
    return (bool(re.fullmatch(r"2[0347]\d{9}", text))
            and "012345678990"[-weighted(text[:10], "5432765432") % 11] == text[10])


def run(text: str) -> bool:
    """Chile, 7 or 8 digits and a check by modulus 11, K for ten."""
    if not re.fullmatch(r"0?\d{7,8}[\dK]", text):
        return False
    check = -sum(int(d) * (2 + i % 6) for i, d in enumerate(reversed(text[:-1]))) % 11
    return "0123456789K"[check] == text[-1]


def pe_dni(text: str) -> bool:
    """Peru, identity document: eight digits; the sign after them stands on the card alone."""
    return digits(text, 8) and int(text) > 0


_PERU = ("65432110987", "KJIHGFEDCBA")


def of_8(text: str) -> str:
    """Peru, the number without its check, a digit or letter, where that holds."""
    if not re.fullmatch(r"\d{8}[0-9A-K]", text):
        return text
    place = weighted(text[:8], "32765432") % 11
    return text[:8] if text[8] in (row[place] for row in _PERU) else text


def uy_ci(text: str) -> bool:
    """Uruguay, identity card: up to seven digits and a check, weights 2 9 8 7 6 3 4."""
    return digits(text, 8) and -weighted(text[:7], "2987634") % 10 == int(text[7])


def ec_ci(text: str) -> bool:
    """Ecuador, identity card: two digits of the province, eight more, Luhn."""
    return (digits(text, 10) and (0 < int(text[:2]) < 25 or text[:2] in ("30", "50")) and text[2] < "7"
            and luhn(text))


def sin(text: str) -> bool:
    """Canada, social insurance number: 9 digits, Luhn."""
    return digits(text, 9) and text[0] not in "089" and luhn(text)


def sin_for_a_while(text: str) -> bool:
    """Canada, social insurance number of a temporary resident, exchanged for another: 9 in front."""
    return digits(text, 9) and text[0] == "9" and luhn(text)


def on_hcn(text: str) -> bool:
    """Ontario, health number: 10 digits, Luhn; the version code behind it changes with every card."""
    return digits(text, 10) and text[0] != "0" and luhn(text)


def of_10(text: str) -> str:
    """Ontario, the number without the version code of the card."""
    return text[:10] if re.fullmatch(r"\d{10}[A-Z]{1,2}", text) else text


def bc_phn(text: str) -> bool:
    """British Columbia, personal health number: 9, eight digits, a check by modulus 11."""
    if not digits(text, 10) or text[0] != "9":
        return False
    weights = (2, 4, 8, 5, 10, 9, 7, 3)
    return -sum(int(d) * w for d, w in zip(text[1:9], weights, strict=True)) % 11 == int(text[9])


def ramq(text: str) -> bool:
    """Quebec, four letters of the names, YYMMDD (a woman's month is raised by 50), two digits; the check is not
    published."""
    if not re.fullmatch(r"[A-Z]{4}\d{8}", text):
        return False
    month = int(text[6:8])
    return any_century(text[4:6], month - 50 if month > 50 else month, int(text[8:10]))


_NZ = "0ABCDEFGHJKLMNPQRSTUVWXYZ"  # the place of a letter is its value: neither I nor O


def nhi(text: str) -> bool:
    """New Zealand, three letters and three digits with a check digit by modulus 11, or two digits, a letter and a check
    letter by modulus 23 (HISO 10046)."""
    if not re.fullmatch(r"[A-HJ-NP-Z]{3}(\d{4}|\d\d[A-HJ-NP-Z]{2})", text):
        return False
    rest = sum((int(c) if c.isdigit() else _NZ.index(c)) * (7 - i) for i, c in enumerate(text[:6]))
    if text[6].isdigit():
        return rest % 11 != 0 and (11 - rest % 11) % 10 == int(text[6])
    return _NZ[23 - rest % 23] == text[6]


def emirates(text: str) -> bool:
    """United Arab Emirates, 784, the year of birth, eight digits; how the last one follows is not published."""
    return bool(re.fullmatch(r"784(19|20)\d{10}", text))


def sa_id(text: str) -> bool:
    """Saudi Arabia, citizens: 1 and nine digits, Luhn."""
    return digits(text, 10) and text[0] == "1" and luhn(text)


def iqama(text: str) -> bool:
    """Saudi Arabia, residents: 2 in front."""
    return digits(text, 10) and text[0] == "2" and luhn(text)


def egyptian(text: str) -> bool:
    """Egypt, century, YYMMDD, governorate, five digits; the check is not published."""
    return (bool(re.fullmatch(r"[23]\d{13}", text))
            and is_day(1700 + 100 * int(text[0]) + int(text[1:3]), int(text[3:5]), int(text[5:7])))


def nin(text: str) -> bool:
    """Nigeria, 11 digits that tell nothing; no check digit is published."""
    return digits(text, 11)
