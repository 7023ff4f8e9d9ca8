"""`make prove`: every long suite, or those named; prints `name: figure (bound)`; exit 1 when one misses its bound."""

import importlib
import os
import pkgutil
import subprocess
import sys
import time

os.environ["PROVE"] = "1"

import tests.prove


def all_of(names: list[str]) -> int:
    """Each suite in a process of its own: the mutation suites must find no module of ours imported already."""
    return max(subprocess.call([sys.executable, "-m", "tests.prove", name]) for name in names)


def one(name: str) -> int:
    print(f"-- {name}", flush=True)
    started, missed = time.monotonic(), False
    for figure in importlib.import_module(f"tests.prove.{name}").prove():
        print(f"{figure.name}: {figure.figure} ({figure.bound}){'' if figure.holds else '  MISSED'}", flush=True)
        missed = missed or not figure.holds
    print(f"   {time.monotonic() - started:.0f} s", flush=True)
    return int(missed)


def main(names: list[str]) -> int:
    if len(names) == 1:
        return one(names[0])
    every = sorted(m.name for m in pkgutil.iter_modules(tests.prove.__path__) if not m.name.startswith("_"))
    return all_of(names or every)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
