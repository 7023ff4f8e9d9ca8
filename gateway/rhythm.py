"""How often a source promises to answer: `hourly`, `7 days`, `P1D`, `PT4H` as seconds."""

from datetime import datetime

_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000}
_WORDS = {"hourly": "1 hour", "daily": "1 day", "weekly": "1 week", "monthly": "1 month"}
_ISO = {"m": "minute", "h": "hour", "d": "day", "w": "week"}


def seconds(duration: str) -> float:
    """Seconds of a duration; infinite when nothing is promised or the text is not understood."""
    text = duration.strip().lower()
    if text.startswith("p") and text[-1:] in _ISO:
        text = f"{text.lstrip('pt')[:-1]} {_ISO[text[-1]]}"
    number, _, unit = _WORDS.get(text, text).partition(" ")
    known = number.replace(".", "", 1).isdigit() and unit.rstrip("s") in _UNITS
    return float(number) * _UNITS[unit.rstrip("s")] if known else float("inf")


def late(answered: str | None, now: datetime, promised: float) -> bool:
    """Is the last answer, an ISO time, longer ago than promised? Who never answered is not late."""
    return bool(answered) and (now - datetime.fromisoformat(str(answered))).total_seconds() > promised
