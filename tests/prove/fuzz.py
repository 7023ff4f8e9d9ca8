"""The pure commands under random bytes, damaged files, a suite of JSON texts and naughty strings. About 4 minutes.

Never a stack trace, a defect, an exit code that the contract does not name, or a wait of more than ten seconds; a text
that is no JSON is refused; a string that a resource holds comes out of the merge as it went in. The two suites are read
below CORPUS; without it only what is made here runs.
"""

import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from typing import Any

from gateway.cli.main import run
from tests.homes import make_home
from tests.prove import Figure

SECONDS, LONGEST, SEED = 150, 10, 1
HL7 = (b"MSH|^~\\&|LAB|LUND|GW|X|20260301100000+0100||ORU^R01^ORU_R01|7|P|2.5.1\rPID|1||123^^^LUND^MR||Lind^Eva||19610203|F\r"
       b"OBR|1|A1|B1|GLU^Glucose^L|||20260301080000+0100\rOBX|1|NM|2345-7^Glucose^LN||5.50|mmol/L|4.0-6.0|N|||F\r")
PATIENT = {"resourceType": "Patient", "id": "p", "name": [{"family": "Lind", "given": ["Eva"]}], "birthDate": "1961-02-03",
           "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "196102033450"}]}
RESULT = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "Glucose"},
          "subject": {"reference": "Patient/p"}, "valueQuantity": {"value": 5.5, "unit": "mmol/L"}}
XML = (b'<Patient xmlns="http://hl7.org/fhir"><id value="p"/><name><family value="Lind"/></name>'
       b'<birthDate value="1961-02-03"/></Patient>')
CDA = (b'<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
       b'<id root="1.2.3" extension="d"/><effectiveTime value="20260301"/><recordTarget><patientRole><id root="1.2.4" '
       b'extension="7"/><patient><name><family>Lind</family></name></patient></patientRole></recordTarget></ClinicalDocument>')


def lines(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(r).encode() + b"\n" for r in rows)


FACTS = lines(*({"source": s, "version": "1", "resource": r} for s in "ab" for r in (PATIENT, RESULT)),
              {"assert": "unlink", "source": "b"}, {"assert": "listing", "source": "a", "scope": "Patient/p/results",
                                                    "at": "2026-03-01", "keys": ["Observation/o"]})
REQUEST = json.dumps({"purpose": "TREAT", "time": "2026-01-01", "care": True}).encode()
# Name → (files, words that call the command on them, exit codes that may come).
Call = tuple[dict[str, bytes], list[str], set[int]]
CALLS: dict[str, Call] = {
    "map run hl7": ({"m.hl7": HL7}, ["map", "run", "m.hl7", "--jsonl"], {0, 1}),
    "map run json": ({"p.json": json.dumps(PATIENT).encode()}, ["map", "run", "p.json", "--jsonl"], {0, 1}),
    "map run ccda": ({"d.xml": CDA}, ["map", "run", "d.xml", "--jsonl"], {0, 1}),
    "map run csv": ({"r.csv": b"sample_id,patient_no,test_code,result_status\n1,2,x,final\n"},
                    ["map", "run", "--mapping", "csv/laboratory", "r.csv", "--jsonl"], {0, 1}),
    "map coverage": ({"m.hl7": HL7}, ["map", "coverage", "m.hl7", "--json"], {0, 1}),
    "map explain": ({"m.hl7": HL7}, ["map", "explain", "m.hl7", "--jsonl"], {0, 1}),
    "map run mapping": ({"m.hl7": HL7, "x.yaml": b"mapping: x\nreads: hl7v2\nwhen: MSH-9.1\nmakes: Patient\nkey: PID-3.1\n"
                         b"fields:\n  birthDate: PID-7 as date\n"}, ["map", "run", "--mapping", "x.yaml", "m.hl7", "--jsonl"],
                        {0, 1, 3}),
    "validate json": ({"p.json": json.dumps(RESULT).encode()}, ["validate", "p.json", "--jsonl"], {0, 1}),
    "validate xml": ({"p.xml": XML}, ["validate", "p.xml", "--jsonl"], {0, 1}),
    "validate ndjson": ({"p.ndjson": lines(PATIENT, RESULT)}, ["validate", "p.ndjson", "--jsonl"], {0, 1}),
    "merge": ({"f.jsonl": FACTS}, ["merge", "f.jsonl", "--json"], {0, 2}),
    "view": ({"f.jsonl": FACTS, "q.json": REQUEST}, ["view", "f.jsonl", "--request", "q.json", "--json"], {0, 2, 5}),
    "compare": ({"p.jsonl": lines({"a": PATIENT, "b": PATIENT})}, ["identity", "compare", "p.jsonl", "--jsonl"], {0, 2}),
    "cluster": ({"r.jsonl": lines({"source": "a", "resource": PATIENT}, {"source": "b", "resource": PATIENT},
                                  {"assert": "same", "a": "a/p", "b": "b/p"})}, ["identity", "cluster", "r.jsonl", "--json"], {0, 2}),
    "evaluate": ({"p.csv": b"id,source,given,family,birth_date\n1,a,Eva,Lind,1961-02-03\n2,b,Eva,Lind,1961-02-03\n",
                  "t.csv": b"id_a,id_b\n1,2\n"}, ["identity", "evaluate", "p.csv", "--truth", "t.csv", "--json"], {0, 2}),
}


