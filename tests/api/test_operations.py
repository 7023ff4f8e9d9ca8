"""What watches the gateway is told the truth."""

from pathlib import Path

from gateway.disclose.view import Views
from gateway.opened import opened
from gateway.wsgi import create_app
from tests.homes import make_home


def test_a_home_whose_terminology_is_broken_is_not_ready(tmp_path: Path) -> None:
    folder = make_home(tmp_path / "home", {})
    with opened(folder) as gate:
        assert create_app(gate, Views(gate)).test_client().get("/readyz").data == b"ready\n"
    (folder / "mappings" / "conceptmaps").mkdir(parents=True, exist_ok=True)
    (folder / "mappings" / "conceptmaps" / "ours.json").write_text('{"resourceType": "ConceptMap", "group": null}')
    with opened(folder) as gate:
        client = create_app(gate, Views(gate)).test_client()
        answer = client.get("/readyz")
        assert (answer.status_code, answer.data) == (503, b"not ready: terminology-invalid\n")
        assert client.get("/healthz").status_code == 200
