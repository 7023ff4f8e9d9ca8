"""The shipped HL7 v2 mappings beside their golden side-cars (`gateway source check`), all invented.

`python -m tests.mappings.sidecar` writes what is missing; `--force` writes all of them anew, for a reader to compare.
"""

import sys
from pathlib import Path
from typing import Any

from gateway.pure import golden
from gateway.pure.golden import beside, text
from gateway.pure.mapping import Chosen

__all__ = ["beside", "files", "said", "text"]

FOLDER = Path(__file__).parent / "hl7v2"


def files() -> list[Path]:
    """Every message file."""
    return golden.files(FOLDER)


def said(file: Path) -> list[dict[str, Any]]:
    """What the mappings make of a file: one object a message."""
    return golden.said(file, Chosen())


if __name__ == "__main__":
    list(golden.write(FOLDER, Chosen(), "--force" in sys.argv))
