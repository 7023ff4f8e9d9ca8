"""The shipped CSV mappings on files with side-cars: `x.csv.fhir.json` holds what must come out of `x.csv`."""

from pathlib import Path
from typing import Any

from adapters.contract import GoldenContract
from gateway.config import Source
from gateway.model import Message
from gateway.reading.process import process
from gateway.reading.reader import reader_of
from gateway.shipped import shipped

_ASSIGNERS = {name: f"https://example.org/{name}" for name in ("patient", "allergy", "medicine", "sample")}


def convert(file: Path) -> list[dict[str, Any]]:
    source = Source("golden", "csv", timezone="Europe/Stockholm", connection={"folder": str(file.absolute())},
                    mapping=(f"csv/{file.name.partition('-')[0]}",), assigners=_ASSIGNERS)
    reader = reader_of(source, Path("/"), shipped())
    return [fact.resource for unit in reader.adapter.read(None) if isinstance(unit, Message)
            for fact in process(reader, unit).facts]


class TestShippedMappings(GoldenContract):
    """Practice and laboratory."""

    golden = Path(__file__).parent / "golden"
    convert = staticmethod(convert)
