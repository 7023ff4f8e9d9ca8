"""A site maps its own Z segments in its home, beside the shipped mappings."""

from pathlib import Path

from gateway.config import Source
from gateway.model import Message
from gateway.reading.process import process
from gateway.reading.reader import reader_of
from gateway.shipped import shipped

OWN = """mapping: site-choice
reads: hl7v2
makes: Basic
each: ZPI
when: ZPI-2 = Choice
key: ZPI-1
fields:
  code: { text: ZPI-3 as ST }
  subject: as reference(Patient)
"""
RAW = ("MSH|^~\\&|APP|SITE|GW|R|20260102||ADT^A08^ADT_A01|1|P|2.5\rPID|1||100^^^SITE^MR||Ek^Mia||19800101|F\r"
       "ZPI|1|Choice|B&2\rZPI|2|Other|C")


def test_z_segments_are_mapped_by_a_file_of_the_home():
    reader = reader_of(Source("lund", "hl7v2", connection={"folder": "."}, timezone="Europe/Stockholm"), Path(), {**shipped(), "hl7v2/site-choice.yaml": OWN})
    outcome = process(reader, Message("1", "ADT^A08", RAW.encode(), ""))
    (made,) = (f.resource for f in outcome.facts if f.type == "Basic")
    assert made["code"]["text"] == "B&2" and made["subject"]["reference"].startswith("Patient/")
    assert {"ZPI-3.1.1", "ZPI-3.1.2", "ZPI-2.1", "ZPI-1.1"} <= set(outcome.ledger.mapped)
    assert "ZPI[2]-3.1" in outcome.ledger.unmapped
