"""The home: gateway.toml, sources/<name>.toml, mapping overlay and secrets, read once and checked whole.

Every setting can also come from the environment as GATEWAY_<NAME>. Unknown names are errors with file:line.
"""

import dataclasses
import os
import re
import secrets as random_bytes
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.errors import ConfigError, Issue, Severity, error, near
from gateway.jsontext import BadJson, loads
from gateway.rhythm import seconds

MODES = ("feed", "ask", "both")
STATES = ("test", "live", "paused")
KEY_BYTES = 32
KEYS = ("id", "master", "log", "issuer", "session")


@dataclass(frozen=True)
class Source:
    """One organisation's system, wired in by sources/<name>.toml.

    sends   sections that it normally sends (allergies, medications, …); empty: not stated
    lists   sections that every delivery holds whole, so that each delivery is a listing
    mode    feed: pulled; ask: asked about one person at a time (`gateway ask`); both
    rhythm, reconcile, hold   ISO 8601 durations or "7 days"; rhythm: how often it promises to answer; reconcile: how
            often all that it lists is compared with what we hold, because it tells no deletions
    assigners   assigning authority of its identifiers → system URI
    wrong   mistakes of its file: nothing is read from such a source, and what its file says besides is known
    """

    name: str
    kind: str
    organisation: str = ""
    country: str = ""
    timezone: str | None = None
    locale: str = ""
    charset: str = ""
    connection: Mapping[str, Any] = field(default_factory=dict)
    mapping: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    reconcile: str = ""
    mode: str = "feed"
    hold: str = ""
    rhythm: str = ""
    state: str = "live"
    retention: str = ""
    agreement: str = ""
    contact: str = ""
    assigners: Mapping[str, str] = field(default_factory=dict)
    max_unmapped: str = ""
    wrong: tuple[Issue, ...] = ()

    @property
    def pushes(self) -> bool:
        """Whether it sends by itself (`gateway listen`) and is not pulled."""
        return bool(self.connection.get("listen"))

    @property
    def pulled(self) -> bool:
        """Whether it is to be pulled: not when it pushes, is asked about one person at a time, or is paused."""
        return self.state != "paused" and self.mode != "ask" and not self.pushes


@dataclass(frozen=True)
class Home:
    """A home folder with its settings.

    identity_model   folder with model.json and terms.csv, of the home or absolute; empty: the model that ships
    """

    folder: Path
    database: str = "sqlite:///data/gateway.db"
    name: str = "throughline"
    organisation: str = ""
    country: str = ""
    jurisdiction: str = ""
    base_url: str = "http://127.0.0.1:8080"
    law_packs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    identity_model: str = ""
    issuers: Mapping[str, Any] = field(default_factory=dict)
    terminology_server: str = ""                 # FHIR base that is asked about codes which are not loaded
    terminology_seconds: int = 2
    terminology_hours: int = 24
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def wrong(self) -> tuple[Issue, ...]:
        """The mistakes of all files of sources."""
        return tuple(issue for source in self.sources.values() for issue in source.wrong)

    @property
    def database_url(self) -> str:
        """The database with a relative SQLite path resolved against the home."""
        prefix = "sqlite:///"
        if self.database.startswith(prefix) and not self.database.startswith(prefix + "/"):
            return f"{prefix}{self.folder / self.database.removeprefix(prefix)}"
        return self.database

    def secret(self, name: str) -> bytes:
        """A key of secrets/, 32 bytes. Raises ConfigError when it is missing, or shorter: that could be guessed."""
        path = self.folder / "secrets" / f"{name}.key"
        try:
            key = bytes.fromhex(path.read_text().strip())
            if len(key) != KEY_BYTES:
                raise ValueError(f"{len(key)} bytes")
        except (OSError, ValueError) as e:
            raise ConfigError(Issue("secret-missing", Severity.fatal, f"The key secrets/{path.name} cannot be read, or "
                                    f"is no {KEY_BYTES} bytes in hexadecimal.", f"secrets/{path.name}",
                                    "Restore it from the backup; without it ids and data stay closed.")) from e
        return key

    def signs(self) -> None:
        """Every key is there. Raises ConfigError: found out when the first page is asked for, it would be too late."""
        for name in KEYS:
            self.secret(name)

    def overlay(self) -> dict[str, str]:
        """The site's own mapping files by path below mappings/."""
        return mapping_files(self.folder / "mappings")


