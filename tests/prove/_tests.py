"""Property tests as a suite: pytest with PROVE=1, which draws more worlds, steps and seeds; one figure a file."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from tests.prove import Figure


def run(*paths: str, least: int = 1, more: tuple[str, ...] = ()) -> Iterator[Figure]:
    """Run test files one after the other. least: how many tests each must hold at the least."""
    for path in paths:
        done = subprocess.run([sys.executable, "-m", "pytest", "-n", "2", path, *more], capture_output=True, text=True,
                              env={**os.environ, "PROVE": "1"}, check=False)
        passed, failed = (int(found[1]) if (found := re.search(rf"(\d+) {word}", done.stdout)) else 0
                          for word in ("passed", "failed"))
        if done.returncode:
            print(done.stdout[-4000:], done.stderr[-2000:], file=sys.stderr)
        yield Figure(path, f"{passed} hold, {failed} do not", f">= {least} hold, all",
                     done.returncode == 0 and passed >= least)
