"""Backup and restore of a home on SQLite: consistent copies in one archive, every file with its hash."""

import hashlib
import io
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from gateway.errors import IntegrityError, Issue, NotBuilt, Severity, UsageError, error
from gateway.jsontext import dumps, loads
from gateway.opened import Gate, opened

MANIFEST = "MANIFEST.json"
DATABASES = ("gateway.db", "transfers.db")


def backup(gate: Gate, out: Path, dry_run: bool = False) -> int:
    """Write the archive. Returns how many files it holds. Raises NotBuilt for PostgreSQL."""
    if not gate.store.sqlite:
        raise NotBuilt(error("not-built", "Backups of PostgreSQL are made with its own tools. Nothing was written.", "",
                             "Use pg_dump for the database, and copy the home's other files."))
    home = gate.home.folder
    plain = [p for p in sorted(home.rglob("*")) if p.is_file() and not p.name.startswith(DATABASES) and p != out]
    if dry_run:
        return len(plain) + len(DATABASES)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(out, "x:gz") as archive:
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
    out.chmod(0o600)
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
    with tarfile.open(archive) as tar:
        hashes = loads(_bytes(tar, MANIFEST))
        for name, expected in hashes.items():
            if hashlib.sha256(_bytes(tar, name)).hexdigest() != expected:
                raise IntegrityError(Issue("backup-damaged", Severity.error, f"{name} is not what was saved; nothing "
                                           "was restored.", str(archive), "Use another backup."))
        if not dry_run:
            tar.extractall(folder, [tar.getmember(n) for n in hashes], filter="data")
    if not dry_run:
        if erased:
            shutil.copy(erased, folder / "data" / "erased.jsonl")
        with opened(folder):
            pass
    return len(hashes)


def _bytes(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        member = tar.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise IntegrityError(Issue("backup-damaged", Severity.error, f"The archive lacks {name}; nothing was restored.",
                                   name, "Use another backup."))
    return member.read()
