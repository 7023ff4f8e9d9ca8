"""MLLP under hostile clients: the listener survives, its memory stays bounded, each case lands in the group of its cause.

Also 10,000 random messages at the parser and 10,000 random streams at the listener. Takes about 4 minutes on 2 cores.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from adapters.hl7v2.send import Connection, connected
from tests.adapters.hl7v2.serving import Served
from tests.fuzz import hl7v2, mllp
from tests.listener import end, make_home, message, start
from tests.prove import Figure

CASES, PEAK = 10_000, 1200
LONG = settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def memory(process: subprocess.Popen[str]) -> dict[str, int]:
    """VmHWM (peak) and VmRSS (now) of a process in MB."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return {name: int(rest.split()[0]) // 1024 for name, _, rest in (line.partition(":") for line in lines) if name in ("VmHWM", "VmRSS")}


def _raw(address: str) -> socket.socket:
    host, _, port = address.partition(":")
    return socket.create_connection((host, int(port)), timeout=120)


def slowloris(address: str) -> str:
    """200 frames that begin and never go on; others are served meanwhile."""
    with contextlib.ExitStack() as stack:
        links = [stack.enter_context(_raw(address)) for _ in range(200)]
        for link in links:
            link.sendall(b"\x0bMSH|^~\\&|SLOW")
        with connected(address) as link:
            answered = link.ask(message(1)).code
        codes = {Connection(link).answer().code for link in links}
    return f"{answered}, then {','.join(sorted(codes))}"


def endless(address: str) -> str:
    """A frame without an end, for as long as the listener reads it."""
    sent, block = 0, b"x" * (1 << 20)
    with _raw(address) as link:
        link.sendall(b"\x0bMSH|^~\\&|ENDLESS|A|||||ADT^A08|e|P|2.5\rNTE|1||")
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            while sent < 1 << 30:
                link.sendall(block)
                sent += len(block)
    return f"closed after {sent >> 20} MB" if sent < 1 << 30 else "never closed"


def unstarted(address: str) -> str:
    """Bytes without a start byte."""
    with _raw(address) as link, contextlib.suppress(ConnectionError):
        link.sendall(b"GET /record HTTP/1.1\r\nHost: x\r\n\r\n" + b"y" * 200_000)
        return Connection(link).answer().code
    return "closed"


def crowd(address: str) -> str:
    """1,000 connections at once, each with a message."""
    codes: list[str] = []

    def one(number: int) -> None:
        try:
            with connected(address, seconds=120) as link:
                codes.append(link.ask(message(100_000 + number)).code)
        except OSError:
            codes.append("refused")

    threads = [threading.Thread(target=one, args=(n,)) for n in range(1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ", ".join(f"{code} {codes.count(code)}" for code in sorted(set(codes)))


def asks(*raws: bytes) -> Callable[[str], str]:
    """Send messages one after the other."""
    def case(address: str) -> str:
        with connected(address, seconds=240) as link:
            return ",".join(link.ask(raw).code for raw in raws)
    return case


HEAD = b"MSH|^~\\&|LAB|LUND|GW|X|20260301||ORU^R01^ORU_R01|%s|P|2.5.1\rPID|1||7^^^LUND^MR||Berg^Anna\r"
CASES_BY_NAME: dict[str, tuple[Callable[[str], str], str, tuple[str, ...]]] = {
    "slowloris": (slowloris, "hl7v2-frame-unfinished", ("AA, then AE",)),
    "endless frame": (endless, "hl7v2-frame-size", ()),
    "no start byte": (unstarted, "hl7v2-frame-start", ("AR",)),
    "1,000 connections": (crowd, "", ()),
    "100 MB OBX-5": (asks(HEAD % b"h1" + b"OBX|1|ED|P||^application^pdf^Base64^" + b"QUJD" * 25_000_000 + b"\r"), "hl7v2-frame-size", ("AR",)),
    "60 MB OBX-5": (asks(HEAD % b"h2" + b"OBX|1|ED|P||^application^pdf^Base64^" + b"QUJD" * 15_000_000 + b"\r"), "", ("AA",)),
    "1,000,000 repetitions": (asks(HEAD % b"h3" + b"OBX|1|NA|P||" + b"1~" * 1_000_000 + b"\r"), "hl7v2-too-many-parts", ("AR",)),
    "two messages in one frame": (asks(message(2) + message(3)), "hl7v2-two-messages", ("AR",)),
    "binary": (asks(bytes(c for c in range(256) if c not in (0x0B, 0x1C)) * 100), "hl7v2-no-msh", ("AR",)),
    "MSH not first": (asks(b"PID|1\r" + message(4)), "hl7v2-msh-not-first", ("AR",)),
    "wrong separators": (asks(b"MSH|^^^^|A|B|C|D|2026||ADT^A08|h4|P|2.5\rPID|1\r"), "hl7v2-separators", ("AR",)),
    "month 13": (asks(message(5).replace(b"19450203", b"19451303")), "conversion-failed", ("AA",)),
    "unknown trigger event": (asks(message(6).replace(b"ORU^R01^ORU_R01", b"ORU^Z99^ORU_Z99")), "hl7v2-event-unknown", ("AA",))}


def problems(home: Path) -> set[str]:
    """Codes of `gateway msg problems`."""
    done = subprocess.run([sys.executable, "-m", "gateway.cli", "--home", str(home), "msg", "problems", "--jsonl"],
                          capture_output=True, text=True, check=False)
    return {json.loads(line)["what"].split()[0] for line in done.stdout.splitlines()}


def hostile(home: Path) -> Iterator[Figure]:
    address = make_home(home, frame_seconds=20.0)
    process = start(home)
    wanted = set()
    for name, (case, code, answers) in CASES_BY_NAME.items():
        began = time.monotonic()
        found = case(address)
        with connected(address, seconds=60) as link:
            after = link.ask(message(hash(name) % 10**6 + 10**6)).code
        wanted |= {code} - {""}
        good = after == "AA" and process.poll() is None and (not answers or found in answers)
        yield Figure(name, f"{found}, the next message {after}, peak {memory(process)['VmHWM']} MB, {time.monotonic() - began:.0f} s",
                     " or ".join(answers) or "survives", good)
    used = memory(process)
    code, _ = end(process)
    missing = wanted - problems(home)
    yield Figure("groups of problems", ", ".join(sorted(wanted)), "each cause has its group", not missing)
    yield Figure("peak memory of the listener", f"{used['VmHWM']} MB", f"<= {PEAK} MB", used["VmHWM"] <= PEAK)
    yield Figure("end", f"exit code {code}", "0", code == 0)


def fuzzed() -> Iterator[Figure]:
    LONG(given(hl7v2.damaged())(hl7v2.check))()
    yield Figure("random messages at the parser and the mapping", str(CASES), "none breaks a promise", True)
    with Served() as served:
        LONG(given(mllp.streams, mllp.sizes)(lambda stream, cut: mllp.check(served, stream, cut)))()
    yield Figure("random streams at the listener", str(CASES), "none breaks a promise", True)


def prove() -> Iterator[Figure]:
    """The figures of this suite."""
    folder = Path(tempfile.mkdtemp())
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        yield from hostile(folder / "home")
    yield from fuzzed()
