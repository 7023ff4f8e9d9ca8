"""Is what a FHIR server no longer lists gone? One read each (R4 http.html#read: 404 is not known, 410 was deleted)."""

from dataclasses import replace

from adapters.fhir.client import Client, Refused, is_web_page, place
from adapters.fhir.deleted import found_gone
from gateway.errors import Issue
from gateway.sdk import Held, Message, digest

_GONE = (404, 410)


def asked(client: Client, base: str, held: Held, now: str) -> Message | Issue | None:
    """What the server answers about one thing: a message that it is gone, an issue, or None where it is still there.

    A web page that says 404 is a proxy's word. Raises Retry or Fatal.
    """
    url = f"{base}/{held.key}"
    try:
        client.get(url)
    except Refused as refused:
        if refused.status not in _GONE or is_web_page(refused.body):
            where = place(url).rpartition("/")[0]        # without the id, which may name a person
            return replace(refused.issue, where=where)
        raw = found_gone(held, url, refused.status, now)
        return Message(f"{held.key}~gone~{digest(raw.decode())[:32]}", "deletion", raw, "", place=held.key)
    return None
