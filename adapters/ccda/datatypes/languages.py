"""Languages as BCP 47 has them: two letters where there are two, a region in capitals."""

import re

from adapters.ccda.tree import Place
from gateway.sdk import Context, Value

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?", re.ASCII)


def language(place: Place, context: Context, table: str) -> Value | None:
    """`eng` → `en`, `EN_us` → `en-US`; table: three letters → two. None for what is no language tag: a word."""
    value = place.value
    match = _TAG.fullmatch(str(value.content)) if value is not None else None
    if value is None or match is None:
        return None
    letters, script, region = match[1].lower(), match[2], match[3]
    short = context.tables[table].get(letters)
    parts = (short["code"] if short else letters, (script or "").capitalize(), (region or "").upper())
    return value.to("-".join(p for p in parts if p))
