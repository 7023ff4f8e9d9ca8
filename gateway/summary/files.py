"""What the bytes of an attachment are, by themselves and not by what they are called: picture, text, file to keep.

A picture is shown only where its first bytes say that it is one, and how large: a browser that unpacks a few kilobytes
to gigabytes takes the page with it. The name of a kept file never makes a computer run it.
"""

import codecs
import re
from struct import unpack

PIXELS, SIDE = 64_000_000, 20_000
_PNG, _JPEG, _GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", (b"GIF87a", b"GIF89a")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}     # markers of JPEG that begin with height and width
_TEXT = re.compile(r"text/.*|application/(?:xml|json|.*\+xml|.*\+json)|image/svg\+xml")
_ENDINGS = {
    "application/pdf": ".pdf", "application/rtf": ".rtf", "text/rtf": ".rtf", "application/dicom": ".dcm",
    "application/msword": ".doc", "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/tiff": ".tif", "image/bmp": ".bmp",
    "image/webp": ".webp", "audio/mpeg": ".mp3", "audio/wav": ".wav", "video/mp4": ".mp4"}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CODECS = {"utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be", "iso2022jp": "iso2022_jp",
           "shiftjis": "shift_jis", "eucjp": "euc_jp", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030",
           "big5": "big5", "euckr": "euc_kr", "koi8r": "koi8-r", "koi8u": "koi8-u", "macintosh": "mac-roman"}
_ONE_BYTE = re.compile(r"(?:iso)?8859(\d{1,2})|(?:windows|cp)(125\d)")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_NEVER_UTF8 = ("utf-16", "utf-16-le", "utf-16-be", "iso2022_jp")          # read as UTF-8 they would pass, as rubbish


def picture(data: bytes) -> str:
    """The type of a picture that a browser can show and bear; "" for all else."""
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        return _borne("image/png", *unpack(">II", data[16:24]))
    if data.startswith(_GIF) and len(data) >= 10:
        return _borne("image/gif", *unpack("<HH", data[6:10]))
    return _borne("image/jpeg", *_frame(data)) if data.startswith(_JPEG) else ""


def _borne(kind: str, width: int, height: int) -> str:
    return kind if 0 < width <= SIDE and 0 < height <= SIDE and width * height <= PIXELS else ""


def _frame(data: bytes) -> tuple[int, int]:
    """Width and height of a JPEG, (0, 0) where none is told."""
    at = 2
    while data[at:at + 1] == b"\xff" and at + 9 <= len(data):
        marker, length = data[at + 1], int.from_bytes(data[at + 2:at + 4])
        if marker in _FRAMES:
            height, width = unpack(">HH", data[at + 5:at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + length
    return 0, 0


def ending(kind: str) -> str:
    """How the name of a kept file of a type ends: nothing that runs what it holds; pages and scripts are texts."""
    return _ENDINGS.get(kind) or (".txt" if _TEXT.fullmatch(kind) else ".bin")


def decoded(data: bytes, declared: str) -> str:
    """A text by its mark, as UTF-8 where it is that, else as its `charset` says, else as Western Windows wrote it."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data[len(mark):].decode(codec, "replace")
    named = charset(declared)
    for codec in dict.fromkeys((named, "utf-8") if named in _NEVER_UTF8 else ("utf-8", named)):
        try:
            return data.decode(codec or "cp1252")
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace")


def charset(declared: str) -> str:
    """Python's codec for the `charset` of a content type; "" when it names none that is a character set."""
    found = _CHARSET.search(declared)
    name = re.sub(r"[^a-z0-9]", "", found[1].lower()) if found else ""
    one = _ONE_BYTE.fullmatch(name)
    if one and one[1]:
        return f"iso8859-{one[1]}" if 1 <= int(one[1]) <= 16 and one[1] != "12" else ""
    return f"cp{one[2]}" if one else _CODECS.get(name, "")
