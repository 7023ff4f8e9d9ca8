"""How well the model links a set of people whose truth is known. The truth changes nothing but the report."""

import csv
import io
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gateway.errors import Issue, Severity, UsageError
from gateway.identity.assertions import Member, Pair, Said
from gateway.identity.census import at_hand
from gateway.identity.cluster import Scores, ordered
from gateway.identity.contacts import address_of, email
from gateway.identity.dates import birth_of
from gateway.identity.decide import MODEL
from gateway.identity.features import Features, assemble
from gateway.identity.linkage import candidates, touched
from gateway.identity.names import name_of
from gateway.identity.numbers import numbers_of
from gateway.identity.phones import phone_key
from gateway.identity.score import Model

COLUMNS = ("id", "source", "given", "family", "birth_date", "sex", "street", "street_2", "house_number", "city",
           "postcode", "state", "country", "phone", "email", "identifier")
_SEX = {"m": "male", "f": "female", "male": "male", "female": "female", "1": "male", "2": "female", "o": "other"}


def _rows(data: bytes, needed: Sequence[str], where: str) -> Iterator[dict[str, str]]:
    reader = None
    try:
        # Lines are told by the reader itself: a value may hold a line break, and U+2028 is a letter like any other.
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), skipinitialspace=True,
                                strict=True)      # an open quote would swallow all rows behind it
        if fault := _fault(reader.fieldnames or (), needed):
            raise UsageError(Issue("people-unreadable", Severity.error, f"{fault}; nothing was compared.", f"{where}:1",
                                   f"Columns: {','.join(COLUMNS)}."))
        for row in reader:
            if None in row:
                raise UsageError(Issue("people-unreadable", Severity.error, "A row has more values than the header has "
                                       "names; nothing was compared.", f"{where}:{reader.line_num}",
                                       "Quote values that hold a comma."))
            yield {k: (v or "").strip() for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)}
    except (UnicodeDecodeError, csv.Error) as e:
        raise UsageError(Issue("people-unreadable", Severity.error, f"The file is not CSV in UTF-8: {e}; nothing was "
                               "compared.", f"{where}:{reader.line_num}" if reader else where,
                               "Write it as UTF-8 with a header line, and close every quote.")) from e


def _fault(names: Sequence[str], needed: Sequence[str]) -> str:
    """What is wrong with a header; "" when nothing is."""
    if lacking := [c for c in needed if c not in names]:
        one = len(names) == 1 and any(sign in names[0] for sign in ";\t|")
        return f"The file has no column {', '.join(lacking)}{': values are to be parted by commas' if one else ''}"
    twice = sorted({c for c in names if names.count(c) > 1 and c in (*COLUMNS, *needed)})
    return f"The file has two columns {', '.join(twice)}" if twice else ""


def people_rows(data: bytes, where: str = "people") -> Iterator[dict[str, str]]:
    """The rows of PEOPLE.csv. Raises UsageError when it is not what the contract says, or an id names two rows."""
    known: set[str] = set()
    for n, row in enumerate(_rows(data, ("id",), where), 1):
        if not (id := row["id"]) or id in known:
            raise UsageError(Issue("people-unreadable", Severity.error, f"Row {n} has "
                                   f"{'the id of another row' if id else 'no id'}; nothing was compared.", where,
                                   "Give every row an id of its own, whatever its source."))
        known.add(id)
        yield row


def unread(data: bytes) -> list[str]:
    """Columns of PEOPLE.csv that nothing is made of: others than COLUMNS, or misspelt ones."""
    header = next(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), skipinitialspace=True), [])
    return [c for c in header if c not in COLUMNS]


def truth_pairs(data: bytes, where: str = "truth") -> Iterator[tuple[str, str]]:
    """The pairs of TRUTH.csv. Raises UsageError."""
    return ((r["id_a"], r["id_b"]) for r in _rows(data, ("id_a", "id_b"), where))


def _identifiers(text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for part in text.split():
        system, bar, value = part.rpartition("|")
        yield (system, value, ()) if bar else ("", part, ())


def row_features(row: Mapping[str, str]) -> Features:
    """The `Features` of one row of PEOPLE.csv."""
    def get(column: str) -> str:
        return row.get(column) or ""

    phone, mail = phone_key(get("phone"), get("country")), email(get("email"))
    street = "\n".join(filter(None, (get("street"), get("street_2"))))
    address = address_of(street, get("house_number"), get("postcode"), get("city"), get("state"))
    born = birth_of(get("birth_date"))
    return assemble(name_of([(get("family"), [get("given")], [])]), born,
                    _SEX.get(get("sex").lower(), ""), numbers_of(_identifiers(get("identifier")), born.whole or ""),
                    (phone,) if phone else (), (mail,) if mail else (), [address] if any(address) else [])


def _rate(found: int, wanted: int, right: int) -> dict[str, float]:
    precision = right / found if found else 1.0
    recall = right / wanted if wanted else 1.0
    both = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / both if both else 0.0}


def _report(pairs: set[Pair], truth: set[Pair]) -> dict[str, float]:
    return _rate(len(pairs), len(truth), len(pairs & truth))


def _clustered(clusters: Iterable[list[Member]], truth: set[Pair]) -> dict[str, float]:
    person = {}
    found = 0
    for number, members in enumerate(clusters):
        person.update(dict.fromkeys(members, number))
        found += len(members) * (len(members) - 1) // 2
    right = sum(1 for a, b in truth if person.get(a, a) == person.get(b, b))
    return _rate(found, len(truth), right)


def evaluate(people: bytes, truth: bytes, train: bool = False, model: Model = MODEL) -> dict[str, Any]:
    """The report of `gateway identity evaluate`. train: first learn m and u from the people, with Splink.

    Raises UsageError when a file is not what the contract says.
    """
    started = time.perf_counter()
    features: dict[Member, Features] = {("", row["id"]): row_features(row) for row in people_rows(people)}
    wanted = {ordered(("", a), ("", b)) for a, b in truth_pairs(truth)}
    if train:
        from gateway.identity.train import trained

        model = trained(features, model)
    model = at_hand(model, features)
    scores = Scores(features, model)
    link: set[Pair] = set()
    review: set[Pair] = set()
    for a, b in candidates(sorted(features), features):
        comparison = scores.fresh(a, b)
        if comparison.decision != "no":
            (link if comparison.decision == "link" else review).add((a, b))
    clusters = touched(features, link, Said(), scores).clusters
    return {"schema": "gateway.identity/1", "auto": _report(link, wanted), "clusters": _clustered(clusters, wanted),
            "with_review": _report(link | review, wanted),
            "review_share": len(review) / (len(link) + len(review)) if link or review else 0.0,
            "pairs": {"link": len(link), "review": len(review)}, "seconds": round(time.perf_counter() - started, 3),
            "model": model.id, "shared_homes": model.shared, "unread": unread(people)}
