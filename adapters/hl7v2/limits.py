"""What one message may hold, so that time and memory stay bounded: bytes, and parts between separators.

64 MiB let a scanned document through; half a million parts let through the samples of a long electrocardiogram. More is
set aside with its place; the bytes are kept.
"""

from collections import Counter
from collections.abc import Sequence

from adapters.hl7v2.separators import UNUSED, Separators
from gateway.errors import error
from gateway.sdk import BadMessage

MAX_BYTES, MAX_PARTS = 1 << 26, 500_000


def check_size(raw: bytes) -> None:
    """Raises BadMessage, with the place of the longest field."""
    if len(raw) > MAX_BYTES:
        start = raw.find(b"MSH")
        line = max(raw.replace(b"\n", b"\r").split(b"\r"), key=len)
        fields = line.split(raw[start + 3:start + 4] or b"|")
        number = max(range(len(fields)), key=lambda n: len(fields[n]))
        raise BadMessage(error("hl7v2-too-large", f"The message has {len(raw)} bytes, {MAX_BYTES} are read at most. It "
                               "was not read; its bytes are kept.", _place(line[:3].decode("latin-1"), number),
                               "Send large documents by reference."))


def check_parts(segments: Sequence[str], marks: Separators) -> None:
    """Raises BadMessage, with the place of the field that has the most parts."""
    signs = [s for s in (marks.field, marks.repetition, marks.component, marks.subcomponent) if s != UNUSED]
    if sum(map(len, segments)) < MAX_PARTS:
        return
    counts = [sum(segment.count(sign) for sign in signs) for segment in segments]
    if sum(counts) <= MAX_PARTS:
        return
    totals = Counter[str]()
    for segment, count in zip(segments, counts, strict=True):
        totals[segment[:3]] += count
    name = totals.most_common(1)[0][0]
    line = max((s for s in segments if s[:3] == name), key=len)
    fields = line.split(marks.field)
    parts = [sum(field.count(sign) for sign in signs) for field in fields]
    number = parts.index(max(parts))
    raise BadMessage(error("hl7v2-too-many-parts", f"The message has {sum(counts)} parts, {MAX_PARTS} are read at "
                           f"most; one field has {parts[number] + 1} of them. It was not read; its bytes are kept.",
                           _place(name, number), "Send it in several messages."))


def _place(name: str, field: int) -> str:
    return f"{name}-{field + (name == 'MSH')}" if field else name
