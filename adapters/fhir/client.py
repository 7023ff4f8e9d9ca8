"""GET of FHIR JSON from one server: bounded in time and size, patient with a busy server, never led elsewhere.

What goes wrong ends in one of three tempers: `Retry` (down, slow, busy, a web page instead of FHIR), `Fatal` (the
server does not know us, or wants us somewhere else), `Reject` (this one request was refused or its answer is too big).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, TimeoutError

from gateway.errors import Fatal, Issue, Reject, Retry, Severity, error

LONGEST_WAIT = 60.0
_CHUNK = 2**16
_PATIENCE = 4  # a whole answer may take as many times as long as a pause within it
_BUSY = (429, 500, 502, 503, 504)


class Bearer(AuthBase):
    """Sends the token; also without one it keeps `requests` from sending what stands in ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request, as the settings of the adapter say them."""

    connect_seconds: float
    read_seconds: float
    attempts: int
    backoff: float
    max_bytes: int


class Refused(Reject):
    """The server refused one request; `body` is what it answered, `status` how (0: not to be had)."""

    def __init__(self, issue: Issue, body: bytes = b"", status: int = 0) -> None:
        super().__init__(issue)
        self.body, self.status = body, status


class Client:
    """A session with one FHIR server. Close it, or use it in a `with`."""

    def __init__(self, token: str, limits: Limits, sleep: Callable[[float], None] = time.sleep) -> None:
        self._session, self._limits, self._sleep = requests.Session(), limits, sleep
        self._session.auth = Bearer(token)
        self._session.headers.update({"Accept": "application/fhir+json", "Accept-Encoding": "identity"})

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, url: str, params: Mapping[str, str] | None = None, deadline: datetime | None = None,
            anything: bool = False) -> bytes:
        """The body of the answer. Raises Retry, Fatal or Refused; nothing is asked again behind the deadline.

        anything: also what is no FHIR, as the content of a Binary may be
        """
        tries = 0
        while True:
            tries += 1
            try:
                return self._once(url, params, deadline, anything)
            except _Again as again:
                wait = again.wait if again.wait is not None else self._limits.backoff * 2 ** (tries - 1)
                if tries >= self._limits.attempts or wait > min(LONGEST_WAIT, _left(deadline, LONGEST_WAIT)):
                    raise Retry(error("fhir-no-answer", f"{again} ({tries} of {self._limits.attempts} tries). Nothing "
                                      "was lost.", place(url), "The next pull tries again; if it stays so, ask the "
                                      "organisation's service desk.")) from again
                self._sleep(wait)

    def _once(self, url: str, params: Mapping[str, str] | None, deadline: datetime | None, anything: bool) -> bytes:
        left = _left(deadline, self._limits.read_seconds)
        if left <= 0:
            raise _Again("The time allowed for the answer is over", LONGEST_WAIT + 1)
        try:
            with self._session.get(url, params=dict(params or {}), stream=True, allow_redirects=False,
                                   timeout=(min(left, self._limits.connect_seconds), left)) as answer:
                body = self._body(answer, _left(deadline, _PATIENCE * self._limits.read_seconds), url)
        except (requests.Timeout, TimeoutError) as e:
            raise _Again("The server did not answer in time") from e
        except (requests.RequestException, HTTPError, OSError) as e:
            raise _Again(f"The server could not be reached or broke off ({type(e).__name__})") from e
        return _checked(answer, body, url, anything)

    def _body(self, answer: requests.Response, seconds: float, url: str) -> bytes:
        """The body, read as it comes so that a slow or endless answer ends at its bounds."""
        end, chunks, size = time.monotonic() + seconds, list[bytes](), 0
        while chunk := answer.raw.read1(_CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._limits.max_bytes:
                raise Refused(error("fhir-answer-too-large", f"The answer is larger than {self._limits.max_bytes} "
                                    "bytes; none of it was taken.", place(url), "Ask for smaller pages (`page`)."))
            if time.monotonic() > end:
                raise requests.Timeout("the answer came too slowly")
        return b"".join(chunks)


class _Again(Exception):
    """A try that failed in a way that may pass; `wait` is what the server asked for, in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def _checked(answer: requests.Response, body: bytes, url: str, anything: bool) -> bytes:
    status = answer.status_code
    if status in _BUSY:
        raise _Again(f"The server answered {status}", _retry_after(answer.headers.get("Retry-After", "")))
    if status == 401:
        raise Fatal(Issue("fhir-not-known", Severity.fatal, "The server does not accept our token (401).", place(url),
                          "Renew the token in the file named by token_file."))
    if 300 <= status < 400:
        elsewhere = place(answer.headers.get("Location", "nowhere"))
        raise Fatal(Issue("fhir-redirected", Severity.fatal, f"The server sends us to {elsewhere} ({status}); not "
                          "followed, because the token and the question would go there.", place(url),
                          "If that is right, set `url` of the source to it."))
    if status >= 400:
        raise Refused(error("fhir-refused", f"The server refused the request ({status}).", place(url),
                            "Take the type out of `types`, or ask the organisation to permit it."), body, status)
    if not anything and is_web_page(body):
        raise Retry(error("fhir-web-page", "The server sent a web page instead of FHIR: a log-in, proxy or maintenance "
                          "page, perhaps. Nothing was taken.", place(url), "Check `url` of the source in a browser."))
    return body


def is_web_page(body: bytes) -> bool:
    """Whether an answer is HTML: of a proxy, a log-in, or somebody else's server."""
    return body.lstrip()[:1] == b"<" and b"html" in body[:1024].lower()


def _retry_after(text: str) -> float | None:
    """Seconds that a Retry-After asks for, in either of its two forms; None when it has none."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _left(deadline: datetime | None, otherwise: float) -> float:
    return min(otherwise, (deadline - datetime.now(UTC)).total_seconds()) if deadline else otherwise


def place(url: str) -> str:
    """A URL without its query, which may name a patient, and without a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: where a token may go. Raises ValueError for an impossible port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
