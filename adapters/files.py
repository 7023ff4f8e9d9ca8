"""Files of a folder in the order of their names, and cursors that notice when a file was changed or replaced.

A cursor is `earlier:own:offset:line`: a print of the files before the one at hand, a print of that file, and where
in it to go on. When the file was changed since, it is read again from its start; when an earlier one was changed,
added or removed, everything is. Reading again is safe, because the same bytes are the same message.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from gateway.errors import Issue, Retry, Severity


@dataclass(frozen=True, slots=True)
class File:
    """One file to read. `name` is its path below the folder; `earlier` and `own` are the prints of its cursors."""

    path: Path
    name: str
    earlier: str
    own: str

    @property
    def delivery(self) -> str:
        """The file as it was read: a file that is written anew under its old name is another delivery."""
        return f"{self.name}@{self.own}"

    def cursor(self, offset: int, line: int) -> str:
        """The cursor behind `offset` bytes, when the next line is number `line`."""
        return f"{self.earlier}:{self.own}:{offset}:{line}"


def files(path: str, patterns: Iterable[str]) -> list[File]:
    """The file at `path`, or those below the folder `path` whose name matches, hidden ones left out.

    Raises Retry when there is nothing at `path`: a share that is not mounted comes back.
    """
    root, found, earlier = Path(path), [], ""
    try:
        paths = [root] if root.is_file() else sorted(p for p in _walk(root) if _wanted(p, patterns))
        for p in paths:
            state = p.stat()
            own = _print(str(p.relative_to(root)), str(state.st_size), str(state.st_mtime_ns))
            found.append(File(p, p.name if p == root else p.relative_to(root).as_posix(), earlier, own))
            earlier = _print(earlier, own)
    except OSError as e:
        raise Retry(Issue("source-unreachable", Severity.error, f"Nothing can be read at {path}: {e.strerror}.", path,
                          "Check the path and its share; nothing was lost, the next pull tries again.")) from e
    return found


def _walk(root: Path) -> list[Path]:
    if not root.is_dir():
        raise FileNotFoundError(2, "there is no such file or folder", str(root))
    return [p for p in root.rglob("*") if p.is_file() and not any(n.startswith(".") for n in p.relative_to(root).parts)]


def _wanted(path: Path, patterns: Iterable[str]) -> bool:
    return any(fnmatch(path.name.lower(), pattern.lower()) for pattern in patterns)


def _print(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def resume(found: list[File], after: str | None) -> tuple[list[File], int, int]:
    """What is left behind the cursor `after`: the files, and the offset and line to start at in the first of them."""
    earlier, own, offset, line = (*(after or "").split(":"), "", "", "", "")[:4]
    for number, file in enumerate(found):
        if after and file.earlier == earlier:
            same = file.own == own and offset.isdecimal() and line.isdecimal()
            return (found[number:], int(offset), int(line)) if same else (found[number:], 0, 1)
    return found, 0, 1
