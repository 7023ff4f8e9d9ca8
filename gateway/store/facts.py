"""Facts: stored once under their content hash, each with every message that carries it.

Same id and same bytes: the fact is there already and only its carrier is added. Same id and other bytes never
overwrites: IntegrityError. A line with another `asserted` is another row of the same fact, so that the order of arrival
decides nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from gateway.errors import IntegrityError, Issue, Severity
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.store.engine import SOME, Transaction
from gateway.store.fixed import Fixed
from gateway.store.patients import Ref, ciphers, numbers
from gateway.store.schema import DIRECTORY, carriers, deliveries, facts, mentions, parts, patients, units
from gateway.store.units import Unit
from gateway.store.vault import unseal


class Row(NamedTuple):
    """A stored fact whose body is still sealed: what policy and digest need without opening anything."""

    n: int
    id: str
    source: str
    type: str
    key: str
    version: str
    asserted: str
    received: str
    via: str
    patient: int
    patient_key: str
    labels: str
    merged: str
    change: int
    body: bytes

    @property
    def reference(self) -> str:
        return f"{self.source}/{self.type}/{self.key}"


LIVE = facts.c.gone.is_(None)
_COLUMNS = tuple(patients.c.key.label(name) if name == "patient_key" else facts.c[name] for name in Row._fields)
_ROWS = sa.select(*_COLUMNS).join(patients, patients.c.n == facts.c.patient).order_by(facts.c.n)
_BY_ID = Fixed(_ROWS.where(facts.c.id.in_(SOME), LIVE))
_NAMES = Fixed(sa.select(facts.c.n, facts.c.id, facts.c.asserted).where(
    facts.c.id.in_(SOME), LIVE, facts.c.asserted >= sa.bindparam("first"), facts.c.asserted <= sa.bindparam("last")))
_ONCE = _ROWS.where(facts.c.n.in_(SOME))
_LATEST = Fixed(_ROWS.where(facts.c.merged == sa.bindparam("merged"), LIVE).order_by(None)
                .order_by(facts.c.asserted.desc(), facts.c.id.desc()).limit(1))
_BY_N = Fixed(_ROWS.where(facts.c.n.in_(SOME), LIVE))
_OF = _ROWS.where(facts.c.patient.in_(SOME))
_OF_TYPES = _OF.where(facts.c.type.in_(sa.bindparam("types", expanding=True)))
_WHOSE = Fixed(sa.select(facts.c.source, facts.c.type, facts.c.key, patients.c.key, facts.c.version, facts.c.asserted)
               .join(patients, patients.c.n == facts.c.patient)
               .where(facts.c.merged.in_(SOME), LIVE, facts.c.via == "", facts.c.patient != DIRECTORY))
_LIVE_OF = {False: Fixed(_OF.where(LIVE)), True: Fixed(_OF_TYPES.where(LIVE))}
_FIRST = Fixed(sa.select(sa.select(facts.c.n).where(facts.c.patient == patients.c.n, LIVE).order_by(facts.c.n).limit(1)
                         .correlate(patients).scalar_subquery()).where(patients.c.n.in_(SOME)))
_MERGED = Fixed(_ROWS.where(facts.c.merged == sa.bindparam("merged"), LIVE))
_OWNERS = Fixed(sa.select(patients.c.source, patients.c.key).join(facts, facts.c.patient == patients.c.n)
                .where(facts.c.merged.in_(SOME), LIVE, facts.c.patient != DIRECTORY).distinct())
STEP = 200                           # rows that are read at a time
MANY = 50                            # messages that say a fact: that many about different people are enough
_SAYING = (sa.select(carriers.c.unit).where(carriers.c.fact == sa.bindparam("fact")).order_by(carriers.c.unit)
           .limit(MANY).subquery())
_ABOUT = Fixed(sa.select(mentions.c.unit, patients.c.source, patients.c.key).join(
    _SAYING, _SAYING.c.unit == mentions.c.unit).join(patients, patients.c.n == mentions.c.patient))

# Texts of one length and one zone are ordered as their times are; others stand beside each other.
_DATE = len("2026-03-31")
_LENGTH = sa.func.length(facts.c.asserted)
_ZONE = sa.case((sa.and_(_LENGTH > _DATE, sa.func.substr(facts.c.asserted, _LENGTH - 5, 1).in_(("+", "-"))),
                 sa.func.substr(facts.c.asserted, _LENGTH - 5)), else_="")


def _entry(standing: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Rows under one merged id, of each content those asserted first and last."""
    first, last = sa.func.min(facts.c.asserted).label("first"), sa.func.max(facts.c.asserted).label("last")
    ends = (sa.select(facts.c.id, first, last).where(facts.c.merged == sa.bindparam("merged"), standing)
            .group_by(facts.c.id, _LENGTH, _ZONE).subquery())
    return _ROWS.join(ends, sa.and_(ends.c.id == facts.c.id, facts.c.asserted.in_((ends.c.first, ends.c.last)))
                      ).where(standing)


