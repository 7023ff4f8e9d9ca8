"""From a fact back to the fields of its message: the message is mapped again, with lineage on."""

from collections.abc import Mapping
from typing import Any

from gateway.errors import GatewayError
from gateway.opened import Gate
from gateway.reading.process import Reader, process
from gateway.reading.reader import reader_of
from gateway.store import units
from gateway.store.engine import Transaction

_readers: dict[tuple[int, str], Reader] = {}


def lineage_of(gate: Gate, tx: Transaction, fact: Mapping[str, Any]) -> list[dict[str, str]]:
    """Lines element, value, path, source value, rule of one fact, out of the first message that carries it."""
    for id in fact["units"]:
        unit = units.get(tx, id)
        message = units.message(tx, unit) if unit else None
        settings = gate.home.sources.get(unit.source) if unit else None
        if unit is None or message is None or settings is None or settings.wrong:
            continue
        outcome = process(_reader(gate, unit.source), message, lineage=True)
        return [{"element": x.element, "value": x.value, "path": x.path, "source": x.source, "rule": x.rule}
                for x in outcome.lineage if x.resource == f"{fact['type']}/{fact['key']}"]
    return []


def way_back(gate: Gate, tx: Transaction, fact: Mapping[str, Any]) -> tuple[list[dict[str, str]], str]:
    """`lineage_of`, or why the message cannot be mapped again now: a mapping with a mistake stops no record."""
    try:
        return lineage_of(gate, tx, fact), ""
    except GatewayError as e:
        return [], f"The message cannot be read again: {e.issue.message}"


def _reader(gate: Gate, source: str) -> Reader:
    name = (id(gate), source)
    if name not in _readers:
        _readers[name] = reader_of(gate.home.sources[source], gate.home.folder, gate.files)
    return _readers[name]
