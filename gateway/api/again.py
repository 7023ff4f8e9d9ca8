"""The same request again, answered before the framework takes it apart.

Who asks is verified, what was made is looked up, and the transfer is logged as for any other request; only the way from
the environment to these three and back to a response is not walked a second time.
"""

import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from gateway.api.auth import Tokens
from gateway.disclose.transfer import Asked, Made, again
from gateway.disclose.view import Views
from gateway.errors import GatewayError
from gateway.opened import Gate

MADE = "gateway.made"                # in the environment: (action, text, scopes, what was made) of what was sent
KEPT = 512
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_READ = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")


class _Sent(NamedTuple):
    """How an answer left. What was made of people is not held here: it may go when the views let go of it."""

    action: str
    text: str
    scopes: tuple[str, ...]
    made: "weakref.ref[Made]"
    status: str
    headers: tuple[tuple[str, str], ...]


def remembering(app: WSGI, gate: Gate, views: Views, tokens: Tokens) -> WSGI:
    """An application that sends what it sent before, where the request is the same in all that a door reads of it."""
    kept: OrderedDict[Any, _Sent] = OrderedDict()

    def called(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        name = _name(environ)
        sent = kept.get(name) if name else None
        made = sent.made() if sent else None
        if sent and made:
            try:
                reader, jti = tokens.request(environ.get("HTTP_AUTHORIZATION"))
                who = replace(reader, scopes=sent.scopes)          # of the same token, as it was answered
                answer = again(gate, views, Asked(who, sent.action, sent.text, jti), made)
            except GatewayError:         # the way through the application says so in a response, and logs it
                answer = None
            if answer:
                start(sent.status, list(sent.headers))
                return [answer.body] if sent.status[:3] == "200" else []
        return app(environ, _keeping(kept, name, environ, start) if name else start)

    return called


def _name(environ: dict[str, Any]) -> Any:
    """All that a door can read of a request without a body; None where there is one, or nobody who asks."""
    if (environ["REQUEST_METHOD"] != "GET" or "HTTP_AUTHORIZATION" not in environ or environ.get("CONTENT_LENGTH")
            or "HTTP_TRANSFER_ENCODING" in environ):
        return None
    return (*map(environ.get, _READ), *(item for item in environ.items() if item[0][:5] == "HTTP_"))


def _keeping(kept: OrderedDict[Any, _Sent], name: Any, environ: dict[str, Any],
             start: Callable[..., Any]) -> Callable[..., Any]:
    def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        if MADE in environ and status[:3] in ("200", "304"):
            action, text, scopes, made = environ[MADE]
            kept[name] = _Sent(action, text, scopes, weakref.ref(made), status, tuple(headers))
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return start(status, headers, *more)

    return started
