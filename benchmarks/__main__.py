"""`make bench`: every benchmark beside its peer, ratios printed."""

import importlib
import pkgutil
import sys

import benchmarks

for found in pkgutil.iter_modules(benchmarks.__path__):
    if found.name.startswith("_") or found.name == "people":
        continue
    module = importlib.import_module(f"benchmarks.{found.name}")
    if hasattr(module, "main"):
        print(f"-- {found.name}", flush=True)
        try:
            module.main()
        except SystemExit as e:
            if e.code:
                sys.exit(e.code)
