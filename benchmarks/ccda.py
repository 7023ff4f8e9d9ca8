"""C-CDA to FHIR beside python-fhir-converter 0.3.0 and beside the lxml parse alone, document by document in one run.

ours   `gateway map run` on the document's bytes: parse, map, validate, ledger
peer   `render_fhir_string`, to JSON text; it pins other versions of our libraries, so it lives in an environment of its
       own (made on first use beside this Python's) and answers document after document over a pipe
parse  lxml, bytes to a tree

CPU time, best of the rounds for each document. Facts are those that tests/corpus/ccda_facts.py reads from the entries;
the peer is judged by codes alone (it leaves many code systems as OIDs), ours also with systems and negations. Documents: those below
the folder that CORPUS names, else invented ones. Bounds: at least 4 × faster with at least as many correct facts, at
most 12 × the parse. `python -m benchmarks.ccda [ROUNDS]`
"""

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.jsontext import loads
from gateway.pure.mapping import Chosen, messages
from tests import ccda_documents
from tests.corpus.ccda_facts import CORE, Document
from tests.corpus.ccda_judge import judge

PEER = "python-fhir-converter==0.3.0"
TEMPLATES = {"11488-4": "ConsultationNote", "18842-5": "DischargeSummary", "34117-2": "HistoryandPhysical",
             "11504-8": "OperativeNote", "28570-0": "ProcedureNote", "11506-3": "ProgressNote", "57133-1": "ReferralNote",
             "18761-7": "TransferSummary"}  # type of document → the peer's template; CCD for the rest
ANSWER = """
import gc, json, sys, time
from fhir_converter.renderers import CcdaRenderer
renderer = CcdaRenderer()
for line in sys.stdin:
    path, template = json.loads(line)
    data, text = open(path, "rb").read(), ""
    gc.collect()
    gc.disable()
    begin = time.process_time()
    try:
        text = renderer.render_fhir_string(template, data)
    except Exception:
        pass
    seconds = time.process_time() - begin
    gc.enable()
    print(json.dumps([seconds, text]), flush=True)
"""

Resource = dict[str, Any]


@dataclass
class Taken:
    """One document: seconds of each way (the best so far), resources of each."""

    seconds: dict[str, float] = field(default_factory=dict)
    resources: dict[str, list[Resource]] = field(default_factory=dict)

    def add(self, name: str, seconds: float, resources: list[Resource]) -> None:
        self.seconds[name] = min(seconds, self.seconds.get(name, seconds))
        self.resources[name] = resources


def paths(folder: Path) -> list[Path]:
    """The corpus, or invented documents written to `folder`."""
    if os.environ.get("CORPUS"):
        from tests.corpus.ccda import documents
        return list(documents())
    for n in range(20):
        (folder / f"{n}.xml").write_bytes(ccda_documents.everything(f"D-{n}"))
    return sorted(folder.glob("*.xml"))


@contextmanager
def peer() -> Iterator[Callable[[Path], tuple[float, list[Resource]]]]:
    """The peer, ready to convert files."""
    home = Path(sys.prefix) / "peers" / "fhir-converter"
    python = home / "bin" / "python"
    if not (home / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER], check=True)
        (home / ".ready").touch()
    with subprocess.Popen([str(python), "-c", ANSWER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout

        def convert(path: Path) -> tuple[float, list[Resource]]:
            process.stdin.write(json.dumps([str(path), TEMPLATES.get(_type(path), "CCD")]) + "\n")
            process.stdin.flush()
            seconds, text = json.loads(process.stdout.readline())
            return seconds, [e["resource"] for e in loads(text).get("entry", ()) if "resource" in e] if text else []
        yield convert
        process.stdin.close()


def _type(path: Path) -> str:
    code = etree.parse(path).find("{*}code")
    return "" if code is None else code.get("code", "")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    gc.disable()
    begin = time.process_time()
    done = work()
    seconds = time.process_time() - begin
    gc.enable()
    return seconds, done


def _ours(path: Path, data: bytes) -> list[Resource]:
    return [r for found in messages(path.name, data, Chosen()) for r in found.result.mapped.resources]


def measure(chosen: list[Path], rounds: int) -> dict[Path, Taken]:
    """Every document by every way, `rounds` times, in turn."""
    out: dict[Path, Taken] = {path: Taken() for path in chosen}
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    list(_ours(chosen[0], chosen[0].read_bytes()))  # mappings are compiled once a process
    with peer() as convert:
        convert(chosen[0])
        for _ in range(rounds):
            for path, taken in out.items():
                data = path.read_bytes()
                taken.add("parse", _timed(lambda data=data: etree.fromstring(data, parser))[0], [])
                taken.add("ours", *_timed(lambda path=path, data=data: _ours(path, data)))
                taken.add("peer", *convert(path))
    return out


def correct(path: Path, resources: list[Resource], systems: bool) -> int:
    """How many facts of the core kinds are right."""
    return sum(v.found and not v.wrong for f, v in judge(Document(path.read_bytes()).facts(), resources, systems) if f.kind in CORE)


def main(rounds: int = 3) -> int:
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        found = measure(paths(Path(folder)), rounds)
        facts = sum(f.kind in CORE for path in found for f in Document(path.read_bytes()).facts())
        ours, strictly, theirs = (sum(correct(p, t.resources[who], systems) for p, t in found.items())
                                  for who, systems in (("ours", False), ("ours", True), ("peer", False)))
    mean = {who: sum(t.seconds[who] for t in found.values()) / len(found) * 1000 for who in ("parse", "ours", "peer")}
    ratios = sorted(t.seconds["peer"] / t.seconds["ours"] for t in found.values() if t.resources["peer"])
    refused = {who: sum(not t.resources[who] for t in found.values()) for who in ("ours", "peer")}
    print(f"{len(found)} documents, ms a document: " + ", ".join(f"{who} {ms:.2f}" for who, ms in mean.items()))
    print(f"refused: ours {refused['ours']}, peer {refused['peer']}")
    print(f"correct facts of {facts}: ours {ours} ({strictly} with systems and negations), peer {theirs}")
    print(f"ratio to the peer: {mean['peer'] / mean['ours']:.2f} x faster (aim >= 4), median document {ratios[len(ratios) // 2]:.2f} x")
    print(f"ratio to the parse: {mean['ours'] / mean['parse']:.1f} x (aim <= 12)")
    return 0 if mean["peer"] / mean["ours"] >= 4 and ours >= theirs and mean["ours"] / mean["parse"] <= 12 else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
