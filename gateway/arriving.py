"""Bodies of requests, read whole before anybody answers, so that slow senders never hold all threads.

A server of threads gives one to each request. A body that never ends would keep it for ever, so few may wait for theirs
at a time, each for a bounded time; whoever reads a record sends no body and is never in that queue. A caller who is not
known is answered without a body, and one caller alone cannot take all places.
"""

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from gateway.errors import Issue, error
from gateway.fhir.outcome import outcome
from gateway.jsontext import dumps

SECONDS, WAITING, EACH = 10.0, 16, 8
Who = Callable[[dict[str, Any]], str]
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SLOW = ("408 Request Timeout", error("http-408", "The body came too slowly; nothing was done.", "", "Try again."))
BUSY = ("503 Service Unavailable", error("http-503", "Too many bodies arrive; nothing was done.", "", "Try again."))
BROKEN = ("400 Bad Request", error("http-400", "The body broke off; nothing was done.", "", "Send it again."))


def timely(app: WSGI, most: int, who: Who, seconds: float = SECONDS, waiting: int = WAITING, each: int = EACH) -> WSGI:
    """An application that is called when the body has arrived, or is known to be larger than `most` bytes.

    who      names the caller of a request, "" for one who may do nothing: the application answers without the body
    seconds  that a body may take, else 408
    waiting, each   bodies that may be arriving at a time, of all and of one caller, else 503
    """
    places = _Places(waiting, each)

    def called(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not _has_body(environ) or int(environ.get("CONTENT_LENGTH") or 0) > most:
            return app(environ, start)
        caller = who(environ)
        if not caller:
            return app(_without_body(environ), start)
        if not places.take(caller):
            return _said(start, *BUSY)
        try:
            arrived = _arrived(environ, most, seconds)
        except TimeoutError:
            return _said(start, *SLOW)
        except OSError:
            return _said(start, *BROKEN)
        finally:
            places.free(caller)
        environ |= {"wsgi.input": io.BytesIO(arrived), "CONTENT_LENGTH": str(len(arrived))}
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return app(environ, start)

    return called


class _Places:
    """Where bodies wait: so many in all, so many of one caller."""

    def __init__(self, waiting: int, each: int) -> None:
        self._waiting, self._each, self._lock = waiting, each, threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, caller: str) -> bool:
        with self._lock:
            free = self._taken.total() < self._waiting and self._taken[caller] < self._each
            self._taken[caller] += free
            return free

    def free(self, caller: str) -> None:
        with self._lock:
            self._taken[caller] -= 1
            self._taken += Counter()             # drops those who have none


def _without_body(environ: dict[str, Any]) -> dict[str, Any]:
    rest = {k: v for k, v in environ.items() if k != "HTTP_TRANSFER_ENCODING"}
    return {**rest, "wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"}


def _has_body(environ: dict[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH") or ""
    return (length.isdigit() and int(length) > 0) or bool(environ.get("HTTP_TRANSFER_ENCODING"))


def _arrived(environ: dict[str, Any], most: int, seconds: float) -> bytes:
    """The body, or its beginning where it is larger than `most`. Raises TimeoutError, or OSError when it broke off."""
    told = int(environ.get("CONTENT_LENGTH") or 0)
    held, done, failed = list[bytes](), threading.Event(), list[Exception]()

    def take() -> None:
        left = told or most + 1
        try:
            while left > 0 and (some := environ["wsgi.input"].read(min(left, 1 << 16))):
                held.append(some)
                left -= len(some)
        except Exception as e:                       # raised below: what a thread of its own raises is seen by nobody
            failed.append(e)
        done.set()

    threading.Thread(target=take, name="arriving", daemon=True).start()
    if not done.wait(seconds):
        raise TimeoutError
    body = b"".join(held)
    if failed or len(body) < told:
        raise OSError("the body broke off") from (failed[0] if failed else None)
    return body


def _said(start: Callable[..., Any], status: str, issue: Issue) -> list[bytes]:
    body = dumps(outcome([issue])).encode()
    start(status, [("Content-Type", "application/fhir+json; charset=utf-8"), ("Content-Length", str(len(body))),
                   ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
                   ("Retry-After", "1")])
    return [body]
