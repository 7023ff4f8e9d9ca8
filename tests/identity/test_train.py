"""Training without truth: on whatever columns there are, and a refusal where there is nothing to learn from."""

import pytest

from gateway.errors import GatewayError
from gateway.identity import MODEL
from gateway.identity.evaluate import row_features
from gateway.identity.train import trained
from tests.identity.people import registers


def test_people_without_addresses_are_learnt_from() -> None:
    rows = [p.row(f"{i:04}") for i, p in enumerate(registers(200, 4, errors=(0, 2)))]
    features = {("", r["id"]): row_features({k: r[k] for k in ("given", "family", "birth_date", "email")}) for r in rows}
    model = trained(features, MODEL, 1e5)
    assert model.id != MODEL.id
    assert (model.link, model.no, model.terms) == (MODEL.link, MODEL.no, MODEL.terms)


def test_a_few_strangers_teach_nothing() -> None:
    features = {("", str(i)): row_features({"given": g, "family": "Holm"}) for i, g in enumerate(("Eva", "Karin", "Lars"))}
    with pytest.raises(GatewayError) as raised:
        trained(features, MODEL)
    assert [i.code for i in raised.value.issues] == ["too-few-to-train"]
