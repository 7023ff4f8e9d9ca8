"""Features as they are kept: read back faster than they are made, and made again when what decides changed."""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from gateway.identity.block import keys
from gateway.identity.features import COLUMNS, Features, Life
from gateway.identity.patient import features_of
from gateway.ids import digest
from gateway.jsontext import dumps, loads

_LISTS = tuple(i for i, kind in enumerate(COLUMNS.values()) if kind.endswith("[]"))
# One invented Patient who has blocking keys of every kind: keys that are made another way are another version.
SPECIMEN: Mapping[str, Any] = {
    "name": [{"family": "Berglund", "given": ["Anna"]}], "birthDate": "1971-04-19", "gender": "female",
    "address": [{"line": ["2nd Street 5"], "postalCode": "22221", "city": "Lund"}],
    "telecom": [{"system": "phone", "value": "+46701112233"}, {"system": "email", "value": "anna@mail.example"}],
    "identifier": [{"system": "urn:hospital", "value": "27183645"}]}


def rules() -> str:
    """The code and tables of this room: under others the same pair may be answered otherwise."""
    found = sha256()
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith((".py", ".csv", ".json")):
            found.update(file.read_bytes())
    return found.hexdigest()


def version(of: Callable[[Features], Iterable[str]] = keys, by: str = rules()) -> str:
    """What is kept is of this version: the columns, the keys of a specimen, and the rules that compared it."""
    own = sorted(of(features_of(SPECIMEN)))
    return digest([list(COLUMNS), list(Life._fields), own, by])[:8]


VERSION = version()
NOTHING = frozenset({"", "{}"})       # what is kept of whom no Patient stands; the second by older versions


def packed(resource: Mapping[str, Any], features: Features | None = None) -> str:
    """A FHIR Patient and its features as two lines of JSON: [version, columns, life], and the Patient, which a
    comparison does not read."""
    *columns, life = features or features_of(resource)
    return f"{dumps([VERSION, columns, life])}\n{dumps(resource)}"


def unpacked(kept: str) -> Features:
    """The features that `packed` kept. Total: of what was kept by another version they are made from the Patient."""
    if not _today(kept):
        return features_of(patient_of(kept))
    _, columns, life = loads(kept[:kept.index("\n")])
    for i in _LISTS:
        columns[i] = tuple(columns[i])
    return Features._make((*columns, Life._make(life)))


def outdated(kept: str) -> bool:
    """Was this kept, and compared, by another version?"""
    return kept not in NOTHING and not _today(kept)


def packs(kept: str, resource: Mapping[str, Any] | None) -> bool:
    """Is this what `packed` makes of a Patient today? Not of one that another version kept."""
    return resource is not None and _today(kept) and kept.endswith(f"\n{dumps(resource)}")


def patient_of(kept: str) -> Mapping[str, Any]:
    """The Patient that `packed` kept, or that another version did: alone, or as text at the end of a list."""
    found = loads(kept.rpartition("\n")[2]) if kept else {}
    if isinstance(found, list):
        found = loads(found[-1]) if found and isinstance(found[-1], str) else {}
    return found if isinstance(found, dict) else {}


def _today(kept: str) -> bool:
    return kept.startswith(f'["{VERSION}",')
