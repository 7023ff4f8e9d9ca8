"""The suite that every adapter passes, over a folder of documents."""

from pathlib import Path
from typing import ClassVar

import pytest

from adapters.ccda import CCDA
from adapters.contract import AdapterContract
from gateway.errors import Retry
from tests.adapters.ccda.documents import document, problem, section


class TestContract(AdapterContract):
    paths: ClassVar = {
        "recordTarget/patientRole/id/@extension": ["P-77"], "//observation(problem)/value/@code": ["38341003"],
        "recordTarget/patientRole/patient/name/given": ["Ann", "Mae"], "//act(problem-concern)/statusCode/@code": ["active"],
        "//name[given]/family": ["Bell", "Ross"], "//observation[@classCode=OBS]/effectiveTime/low/@value": ["20150603"],
        "//nothing": [], "/title": ["Summary"], "//observation[!value]": []}
    bad_paths = ("", "//", "a//b", "id@root", "@id/x", "observation(nonsense)", "a[", "a[=b]", "a/", "each x")

    @pytest.fixture
    def adapter(self, tmp_path: Path) -> CCDA:
        for n, data in enumerate((document(section("11450-4", problem())), b"<broken", document(id="D2"), document(id="D3"))):
            (tmp_path / f"{n}.xml").write_bytes(data)
        return CCDA(str(tmp_path))


def test_a_folder_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(Retry):
        list(CCDA(str(tmp_path / "share")).read())


@pytest.mark.parametrize(("data", "expected"), [
    (document(), True), (document().decode().encode("utf-16"), True), (b'<cda:ClinicalDocument xmlns:cda="urn:hl7-org:v3"/>', True),
    (b"<Bundle/>", False), (b"", False), (b"MSH|^~\\&|", False), (b"{}", False),
    (b'{"resourceType": "Basic", "text": {"div": "<ClinicalDocument>"}}', False), (b"ClinicalDocument", False)])
def test_content_tells_what_it_is(data: bytes, expected: bool) -> None:
    assert CCDA().sniff(data) is expected


def test_what_stands_around_is_said_once_for_all_inside() -> None:
    tree = CCDA().parse(document(section("11450-4", problem())))
    place = CCDA().path("//observation(problem)")(tree)[0]
    assert [n.value.content for n in CCDA().path("^author/assignedAuthor/id/@extension")(place)] == ["A-1"]
    assert place.where.startswith("section(11450-4)/entry/act/entryRelationship/observation (line ")
