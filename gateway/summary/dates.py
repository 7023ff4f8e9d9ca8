"""Dates and ages in words (faces 0.5 and 1.4): letters for the month, as precise as it was said, ages exact."""

from datetime import UTC, datetime, timedelta

_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(date: str | None) -> str:
    """`12 Mar 2026`, `Mar 2019`, `2019`: as precise as it was said."""
    if not date or not date[:4].isdigit():
        return date or ""
    parts = date[:10].split("-")
    if len(parts) > 1 and parts[1].isdigit() and 1 <= int(parts[1]) <= 12:
        parts[1] = _MONTHS[int(parts[1])]
    if len(parts) == 3:
        parts[2] = parts[2].lstrip("0")
    return " ".join(reversed(parts))


def clock(text: str) -> str:
    """`07:30 (UTC+1)`: the time of day of a dateTime with the zone it was said in; "" for a date."""
    return f"{text[11:16]} ({_zone(text)})" if len(text) >= 16 and _zone(text) else text[11:16]


def span(start: str, end: str) -> str:
    """`10 Feb 2026 15:20 – 19:05 (UTC+1)` within a day, else both ends in full."""
    if start[:10] != end[:10] or start[16:] != end[16:]:
        return " – ".join(moment(x) for x in (start, end) if x)
    return f"{day(start)} {start[11:16]} – {clock(end)}" if len(start) > 10 else day(start)


def moment(text: str | None) -> str:
    """`12 Feb 2026 07:30 (UTC+1)`."""
    return f"{day(text)} {clock(text or '')}".strip()


def _zone(text: str) -> str:
    if text.endswith("Z"):
        return "UTC"
    sign, offset = text[-6:-5], text[-5:]
    if sign not in ("+", "-") or offset[2:3] != ":":
        return ""
    hours, minutes = offset[:2].lstrip("0"), offset[3:]
    return f"UTC{sign}{hours or '0'}" + ("" if minutes == "00" else f":{minutes}") if offset != "00:00" else "UTC"


def instant(text: str | None, latest: bool = False) -> datetime | None:
    """The first (or latest) instant that a FHIR date or dateTime can mean; a time without zone is read as UTC."""
    if not text:
        return None
    try:
        if len(text) > 10:
            at = datetime.fromisoformat(text)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        year, month, date = (*(int(p) for p in text.split("-")), 0, 0)[:3]
        first = datetime(year, month or 1, date or 1, tzinfo=UTC)
        return _last(first, bool(month), bool(date)) if latest else first
    except (ValueError, OverflowError):
        return None


def _last(first: datetime, month: bool, date: bool) -> datetime:
    """The last second of the day, month or year that starts at `first`."""
    if date:
        after = first + timedelta(days=1)
    elif month and first.month < 12:
        after = first.replace(month=first.month + 1)
    else:
        after = first.replace(year=first.year + 1, month=1)
    return after - timedelta(seconds=1)


def age(said: str | None, now: str) -> str:
    """How long ago, in the two largest units: `8 min`, `2 d 4 h`, `287 d`, `23 y 95 d`; "" where it cannot be told.

    A date without a time is counted in whole days; a time that is still to come reads `not yet`.
    """
    then, at = instant(said), instant(now)
    if said is None or then is None or at is None or len(said) < 10:
        return ""
    whole = len(said) == 10
    if then > at + timedelta(minutes=5):
        return "not yet"
    days = (at.date() - then.date()).days if whole else (at - then).days
    if days >= 730:
        return _years(then, at)
    if whole:
        return f"{days} d" if days else "today"
    minutes = max(0, int((at - then).total_seconds()) // 60)
    if days:
        return f"{days} d {minutes // 60 % 24} h"
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes else "under 1 min"


def _years(then: datetime, at: datetime) -> str:
    years = at.year - then.year - ((at.month, at.day) < (then.month, then.day))
    try:
        birthday = at.replace(year=then.year + years, month=then.month, day=then.day).date()
    except ValueError:                                   # 29 Feb
        birthday = at.replace(year=then.year + years, month=3, day=1).date()
    return f"{years} y {(at.date() - birthday).days} d"


def years_old(born: str, now: str) -> str:
    """`65 y`, below two years `14 mo`; "" unless the whole birth date is known."""
    if len(born) != 10 or len(now) < 10 or not instant(born):
        return ""
    months = (int(now[:4]) - int(born[:4])) * 12 + int(now[5:7]) - int(born[5:7]) - (now[8:10] < born[8:10])
    return f"{months // 12} y" if months >= 24 else f"{months} mo"
