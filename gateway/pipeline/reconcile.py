"""Take back what a source that tells no deletions no longer has: compare the keys that it lists with those we hold.

Each key that its list lacks is asked for once; what the source itself says is gone becomes a message that deletes it,
so that everything after it is as if the source had told the deletion. A list that broke off, or lacks too much to be
believed, takes nothing back. What we took back and is listed again was not gone, or came back: that is undone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import ConfigError, Fatal, Issue, Reject, Retry, Severity, error
from gateway.jsontext import loads
from gateway.merge.said import standing
from gateway.merge.times import order
from gateway.model import RECONCILED, Assertion, Message
from gateway.opened import Gate, iso
from gateway.pipeline import documents
from gateway.pipeline.keep import Kept, keep, ready_all
from gateway.pipeline.link import differing, relink
from gateway.reading.process import Reader, processed
from gateway.reading.reader import reader_of
from gateway.sdk import Held
from gateway.store import assertions, cursors, facts
from gateway.store.engine import Transaction
from gateway.store.patients import Ref

BATCH = 100                                  # what is asked for between two commits
BY_REFERENCE = frozenset(("Binary",))        # servers give it to who knows its id, and list none
RUNNING = Issue("running", Severity.information, "")
Tick = Callable[[], None]


@dataclass
class Compared:
    """What became of one type of one source.

    held     keys that stand here        missing  of these, what its list lacks
    gone     what the source says is gone: taken back        back  what we had taken back and is listed again
    issue    why it could not be compared, or not wholly
    """

    source: str
    type: str
    held: int = 0
    missing: int = 0
    gone: int = 0
    back: int = 0
    issue: Issue | None = None

    def json(self) -> dict[str, Any]:
        return {"source": self.source, "type": self.type, "held": self.held, "missing": self.missing, "gone": self.gone,
                "back": self.back, "failed": self.issue.message if self.issue else ""}


@dataclass(frozen=True)
class _Held:
    """Keys of one type: what stands, and of what does not the assertions by which we took it back."""

    stands: set[str] = field(default_factory=set)
    taken: dict[str, tuple[str, ...]] = field(default_factory=dict)


def unable(adapter: Any) -> str:
    """Why a source cannot be compared with what it lists, "" where it can."""
    if not hasattr(adapter, "gone"):
        return "its adapter cannot ask whether one thing is gone; where each delivery is whole, `lists` says so"
    return str(adapter.unlisted)


def reconcile(gate: Gate, name: str, believe: bool = False, dry_run: bool = False,
              tick: Tick = lambda: None) -> list[Compared]:
    """Compare every type that we hold of a source. Safe to stop at any time: what was confirmed is taken back.

    believe  also take back what a list lacks that lost more than half; each is still asked for
    Raises ConfigError for a source that cannot be compared.
    """
    reader = reader_of(gate.home.sources[name], gate.home.folder, gate.files)
    if why := unable(reader.adapter):
        wrong = error("reconcile-unable", f"What {name} lists cannot be compared with what it told: {why}.",
                      f"sources/{name}.toml", "Take `reconcile` out of its settings.")
        if not dry_run:
            _note(gate, f"{name}/", wrong)
        raise ConfigError(wrong)
    if not dry_run:
        _note(gate, f"{name}/", RUNNING)         # not due again while it runs, or while a lost job's lease does
    with gate.store.read() as tx:
        told = facts.spoken(tx, name)
    done = []
    for type in sorted(told.keys() - BY_REFERENCE):
        one = Compared(name, type)
        try:
            _compare(gate, reader, told[type], one, believe, dry_run, tick)
        except (Retry, Fatal, Reject) as e:
            one.issue = e.issue
        done.append(one)
        if not dry_run:
            _note(gate, f"{name}/{type}", one.issue)
    if not dry_run:
        _close(gate, name, done)
    return done


def _note(gate: Gate, place: str, issue: Issue | None) -> None:
    with gate.store.write(gate.now(), ordered=False) as tx:
        if issue:
            cursors.failed(tx, place, issue.code, issue.message)
        else:
            cursors.answered(tx, place, None)


def _close(gate: Gate, name: str, done: Sequence[Compared]) -> None:
    """All was compared, or not; a type of which nothing is held any more says nothing."""
    _note(gate, f"{name}/", next((one.issue for one in done if one.issue), None))
    known = {f"{name}/", *(f"{name}/{one.type}" for one in done)}
    with gate.store.write(gate.now(), ordered=False) as tx:
        for row in cursors.compared(tx):
            if row.source.partition("/")[0] == name and row.source not in known:
                cursors.forget(tx, row.source)


def _compare(gate: Gate, reader: Reader, keys: Iterable[str], done: Compared, believe: bool, dry_run: bool,
             tick: Tick) -> None:
    adapter: Any = reader.adapter
    with gate.store.read() as tx:
        held = _held(tx, reader.source, done.type, keys)
    missing, back, listed = set(held.stands), set[str](), ""
    for n, name in enumerate(adapter.keys(done.type)):
        key = name.partition("/")[2]
        listed = key if key in held.stands else listed
        missing.discard(key)
        back |= {key} & held.taken.keys()
        if not n % BATCH:
            tick()
    done.held, done.missing, done.back = len(held.stands), len(missing), len(back)
    if not dry_run:
        _give_back(gate, reader.source, done.type, [id for key in sorted(back) for id in held.taken[key]], back)
    if done.missing * 2 > done.held and not believe:
        raise Reject(error("reconcile-shrunk", f"The list lacks {done.missing} of {done.held} {done.type} that it told "
                           "before; too much to be believed, so nothing was taken back.", done.type,
                           f"Ask the organisation whether they were deleted. If so: gateway pull {reader.source} "
                           "--reconcile --believe"))
    for wrong in _asked(gate, adapter, reader.source, done.type, {listed} - {""} if missing else (), tick):
        if wrong is not None:
            raise Reject(_unreadable(wrong, done.type))
    todo = sorted(missing)
    for start in range(0, len(todo), BATCH):
        some = todo[start:start + BATCH]
        answers = _asked(gate, adapter, reader.source, done.type, some, tick)
        found = [a for a in answers if isinstance(a, Message)]
        done.gone += len(found)
        done.issue = next((_kept(a, done.type) for a in answers if not isinstance(a, Message)), done.issue)
        if not dry_run:
            _take_back(gate, reader, found)


def _asked(gate: Gate, adapter: Any, source: str, type: str, keys: Iterable[str],
           tick: Tick) -> list[Message | Issue | None]:
    with gate.store.read() as tx:
        held = [_newest(rows) for key in keys if (rows := facts.of_key(tx, source, type, key))]
    answers = []
    for answer in adapter.gone(held):
        answers.append(answer)
        tick()
    return answers


def _newest(rows: Sequence[facts.Row]) -> Held:
    top = max(rows, key=lambda r: (order(r.asserted), r.id))
    return Held(f"{top.type}/{top.key}", loads(top.version), top.asserted)


def _unreadable(answer: Message | Issue, type: str) -> Issue:
    """A list gave a key that the source does not give when asked: then its word that others are gone says nothing."""
    if isinstance(answer, Issue):
        return answer
    return error("reconcile-no-read", f"The source lists {type} that it says are not there when they are asked for, so "
                 "nothing was taken back.", type, "Ask the organisation to permit reading by id.")


def _kept(answer: Issue | None, type: str) -> Issue:
    if answer is not None:
        return answer
    return Issue("reconcile-list-lacks", Severity.warning, f"The list of {type} lacks what the source still has when "
                 "it is asked for; that stands.", type, "Tell the organisation that its search leaves things out.")


def _take_back(gate: Gate, reader: Reader, messages: Sequence[Message]) -> None:
    """Keep deletions as a source's own; where its feed stands, and how it last answered, is not touched."""
    items = [item for m in messages for item in ready_all(processed(reader, m))]
    into = Kept()
    with gate.store.write(gate.now()) as tx:
        keep(tx, reader.source, items, into)
        relink(tx, into.patients | differing(tx, into.named), gate.model)


