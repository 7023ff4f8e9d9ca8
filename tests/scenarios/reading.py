"""The demo world, read through the shipped adapters and mappings."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.config import Source
from gateway.errors import Severity
from gateway.model import Assertion, Fact, Rejected
from gateway.reading.process import process
from gateway.reading.reader import reader_of
from gateway.shipped import shipped
from tests.world import World, second, settings


@dataclass
class Read:
    """What one source gave."""

    facts: list[Fact] = field(default_factory=list)
    assertions: list[Assertion] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    grave: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    unmapped: Counter[str] = field(default_factory=Counter)


def read_all(world: World, folder: Path) -> dict[str, Read]:
    """Every source of the world that answers."""
    world.write(folder)
    sources = {**settings(str(folder), "http://127.0.0.1:9/fhir", "http://127.0.0.1:9", ""), **second(str(folder))}
    sources.pop(world.truth["silent"])
    return {name: _read(Source(name=name, **{k: _shaped(v) for k, v in values.items()}))
            for name, values in sources.items()}


def _shaped(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read(source: Source) -> Read:
    reader, done = reader_of(source, Path("/"), shipped()), Read()
    for unit in reader.adapter.read(None):
        if isinstance(unit, Rejected):
            done.rejected.append(unit)
            continue
        outcome = process(reader, unit)
        done.facts += outcome.facts
        done.assertions += outcome.assertions
        done.grave += [str(i) for i in outcome.issues if i.severity in (Severity.error, Severity.fatal)]
        done.codes |= {i.code for i in outcome.issues}
        done.unmapped.update(outcome.ledger.unmapped)
    return done
