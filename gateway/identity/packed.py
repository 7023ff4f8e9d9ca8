"""Features as they are kept: read back faster than they are made, and made again when what decides changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from hashlib import sha256
from importlib.resources import files
from typing import Any

from gateway.identity.block import keys
from gateway.identity.features import COLUMNS, Features, Life
from gateway.identity.names import Name
from gateway.identity.numbers import Numbers
from gateway.identity.patient import features_of
from gateway.ids import digest
from gateway.jsontext import dumps, loads

_NUMBERS = tuple(f.name for f in fields(Numbers))
_LIFE = tuple(f.name for f in fields(Life))
_LISTS = tuple(i for i, kind in enumerate(COLUMNS.values()) if kind.endswith("[]"))
_NAME_LISTS = tuple(i for i, value in enumerate(Name()) if isinstance(value, tuple))
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
    return digest([list(COLUMNS), list(Name._fields), list(_NUMBERS), list(_LIFE), own, by])[:8]


VERSION = version()


def packed(resource: Mapping[str, Any], features: Features | None = None) -> list[Any]:
    """JSON of a FHIR Patient and its features: [version, columns, name, numbers, life, Patient as text]."""
    made = features or features_of(resource)
    return [VERSION, [getattr(made, c) for c in COLUMNS], list(made.name),
            [getattr(made.identifiers, n) for n in _NUMBERS], [getattr(made.life, n) for n in _LIFE], dumps(resource)]


def unpacked(kept: Any) -> Features:
    """The features that `packed` kept. Total: of what was kept by another version they are made from the Patient."""
    if not isinstance(kept, list) or kept[0] != VERSION:
        return features_of(patient_of(kept))
    _, columns, name, numbers, life, _ = kept
    for i in _LISTS:
        columns[i] = tuple(columns[i])
    for i in _NAME_LISTS:
        name[i] = tuple(name[i])
    rest: list[Any] = [tuple(n) if isinstance(n, list) else n for n in numbers[1:]]
    valid = {scheme: tuple(values) for scheme, values in numbers[0].items()}
    parts: list[Any] = [*columns, Name(*name), Numbers(valid, *rest), Life(*life)]
    return Features(*parts)


def outdated(kept: Any) -> bool:
    """Was this kept, and compared, by another version?"""
    return bool(kept) and not (isinstance(kept, list) and kept[0] == VERSION)


def packs(kept: Any, resource: Mapping[str, Any] | None) -> bool:
    """Is this what `packed` makes of a Patient today? Not of one that another version kept."""
    return (isinstance(kept, list) and bool(kept) and kept[0] == VERSION and resource is not None
            and kept[-1] == dumps(resource))


def patient_of(kept: Any) -> Mapping[str, Any]:
    """The Patient that `packed` kept."""
    found = loads(kept[-1]) if isinstance(kept, list) and kept and isinstance(kept[-1], str) else kept
    return found if isinstance(found, dict) else {}
