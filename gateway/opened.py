"""An opened home: settings, store, transfer log, tables and clock, handed to both corridors."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.audit.log import TransferLog
from gateway.config import Home, load
from gateway.errors import IntegrityError, error
from gateway.models import Model, model_in
from gateway.shipped import below, shipped
from gateway.store import changes, erase
from gateway.store.engine import Store, open_store
from gateway.store.naming import Names
from gateway.store.pulse import Pulse
from gateway.terminology.lookup import Concepts
from gateway.terminology.lookup import load as load_concepts
from gateway.terminology.tables import Tables
from gateway.terminology.tables import load as load_tables
from gateway.tokens import Issuer

LOG = "transfers.db"


def clock() -> datetime:
    """Now, in UTC: the one place where the product reads the clock."""
    return datetime.now(UTC)


def iso(at: datetime) -> str:
    """FHIR instant in UTC to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Gate:
    """Everything that pipeline and disclose need of one home. `now` is called once for each request or step."""

    home: Home
    store: Store
    log: TransferLog
    now: Callable[[], datetime] = clock

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Mappings, tables and ConceptMaps: the shipped ones with the site's own over them."""
        return {**shipped(), **self.home.overlay()}

    @cached_property
    def tables(self) -> Tables:
        """Terminology for the merge."""
        return load_tables(below(self.files, "conceptmaps", "terminology"))

    @cached_property
    def concepts(self) -> Concepts:
        """What the terminology operations answer from."""
        return load_concepts(self.files)

    @cached_property
    def model(self) -> Model:
        """The model that links people: the home's own, else the one that ships. Raises ConfigError."""
        name = self.home.identity_model
        return model_in(self.home.folder / name if name else None)

    @cached_property
    def pulse(self) -> Pulse:
        """The newest change number, for caches."""
        return Pulse(self.store.engine)

    @cached_property
    def wake(self) -> Event:
        """Set when a job waits that somebody waits for."""
        return Event()

    def forget(self, names: Names) -> int:
        """Have the log forget what names an erased person. Returns how many entries lost their private part."""
        return self.log.forget(names.persons, names.patients, names.words)

    @cached_property
    def issuer(self) -> Issuer:
        """The built-in issuer of tokens."""
        return Issuer(self.home.secret("issuer"), self.home.base_url)


def _has_its_log(home: Home, store: Store) -> None:
    """Raises IntegrityError where the log beside a database that holds data is gone: a new one would look whole."""
    beside = home.database_url == f"sqlite:///{home.folder / 'data' / 'gateway.db'}"
    if beside and not (home.folder / "data" / LOG).exists():
        with store.read() as tx:
            if changes.last(tx):
                store.close()
                raise IntegrityError(error(
                    "log-lost", "The transfer log is gone, though the home holds data; nothing is handed over.",
                    f"data/{LOG}", f"Bring it back from a backup. Where none has it, an empty file data/{LOG} begins a "
                    "new log: what was handed over before can then only be proved from exports and anchors."))


@contextmanager
def opened(folder: str | Path, now: Callable[[], datetime] = clock) -> Iterator[Gate]:
    """Open a home and close it again. Raises ConfigError, Retry, Fatal, or IntegrityError where the log is gone."""
    home = load(Path(folder))
    orders = home.folder / "data" / "erased.jsonl"
    store = open_store(home.database_url, home.secret("master"), home.secret("id"), orders)
    _has_its_log(home, store)
    log = TransferLog(home.folder / "data" / LOG, Ed25519PrivateKey.from_private_bytes(home.secret("log")),
                      home.name, os.urandom)
    gate = Gate(home, store, log, now)
    try:
        erase.reapply_erasures(store, gate.forget)
        yield gate
    finally:
        log.close()
        store.close()
