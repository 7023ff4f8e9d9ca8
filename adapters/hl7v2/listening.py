"""The MLLP listener: connections in, one message after the other to `take`, and the answer when it is durable.

What bounds memory: how many connections there are, how long a frame may take, and that only `LARGE_AT_ONCE` frames of
more than `SMALL` bytes come in at a time; the others are not read meanwhile, so that TCP holds their senders back.
"""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from os import urandom
from typing import Any, Protocol

from adapters.hl7v2.acknowledge import Header, answers, header, is_acknowledgement
from adapters.hl7v2.frames import Frame, Framer
from gateway.errors import Fatal, error
from gateway.sdk import Message, Rejected, Take, Verdict

CHUNK = 1 << 16
SMALL, LARGE_AT_ONCE = 1 << 18, 2
_PATIENCE = 1.0                                   # how long to wait for the 0x0D behind 0x1C
_HANDSHAKE = 15.0                                 # how long a client may take to agree on TLS
_LINGER = 5.0                                     # how long a sender may take to read its answer when we stop


class Settings(Protocol):
    """What the listener needs of its adapter."""

    @property
    def listen(self) -> str: ...
    @property
    def certificate_file(self) -> str: ...
    @property
    def key_file(self) -> str: ...
    @property
    def clients_file(self) -> str: ...
    @property
    def max_bytes(self) -> int: ...
    @property
    def connections(self) -> int: ...
    @property
    def frame_seconds(self) -> float: ...
    @property
    def sequence(self) -> bool: ...
    def pushed(self, raw: bytes, head: Header) -> Message | Rejected: ...


@dataclass
class _Server:
    """What the connections share. `expected`: the sequence number that should come next."""

    settings: Settings
    take: Take
    stop: asyncio.Event
    say: Callable[[str], None]
    expected: int | None = None
    tls: ssl.SSLContext | None = None
    open: dict[asyncio.Task[None], Callable[[], None]] = field(default_factory=dict)
    large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LARGE_AT_ONCE))
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


