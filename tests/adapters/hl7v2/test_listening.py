"""The listener on real sockets: what comes in is handed on, and answered when that is durable, not before."""

import asyncio
import contextlib
import datetime
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.hl7v2 import HL7v2, listening
from adapters.hl7v2.send import connected
from gateway.errors import ConfigError, error
from gateway.sdk import Message, Rejected, Verdict
from tests.adapters.hl7v2.serving import Served, msh


def test_messages_are_handed_on_and_answered_in_order():
    with Served() as served:
        assert served.ask(msh("1"), msh("2"), b"no message", msh("3", mode="T")) == ["AA", "AA", "AR", "AR"]
    assert [type(m) for m in served.taken] == [Message, Message, Rejected, Rejected]
    assert [m.raw for m in served.taken] == [msh("1"), msh("2"), b"no message", msh("3", mode="T")]
    assert served.taken[0].key == "ADT|LUND|1" and served.taken[0].kind == "ADT^A08"
    assert [m.issue.code for m in served.taken[2:]] == ["hl7v2-no-msh", "hl7v2-test-traffic"]


def test_nothing_is_answered_before_it_is_durable():
    gate = threading.Event()

    async def slowly():
        while not gate.is_set():
            await asyncio.sleep(0.01)
        return Verdict("new")

    with Served(lambda _: slowly()) as served, connected(served.address, seconds=0.3) as link:
        link.send(msh())
        with pytest.raises(TimeoutError):
            link.answer()
        gate.set()
        link.link.settimeout(10)
        assert link.answer().code == "AA"


def test_byte_by_byte_two_at_once_and_larger_than_a_buffer():
    large = msh("9", body="OBX|1|ED|PDF||^application^pdf^Base64^" + "QUJD" * 100_000)
    with Served() as served, connected(served.address, seconds=10) as link:
        for byte in b"\x0b" + msh("1") + b"\x1c\r":
            link.link.sendall(bytes([byte]))
        link.link.sendall(b"\x0b" + msh("2") + b"\x1c\r\x0b" + msh("3") + b"\x1c\r")
        assert [link.answer().control for _ in range(3)] == ["1", "2", "3"]
        assert link.ask(large).code == "AA" and served.taken[-1].raw == large


def test_many_connections_at_once():
    with Served() as served, contextlib.ExitStack() as stack:
        links = [stack.enter_context(connected(served.address, seconds=10)) for _ in range(100)]
        for n, link in enumerate(links):
            link.send(msh(str(n)))
        assert [link.answer().control for link in links] == [str(n) for n in range(100)]


def test_more_connections_than_allowed_are_closed_and_the_others_go_on():
    with Served(connections=2) as served, contextlib.ExitStack() as stack:
        links = [stack.enter_context(connected(served.address, seconds=10)) for _ in range(2)]
        assert [link.ask(msh(str(n))).code for n, link in enumerate(links)] == ["AA", "AA"]
        with connected(served.address, seconds=10) as third, pytest.raises(OSError):
            third.ask(msh("3"))
        assert links[0].ask(msh("4")).code == "AA" and "refused" in served.said[-1]


def test_a_frame_that_takes_too_long_is_told_and_closed():
    with Served(frame_seconds=0.3) as served:
        with connected(served.address, seconds=10) as link:
            link.link.sendall(b"\x0b" + msh()[:40])
            assert link.answer().code == "AE"
            with pytest.raises(ConnectionError):
                link.answer()
        with connected(served.address, seconds=10) as link:
            time.sleep(0.5)                      # silence between frames is no fault
            assert link.ask(msh()).code == "AA"
    assert served.taken[0].issue.code == "hl7v2-frame-unfinished" and served.taken[0].raw == msh()[:40]


