"""An external terminology server, asked about what is not loaded here: it gets codes, never anything of a patient.

It answers the terminology operations only. The merge never asks it: a record is a function of facts and versioned
tables, and an answer over the network is neither. What is to group facts is loaded as a ConceptMap of the home.
"""

import http.client
import logging
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any

from gateway.jsontext import BadJson, loads

LOG = logging.getLogger("gateway")
NAMES = ("system", "url", "code", "conceptMap", "targetsystem")
_MOST_BYTES, _MOST_KEPT = 1_000_000, 4096
_PAUSE = 30.0                      # seconds for which a server that failed is not asked
Key = tuple[str, tuple[tuple[str, str], ...]]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Whoever is configured is asked, nobody else."""


class Server:
    """url: FHIR base; seconds: of waiting at most; hours: for which an answer is kept. Threads may share it."""

    def __init__(self, url: str, seconds: float, hours: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.url, self._seconds, self._hours, self._clock = url.rstrip("/"), seconds, hours, clock
        self._kept: OrderedDict[Key, tuple[float, dict[str, Any] | None]] = OrderedDict()
        self._silent = float("-inf")
        self._lock = Lock()
        self._open = urllib.request.build_opener(_NoRedirect()).open

    def ask(self, operation: str, given: Mapping[str, str]) -> dict[str, Any] | None:
        """The Parameters that it answers to `CodeSystem/$lookup` and the like; None: it says nothing, or too late."""
        key = (operation, tuple((n, given[n]) for n in NAMES if given.get(n)))
        with self._lock:
            until, answer = self._kept.get(key, (float("-inf"), None))
            if until > self._clock():
                return answer
            if self._silent > self._clock():
                return None
        try:
            answer = self._fetch(key)
        except (OSError, ValueError, http.client.HTTPException) as e:
            LOG.warning("terminology-server-silent: %s gave no answer (%s)", self.url, type(e).__name__)
            self._silent = self._clock() + _PAUSE
            return None
        with self._lock:
            self._kept[key] = (self._clock() + self._hours * 3600, answer)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return answer

    def _fetch(self, key: Key) -> dict[str, Any] | None:
        """Ask it. A code that it does not know is an answer, too. Raises OSError, ValueError or HTTPException."""
        wanted = urllib.request.Request(f"{self.url}/{key[0]}?{urllib.parse.urlencode(key[1])}",
                                        headers={"Accept": "application/fhir+json"})
        end = self._clock() + self._seconds
        try:
            with self._open(wanted, timeout=self._seconds) as answer:
                data = b""
                while part := answer.read1(65536):
                    data += part
                    if len(data) > _MOST_BYTES or self._clock() > end:
                        raise TimeoutError
        except urllib.error.HTTPError as e:
            with e:
                if e.code in (400, 404, 422):
                    return None
            raise
        try:
            body = loads(data)
        except BadJson as e:
            raise ValueError from e
        if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
            raise ValueError
        return body


@lru_cache(maxsize=16)
def server(url: str, seconds: float, hours: float) -> Server:
    """The server of a process under these settings, with what it has answered so far."""
    return Server(url, seconds, hours)
