"""`make bench`: every benchmark beside its peer in one run, a line for each figure: `name: figure (aim …)`."""

import importlib
import pkgutil
import time

import benchmarks

for found in pkgutil.iter_modules(benchmarks.__path__):
    module = importlib.import_module(f"benchmarks.{found.name}") if not found.name.startswith("_") else None
    if hasattr(module, "main"):
        print(f"-- {found.name}", flush=True)
        started = time.perf_counter()
        module.main()
        print(f"   ({time.perf_counter() - started:.0f} s)", flush=True)
