"""`make identity-score`: how well people are linked on every set whose truth is at hand, through `gateway identity`.

Prints one table; `--write` puts it into the README with the day. Thresholds and weights are those of the model that ships:
nothing is chosen by looking at these sets.
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.identity import peer
from tests.identity.truth_sets import SETS, Graded, Row, Rows, aira, contradictions, register

BEGIN, END = "<!-- identity-score -->", "<!-- /identity-score -->"
HEAD = ("set", "pairs", "linked P / R / F1", "clusters P / R / F1", "with review F1", "review", "truly same", "seconds")


def _csv(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def gateway(*args: str) -> str:
    """What a command prints."""
    return subprocess.run([sys.executable, "-m", "gateway.cli", "identity", *args], check=True, capture_output=True, text=True).stdout


def evaluated(rows: Rows, folder: Path) -> dict[str, Any]:
    """The report of `gateway identity evaluate`."""
    people, truth = folder / "people.csv", folder / "truth.csv"
    people.write_text(_csv(rows.people), "utf-8")
    truth.write_text(_csv([{"id_a": a, "id_b": b} for a, b in rows.truth()]) or "id_a,id_b\n", "utf-8")
    return json.loads(gateway("evaluate", str(people), "--truth", str(truth), "--json"))


def compared(pairs: Sequence[Graded], folder: Path) -> list[str]:
    """The decisions of `gateway identity compare`."""
    file = folder / "pairs.jsonl"
    file.write_text("".join(json.dumps({"a": p.a, "b": p.b}) + "\n" for p in pairs), "utf-8")
    return [json.loads(line)["decision"] for line in gateway("compare", str(file), "--jsonl").splitlines()]


def three(rate: dict[str, float]) -> str:
    return " / ".join(f"{rate[k]:.4f}" for k in ("precision", "recall", "f1"))


def truly_same(report: dict[str, Any], pairs: int) -> str:
    """Of the pairs for review, how many are one person: what review adds to the recall."""
    review = report["pairs"]["review"]
    added = (report["with_review"]["recall"] - report["auto"]["recall"]) * pairs
    return f"{added / review:.0%}" if review else ""


def figures(rows: Rows, folder: Path) -> tuple[str, ...]:
    """One line of the table."""
    report, pairs = evaluated(rows, folder), len(rows.truth())
    return (rows.name, f"{pairs}", three(report["auto"]), three(report["clusters"]), f"{report['with_review']['f1']:.4f}",
            f"{report['review_share']:.1%}", truly_same(report, pairs), f"{report['seconds']:.1f}")


def graded(folder: Path) -> Iterator[str]:
    """AIRA's pairs, three ways."""
    pairs = list(aira())
    found = Counter((p.expected, d) for p, d in zip(pairs, compared(pairs, folder), strict=True)) if pairs else Counter()
    for expected in ("Match", "Possible Match", "Not a Match"):
        total = sum(n for (e, _), n in found.items() if e == expected)
        if total:
            shares = ", ".join(f"{d} {found[expected, d]} ({found[expected, d] / total:.1%})" for d in ("link", "review", "no"))
            yield f"AIRA *{expected}* ({total}): {shares}"


def uncontradicted(rows: Rows) -> str:
    """The clusters of a set, but for the pairs whose labels contradict themselves."""
    from gateway.identity.census import at_hand
    from gateway.identity.cluster import Said, Scores
    from gateway.identity.decide import MODEL
    from gateway.identity.evaluate import row_features
    from gateway.identity.linkage import candidates, touched

    features = {("", row["id"]): row_features(row) for row in rows.people}
    scores = Scores(features, at_hand(MODEL, features))
    links = [p for p in candidates(sorted(features), features) if scores(*p).decision == "link"]
    clusters = touched(features, links, Said(), scores).clusters
    found = {(a[1], b[1]) for members in clusters for a, b in combinations(sorted(members), 2)}
    apart, truth = contradictions(rows), set(rows.truth())
    lines = sorted({tuple(int(key) + 2 for key in pair) for pair in apart & (found ^ truth)})
    found, truth = found - apart, truth - apart
    right = len(found & truth)
    rate = {"precision": right / len(found), "recall": right / len(truth), "f1": 2 * right / (len(found) + len(truth))}
    return (f"{rows.name} without the {len(apart)} pairs whose labels contradict themselves (two people with one number and given name, one "
            f"person with two numbers): clusters {three(rate)}; they disagree with us on lines {', '.join(f'{a}/{b}' for a, b in lines)}")


