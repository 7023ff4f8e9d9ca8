"""Phone numbers as features: national or with the country's code, with an extension, in digits of any script."""

import re

from anyascii import anyascii

from gateway.identity.names import placeholders

# country → its calling code (ITU-T E.164), and what is dialled before a number inside of it, where that is no 0.
_CALLING = dict(row.split(":", 1) for row in (
    "SE:46 DK:45: NO:47: FI:358 IS:354: EE:372: LV:371: LT:370:8 DE:49 AT:43 CH:41 LI:423: NL:31 BE:32 LU:352: "
    "FR:33 ES:34: AD:376: PT:351: IT:39: SM:378: MT:356: GB:44 UK:44 IE:353 PL:48: CZ:420: SK:421 HU:36:06 RO:40 "
    "MD:373 BG:359 GR:30: CY:357: TR:90 RS:381 HR:385 SI:386 BA:387 ME:382 MK:389 AL:355 XK:383 UA:380 RU:7:8 "
    "KZ:7:8 BY:375:80 GE:995 AM:374 AZ:994 UZ:998 US:1: CA:1: MX:52: GT:502: CR:506: PA:507: CU:53 CO:57: VE:58 "
    "EC:593 PE:51 BO:591 CL:56: AR:54 UY:598 PY:595 BR:55 AU:61 NZ:64 IN:91 PK:92 BD:880 LK:94 NP:977 AF:93 IR:98 "
    "IQ:964 IL:972 PS:970 JO:962 LB:961 SY:963 SA:966 AE:971 KW:965: QA:974: BH:973: OM:968: YE:967 EG:20 MA:212 "
    "DZ:213 TN:216: LY:218 SD:249 ET:251 ER:291 SO:252: KE:254 UG:256 TZ:255 RW:250 NG:234 GH:233 SN:221: CI:225: "
    "CM:237: CD:243 ZA:27 ZW:263 CN:86 TW:886 HK:852: MO:853: JP:81 KR:82 VN:84 TH:66 MM:95 KH:855 LA:856 ID:62 "
    "MY:60 SG:65: PH:63 FO:298: GL:299: SR:597: TM:993:8 MW:265 BN:673: BT:975: NC:687: PM:508 WF:681: CK:682: WS:685: "
    "KI:686: NU:683: SB:677: TK:690: TO:676: TV:688: VU:678: NF:672: AC:247: FK:500: SH:290: TA:290:").split())
_OF_ONE_OR_TWO = frozenset(("1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 "
                            "61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98").split())
_SHORTEST, _COMPARED = 7, 9
_NO_DIGIT, _FURTHER = re.compile(r"[^0-9]"), re.compile(r"[^\W\d_]|[#;,]")
_FIRST = re.compile(r"[+(]*\d.*")
_KEYS = "0123456789012345 9876543210987654"  # typed along the keyboard: where a number has to be given


def _number(text: str) -> str:
    """Without words before it and an extension behind it (ext. 12, Durchwahl 12, доб. 12), nor a second number."""
    found = _FIRST.search(anyascii(text[:60]))
    text = found[0] if found else ""
    ends = (m.start() for m in _FURTHER.finditer(text) if len(_NO_DIGIT.sub("", text[:m.start()])) >= _SHORTEST)
    text = text[:next(ends, len(text))]
    one, _, other = text.partition("/")
    return one if min(len(_NO_DIGIT.sub("", part)) for part in (one, other)) >= _SHORTEST else text


def e164(text: str, country: str = "") -> str | None:
    """A phone number as `+46701234567`; without a known country just its digits; None for what is no number."""
    text = _number(text)
    digits = _NO_DIGIT.sub("", text.replace("(0)", ""))
    calling, _, trunk = _CALLING.get(country.upper()[:2], "").partition(":")
    if text.startswith(("+", "(+", "00")):
        digits = "+" + (digits.removeprefix("00") if "+" not in text[:2] else digits)
    elif calling:
        inside = trunk if ":" in _CALLING[country.upper()[:2]] else "0"
        digits = f"+{digits}" if calling == "1" and len(digits) == 11 else f"+{calling}{digits.removeprefix(inside)}"
    bare = digits.lstrip("+")
    typed = bare in _KEYS or bare[-10:] in placeholders("phone")
    if not _SHORTEST <= len(bare) <= 15 or len(set(bare[-7:])) == 1 or typed:
        return None
    return digits


def _inside(number: str) -> str:
    """A number as it is dialled in its own country, without what is dialled before it."""
    if not number.startswith("+"):
        return number
    code = next((number[1:n] for n in (2, 3) if number[1:n] in _OF_ONE_OR_TWO), number[1:4])
    return number[1 + len(code):]


def phone_key(text: str, country: str = "") -> str | None:
    """What two writings of one phone number share: the last nine digits of the national number, or all when it is
    shorter."""
    number = e164(text, country)
    return (_inside(number).lstrip("0")[-_COMPARED:] or None) if number else None
