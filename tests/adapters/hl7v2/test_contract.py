"""The suite that every adapter passes, over a folder of files."""

from pathlib import Path
from typing import ClassVar

import pytest

from adapters.contract import AdapterContract
from adapters.hl7v2 import HL7v2
from gateway.errors import ConfigError, Retry
from gateway.sdk import Message, Rejected
from tests.adapters.hl7v2.messages import ADMIT, message


class TestContract(AdapterContract):
    paths: ClassVar = {"PID-3": ["123", "900"], "PID-3(2).5": ["SB"], "PID-5.1.2": ["van"], "MSH-9.2": ["A01"], "PID-19": []}
    bad_paths = ("", "PID.3", "PID-3-1", "PDI-3", "PID-99", "pid-3", "PID-0", "PID-3(0)", "PID-3.1.1.1", "each")

    @pytest.fixture
    def adapter(self, tmp_path: Path) -> HL7v2:
        batch = b"BHS|^~\\&\r" + message("PID|1||8") + b"\r" + message("PID|1||9") + b"\rBTS|2\r"
        files = {"1.hl7": ADMIT.encode(), "2.bin": batch, "3.txt": b"PID|1||7\r" + message("PID|1||10")}
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        return HL7v2(str(tmp_path))


def test_files_are_recognised_by_content_and_each_gives_a_unit(tmp_path: Path) -> None:
    for name, data in {"a.pdf": ADMIT.encode(), "b.hl7": b"%PDF-1.4\x00", "c": b""}.items():
        (tmp_path / name).write_bytes(data)
    units = list(HL7v2(str(tmp_path)).read())
    assert [type(u) for u in units] == [Message, Rejected, Rejected]
    assert [u.delivery for u in units] == ["a.pdf", "b.hl7", "c"]


def test_a_folder_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(Retry):
        list(HL7v2(str(tmp_path / "share")).read())


def test_an_unknown_character_set_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(ConfigError, match="8859/77"):
        HL7v2(charset="8859/77")


def test_the_key_is_that_of_the_content_not_of_its_frame_or_place() -> None:
    """V2-04: a message that comes again has the same key; the same MSH-10 with another body has not."""
    one = message("PID|1||8")
    other_frames = (one, b"\x0b" + one + b"\x1c\r", one.replace(b"\r", b"\r\n"), b"\xef\xbb\xbf" + one,
                    b"FHS|^~\\&\rBHS|^~\\&\r" + one + b"\rBTS|1\rFTS|1\r")
    keys = [u.key for data in other_frames for u in HL7v2().split(data) if isinstance(u, Message)]
    assert len(keys) == 5 and len(set(keys)) == 1 and keys[0].startswith("M1~")
    assert next(iter(HL7v2().split(message("PID|1||9")))).key not in keys


@pytest.mark.parametrize(("data", "expected"), [
    (ADMIT.encode(), True), (b"\xef\xbb\xbf" + ADMIT.encode(), True), (b"\x0b" + ADMIT.encode(), True),
    (b"\r\n\r\n " + ADMIT.encode(), True), (ADMIT.encode("utf-16"), True), (b"FHS|^~\\&|\r", True),
    (b"PID|1||123", True), (b"log line\rMSH|^~\\&|A", True), (b"MSH#!@%*#x", True), (b"", False), (b"{}", False),
    (b"<ClinicalDocument/>", False), (b"id,name\n1,x", False), (b"MSH,name\n1,x", False), (b"ABC|def\n1|2", False)])
def test_content_tells_what_it_is(data: bytes, expected: bool) -> None:
    assert HL7v2().sniff(data) is expected