def mapping_files(root: Path) -> dict[str, str]:
    """Mappings, code tables and ConceptMaps below a folder, by path."""
    files = sorted(p for p in root.rglob("*") if p.suffix in (".yaml", ".csv", ".json"))
    return {str(p.relative_to(root)): utf8(p, str(p.relative_to(root))) for p in files}


def utf8(path: Path, name: str) -> str:
    """The text of a file that people edit. Raises ConfigError when it cannot be read, or is not UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as e:
        raise ConfigError(error("file-unreadable", f"The file cannot be read: {e.strerror}.", name,
                                "Check that it may be read.")) from e
    except UnicodeDecodeError as e:
        line = path.read_bytes()[:e.start].count(b"\n") + 1
        raise ConfigError(error("text-not-utf8", "The file is not UTF-8; nothing of it was used.", f"{name}:{line}",
                                "Save it as UTF-8.")) from e


def init(folder: Path, **settings: Any) -> Path:
    """Write a new home: settings, empty folders, fresh keys (mode 0600). Never overwrites. Raises ConfigError."""
    if (folder / "gateway.toml").exists():
        raise ConfigError(error("home-exists", f"{folder} is a home already; nothing was changed.",
                                str(folder), "Name another folder."))
    folders(folder)
    for name in KEYS:
        write_secret(folder / "secrets" / f"{name}.key", random_bytes.token_hex(KEY_BYTES))
    values = {"database": Home.database, "name": Home.name, "organisation": "", "country": "", "jurisdiction": "",
              "base_url": Home.base_url, "languages": ["en"], **settings}
    text = "".join(f"{name} = {toml_value(value)}\n" for name, value in values.items())
    (folder / "gateway.toml").write_text(text, "utf-8")
    return folder


def folders(home: Path) -> None:
    """Make the folders of a home; secrets and data are its owner's alone."""
    for name in ("sources", "mappings", "secrets", "data"):
        (home / name).mkdir(parents=True, exist_ok=True, mode=0o700 if name in ("secrets", "data") else 0o755)


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
        f.write(text + "\n")


def put(path: Path, text: str) -> None:
    """Write a settings file whole or not at all: a full disk must not leave half of one, or none."""
    path = path.resolve()                        # a link stays, what it names is replaced
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        if path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def toml_value(value: Any) -> str:
    """A TOML value: text, number, boolean, list or inline table."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{k}" = {toml_value(v)}' for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def load(folder: Path) -> Home:
    """Read a home with all its sources. Raises ConfigError with every mistake of gateway.toml.

    A mistake in the file of one source is kept there (`Source.wrong`): whoever reads a record must not wait for it.
    """
    path = settings_of(folder)
    issues: list[Issue] = []
    values = {**_fields(Home, _read(path, issues), path, issues, {"folder", "sources"}), **_environment(issues)}
    server = values.get("terminology_server", "")
    if isinstance(server, str) and server and not server.startswith(("http://", "https://")):
        issues.append(error("setting-invalid", f"terminology_server = {server!r} is no web address.",
                            place(path, "terminology_server"), "For instance https://tx.example/fhir"))
    sources = {file.stem: _source(file) for file in _listed(folder / "sources", issues)}
    if issues:
        raise ConfigError(*issues)
    return Home(folder=folder.absolute(), sources=sources, **values)


def _listed(folder: Path, issues: list[Issue]) -> list[Path]:
    """The settings files of a folder. One that cannot be read is an issue: it is not a home without sources."""
    try:
        return sorted(p for p in folder.iterdir() if p.suffix == ".toml" and not p.name.startswith("."))
    except OSError as e:
        issues.append(error("config-unreadable", f"The folder of sources cannot be read: {e.strerror}.", folder.name,
                            "Bring it back; a home without sources has an empty one."))
        return []


def settings_of(folder: Path) -> Path:
    """The gateway.toml of a home. Raises ConfigError where there is none."""
    path = folder / "gateway.toml"
    if not path.exists():
        raise ConfigError(error("home-missing", f"{folder} is no home: it has no gateway.toml.", str(folder),
                                "Make one with: gateway init DIR - or name yours with --home DIR or GATEWAY_HOME."))
    return path


def draft(name: str, text: str) -> None:
    """Check the text of a source's file before it is written. Raises ConfigError with every mistake found."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.toml"
        path.write_text(text, "utf-8")
        wrong = _source(path).wrong
    if wrong:
        raise ConfigError(*wrong)


