"""Backup and restore of a home on SQLite: consistent copies in one archive, every file with its hash."""

import gzip
import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from gateway import config
from gateway.errors import IntegrityError, Issue, NotBuilt, Severity, UsageError, error
from gateway.jsontext import BadJson, dumps, loads
from gateway.opened import Gate, iso, opened

MANIFEST = "MANIFEST.json"
DATABASES = ("gateway.db", "transfers.db")
UNFINISHED = ".unfinished"


def standing(out: Path) -> str:
    """When the backup was written that is at `out` and would be replaced; "" where there is nothing.

    Raises UsageError where something else is: a name typed wrongly must not destroy it.
    """
    if out.exists() and not _ours(out):
        raise UsageError(error("file-exists", f"{out} is there and is no backup of a gateway; nothing was written.",
                               str(out), "Name a new file."))
    return iso(datetime.fromtimestamp(out.stat().st_mtime, UTC)) if out.exists() else ""


def _ours(path: Path) -> bool:
    """Is this file an archive that `backup` wrote?"""
    try:
        with tarfile.open(path, "r:gz") as tar:
            first = tar.next()
    except (OSError, tarfile.TarError, EOFError, zlib.error):
        return False
    return first is not None and first.name == f"data/{DATABASES[0]}"


def backup(gate: Gate, out: Path, dry_run: bool = False) -> int:
    """Write the archive, in place of the backup that is there. Returns how many files it holds.

    All is made in a hidden folder beside it that the next run clears away, and renamed when it is on the disk: a run
    that breaks off leaves the old archive. Backups that lie in the home are not copied into one another.
    Raises NotBuilt for PostgreSQL.
    """
    if gate.home.database_url != f"sqlite:///{gate.home.folder / 'data' / DATABASES[0]}":
        raise NotBuilt(error("not-built", "Only data/gateway.db is backed up here: PostgreSQL, and a file elsewhere, "
                             "are copied with their own tools. Nothing was written.", "gateway.toml: database",
                             "Use pg_dump for the database, and copy the home's other files."))
    home = gate.home.folder
    plain = [p for p in sorted(home.rglob("*")) if p.is_file() and not p.name.startswith(DATABASES)
             and UNFINISHED not in p.parent.name and not _ours(p)]
    if dry_run:
        return len(plain) + len(DATABASES)
    with _unfinished(out) as folder:
        folder.mkdir(0o700)
        made = folder / out.name
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            hashes = _archive(home, plain, file, folder)
            file.flush()
            os.fsync(file.fileno())
        made.replace(out)
    return hashes


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A folder beside `target` for what is not finished, gone afterwards; a run that was killed left its own."""
    folder = target.with_name(f".{target.name}{UNFINISHED}")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _archive(home: Path, plain: Sequence[Path], file: IO[bytes], folder: Path) -> int:
    """Write databases (copied into `folder` first), files and the manifest of their hashes. Returns how many files."""
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        hashes = {}
        for name in DATABASES:
            copy = folder / name
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

    The folder appears when all of this is done: a home that stands half, or before its erasures, could be opened.
    Raises IntegrityError when a file is not what was saved; nothing is left behind then.
    """
    if folder.exists():
        raise UsageError(error("home-exists", f"{folder} exists; nothing was changed.", "", "Name a new folder."))
    with _unfinished(folder) as made:
        try:
            with tarfile.open(archive) as tar:
                hashes = loads(_bytes(tar, MANIFEST))
                for name, expected in hashes.items():
                    if hashlib.sha256(_bytes(tar, name)).hexdigest() != expected:
                        raise _damaged(f"{name} is not what was saved", archive)
                if not dry_run:
                    config.folders(made)
                    tar.extractall(made, [tar.getmember(n) for n in hashes], filter="data")
        except (tarfile.TarError, EOFError, zlib.error, BadJson, gzip.BadGzipFile) as e:
            raise _damaged("The archive cannot be read", archive) from e
        if not dry_run:
            _join(made / "data" / "erased.jsonl", erased)
            with opened(made):
                os.sync()
            made.rename(folder)
    return len(hashes)


def _join(orders: Path, later: Path | None) -> None:
    """Add the erase orders of another file: each of the two may hold some that the other lacks."""
    if later:
        both = [line for p in (orders, later) if p.exists() for line in p.read_bytes().split(b"\n")[:-1]]
        orders.write_bytes(b"".join(line + b"\n" for line in dict.fromkeys(both)))


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