def address(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:2575`, `[::1]:2575` or `:2575`. Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise ValueError(text)
    return host.strip("[]"), int(port)


def is_address(text: str) -> bool:
    try:
        return bool(address(text))
    except ValueError:
        return False


def context_of(settings: Settings) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with the settings' certificate; with `clients_file` only clients that one of it signed."""
    if not settings.certificate_file:
        return None
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=settings.clients_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(settings.certificate_file, settings.key_file or None)
        if settings.clients_file:
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as e:
        raise Fatal(error("listen-tls", f"The certificate, its key or that of the clients cannot be used "
                          f"({type(e).__name__}: {e.strerror or e}).", "certificate_file", "Name PEM files that the "
                          "gateway may read.")) from e
    return context


async def serve(settings: Settings, take: Take, stop: asyncio.Event, cursor: str | None,
                say: Callable[[str], None]) -> None:
    """Serve until `stop`; then every message that was taken still gets its answer."""
    shared = _Server(settings, take, stop, say, int(cursor) + 1 if cursor and cursor.isdecimal() else None,
                     context_of(settings))
    host, port = address(settings.listen)
    try:
        server = await asyncio.start_server(partial(_connected, shared), host or None, port, limit=CHUNK, backlog=1024)
    except OSError as e:
        raise Fatal(error("listen-address", f"{settings.listen} cannot be listened at: {e.strerror or e}.", "listen",
                          "Choose another port, or stop what uses it.")) from e
    say(f"listens at {', '.join(_name(s.getsockname()) for s in server.sockets)}")
    await stop.wait()
    server.close()
    for end in shared.open.values():
        end()
    if shared.open:
        _, left = await asyncio.wait(shared.open, timeout=settings.frame_seconds)
        for task in left:
            task.cancel()


def _name(peer: tuple[object, ...] | None) -> str:
    return f"{peer[0]}:{peer[1]}" if peer else "unknown"


async def _connected(shared: _Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection. Raises nothing."""
    peer, task = _name(writer.get_extra_info("peername")), asyncio.current_task()
    assert task is not None
    try:
        if len(shared.open) >= shared.settings.connections or shared.stop.is_set():
            shared.say(f"refused {peer}: {len(shared.open)} connections are open, no more are allowed")
            return
        shared.open[task] = writer.transport.abort
        if not await _secured(shared, writer, peer):
            return
        shared.open[task] = partial(_end, reader, writer.transport)
        async with contextlib.aclosing(_frames(shared, reader)) as frames:
            async for frame in frames:
                for answer in await _answered(shared, frame):
                    writer.write(b"\x0b" + answer + b"\x1c\r")
                async with asyncio.timeout(shared.settings.frame_seconds):
                    await writer.drain()
    except (OSError, TimeoutError) as e:
        shared.say(f"lost {peer}: {type(e).__name__}")
    finally:
        shared.open.pop(task, None)
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LINGER):
                await writer.wait_closed()


async def _secured(shared: _Server, writer: asyncio.StreamWriter, peer: str) -> bool:
    """Whether the connection may go on: TLS is agreed on, or none is asked for. Who fails is told of, with why."""
    if shared.tls is None:
        return True
    try:
        await writer.start_tls(shared.tls, ssl_handshake_timeout=_HANDSHAKE)
    except (OSError, TimeoutError) as e:
        reason = getattr(e, "verify_message", "") or getattr(e, "reason", "") or e.strerror or type(e).__name__
        shared.say(f"refused {peer}: TLS was not agreed on ({str(reason).lower().replace('_', ' ')})")
        return False
    return True


def _end(reader: asyncio.StreamReader, transport: Any) -> None:
    """Read nothing more of a connection; who waits for more sees its end."""
    transport.pause_reading()
    reader.feed_eof()


async def _frames(shared: _Server, reader: asyncio.StreamReader) -> AsyncGenerator[Frame, None]:
    """The frames of one connection, until it ends, breaks, takes too long, or the gateway stops."""
    framer, held, due = Framer(shared.settings.max_bytes), False, _due(shared)
    try:
        while not framer.broken:
            if framer.size > SMALL and not held:
                held = await shared.large.acquire()
                due = _due(shared)
            ending = framer.ending
            data = await _some(reader, framer, due)
            if shared.stop.is_set() and not ending:
                return                                 # what came half comes again
            for frame in framer.feed(data) if data else framer.finish():
                yield frame
            if held and framer.size <= SMALL:
                shared.large.release()
                held = False
            if not framer.waiting:
                due = _due(shared)
            if not data and not ending:
                return
    finally:
        if held:
            shared.large.release()


def _due(shared: _Server) -> float:
    """When a frame that begins now must have ended."""
    return asyncio.get_running_loop().time() + shared.settings.frame_seconds


async def _some(reader: asyncio.StreamReader, framer: Framer, due: float) -> bytes:
    """What comes next; nothing when the sender is gone, or its frame takes too long."""
    if not framer.waiting:
        return await reader.read(CHUNK)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE) if framer.ending else asyncio.timeout_at(due):
            return await reader.read(CHUNK)
    return b""


async def _answered(shared: _Server, frame: Frame) -> Iterable[bytes]:
    """Hand a frame on, wait until it is durable, and say what became of it."""
    head = header(frame.raw)
    if not frame.issue and is_acknowledgement(head):
        return ()
    unit = _set_aside(frame) if frame.issue else shared.settings.pushed(frame.raw, head)
    if not shared.settings.sequence:
        return _answers(head, await shared.take(unit))
    async with shared.turn:
        return _answers(head, *await _in_sequence(shared, unit, head))


def _answers(head: Header, verdict: Verdict, expected: str = "") -> list[bytes]:
    return answers(head, verdict, f"{datetime.now().astimezone():%Y%m%d%H%M%S%z}", urandom(8).hex(), expected)


def _set_aside(frame: Frame) -> Rejected:
    assert frame.issue is not None
    return Rejected(frame.issue, frame.raw, "", hashlib.sha256(frame.raw).hexdigest()[:32])


async def _in_sequence(shared: _Server, unit: Message | Rejected, head: Header) -> tuple[Verdict, str]:
    """The sequence number protocol (chapter 2.10.1): the next number, or the last again; 0 begins anew, -1 asks."""
    text, due = head.part(13), shared.expected
    number = int(text) if text.removeprefix("-").isdecimal() else None
    if number is None or (due is not None and number not in (due, due - 1, 0, -1)):
        issue = error("hl7v2-sequence", f"MSH-13 is {text[:20]!r}, {due if due is not None else 'a number'} was "
                      "expected. Nothing was stored.", "MSH-13", "Send again from the number in MSA-4.")
        return Verdict("later", issue), str(due or "")
    known = number if number >= 0 else (due or 1) - 1
    verdict = await shared.take(replace(unit, cursor=str(known)))
    if verdict.state != "later":
        shared.expected = known + 1
    return verdict, str(shared.expected or "")