def _environment(issues: list[Issue]) -> dict[str, Any]:
    """Settings of gateway.toml that the environment gives: GATEWAY_ and the name; lists by commas, tables as JSON."""
    values: dict[str, Any] = {}
    for f in dataclasses.fields(Home):
        name = f"GATEWAY_{f.name.upper()}"
        given = os.environ.get(name)
        if given is None or f.name in ("folder", "sources"):
            continue
        shape = dict if f.default is dataclasses.MISSING else type(f.default)
        try:
            values[f.name] = _SHAPES[shape](given)
        except ValueError:
            issues.append(error("setting-invalid", f"{f.name} should be {_named(shape())}.", name,
                                "Correct the variable, or unset it."))
    return values


def _table(text: str) -> dict[str, Any]:
    value = loads(text)
    if not isinstance(value, dict):
        raise BadJson("no object")
    return value


_SHAPES: dict[type, Callable[[str], Any]] = {
    str: str, int: int, dict: _table, tuple: lambda text: tuple(p.strip() for p in text.split(",") if p.strip())}


def _read(path: Path, issues: list[Issue]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as e:
        line = re.search(r"at line (\d+)", str(e))
        issues.append(error("config-unreadable", f"The file is not readable TOML: {e}",
                            f"{path.name}:{line[1]}" if line else path.name, "Correct the place named."))
        return {}


def _zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


# Settings whose text has a form: does it fit, and what would.
_FORMS: dict[str, tuple[Callable[[str], Any], str]] = {
    "timezone": (_zone, "Name an IANA time zone, for instance Europe/Stockholm."),
    "rhythm": (lambda text: seconds(text) < float("inf"), 'For instance "daily", "7 days", "PT4H".'),
    "reconcile": (lambda text: 0 < seconds(text) < float("inf"), 'For instance "7 days", "P1D".'),
    "max_unmapped": (re.compile(r"\d+(\.\d+)? ?%?").fullmatch, 'A share, for instance "5 %".'),
}


def _source(path: Path) -> Source:
    issues: list[Issue] = []
    values = {"kind": "", **_fields(Source, _read(path, issues), path, issues, {"wrong"})}
    for name, allowed in {"mode": MODES, "state": STATES, "name": (path.stem,)}.items():
        if values.get(name, allowed[0]) not in allowed:
            issues.append(error("setting-invalid", f"{name} = {values.pop(name)!r} is none of: "
                                f"{', '.join(allowed)}.", place(path, name), ""))
    for name, (fits, wanted) in _FORMS.items():
        if isinstance(text := values.get(name), str) and text and not fits(text):
            del values[name]
            issues.append(error("setting-invalid", f"{name} = {text!r} is not understood.", place(path, name), wanted))
    if not values["kind"] and not issues:
        issues.append(error("setting-missing", "A source needs its kind.", path.name,
                            'Add: kind = "hl7v2" (or fhir, csv …)'))
    return Source(**{**values, "name": path.stem}, wrong=tuple(issues))


def _fields(cls: type[Any], values: dict[str, Any], path: Path, issues: list[Issue],
            hidden: set[str]) -> dict[str, Any]:
    """The values that are settings of `cls` and of its types, lists as tuples; all others are issues."""
    known = {f.name: f for f in dataclasses.fields(cls) if f.name not in hidden}
    out = {}
    for name, value in values.items():
        if name not in known:
            issues.append(error("setting-unknown", f"There is no setting {name!r}.{near(name, known)}",
                                place(path, name), f"Settings: {', '.join(known)}."))
            continue
        if name == "mapping" and isinstance(value, str):
            value = [value]
        default = known[name].default
        empty: Any = {} if known[name].default_factory is dict else ""
        expected = empty if default is dataclasses.MISSING else default
        shaped = tuple(value) if isinstance(value, list) else value
        if expected is not None and not isinstance(shaped, type(expected)):
            issues.append(error("setting-invalid", f"{name} = {value!r} should be {_named(expected)}.",
                                place(path, name), ""))
            continue
        out[name] = shaped
    return out


def _named(example: Any) -> str:
    names: dict[type, str] = {str: "text in quotes", int: "a whole number", tuple: "a list", dict: "a table"}
    return names.get(type(example), "another type")


def place(path: Path, name: str) -> str:
    """file:line of a setting, as near as a search for its name finds it."""
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        if re.search(rf"(?:^|[\[{{,])\s*[\"']?{re.escape(name)}\b", line):
            return f"{path.name}:{number}"
    return path.name
