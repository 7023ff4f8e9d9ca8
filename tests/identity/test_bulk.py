"""Bulk linking finds what comparing pair by pair finds, and a model survives its folder (contract.md `bulk link`)."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from gateway.cli.bulk import bulk
from gateway.identity import MODEL, compare_features, read_model
from gateway.identity.bulk import link
from gateway.identity.evaluate import row_features
from gateway.identity.linkage import candidates
from gateway.identity.score import write_model
from tests.identity.people import registers

PEOPLE = [p.row(f"r{i}") for i, p in enumerate(registers(120, 8, copies=2, errors=(0, 4)))]


@pytest.fixture(scope="module")
def people_csv(tmp_path_factory) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(PEOPLE[0]))
    writer.writeheader()
    writer.writerows(PEOPLE)
    path = tmp_path_factory.mktemp("bulk") / "people.csv"
    path.write_text(text.getvalue(), "utf-8")
    return str(path)


def test_bulk_finds_the_pairs_that_comparing_one_by_one_finds() -> None:
    told = []
    found = link(PEOPLE, row_features, MODEL, lambda *how: told.append(how), jobs=1)
    features = {("", f"{i:04}"): row_features(row) for i, row in enumerate(PEOPLE)}
    decided = {(int(a[1]), int(b[1])): compare_features(features[a], features[b]).decision
               for a, b in candidates(sorted(features), features)}
    assert sorted(found.link) == sorted(p for p, d in decided.items() if d == "link") != []
    assert sorted(found.review) == sorted(p for p, d in decided.items() if d == "review")
    assert {stage for stage, done, of in told if done == of} == {"features", "pairs", "guards", "clusters"}
    assert all(len(person) > 1 and person == sorted(person) for person in found.persons)


def test_a_trained_model_is_written_and_links_again(people_csv: str, tmp_path) -> None:
    folder = str(tmp_path / "model")
    first = CliRunner().invoke(bulk, ["link", people_csv, "--train", "--save", folder])
    again = CliRunner().invoke(bulk, ["link", people_csv, "--model", folder])
    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    one, two = json.loads(first.stdout), json.loads(again.stdout)
    assert one["model"] == two["model"] != MODEL.id
    assert one["persons"] == two["persons"] and one["rows"] == len(PEOPLE)


def test_a_model_reads_as_it_was_written() -> None:
    text, terms = write_model(MODEL)
    assert read_model(text, terms).id == MODEL.id
