"""What is too much for one message is set aside with its place, in bounded time."""

import time

import pytest

from adapters.hl7v2 import HL7v2
from gateway.sdk import BadMessage
from tests.adapters.hl7v2.messages import message


@pytest.mark.parametrize(("segments", "code", "place"), [
    (["PID|1||" + "1^^^A~" * 1_000_000], "hl7v2-too-many-parts", "PID-3"),
    (["PID|1||7", "OBX|1|NA|x||" + "1~" * 600_000], "hl7v2-too-many-parts", "OBX-5"),
    (["NTE|1||a"] * 300_000, "hl7v2-too-many-parts", "NTE"),
    (["PID|1||7", "OBX|1|ED|x||^application^pdf^Base64^" + "QUJD" * 25_000_000], "hl7v2-too-large", "OBX-5")])
def test_too_much_is_set_aside_with_its_place(segments, code, place):
    raw, began = message(*segments), time.process_time()
    with pytest.raises(BadMessage) as bad:
        HL7v2().parse(raw)
    assert (bad.value.issue.code, bad.value.issue.where) == (code, place)
    assert time.process_time() - began < 5


def test_a_scan_and_a_long_electrocardiogram_are_read():
    scan = HL7v2().parse(message("OBX|1|ED|x||^application^pdf^Base64^" + "QUJD" * 5_000_000))
    assert len(scan.by_name["OBX"][0].field(5)[0].raw) > 20_000_000
    assert HL7v2().parse(message("OBX|1|NA|x||" + "^".join(["12"] * 60_000)))
