"""Clinical documents in what carries them: archives, MIME and MTOM packages, base64, escaped text; and far behind a long prologue."""

import base64
import gzip
import io
import zipfile
from pathlib import Path

import pytest

from adapters.ccda import CCDA
from gateway.model import Message, Rejected
from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import document, problem, section

ONE, TWO = document(section("11450-4", problem())), document(section("11450-4", problem("90560007")), id="D2")
CODED = base64.encodebytes(ONE)


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


XDM = zipped(("INDEX.HTM", b"<html/>"), ("IHE_XDM/SUBSET01/METADATA.XML", b"<SubmitObjectsRequest/>"), ("IHE_XDM/SUBSET01/DOC1.XML", ONE))
MTOM = (b'--b1\r\nContent-Type: application/xop+xml\r\n\r\n<soap/>\r\n--b1\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: %s\r\n'
        b'Content-ID: <d1>\r\n\r\n%s\r\n--b1--\r\n')
MAIL = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b1"\r\n\r\n'
CARRIERS = {
    "XDM": XDM, "gzip": gzip.compress(ONE), "base64": CODED, "MTOM": MTOM % (b"binary", ONE), "MTOM in base64": MTOM % (b"base64", CODED),
    "MIME": MAIL + MTOM % (b"base64", CODED), "XDM in a mail": MAIL + MTOM % (b"base64", base64.encodebytes(XDM)),
    "XDS response": b'<e:Envelope xmlns:e="urn:e"><e:Body><Document xmlns="urn:ihe:iti:xds-b:2007">%s</Document></e:Body></e:Envelope>' % CODED,
    "CDATA": b"<Envelope><Body><![CDATA[" + ONE + b"]]></Body></Envelope>",
    "escaped": b"<Envelope><Body>" + ONE.replace(b"&", b"&amp;").replace(b"<", b"&lt;") + b"</Body></Envelope>"}


@pytest.mark.parametrize("name", CARRIERS)
def test_a_document_is_read_out_of_what_carries_it(name: str) -> None:
    (found,) = messages("x.bin", CARRIERS[name], Chosen())
    assert found.kind == "ccda" and [r for r in found.result.mapped.resources if r["resourceType"] == "Condition"]
    (alone,) = messages("x.xml", ONE, Chosen())
    assert found.result.message.key == alone.result.message.key or name in ("CDATA", "escaped", "MTOM")   # letters and line ends of the carrier


def test_every_document_of_an_archive_is_read_once_and_a_broken_one_harms_no_other(tmp_path: Path) -> None:
    whole = zipped(("a.xml", ONE), ("b.xml", TWO))
    at = whole.index(b"a.xml") + 60
    (tmp_path / "x.zip").write_bytes(whole[:at] + bytes(b ^ 0x55 for b in whole[at:at + 8]) + whole[at + 8:])
    (tmp_path / "y.zip").write_bytes(whole)
    first, *rest = CCDA(str(tmp_path)).read()
    assert isinstance(first, Rejected) and first.issue.code == "ccda-envelope" and "a.xml" in first.issue.where
    assert [m.key for m in rest if isinstance(m, Message)] == [m.key for m in CCDA().split(TWO)] + [m.key for d in (ONE, TWO) for m in CCDA().split(d)]
    for number, message in enumerate((first, *rest), 1):
        assert list(CCDA(str(tmp_path)).read(message.cursor)) == [first, *rest][number:]


EMPTY = {"archive": zipped(("a.txt", b"no document")), "broken archive": b"PK\x03\x04 broken", "package": MAIL + MTOM % (b"binary", b"<soap/>"),
         "compressed": gzip.compress(b"nothing"), "broken": b"\x1f\x8b broken"}


@pytest.mark.parametrize("name", EMPTY)
def test_a_carrier_without_a_document_says_so(name: str) -> None:
    data = EMPTY[name]
    (found,) = CCDA().split(data)
    assert isinstance(found, Rejected) and found.issue.code == "ccda-envelope" and found.raw == data


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.ccda.carried.MAX_BYTES", 1_000_000)
    for data in (zipped(("a.xml", b" " * 5_000_000)), gzip.compress(b" " * 5_000_000)):
        (found,) = CCDA().split(data)
        assert isinstance(found, Rejected) and found.issue.code == "ccda-too-large"


def test_archives_in_archives_are_opened_no_deeper_than_any_sender_needs() -> None:
    deep = ONE
    for _ in range(6):
        deep = zipped(("x.zip", deep))
    assert not CCDA().sniff(deep)


LATE = {"comment": "<!--" + "x" * 100_000 + "-->", "instruction": "<?style " + "y" * 40_000 + "?>", "blanks": "\n " * 30_000, "comments": "<!-- <ClinicalDocument> -->" * 2_000}


@pytest.mark.parametrize("before", LATE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_document_may_begin_late(before: str, encoding: str) -> None:
    text = ONE.decode().replace("UTF-8", encoding.removesuffix("-sig").upper()).replace("?>", f"?>{LATE[before]}", 1)
    assert CCDA().sniff(text.encode(encoding))
    (found,) = messages("x.xml", text.encode(encoding), Chosen())
    assert [r for r in found.result.mapped.resources if r["resourceType"] == "Condition"]


@pytest.mark.parametrize("data", [b"<Bundle xmlns='http://hl7.org/fhir'><text>PD94bWwg" + b"A" * 100 + b"</text></Bundle>", b"", b"<", b"<!--", b"<?", b"PD94bW", b"From: somebody\n\nHello",
                                  b'<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"><data value="PD94bWw="/></Bundle>', b"a,b\n1,2\n"])
def test_other_things_are_no_documents(data: bytes) -> None:
    assert not CCDA().sniff(data)


def test_entities_of_an_envelope_are_not_followed() -> None:
    bomb = b'<!DOCTYPE e [<!ENTITY a "' + b"x" * 1000 + b'">]><e><b>' + CODED + b"</b><c>&a;</c></e>"
    assert not CCDA().sniff(bomb)