def _give_back(gate: Gate, source: str, type: str, ids: Sequence[str], keys: Iterable[str]) -> None:
    """Undo what we said of things that are listed again; what is newer stands beside it as ever."""
    if not ids:
        return
    told = {"by": RECONCILED, "at": iso(gate.now()), "reason": "listed by its source again"}
    with gate.store.write(gate.now()) as tx:
        assertions.add(tx, [(Assertion("undo", {"of": id, **told}), ()) for id in ids])
        again = documents.judge(tx, documents.Touched({(source, type, key) for key in keys}))
        relink(tx, again | {Ref(source, key) for key in keys if type == "Patient"}, gate.model)


def _held(tx: Transaction, source: str, type: str, keys: Iterable[str]) -> _Held:
    keys = set(keys)
    found = _Held(keys - {key for _, _, key in assertions.with_aims(tx, {(source, type, key) for key in keys})})
    for key in sorted(keys - found.stands):
        told = assertions.aimed(tx, source, type, key)
        if documents.standing(tx, facts.of_key(tx, source, type, key)).head:
            found.stands.add(key)
        else:
            ours = (a.id for a in standing(told) if a.kind == "retract" and a.body.get("by") == RECONCILED)
            found.taken.update({key: ids} if (ids := tuple(ours)) else {})
    return found
