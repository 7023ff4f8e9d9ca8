"""Times that a user names: a day, month or year (UTC) as a whole, or an instant with its zone."""

import re
from calendar import monthrange
from datetime import UTC, datetime

from gateway.errors import UsageError, error

_PART = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def first(text: str, where: str) -> datetime:
    """The first moment that a time means. Raises UsageError for what is none."""
    return _span(text, where)[0]


def last(text: str, where: str) -> datetime:
    """The last moment that a time means: a day, or a second, to its end. Raises UsageError for what is none."""
    return _span(text, where)[1]


def _span(text: str, where: str) -> tuple[datetime, datetime]:
    part = _PART.fullmatch(text)
    try:
        if part is None:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError("an instant has a zone")
            moment = moment.astimezone(UTC)
            return moment, moment if "." in text else moment.replace(microsecond=999_999)
        year, month, day = (int(p) if p else None for p in part.groups())
        assert year is not None
        begin = datetime(year, month or 1, day or 1, tzinfo=UTC)
        end = begin.replace(month=month or 12)
        return begin, end.replace(day=day or monthrange(year, end.month)[1], hour=23, minute=59, second=59,
                                  microsecond=999_999)
    except (ValueError, OverflowError) as e:
        raise UsageError(error("search-value", "This is neither a day nor an instant with a zone.", where,
                               "Write 2026-01-31 or 2026-01-31T12:00:00+01:00.")) from e