def test_large_frames_come_in_a_few_at_a_time_and_one_that_stalls_stops_only_large_ones():
    large = msh("L", body="OBX|1|TX|a||" + "x" * 600_000)
    with Served(frame_seconds=1.5) as served, contextlib.ExitStack() as stack:
        stalled = [stack.enter_context(connected(served.address, seconds=10)) for _ in range(2)]
        for link in stalled:
            link.link.sendall(b"\x0b" + large[:400_000])
        time.sleep(0.3)
        waits = stack.enter_context(connected(served.address, seconds=10))
        threading.Thread(target=waits.send, args=(large,)).start()
        assert served.ask(msh("1")) == ["AA"]
        assert [link.answer().code for link in stalled] == ["AE", "AE"]
        assert waits.answer().code == "AA"


def test_too_large_is_refused_and_the_connection_goes_on():
    with Served(max_bytes=100_000) as served:
        assert served.ask(msh("1", body="NTE|1||" + "x" * 150_000), msh("2")) == ["AR", "AA"]
    assert served.taken[0].issue.code == "hl7v2-frame-size"


def test_stopping_answers_what_was_taken_and_takes_nothing_more():
    entered = threading.Event()

    async def slowly():
        entered.set()
        await asyncio.sleep(0.5)
        return Verdict("new")

    with Served(lambda _: slowly()) as served, connected(served.address, seconds=10) as link, \
            connected(served.address, seconds=10) as half:
        half.link.sendall(b"\x0b" + msh("2")[:30])
        link.send(msh("1"))
        assert entered.wait(5)
        served.end()
        assert link.answer().code == "AA"
        for ended in (link, half):
            with pytest.raises(ConnectionError):
                ended.ask(msh("3"))
    assert [m.raw for m in served.taken] == [msh("1")]


def test_the_end_without_a_carriage_return():
    with Served() as served, connected(served.address, seconds=10) as link:
        link.link.sendall(b"\x0b" + msh("1") + b"\x1c")
        assert link.answer().code == "AA"
        link.link.sendall(b"\r\x0b" + msh("2") + b"\x1c")
        assert link.answer().control == "2"


def test_answers_get_no_answer():
    with Served() as served, connected(served.address, seconds=10) as link:
        link.send(msh("1", kind="ACK", body="MSA|AA|77"))
        assert link.ask(msh("2")).control == "2"
    assert len(served.taken) == 1


def test_what_may_succeed_later_is_ae():
    with Served(lambda _: Verdict("later", error("store-full", "The disk is full."))) as served:
        assert served.ask(msh()) == ["AE"]


def test_sequence_numbers():
    with Served(sequence=True, cursor="6") as served, connected(served.address, seconds=10) as link:
        asked = [("a", "7"), ("a", "7"), ("b", "9"), ("c", ""), ("d", "8"), ("e", "-1"), ("f", "0"), ("g", "1")]
        found = [link.ask(msh(control, sequence=number)) for control, number in asked]
        assert [(a.code, a.expected) for a in found] == [
            ("AA", "8"), ("AA", "8"), ("AE", "8"), ("AE", "8"), ("AA", "9"), ("AA", "9"), ("AA", "1"), ("AA", "2")]
    assert [m.cursor for m in served.taken] == ["7", "7", "8", "8", "0", "1"]


# TLS ------------------------------------------------------------------------------------------------------------------


def _certificate(name, issuer=None, days=1):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    parent, signer = issuer or (subject, key)
    now = datetime.datetime.now(datetime.UTC)
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(parent).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=2))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(issuer is None, None), True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False).sign(signer, hashes.SHA256()))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (subject, key), made.public_bytes(serialization.Encoding.PEM), pem


@pytest.fixture(scope="module")
def pems(tmp_path_factory):
    """Files: authority, server, a client that it signed, one whose time is over, and a stranger."""
    folder, (issuer, ca, _) = tmp_path_factory.mktemp("tls"), _certificate("ca")
    (folder / "ca.pem").write_bytes(ca)
    for name, parent, days in (("server", issuer, 1), ("client", issuer, 1), ("expired", issuer, -1), ("stranger", None, 1)):
        _, certificate, key = _certificate(name, parent, days)
        (folder / f"{name}.pem").write_bytes(certificate)
        (folder / f"{name}.key").write_bytes(key)
    return folder


