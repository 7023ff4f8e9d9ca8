"""Settings that are accepted and change nothing yet: told by `doctor` and `source test`, so that nobody relies on them.

A setting leaves this table when something reads it; a test holds the table against the code.
"""

import dataclasses
from typing import Any

from gateway.config import Home, Source
from gateway.errors import Issue, Severity

SOURCE = {
    "hold": "what it told is kept",
    "retention": "nothing of it is deleted by age",
}
HOME = {
    "jurisdiction": "no law is chosen by it",
    "law_packs": "no rules of a law pack are applied",
    "languages": "pages are in English",
}


def idle(settings: Home | Source) -> list[Issue]:
    """The settings of a home or of one source that were given and change nothing, each with what happens instead."""
    source = isinstance(settings, Source)
    table, place = (SOURCE, f"sources/{settings.name}.toml") if source else (HOME, "gateway.toml")
    return [Issue("setting-idle", Severity.warning, f"{name} = {_shown(value)} has no effect yet: {instead}.", place,
                  f"Take it out, or do not rely on it: {name}.")
            for name, instead in table.items() if (value := getattr(settings, name)) not in _silent(settings, name)]


def _silent(settings: Home | Source, name: str) -> tuple[Any, ...]:
    """Values that ask for nothing: the default, and as jurisdiction the country where the home is."""
    (default,) = (f.default for f in dataclasses.fields(settings) if f.name == name)
    return (default, settings.country) if name == "jurisdiction" else (default,)


def _shown(value: Any) -> str:
    return repr(list(value) if isinstance(value, tuple) else value)
