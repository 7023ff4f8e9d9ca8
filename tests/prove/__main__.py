"""`make prove`: every long suite, or those named; prints `name: figure (bound)`; exit 1 when one misses its bound."""

import importlib
import os
import pkgutil
import sys
import time

os.environ["PROVE"] = "1"

import tests.prove


def main(names: list[str]) -> int:
    missed = 0
    for name in names or sorted(m.name for m in pkgutil.iter_modules(tests.prove.__path__) if not m.name.startswith("_")):
        print(f"-- {name}", flush=True)
        started = time.monotonic()
        for figure in importlib.import_module(f"tests.prove.{name}").prove():
            print(f"{figure.name}: {figure.figure} ({figure.bound}){'' if figure.holds else '  MISSED'}", flush=True)
            missed += not figure.holds
        print(f"   {time.monotonic() - started:.0f} s", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
