"""A clinic sends a CCD every month, with fresh entry ids: one record whatever month comes first, and what is no longer
on a list is said to be so; allergies stay."""

import base64
import json
import re
import shutil
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from gateway import config
from gateway.cli.main import run
from tests import ccda_documents as made
from tests.scenarios.test_documents_inside import PATIENT, mdm, reference

MARCH, APRIL = "20220305101500-0500", "20220405101500-0500"


def month(number: str, on: str, medicines: tuple[made.Coded, ...], allergies: tuple[made.Coded, ...], kind: str = "CCD") -> bytes:
    """One month's document. Its entry ids are its own."""
    ids = made.Ids(number)
    return made.document(number, {
        "allergies": [made.allergy(ids, a) for a in allergies], "problems": [made.problem(ids, made.ASTHMA)],
        "medicines": [made.medicine(ids, m) for m in medicines], "vaccines": [made.vaccine(ids, made.FLU)],
        "results": [made.measured(ids, made.GLUCOSE, "99.10", "mg/dL")]}, on, kind)


FIRST = month("2022-03", MARCH, (made.METFORMIN, made.LISINOPRIL), (made.PENICILLIN, made.LATEX))
SECOND = month("2022-04", APRIL, (made.METFORMIN,), (made.LATEX,))


def home(folder: Path, **settings: str) -> Path:
    """A home with one source; its secrets, and with them the ids of its record, are its own."""
    config.init(folder, name="test.example/transfers", organisation="Test Region", country="US", **settings)
    (folder / "inbox").mkdir()
    (folder / "sources" / "fairhaven.toml").write_text(
        'kind = "ccda"\norganisation = "Fairhaven Clinic"\ncountry = "US"\ntimezone = "America/New_York"\nconnection = { folder = "inbox" }\n')
    return folder


def record(folder: Path, documents: list[bytes], capsys: pytest.CaptureFixture[str], end: str = "xml") -> dict:
    """The record after pulling the documents, or messages that hold them, one by one."""
    for number, data in enumerate(documents):
        (folder / "inbox" / f"{number}.{end}").write_bytes(data)
        assert run(["--home", str(folder), "pull"]) == 0
    capsys.readouterr()
    assert run(["--home", str(folder), "person", "find", "--family", "Ashgrove", "--json", "--reason", "test"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["rows"]
    assert run(["--home", str(folder), "record", found["person"], "--json", "--reason", "test"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def codes(record: dict, type_: str) -> list[str]:
    """Codes of one type, of what is on the record."""
    concept = "medicationCodeableConcept" if type_.startswith("Medication") else "vaccineCode" if type_ == "Immunization" else "code"
    return sorted(r[concept]["coding"][0]["code"] for r in record["resources"] if r["resourceType"] == type_)


def unlisted(record: dict) -> dict[str, str]:
    """Code → status of what the record says is no longer listed."""
    gone = {i["implicated"][0]["reference"] for i in record["issues"] if i["code"]["coding"][0]["code"] == "no-longer-listed"}
    found = [r for r in record["resources"] if f"{r['resourceType']}/{r['id']}" in gone]
    return {(r.get("medicationCodeableConcept") or r.get("code"))["coding"][0]["code"]: r.get("status", "") for r in found}


def medicines(record: dict) -> list[str]:
    return [c for type_ in ("MedicationStatement", "MedicationRequest") for c in codes(record, type_)]


def comparable(record: dict) -> dict:
    """The record without the name of the person, which is drawn by lot."""
    return {k: v for k, v in record.items() if k in ("resources", "issues", "alternatives", "provenance", "ledger")}


def test_the_same_record_in_either_order_and_the_stopped_medicine_is_no_longer_listed(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(home(tmp_path / "forth"), tmp_path / "back")
    forth = record(tmp_path / "forth", [FIRST, SECOND], capsys)
    back = record(tmp_path / "back", [SECOND, FIRST], capsys)
    assert comparable(forth) == comparable(back)
    assert medicines(forth) == ["314076", "860975"]
    assert unlisted(forth) == {made.LISINOPRIL[1]: "unknown", made.PENICILLIN[1]: ""}
    assert [a["clinicalStatus"]["coding"][0]["code"] for a in forth["resources"] if a["resourceType"] == "AllergyIntolerance"] == ["active"] * 2
    assert codes(forth, "AllergyIntolerance") == ["111088007", "7980"]
    assert codes(forth, "Condition") == ["195967001"] and codes(forth, "Immunization") == ["140"]
    assert codes(forth, "Observation").count("2345-7") == 1


def in_mdm(number: int, raw: bytes) -> bytes:
    return mdm(f"ED>^text^xml^Base64^{base64.b64encode(raw).decode()}", number=f"M{number}").replace(b"||D-1|", b"||D-%d|" % number)


def in_reference(number: int, raw: bytes) -> bytes:
    content = [{"attachment": {"contentType": "text/xml", "data": base64.b64encode(raw).decode()}}]
    held = {**reference(content=content), "id": f"d{number}"}
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}, {"resource": held}]}).encode()


@pytest.mark.parametrize(("kind", "end", "within"), [("hl7v2", "hl7", in_mdm), ("fhir", "json", in_reference)])
def test_inside_of_messages_the_months_are_the_same_lists_in_either_order(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, end: str, within: Callable[[int, bytes], bytes]) -> None:
    source = home(tmp_path / "forth") / "sources/fairhaven.toml"
    source.write_text(source.read_text().replace('"ccda"', f'"{kind}"'))
    shutil.copytree(tmp_path / "forth", tmp_path / "back")
    messages = [within(n, raw) for n, raw in enumerate((FIRST, SECOND), 1)]
    forth = record(tmp_path / "forth", messages, capsys, end)
    assert comparable(forth) == comparable(record(tmp_path / "back", messages[::-1], capsys, end))
    assert unlisted(forth) == {made.LISINOPRIL[1]: "unknown", made.PENICILLIN[1]: ""}
    assert medicines(forth) == ["314076", "860975"]


def test_a_discharge_summary_lists_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary = month("DS", APRIL, (made.METFORMIN,), (made.LATEX,), "Discharge Summary")
    assert unlisted(record(home(tmp_path / "home"), [FIRST, summary], capsys)) == {}


@pytest.mark.parametrize("medicines", [
    b"", *(b'<component><section%s><templateId root="2.16.840.1.113883.10.20.22.2.1.1"/><code code="10160-0" codeSystem="2.16.840.1.113883.6.1"/>'
           b"<title>Medications</title><text>%s</text></section></component>" % words
           for words in ((b' nullFlavor="NI"', b"No information"), (b"", b"Medications were not asked for")))])
def test_a_section_that_is_absent_or_without_entries_ends_nothing(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], medicines: bytes) -> None:
    """It may be that nobody asked: a list that is empty in a document is none."""
    section = rb"<component><section>(?:(?!</section>).)*10160-0.*?</section></component>"
    later, found = re.subn(section, lambda _: medicines, SECOND, flags=re.DOTALL)
    assert found == 1
    assert unlisted(record(home(tmp_path / "home"), [FIRST, later], capsys)) == {made.PENICILLIN[1]: ""}