def call(words: list[str]) -> tuple[int, bytes, str, float]:
    """Exit code, output, errors and seconds of one call in this process."""
    out, err, started = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO(), time.monotonic()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(words)
    out.flush()
    return code, out.buffer.getvalue(), err.getvalue(), time.monotonic() - started  # type: ignore[attr-defined]


class Watch:
    """Calls commands on files and notes what must not be."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.calls, self.wrong, self.slowest = folder, Counter[str](), list[str](), 0.0

    def run(self, name: str, files: dict[str, bytes], words: list[str], codes: set[int]) -> tuple[int, bytes]:
        for file, data in files.items():
            (self.folder / file).write_bytes(data)
        code, out, err, seconds = call([str(self.folder / w) if w in files else w for w in words])
        self.calls[name] += 1
        self.slowest = max(self.slowest, seconds)
        faults = [f"exit {code}"] if code not in codes else []
        faults += [word for word in ("Traceback", "a defect of the gateway") if word in err or word.encode() in out]
        faults += ["nothing said"] if code and not out and not err else []
        faults += [f"{seconds:.0f} s"] if seconds > LONGEST else []
        faults += ["no JSON"] if not _json_lines(out) else []
        if faults:
            self.wrong.append(f"{name}: {', '.join(faults)}: {err[:200]}")
            kept = Path(tempfile.mkdtemp(prefix="fuzz-found-"))
            for file, data in files.items():
                (kept / file).write_bytes(data)
            print(f"   {self.wrong[-1]} (kept in {kept})", file=sys.stderr)
        return code, out


def _json_lines(out: bytes) -> bool:
    try:
        return all(isinstance(json.loads(line), dict) for line in out.decode("utf-8").split("\n") if line)
    except ValueError:
        return False


def noise(random: Random) -> bytes:
    """Bytes of nothing: any bytes, letters of the formats, nesting, or none."""
    size = random.choice([0, 1, 3, 40, 400, 4000])
    ways: list[Callable[[], bytes]] = [
        lambda: random.randbytes(size), lambda: bytes(random.choices(b"MSHPIDOBX|^~\\&\r\n{}[]\":,<>/=0123456789eE.-+ ", k=size)),
        lambda: random.choice([b"[", b'{"a":', b"<a>", b"(", b'{"resourceType":"Bundle","entry":[{"resource":']) * size,
        lambda: "".join(chr(random.choice([0, 9, 0x7F, 0xA0, 0x202E, 0x2028, 0xFEFF, 0x10FFFF, 0x1F600, 65])) for _ in range(size)
                        ).encode(random.choice(["utf-8", "utf-16", "utf-32"])), lambda: b"\0" * size]
    return random.choice(ways)()


TOKENS = (b"|", b"^", b"\\", b'"', b"{", b"]", b"null", b"-1", b"1e999", b"\xff", b"\r", b"9" * 400)
WOUNDS: tuple[Callable[[bytes, int, int, Random], bytes], ...] = (
    lambda data, a, b, random: data[:a], lambda data, a, b, random: data[:a] + data[b:],
    lambda data, a, b, random: data[:b] + data[a:],
    lambda data, a, b, random: data[:a] + random.randbytes(random.choice([1, 2, 9])) + data[a + 1:],
    lambda data, a, b, random: data[:a] + random.choice(TOKENS) + data[a:])


def damage(data: bytes, random: Random) -> bytes:
    """A file with a few wounds: bytes changed, cut out, doubled, added, or the rest missing."""
    for _ in range(random.choice([1, 1, 2, 5])):
        a, b = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
        data = random.choice(WOUNDS)(data, a, b, random)
    return data


def strings() -> list[str]:
    """Naughty strings: ours, and the published list below CORPUS."""
    own = ["", "\u202e", "\x00", "\x7f", "a" * 10000, "\u2028", "İ", "ß", "ﬀ", "𝟙", "e\u0301" * 50, "null", "NaN", "-0", "0.0000001",
           "'; drop table facts; --", "../../etc/passwd", "%00", "{{7*7}}", "<script>", "|^~\\&", "\\X0D\\", "\r\n", "Patient/p"]
    file = Path(os.environ.get("CORPUS", "none")) / "suites/minimaxir+big-list-of-naughty-strings/blns.json"
    return [*own, *(json.loads(file.read_text("utf-8")) if file.exists() else ())]


def prove(seconds: int = SECONDS) -> Iterator[Figure]:
    folder, random = Path(tempfile.mkdtemp(prefix="fuzz")), Random(SEED)
    make_home(folder / "home")
    watch, until = Watch(folder), time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            for name, (files, words, codes) in CALLS.items():
                victim = random.choice(list(files))
                spoilt = noise(random) if random.random() < .3 else damage(files[victim], random)
                watch.run(name, {**files, victim: spoilt}, words, codes)
        yield Figure("damaged and random files", f"{watch.calls.total()} calls of {len(watch.calls)} commands", f">= {seconds * 10}",
                     watch.calls.total() >= seconds * 10)
        yield from _suite(watch)
        yield from _naughty(watch)
        yield Figure("stack traces, wrong exit codes, silence, no JSON", str(len(watch.wrong)), "0", not watch.wrong)
        yield Figure("slowest call", f"{watch.slowest:.1f} s", f"<= {LONGEST} s", watch.slowest <= LONGEST)
    finally:
        shutil.rmtree(folder)


def _suite(watch: Watch) -> Iterator[Figure]:
    """The JSON test suite: what is no JSON (n_…) is refused; whatever it is, nothing breaks."""
    found = sorted((Path(os.environ.get("CORPUS", "none")) / "suites/nst+JSONTestSuite/test_parsing").glob("*.json"))
    taken = []
    for file in found:
        data = file.read_bytes()
        resource = b'{"source":"a","version":"1","resource":{"resourceType":"Basic","id":"b","code":{"text":"x"},"extension":' + \
            data.replace(b"\n", b" ") + b"}}\n"
        ends = [watch.run("validate json", {"p.json": data}, ["validate", "p.json", "--jsonl"], {0, 1})[0],
                watch.run("map run json", {"p.json": data}, ["map", "run", "p.json", "--jsonl"], {0, 1})[0],
                watch.run("merge", {"f.jsonl": resource}, ["merge", "f.jsonl", "--json"], {0, 2})[0]]
        taken += [file.name] if file.name.startswith("n_") and (ends[0] == 0 or ends[2] == 0) else []
    if found:
        yield Figure("texts that are no JSON, and were taken for it", f"{len(taken)} of {len(found)} texts {taken[:3]}", "0", not taken)


def _naughty(watch: Watch) -> Iterator[Figure]:
    """Each string as a name, an identifier, a text and an HL7 v2 field: kept as it is by the merge, or refused."""
    lost, every = [], strings()
    for text in every:
        named = {**PATIENT, "name": [{"family": text, "given": [text]}], "identifier": [{"value": text}]}
        body = lines({"source": "a", "version": text, "resource": named}, {"source": "b", "version": "1", "resource": {
            **RESULT, "code": {"text": text}, "valueString": text}})
        code, out = watch.run("merge", {"f.jsonl": body}, ["merge", "f.jsonl", "--json"], {0, 2})
        if code == 0 and text and not any(r["resourceType"] == "Patient" and r["name"][0].get("family") == text
                                          for r in json.loads(out)["resources"]):
            lost.append(text)
        watch.run("validate json", {"p.json": json.dumps(named).encode()}, ["validate", "p.json", "--jsonl"], {0, 1})
        watch.run("compare", {"p.jsonl": lines({"a": named, "b": PATIENT})}, ["identity", "compare", "p.jsonl", "--jsonl"], {0, 2})
        watch.run("map run hl7", {"m.hl7": HL7.replace(b"Lind", text.encode("utf-8", "surrogatepass"))},
                  ["map", "run", "m.hl7", "--jsonl"], {0, 1})
    yield Figure("strings that the merge changed or lost", f"{len(lost)} of {len(every)} {lost[:3]}", "0", not lost)
