"""Backup and restore of a home on SQLite: consistent copies in one archive, every file with its hash."""

import gzip
import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from gateway.errors import IntegrityError, Issue, NotBuilt, Severity, UsageError, error
from gateway.jsontext import BadJson, dumps, loads
from gateway.opened import Gate, opened

MANIFEST = "MANIFEST.json"
DATABASES = ("gateway.db", "transfers.db")


def backup(gate: Gate, out: Path, dry_run: bool = False) -> int:
    """Write the archive. Returns how many files it holds. Raises NotBuilt for PostgreSQL."""
    if gate.home.database_url != f"sqlite:///{gate.home.folder / 'data' / DATABASES[0]}":
        raise NotBuilt(error("not-built", "Only data/gateway.db is backed up here: PostgreSQL, and a file elsewhere, "
                             "are copied with their own tools. Nothing was written.", "gateway.toml: database",
                             "Use pg_dump for the database, and copy the home's other files."))
    home = gate.home.folder
    plain = [p for p in sorted(home.rglob("*")) if p.is_file() and not p.name.startswith(DATABASES) and p != out]
    if dry_run:
        return len(plain) + len(DATABASES)
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            hashes = _archive(home, plain, file)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return hashes


def _archive(home: Path, plain: Sequence[Path], file: IO[bytes]) -> int:
    """Write databases, files and the manifest of their hashes. Returns how many files."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=file, mode="w:gz") as archive:
        hashes = {}
        for name in DATABASES:
            copy = Path(folder) / name
            _copy(home / "data" / name, copy)
            hashes[f"data/{name}"] = _add(archive, copy, f"data/{name}")
        for path in plain:
            name = str(path.relative_to(home))
            hashes[name] = _add(archive, path, name)
        body = dumps(hashes, sort=True).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(body)
        archive.addfile(info, io.BytesIO(body))
    return len(hashes)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own online copy: consistent while others write."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    archive.add(path, name)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def restore(archive: Path, folder: Path, erased: Path | None = None, dry_run: bool = False) -> int:
    """Unpack into a folder that does not exist yet, check every hash, apply later erasures.

    Raises IntegrityError when a file is not what was saved; nothing is left behind then.
    """
    if folder.exists():
        raise UsageError(error("home-exists", f"{folder} exists; nothing was changed.", "", "Name a new folder."))
    try:
        with tarfile.open(archive) as tar:
            hashes = loads(_bytes(tar, MANIFEST))
            for name, expected in hashes.items():
                if hashlib.sha256(_bytes(tar, name)).hexdigest() != expected:
                    raise _damaged(f"{name} is not what was saved", archive)
            if not dry_run:
                tar.extractall(folder, [tar.getmember(n) for n in hashes], filter="data")
    except (tarfile.TarError, EOFError, zlib.error, BadJson, gzip.BadGzipFile) as e:
        raise _damaged("The archive cannot be read", archive) from e
    if not dry_run:
        if erased:
            shutil.copy(erased, folder / "data" / "erased.jsonl")
        with opened(folder):
            pass
    return len(hashes)


def _damaged(what: str, archive: Path) -> IntegrityError:
    return IntegrityError(Issue("backup-damaged", Severity.error, f"{what}; nothing was restored.", str(archive),
                                "Use another backup."))


def _bytes(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        member = tar.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise _damaged(f"The archive lacks {name}", Path(str(tar.name)))
    return member.read()
