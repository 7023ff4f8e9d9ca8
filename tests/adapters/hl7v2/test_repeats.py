"""What earlier messages left behind changes nothing: it is what the message itself would give."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.hl7v2 import HL7v2
from adapters.hl7v2.datatypes import ALONE, FUNCTIONS
from adapters.hl7v2.tree import OF_ONE_PERSON
from gateway.config import Source
from gateway.jsontext import canonical
from gateway.mapping import memory
from gateway.mapping.memory import Recent
from gateway.mapping.tables import read_table
from gateway.model import Message
from gateway.reading.process import Reader, process
from gateway.reading.reader import reader_of
from gateway.sdk import Context
from gateway.shipped import shipped
from tests.adapters.hl7v2.messages import ADMIT, plain, tree
from tests.adapters.hl7v2.test_datatypes import WORD, origins
from tests.mappings import sidecar

TABLE = read_table("t", "from,system,code,display\nA,urn:t,a,First\nY,urn:t,y,\n")
ARGUMENTS = {"typed": ["MR"], "translated": ["t"], "translated_coding": ["t"], "none_known": ["t"]}
FIELDS = st.lists(WORD, min_size=1, max_size=22).map("^".join)
READER = reader_of(Source("west", "hl7v2", connection={"folder": "."}, timezone="Europe/Stockholm"), Path(), shipped())


def outcome(reader: Reader, raw: bytes) -> Any:
    """All that is made of the messages in these bytes."""
    found = [process(reader, unit) for unit in HL7v2().split(raw) if isinstance(unit, Message)]
    return [(o.state, [(f.version, canonical(f.resource), f.asserted) for f in o.facts], o.assertions, o.issues, o.held,
             {path: tuple(o.ledger.mapped[path]) for path in o.ledger.mapped}, dict(o.ledger.ignored),
             list(o.ledger.unmapped)) for o in found]


def forgetful(raw: bytes) -> Any:
    """The same by a mapping that has seen no other message."""
    return outcome(replace(READER, mapping=replace(READER.mapping)), raw)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(ALONE)), FIELDS, FIELDS, FIELDS)
def test_a_function_that_is_alone_reads_nothing_beside_its_field(name: str, words: str, beside: str, other: str) -> None:
    def result(*fields: str) -> Any:
        context = Context("west", tables={"t": TABLE})
        nodes = HL7v2().path("OBX-3")(tree("OBX|" + "|".join(fields)))
        try:
            found = FUNCTIONS[name](nodes[0], context, *ARGUMENTS.get(name, [])) if nodes else None
        except ValueError as reason:
            return str(reason)
        return plain(found), origins(found), context.issues
    assert result("1", beside, words, other) == result("2", other, words, beside)


def test_the_name_of_another_field_makes_a_function_read_that_too() -> None:
    assert HL7v2().alone("CWE", ["HL70001"])
    assert not HL7v2().alone("CWE", ["-2"])
    assert not HL7v2().alone("described", ["DG1-4", "DG1-2"])


def test_messages_after_others_give_what_they_give_alone() -> None:
    raws = [file.read_bytes() for file in sidecar.files()]
    alone = [forgetful(raw) for raw in raws]
    assert [outcome(READER, raw) for raw in raws] == alone
    assert [outcome(READER, raw) for raw in reversed(raws)] == alone[::-1]


def test_the_same_texts_under_other_separators_or_offsets_are_other_things() -> None:
    written = [ADMIT, ADMIT.replace("+0100", "-0500"), ADMIT.replace("+0100", ""), ADMIT.replace("^", "$"),
               ADMIT.replace("Berg^Ola", "Berg$Ola"),
               ADMIT.replace("W3^12", "W3^13"), ADMIT.replace("WEST", "EAST"), ADMIT.replace("PV1|1|I", "PV1|1|I|")]
    raws = [text.encode() for text in (*written, *reversed(written))]
    assert [outcome(READER, raw) for raw in raws] == [forgetful(raw) for raw in raws]


def test_what_cannot_be_converted_is_said_in_each_message() -> None:
    wrong = ADMIT.replace("Berg^Ola", "Berg^Ola^^^^^^^^^^2020^2019").encode()
    first, second = outcome(READER, wrong), outcome(READER, wrong)
    assert first == second and any(i.code == "hl7v2-period-reversed" for i in first[0][3])


def test_what_comes_again_is_kept_and_the_rest_is_forgotten() -> None:
    recent, most = Recent(), 2 * memory.LIMIT
    recent.keep("ward", 1)
    for number in range(3 * most):
        recent.keep(number, number)
        assert recent.get("ward") == 1
    assert recent.get(0) is None
    assert len(recent) <= most


def test_nothing_of_one_person_outlasts_the_message() -> None:
    """A memory of it would outlast an erasure; what is said of wards and codes is kept."""
    wards = tree("PV1|1|I|W3^12^2^WEST")
    own = [tree(f"{name}|1|||||Berg") for name in sorted(OF_ONE_PERSON)]
    assert [node.recurs for node in HL7v2().path("PV1-3")(wards)] == ["W3^12^2^WEST"]
    assert [node.recurs for t in own for name in OF_ONE_PERSON for node in HL7v2().path(f"{name}-6")(t)] == [None] * len(own)
    reader = replace(READER, mapping=replace(READER.mapping))
    raw = ADMIT.replace("W3^12^2^WEST", "W3^12^2^WEST" + "|" * 16 + "V-77^^^WEST")
    raw = raw.replace("|123^", "|K-123^").replace("~900^", "~K-900^")
    assert '"V-77"' in str(outcome(reader, raw.encode()))
    kept = " ".join(f"{memory.converted._new} {memory.drafts._new} {memory.drafts._old}"
                    for memory in reader.mapping._memories._known.values())
    assert "W3" in kept and "Penicillin" in kept
    assert not [word for word in ("Berg", "Anna", "K-123", "K-900", "19700203", "V-77") if word in kept]
