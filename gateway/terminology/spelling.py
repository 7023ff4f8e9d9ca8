"""One code, written in the ways that registers and claims write it; for grouping only, the source's own code stays."""

import re
from collections.abc import Callable, Mapping

_NDC = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})", re.ASCII)
_ICD = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?", re.ASCII)


def _ndc(code: str) -> str:
    """Eleven digits (5-4-2), as claims write it. Ten without hyphens could be three packages and stay as they are."""
    parts = _NDC.fullmatch(code)
    if parts is None or len(code) not in (12, 13):
        return code
    return f"{parts[1]:0>5}{parts[2]:0>4}{parts[3]:0>2}"


def _icd(code: str) -> str:
    """With its dot behind the third place, in capitals."""
    upper = code.upper()
    if not _ICD.fullmatch(upper):
        return code
    bare = upper.replace(".", "")
    return f"{bare[:3]}.{bare[3:]}" if bare[3:] else bare


def _two_places(code: str) -> str:
    return code.zfill(2) if code.isascii() and code.isdigit() else code


_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "http://hl7.org/fhir/sid/ndc": _ndc, "http://hl7.org/fhir/sid/cvx": _two_places,
    **dict.fromkeys(("http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm"), _icd)}


def spelt(system: str, code: str) -> str:
    """The code as it is compared; system: the code system's usual URI."""
    spelling = _SPELLINGS.get(system)
    return spelling(code.strip()) if spelling else code.strip()