def against_register() -> str:
    """How the cases of better_test are answered by the register that its authors ask: each is graded against each person,
    and counted is whom it says with certainty. A certain answer where none is expected is wrong, like another person; where
    its authors expect "possible_match" nothing counts."""
    from gateway.identity import MODEL
    from gateway.identity.decide import alike
    from gateway.identity.evaluate import row_features
    from gateway.identity.grade import CERTAIN, FAINT, grade

    people, cases = register()
    if not people:
        return "better_test against its register: not measured, nbs_seed.csv does not lie beside better_test.csv"
    known = [(row_features(row), who) for row, who in people]
    found: Counter[tuple[str, str]] = Counter()
    for case in cases:
        mine = row_features(case.row)
        near = ((alike(mine, theirs, MODEL, MODEL.no - FAINT), who) for theirs, who in known)
        graded = [(g, who) for c, who in near if c and (g := grade([c]))]
        best, who = max(graded, key=lambda g: (g[0].grade == CERTAIN, g[0].weight), default=(None, ""))
        answer = "none" if best is None else best.grade if best.grade != CERTAIN else "right" if who == case.who else "wrong"
        found[case.expected, answer] += 1
    right, expected = found["match", "right"], sum(n for (e, _), n in found.items() if e == "match")
    wrong = found["match", "wrong"] + found["no_match", "right"] + found["no_match", "wrong"]
    rate = {"precision": right / max(right + wrong, 1), "recall": right / expected, "f1": 2 * right / (right + wrong + expected)}
    return (f"better_test against its register of {len(people)} people, {len(cases)} cases, counting the person: certain {three(rate)} "
            f"({right} of {expected} that are to match; {found['match', 'wrong']} another person, {wrong - found['match', 'wrong']} where none is expected)")


def by_group(rows: Rows) -> Iterator[tuple[str, ...]]:
    """For each subgroup: pairs, linked, for review, missed; each pair belongs to every group of either row."""
    from gateway.identity import compare_features
    from gateway.identity.evaluate import row_features

    by_id = {row["id"]: row for row in rows.people}
    counts: dict[str, Counter[str]] = {}
    for a, b in rows.truth():
        decision = compare_features(row_features(by_id[a]), row_features(by_id[b])).decision
        for group in rows.groups.get(a, set()) | rows.groups.get(b, set()):
            counts.setdefault(group, Counter())[decision] += 1
    for group, found in sorted(counts.items()):
        total = sum(found.values())
        yield (group, str(total), *(f"{found[d] / total:.1%}" for d in ("link", "review", "no")))


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines))


def main(args: Sequence[str]) -> None:
    started = time.perf_counter()
    lines, groups, peers = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for load in SETS:
            for rows in load():
                lines.append(figures(rows, Path(folder)))
                groups += by_group(rows) if rows.groups else ()
                if rows.name.startswith("harder"):
                    peers.append(peer.splink_line(rows))
                if rows.name == "better_test":
                    peers += [uncontradicted(rows), against_register()]
        answers = list(graded(Path(folder)))
    parts = [_table(HEAD, lines), *(f"{p}" for p in peers), *answers,
             _table(("of the generated world", "pairs", "linked", "review", "no"), groups)]
    text = "\n\n".join(["\n".join(parts[:1]), "\n".join(f"* {line}" for line in parts[1:-1]), parts[-1]])
    print(f"{text}\n\n{time.perf_counter() - started:.0f} s")
    if "--write" in args:
        readme = Path("README.md")
        before, _, rest = readme.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        said = f"{BEGIN}\nMeasured {date.today().isoformat()} by `make identity-score`, with the model that ships.\n\n{text}\n{END}"
        readme.write_text(f"{before}{said}{after}", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
