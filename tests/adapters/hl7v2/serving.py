"""A listener in a thread, for tests: what it was handed, what it said."""

import asyncio
import contextlib
import threading

from adapters.hl7v2 import HL7v2
from adapters.hl7v2.send import connected
from gateway.errors import Fatal
from gateway.sdk import Rejected, Verdict
from tests.demo.homes import free_port


def msh(control="1", mode="P", body="PID|1||7^^^LUND^MR||Berg^Anna", sequence="", kind="ADT^A08"):
    return f"MSH|^~\\&|ADT|LUND|GW|X|20260301||{kind}|{control}|{mode}|2.5.1|{sequence}\r{body}\r".encode()


class Served:
    """A listener in a thread of its own; what it was handed, what it said."""

    def __init__(self, verdict=None, cursor=None, **settings):
        self.taken, self.said, self.peak = [], [], 0
        self.address = f"127.0.0.1:{free_port()}"
        self.adapter = HL7v2(listen=self.address, **settings)
        self._verdict = verdict or (lambda m: Verdict("rejected", m.issue) if isinstance(m, Rejected) else Verdict("new"))
        self._cursor, self._failed = cursor, None

    async def _take(self, message):
        self.taken.append(message)
        verdict = self._verdict(message)
        return await verdict if asyncio.iscoroutine(verdict) else verdict

    def __enter__(self):
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._up.wait(10)
        return self

    async def _run(self):
        self._loop, self.stop = asyncio.get_running_loop(), asyncio.Event()

        def say(text):
            self.said.append(text)
            self._up.set()

        try:
            await self.adapter.serve(self._take, self.stop, self._cursor, say)
        except Fatal as e:
            self._failed = e
            self._up.set()

    def end(self):
        with contextlib.suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(self.stop.set)

    def __exit__(self, *_):
        if not self._failed:
            self.end()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def ask(self, *raws):
        with connected(self.address, seconds=10) as link:
            return [link.ask(raw).code for raw in raws]
