"""Documents inside messages: a C-CDA in an MDM, a DocumentReference or a Binary is a message of its own.

Its key is that of its bytes, so that one document is one message by whichever way it comes from a source; it names the
message in which it came. What holds it keeps its own facts and ledger, the document has its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.model import Message, Rejected
from gateway.registry import adapter_class

KIND = "ccda"                        # what is looked for inside of others


def inside(holder: Any, message: Message) -> Iterator[Message | Rejected]:
    """The documents that a message of the adapter `holder` encloses.

    A body that is none of its documents says nothing here. Raises BadMessage where the holder cannot read the message.
    """
    documents = adapter_class(KIND)()
    for where, data in holder.enclosed(message.raw):
        if documents.sniff(data):
            place = f"{message.place} {where}".strip()
            for found in documents.split(data):
                if isinstance(found, Message):
                    yield replace(found, received=message.received, place=place, inside=message.key,
                                  cursor=message.cursor)
                else:
                    issue = replace(found.issue, where=f"{place} {found.issue.where}")
                    yield replace(found, issue=issue, inside=message.key, cursor=message.cursor)
