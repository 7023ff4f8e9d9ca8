"""kill -9 at 50 seeded moments of a pull of 5,000 messages; what is there after the resumption. Takes about six minutes on 2 cores.

Two homes are killed 25 times each on the way: before the n-th statement, before the n-th commit, behind the n-th append
to the transfer log, or at any instant. A home that was never killed is what they are compared with: messages, facts,
assertions, persons, ledger, problems, cursors and counters in one export, and every person's record, byte for byte.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from gateway import config
from gateway.disclose import log, records
from gateway.disclose.transfer import Asked
from gateway.jsontext import canonical, loads
from gateway.opened import opened
from gateway.policy.request import Request
from gateway.store import people, units
from tests.demo.homes import write_source
from tests.population.settings import settings
from tests.prove import Figure
from tests.store.export import export
from tests.world import make_world

PEOPLE, MESSAGES, HOMES, KILLS, SEED = 560, 5000, 2, 25, 1
WAYS = ("statement", "statement", "commit", "log", "moment")
FILES = ("norrvik", "elbhafen", "norrlab", "soevang")


def template(folder: Path, n: int) -> Path:
    """A home with the four sources of the demo world that send files."""
    home = config.init(folder / "template", name="kill.example/transfers", country="SE")
    make_world(n, seed=SEED).write(home / "inbox")
    wired = settings("inbox", "http://127.0.0.1:9/fhir", "http://127.0.0.1:9/fhir", "")
    for name in FILES:
        write_source(home, name, wired[name])
    return home


def live(home: Path, what: str = "none", number: int = 0) -> tuple[int, str]:
    """One life of the pull. Returns its exit code and what it said."""
    done = subprocess.run([sys.executable, "-m", "tests.prove._life", str(home), what, str(number)], capture_output=True,
                          text=True, check=False)
    if done.returncode not in (0, -9):
        raise RuntimeError(done.stderr)
    return done.returncode, done.stdout.strip()


def content(home: Path) -> tuple[bytes, int]:
    """Everything that stands in a home but received times, with every person's record; and how many messages."""
    asked = Asked(Request(purpose="TREAT", user="proof", care=True, scopes=("system/*.rs",), time="2026-04-01"), "record", "")
    with opened(home) as gate:
        with gate.store.read() as tx:
            everyone = sorted({k.person for k in people.everyone(tx)})
            count = len(units.find(tx, limit=10**9))
        lines = [export(gate.store)]
        for person in everyone:
            record = loads(records.record(gate, asked, person).body)
            lines.append(canonical({k: v for k, v in record.items() if k != "sections"}))
        gate.log.checkpoint()
        verdict = log.verified(gate)
        assert verdict.state == "VERIFIED", verdict
    return b"\n".join(lines), count


def prove(n: int = PEOPLE, homes: int = HOMES, kills: int = KILLS, messages: int = MESSAGES) -> Iterator[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="kill"))
    try:
        plain = template(folder, n)
        calm = Path(shutil.copytree(plain, folder / "calm"))
        totals = dict(zip((*dict.fromkeys(WAYS),), map(int, live(calm)[1].split()), strict=True))
        wanted, count = content(calm)
        yield Figure("messages of the pull", str(count), f">= {messages}", count >= messages)
        inside, dead, same = 0, 0, 0
        for seed in range(homes):
            home, random = Path(shutil.copytree(plain, folder / f"home{seed}")), Random(f"{SEED}/{seed}")
            for _ in range(kills):
                what = random.choice(WAYS)
                code, said = live(home, what, random.randrange(1, max(2, totals[what] // (kills + 1))))
                dead += code == -9
                inside += said == "inside"
            assert live(home)[0] == 0
            same += content(home)[0] == wanted
            shutil.rmtree(home)
        yield Figure("killed", f"{dead} times, {inside} inside a transaction", f">= {homes * kills}, >= 10",
                     dead >= homes * kills and inside >= min(10, homes * kills // 3))
        yield Figure("the same as undisturbed, byte for byte", f"{same} of {homes} homes", "all", same == homes)
        yield Figure("the export", f"{len(wanted)} bytes", "> 1,000,000", len(wanted) > 1_000_000 or n < PEOPLE)
    finally:
        shutil.rmtree(folder)