_LIVE_ENTRY = Fixed(_entry(LIVE))


def stands(upto: int | None) -> sa.ColumnElement[bool]:
    """Facts that are live, or that were at a change number."""
    return LIVE if upto is None else sa.and_(facts.c.change <= upto, sa.or_(LIVE, facts.c.gone > upto))


def _rows(tx: Transaction, *where: Any, upto: int | None = None, limit: int | None = None) -> list[Row]:
    return [Row(*r) for r in tx.conn.execute(_ROWS.where(*where, stands(upto)).limit(limit))]


def of_patients(tx: Transaction, members: Iterable[Ref], upto: int | None = None,
                types: Iterable[str] = ()) -> list[Row]:
    """Live facts about these source patients, or those that stood at change number `upto`; of some types or of all."""
    only = {"types": sorted(types)} if types else {}
    query: Any = _LIVE_OF[bool(only)] if upto is None else (_OF_TYPES if only else _OF).where(stands(upto))
    return [Row(*r) for r in tx.each(query, numbers(tx, members).values(), **only)]


def by_patient(tx: Transaction, members: Iterable[Ref], upto: int | None = None,
               types: Iterable[str] = ()) -> dict[Ref, list[Row]]:
    """The same for each source patient of whom there are any."""
    whose = {n: ref for ref, n in numbers(tx, members).items()}
    found: dict[Ref, list[Row]] = {}
    for row in of_patients(tx, whose.values(), upto, types):
        found.setdefault(whose[row.patient], []).append(row)
    return found


def firsts(tx: Transaction, members: Iterable[Ref]) -> list[Row]:
    """Of each of these source patients the live fact that came first: what names its source."""
    return numbered(tx, [n for (n,) in tx.each(_FIRST, numbers(tx, members).values()) if n is not None])


def directory(tx: Transaction, upto: int | None = None) -> list[Row]:
    """Facts about no patient: organisations, practitioners, locations, catalogue medicines."""
    return _rows(tx, facts.c.patient == DIRECTORY, upto=upto)


def ever(tx: Transaction, id: str) -> list[Row]:
    """Rows of a fact by content id, those that ended too: who was shown it is asked for ever."""
    return [Row(*r) for r in tx.conn.execute(_ROWS.where(facts.c.id == id))]


def of_key(tx: Transaction, source: str, type: str, key: str, upto: int | None = None) -> list[Row]:
    """All versions of one thing of one source, in the order they came."""
    merged = merged_id(tx.id_key, source, type, key)
    rows = ([Row(*r) for r in tx.run(_MERGED, merged=merged)] if upto is None
            else _rows(tx, facts.c.merged == merged, upto=upto))
    return [r for r in rows if (r.source, r.type, r.key) == (source, type, key)]


def whose(tx: Transaction, keys: Iterable[tuple[str, str, str]]) -> list[tuple[tuple[str, str, str], str, Any, str]]:
    """Each version of these things, as their own source says it: key, key of the patient, version, time, "" if none."""
    wanted = set(keys)
    rows = tx.each(_WHOSE, {merged_id(tx.id_key, *key) for key in wanted})
    return [(key, r[3], loads(r[4]), r[5]) for r in rows if (key := (r[0], r[1], r[2])) in wanted]


def sayers(tx: Transaction, key: tuple[str, str, str], patient: str, version: Any, asserted: str) -> list[int]:
    """Numbers of the messages that say this version of a thing."""
    query = (sa.select(carriers.c.unit, facts.c.version).join(facts, facts.c.n == carriers.c.fact)
             .join(patients, patients.c.n == facts.c.patient)
             .where(facts.c.merged == merged_id(tx.id_key, *key), LIVE, facts.c.via == "", patients.c.key == patient,
                    facts.c.asserted == asserted, carriers.c.gone.is_(None)))
    return sorted({unit for unit, said in tx.conn.execute(query) if loads(said) == version})