def client(pems, name=""):
    context = ssl.create_default_context(cafile=str(pems / "ca.pem"))
    context.check_hostname = False
    if name:
        context.load_cert_chain(pems / f"{name}.pem", pems / f"{name}.key")
    return context


def tls(pems, **more):
    return {"certificate_file": str(pems / "server.pem"), "key_file": str(pems / "server.key"), **more}


def test_tls(pems):
    with Served(**tls(pems)) as served, connected(served.address, client(pems), 10) as link:
        assert link.ask(msh()).code == "AA" and link.link.version() in ("TLSv1.2", "TLSv1.3")
        served.end()
        with pytest.raises((OSError, ssl.SSLError)):
            link.ask(msh("2"))


def test_only_clients_with_a_certificate_of_the_authority_may_speak(pems):
    with Served(**tls(pems, clients_file=str(pems / "ca.pem"))) as served:
        with connected(served.address, client(pems, "client"), 10) as link:
            assert link.ask(msh()).code == "AA"
        for name in ("", "expired", "stranger"):
            with pytest.raises(OSError), connected(served.address, client(pems, name), 10) as link:
                link.ask(msh("2"))
        with pytest.raises(OSError):
            served.ask(msh("3"))                 # no TLS at all
        with connected(served.address, client(pems, "client"), 10) as link:
            assert link.ask(msh("4")).code == "AA"
    assert [m.key for m in served.taken] == ["ADT|LUND|1", "ADT|LUND|4"]
    told = [text for text in served.said if "TLS was not agreed on" in text]
    assert len(told) == 4 and all(text.startswith("refused 127.0.0.1:") for text in told)
    assert [next((w for w in ("peer did not return", "expired", "self") if w in text), text) for text in told[:3]] == [
        "peer did not return", "expired", "self"]


def test_a_large_message_over_tls_comes_whole(pems):
    large = msh(body="PID|1||7^^^LUND^MR||Berg^Anna\rOBX|1|TX|1^a^L||" + "x" * 3_000_000)
    with Served(**tls(pems)) as served, connected(served.address, client(pems), 30) as link:
        assert link.ask(large).code == "AA" and link.ask(msh("2")).code == "AA"
    assert served.taken[0].raw == large


def test_who_never_agrees_on_tls_takes_a_place_and_is_let_go_when_it_ends(pems):
    with Served(connections=1, **tls(pems)) as served, socket.create_connection(listening.address(served.address)):
        for _ in range(100):
            with socket.create_connection(listening.address(served.address), 10) as second:
                second.settimeout(10)
                if second.recv(1) == b"":
                    break
        assert any("1 connections are open" in text for text in served.said)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_an_old_tls_is_refused(pems):
    old = client(pems)
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with Served(**tls(pems)) as served, pytest.raises(OSError), connected(served.address, old, 10) as link:
        link.ask(msh())


def test_what_cannot_be_used_is_told(pems):
    with Served(certificate_file=str(pems / "none.pem")) as served:
        assert served._failed.issue.code == "listen-tls"
    with Served() as first:
        second = Served()
        second.adapter = HL7v2(listen=first.address)
        with second:
            assert second._failed.issue.code == "listen-address"


@pytest.mark.parametrize("settings", [{"listen": "nowhere"}, {"listen": "h:99999"}, {"key_file": "x"}, {"max_bytes": 0}])
def test_settings_are_checked(settings):
    with pytest.raises(ConfigError):
        HL7v2(**settings)


def test_a_source_that_pushes_gives_nothing_when_pulled():
    assert list(HL7v2(listen=":1").read(None)) == []
