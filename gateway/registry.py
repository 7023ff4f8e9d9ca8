"""Kinds of sources: from the name in sources/<name>.toml to the adapter's class, by entry points."""

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, get_type_hints

from gateway.errors import ConfigError, error, near
from gateway.sdk import Adapter

GROUP = "gateway.adapters"
PLACES = ("folder", "path", "file", "url", "base", "listen")       # settings of which one says where a source is read


def kinds() -> dict[str, EntryPoint]:
    """Installed kinds by name."""
    return {e.name: e for e in entry_points(group=GROUP)}


@cache
def adapter_class(kind: str) -> type[Any]:
    """The adapter of a kind, imported when first used. Raises ConfigError naming what is there or what to install."""
    known = kinds()
    if kind not in known:
        raise ConfigError(error("kind-unknown", f"No adapter reads the kind {kind!r}.{near(kind, known)}",
                                "", f"Known kinds: {', '.join(sorted(known))}."))
    try:
        return known[kind].load()
    except ModuleNotFoundError as e:
        raise ConfigError(error("adapter-missing", f"The adapter {kind!r} needs the package {e.name!r}.",
                                "", f"Install it: pip install 'throughline[{kind}]'")) from e


def make_adapter(kind: str, settings: Mapping[str, Any], where: Callable[[str], str] = str) -> Adapter:
    """An adapter with its settings; its dataclass fields say which there are. where: the place of a setting.

    Raises ConfigError with all mistakes: unknown settings, missing ones, wrong types.
    """
    try:
        cls = adapter_class(kind)
    except ConfigError as e:
        raise ConfigError(*(dataclasses.replace(i, where=where("kind")) for i in e.issues)) from e
    fields = {f.name: f for f in dataclasses.fields(cls)}
    hints = get_type_hints(cls)
    issues = [error("setting-unknown", f"{kind} has no setting {name!r}.{near(name, fields)}", where(name),
                    f"Settings of {kind}: {', '.join(fields)}.") for name in settings if name not in fields]
    issues += [error("setting-missing", f"{kind} needs the setting {f.name!r}.", where("connection"),
                     "Add it below [connection].") for f in fields.values()
               if f.default is f.default_factory is dataclasses.MISSING and f.name not in settings]
    issues += [error("setting-invalid", f"{name} = {value!r} is not of the type {hints[name]}.", where(name))
               for name, value in settings.items() if name in fields and not _fits(value, hints[name])]
    if not issues and (places := [n for n in PLACES if n in fields]) and not any(settings.get(n) for n in places):
        issues = [error("setting-missing", f"{kind} is not told where it reads.", where("connection"),
                        f"Add below [connection] one of: {', '.join(places)}.")]
    if issues:
        raise ConfigError(*issues)
    return cls(**{name: _shaped(value) for name, value in settings.items()})


def _fits(value: Any, hint: Any) -> bool:
    plain: dict[type, tuple[str, ...]] = {bool: ("bool",), int: ("int",), float: ("float",), str: ("str",),
                                          list: ("tuple", "list", "Sequence"), dict: ("Mapping", "dict")}
    names = plain.get(type(value), ())
    words = hint.__name__ if isinstance(hint, type) else str(hint)
    return any(n in words for n in names) or (isinstance(value, int) and "float" in words) or (
        isinstance(value, str) and "Path" in words)


def _shaped(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