def entry(tx: Transaction, source: str, type: str, key: str, upto: int | None = None) -> list[Row]:
    """What one source says of a directory entry: each content at the first and the last time it was said.

    The merge reads nothing of the times between (`Time`), and every message of a site repeats its directory.
    """
    merged = {"merged": merged_id(tx.id_key, source, type, key)}
    found = tx.run(_LIVE_ENTRY, **merged) if upto is None else tx.conn.execute(_entry(stands(upto)), merged)
    rows = [Row(*r) for r in found]
    return [r for r in rows if (r.source, r.type, r.key) == (source, type, key)]


def latest(tx: Transaction, source: str, type: str, key: str) -> Row | None:
    """The version of one thing of one source that was asserted last: by time, then by content.

    Raises IntegrityError when another thing has its merged id.
    """
    row = next((Row(*r) for r in tx.run(_LATEST, merged=merged_id(tx.id_key, source, type, key))), None)
    return None if row is None else row if (row.source, row.type, row.key) == (source, type, key) else _collides(row)


def _collides(row: Row) -> Row:
    raise IntegrityError(Issue("id-collision", Severity.fatal, "Two different things have one merged id; neither is "
                               "shown under it.", row.merged, "Report it, and give the home a new id key."))


def of_merged(tx: Transaction, id: str) -> list[Row]:
    """Facts whose key has this merged id: the way from any class member's id, old or new, to its person.

    Raises IntegrityError when two keys share the id.
    """
    rows = [Row(*r) for r in tx.run(_MERGED, merged=id)]
    if len({(r.source, r.type, r.key) for r in rows}) > 1:
        _collides(rows[0])
    return rows


def of_ids(tx: Transaction, ids: Iterable[str]) -> list[Row]:
    """Live facts by content id."""
    return [Row(*r) for r in tx.each(_BY_ID, ids)]


def named(tx: Transaction, names: Collection[tuple[str, str]]) -> list[Row]:
    """Live facts by content id and time. What a site repeats in every message has many times: only these are read."""
    if not names:
        return []
    times = [at for _, at in names]
    found = tx.each(_NAMES, {id for id, _ in names}, first=min(times), last=max(times))
    return numbered(tx, [n for n, *name in found if tuple(name) in names])


def numbered(tx: Transaction, ns: Iterable[int], upto: int | None = None) -> list[Row]:
    """Facts by number, as search gives them: live, or as they stood at change number `upto`."""
    query: Any = _BY_N if upto is None else _ROWS.where(facts.c.n.in_(SOME), stands(upto))
    return [Row(*r) for r in tx.each(query, ns)]


def since(tx: Transaction, change: int, source: str = "", type: str = "", after: int = 0,
          limit: int = 1000) -> list[Row]:
    """Live facts behind a change number and behind the fact number `after`, in order of arrival: pages of a feed."""
    wanted = {facts.c.source: source, facts.c.type: type}
    only = (column == value for column, value in wanted.items() if value)
    return _rows(tx, facts.c.change > change, facts.c.n > after, *only, limit=limit)


def ended(tx: Transaction, change: int, source: str, many: int = 1000) -> Iterator[tuple[int, Row]]:
    """Facts of a source that nobody says any more since behind a change number, each with the change that ended it, in
    order, without their bodies; one that ended more than once comes as often. Read `many` at a time."""
    again = facts.alias()
    live = sa.exists().where(again.c.id == facts.c.id, again.c.asserted == facts.c.asserted, again.c.gone.is_(None))
    query = (sa.select(facts.c.gone, *_COLUMNS[:-1]).join(patients, patients.c.n == facts.c.patient)
             .where(facts.c.gone.is_not(None), facts.c.source == source, ~live)
             .order_by(facts.c.gone, facts.c.n).limit(many))
    behind = facts.c.gone > change
    while rows := tx.conn.execute(query.where(behind)).all():
        yield from ((r[0], Row(*(*r[1:], b""))) for r in rows)
        gone, n = rows[-1][:2]
        behind = sa.or_(facts.c.gone > gone, sa.and_(facts.c.gone == gone, facts.c.n > n))


