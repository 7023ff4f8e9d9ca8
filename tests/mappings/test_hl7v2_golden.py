"""Every message file beside its side-car; the prefix of its name says what must hold (mapping.md 1)."""

from pathlib import Path

import pytest

from gateway.fhir.validate import validate
from tests.mappings import sidecar

EDGE = ("edge-", "invalid-")


@pytest.mark.parametrize("file", sidecar.files(), ids=lambda f: f.stem)
def test_side_car_matches(file: Path) -> None:
    assert sidecar.text(sidecar.said(file)) == sidecar.beside(file).read_text("utf-8")


@pytest.mark.parametrize("file", sidecar.files(), ids=lambda f: f.stem)
def test_what_is_made_is_valid_and_refers_to_what_is_made(file: Path) -> None:
    for message in sidecar.said(file):
        made = {f"{r['resourceType']}/{r['id']}" for r in message["resources"]}
        assert [i for r in message["resources"] for i in validate(r) if i.severity == "error"] == []
        assert set(references(message["resources"])) <= made


@pytest.mark.parametrize("file", [f for f in sidecar.files() if not f.name.startswith(EDGE)], ids=lambda f: f.stem)
def test_an_ordinary_message_is_converted_without_an_error(file: Path) -> None:
    for message in sidecar.said(file):
        assert message["resources"]
        assert not [i for i in message["issues"] if i.startswith(("internal-error", "resource-incomplete"))]


@pytest.mark.parametrize("file", [f for f in sidecar.files() if f.name.startswith("invalid-")], ids=lambda f: f.stem)
def test_an_invalid_message_gives_issues_and_nothing_else(file: Path) -> None:
    for message in sidecar.said(file):
        assert message["issues"] and not message["resources"] and not message["assertions"]


def references(node: object) -> list[str]:
    """Every literal reference below a value, but to the document that one replaces: it came before, by itself."""
    if isinstance(node, dict):
        own = [node["reference"]] if isinstance(node.get("reference"), str) else []
        return own + [r for name, value in node.items() if name != "relatesTo" for r in references(value)]
    return [r for value in node for r in references(value)] if isinstance(node, list) else []