def test_a_list_that_is_dated_after_it_came_ends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Else what the lists of the following months hold again would be over until the year that a wrong clock told."""
    ahead = month("ahead", "20990405101500-0500", (made.METFORMIN,), (made.LATEX,))
    third = month("2022-05", "20220505101500-0500", (made.METFORMIN, made.LISINOPRIL), (made.PENICILLIN, made.LATEX))
    start = home(tmp_path / "start")
    for n, order in enumerate(permutations((FIRST, ahead, third))):
        shutil.copytree(start, tmp_path / str(n))
        assert unlisted(record(tmp_path / str(n), list(order), capsys)) == {}


def test_two_lists_of_one_moment_end_nothing_of_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In whatever zone the moment is told; a minute later, it is a later list."""
    for n, (on, over) in enumerate((("20220305081500-0700", 0), ("20220305151500+0000", 0), ("20220305", 0), ("20220305081600-0700", 2))):
        later = month("2022-04", on, (made.METFORMIN,), (made.LATEX,))
        assert len(unlisted(record(home(tmp_path / str(n)), [later, FIRST], capsys))) == over


def test_listed_again_it_is_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    third = month("2022-05", "20220505101500-0500", (made.METFORMIN, made.LISINOPRIL), (made.PENICILLIN, made.LATEX))
    assert unlisted(record(home(tmp_path / "home"), [FIRST, SECOND, third], capsys)) == {}


def test_a_number_that_changed_leaves_the_stopped_medicine_with_a_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A house may have registered somebody twice: what the list under one number omits may be taken under the other."""
    shutil.copytree(home(tmp_path / "forth"), tmp_path / "back")
    renumbered = SECOND.replace(b'extension="A-1001"', b'extension="Z-77"')
    assert renumbered != SECOND
    forth = record(tmp_path / "forth", [FIRST, renumbered], capsys)
    assert comparable(forth) == comparable(record(tmp_path / "back", [renumbered, FIRST], capsys))
    assert [i["code"]["coding"][0]["code"] for i in forth["issues"]] == ["perhaps-unlisted"]
    (hinted,) = [r for r in forth["resources"] if f"{r['resourceType']}/{r['id']}" == forth["issues"][0]["implicated"][0]["reference"]]
    assert (hinted["medicationCodeableConcept"]["coding"][0]["code"], hinted["status"]) == (made.LISINOPRIL[1], "active")