def body_of(tx: Transaction, row: Row) -> bytes:
    """The stored bytes of one fact. Raises IntegrityError when they were changed."""
    return unseal(ciphers(tx, [row.patient])[row.patient], row.body, f"fact/{row.n}")


def opened(tx: Transaction, rows: Sequence[Row]) -> list[Fact]:
    """The facts themselves. Raises IntegrityError when stored bytes were changed."""
    if not rows:
        return []
    keys = ciphers(tx, {r.patient for r in rows})
    return [Fact(r.source, loads(r.version), loads(unseal(keys[r.patient], r.body, f"fact/{r.n}")), r.asserted or None,
                 r.received, r.via or None) for r in rows]


class Carrier(NamedTuple):
    """A message that carries a fact, and the place in it."""

    unit: str
    source: str
    received: str
    place: str


def carried_by(tx: Transaction, id: str, limit: int) -> list[Carrier]:
    """The first messages that say a fact, at whatever time: the way back to exact bytes."""
    query = (sa.select(units.c.id, units.c.source, units.c.received, carriers.c.place)
             .join(carriers, carriers.c.unit == units.c.n).join(facts, facts.c.n == carriers.c.fact)
             .where(facts.c.id == id, LIVE, carriers.c.gone.is_(None)).order_by(units.c.n).limit(limit))
    return [Carrier(*r) for r in tx.conn.execute(query)]


def by_delivery(tx: Transaction, source: str) -> dict[str, list[Row]]:
    """Live facts of each delivery of a source, by the delivery's id: what stood in that file or answer."""
    query = (sa.select(parts.c.delivery, carriers.c.fact).join(deliveries, deliveries.c.id == parts.c.delivery)
             .join(carriers, carriers.c.unit == parts.c.unit)
             .where(deliveries.c.source == source, carriers.c.gone.is_(None)).distinct())
    pairs = tx.conn.execute(query).all()
    rows = {r.n: r for r in numbered(tx, (n for _, n in pairs))}
    out: dict[str, list[Row]] = {}
    for delivery, n in pairs:
        if n in rows:
            out.setdefault(delivery, []).append(rows[n])
    return out


def patients_with(tx: Transaction, source: str, types: Iterable[str]) -> list[str]:
    """Keys of a source's patients about whom there is a live fact of one of these types, sorted."""
    query = (sa.select(patients.c.key).join(facts, facts.c.patient == patients.c.n)
             .where(facts.c.source == source, facts.c.type.in_(list(types)), LIVE, patients.c.n != DIRECTORY)
             .distinct())
    return sorted(key for (key,) in tx.conn.execute(query))


def spoken(tx: Transaction, source: str) -> dict[str, set[str]]:
    """Type → keys of what a source spoke as FHIR, each in a message of its own: not what was made of a document."""
    query = (sa.select(facts.c.type, facts.c.key).join(carriers, carriers.c.fact == facts.c.n)
             .join(units, units.c.n == carriers.c.unit)
             .where(facts.c.source == source, facts.c.via == "", LIVE, carriers.c.gone.is_(None),
                    units.c.source == source, units.c.kind == facts.c.type).distinct())
    out: dict[str, set[str]] = {}
    for type, key in tx.conn.execute(query):
        out.setdefault(type, set()).add(key)
    return out


def spoken_of(tx: Transaction, members: Iterable[Ref]) -> set[Ref]:
    """Those source patients about whom there is a live fact."""
    ns = {n: ref for ref, n in numbers(tx, members).items()}
    return {ns[n] for (n,) in tx.each(sa.select(facts.c.patient).where(facts.c.patient.in_(SOME), LIVE).distinct(), ns)}


def sources(tx: Transaction) -> list[str]:
    """Names of the origins of live facts, sorted."""
    return sorted(s for (s,) in tx.conn.execute(sa.select(facts.c.source).where(LIVE).distinct()))


def count(tx: Transaction) -> dict[str, int]:
    """Live facts of each origin."""
    query = sa.select(facts.c.source, sa.func.count()).where(LIVE).group_by(facts.c.source)
    return dict(tx.conn.execute(query).tuples().all())


