"""The merge: a pure function of a set of facts, a set of assertions and versioned tables."""

from collections.abc import Iterable

from gateway.merge.directory import Directory
from gateway.merge.person import Person
from gateway.merge.record import Record
from gateway.merge.terms import Tables
from gateway.model import Assertion, Fact


def merge(facts: Iterable[Fact], assertions: Iterable[Assertion], tables: Tables, id_key: bytes = b"",
          directory: Directory | None = None) -> Record:
    """The record of one person.

    facts       visible facts of that person, and the catalogue facts that they refer to, in any order, with repetition
    assertions  unlink, retract, listing, ruling, undo; others say nothing here
    id_key      the home's key for ids; empty in the pure commands
    directory   classes of catalogue entries over the whole home; None: those of the facts given
    """
    person = Person(tables, id_key, directory)
    person.add(facts, assertions)
    return person.record()