def count_via(tx: Transaction) -> dict[str, int]:
    """Live facts that came through each other gateway."""
    query = sa.select(facts.c.via, sa.func.count()).where(LIVE, facts.c.via != "").group_by(facts.c.via)
    return dict(tx.conn.execute(query).tuples().all())


def mentioned(tx: Transaction, unit: Unit) -> list[Ref]:
    """Source patients that a message holds something about."""
    query = (sa.select(patients.c.source, patients.c.key).join(mentions, mentions.c.patient == patients.c.n)
             .where(mentions.c.unit == unit.n).order_by(patients.c.n))
    return [Ref(*row) for row in tx.conn.execute(query)]


def ever_of(tx: Transaction, members: Iterable[Ref], types: Iterable[str]) -> list[Row]:
    """Rows of some types about these source patients, those that ended too."""
    return [Row(*r) for r in tx.each(_OF_TYPES, numbers(tx, members).values(), types=sorted(types))]


def of_nobody(tx: Transaction, sources: Collection[str], but: Iterable[str]) -> Iterator[Row]:
    """Rows about no patient of some sources, of all types `but` some, those that ended too: only what a message about
    nobody says, since every other message goes with whom it mentions. Read STEP at a time: each may hold a document.
    """
    about = sa.exists().where(mentions.c.unit == carriers.c.unit)
    lone = sa.exists().where(carriers.c.fact == facts.c.n, ~about)
    query = _ROWS.where(facts.c.patient == DIRECTORY, facts.c.source.in_(sorted(sources)),
                        facts.c.type.not_in(sorted(but)), lone).limit(STEP)
    after = 0
    while rows := [Row(*r) for r in tx.conn.execute(query.where(facts.c.n > after))]:
        yield from rows
        after = rows[-1].n


def ever_said_in(tx: Transaction, ns: Iterable[int]) -> list[str]:
    """Ids of the messages that say any of these numbered facts, or said it once."""
    query = (sa.select(units.c.id).join(carriers, carriers.c.unit == units.c.n).where(carriers.c.fact.in_(SOME))
             .distinct())
    return sorted({id for (id,) in tx.each(query, ns)})


def owners(tx: Transaction, merged: Iterable[str]) -> set[Ref]:
    """The source patients whom live facts of these merged ids are about."""
    return {Ref(*row) for row in tx.each(_OWNERS, merged)}


def always_about(tx: Transaction, n: int) -> set[Ref]:
    """The source patients whom every message concerns that says or said a numbered fact; read of the first MANY
    messages, and of those alone that are about anybody."""
    about: dict[int, set[Ref]] = {}
    for unit, source, key in tx.run(_ABOUT, fact=n):
        about.setdefault(unit, set()).add(Ref(source, key))
    return set.intersection(*about.values()) if about else set()


def carried_in(tx: Transaction, ns: Iterable[int]) -> set[int]:
    """Numbers of the messages that say any of these numbered facts."""
    query = sa.select(carriers.c.unit).where(carriers.c.fact.in_(SOME), carriers.c.gone.is_(None)).distinct()
    return {unit for (unit,) in tx.each(query, ns)}


def said_by(tx: Transaction, unit: Unit, at: int | None = None) -> list[tuple[Row, Fact, str]]:
    """Live facts that a message says, opened, each with its place in it; or those that it ceased to say at a change."""
    query = sa.select(carriers.c.fact, carriers.c.place).where(
        carriers.c.unit == unit.n, carriers.c.gone.is_(None) if at is None else carriers.c.gone == at)
    places = dict(tx.conn.execute(query).tuples().all())
    rows = numbered(tx, places) if at is None else [Row(*r) for r in tx.each(_ONCE, places)]
    return [(row, fact, places[row.n]) for row, fact in zip(rows, opened(tx, rows), strict=True)]


def silent_since(tx: Transaction, unit: Unit) -> int:
    """The newest change at which a message ceased to say a fact; 0 when it never did."""
    newest = sa.select(sa.func.max(carriers.c.gone)).where(carriers.c.unit == unit.n)
    return tx.conn.execute(newest).scalar() or 0


def of_unit(tx: Transaction, unit: Unit) -> list[Row]:
    """Live facts that a message says."""
    return _rows(tx, facts.c.n.in_(sa.select(carriers.c.fact).where(
        carriers.c.unit == unit.n, carriers.c.gone.is_(None))))
