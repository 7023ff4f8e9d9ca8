"""`make fuzz`: coverage-guided cases (atheris) at the HL7 v2 parser, its mapping and the MLLP framing.

`python -m tests.fuzz [SECONDS]`, an hour by default; what it found before lies in .fuzz/ and is tried first. A case that
breaks a promise is written there as crash-… and ends the run with its traceback. Needs the extra `fuzz`.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["adapters.hl7v2", "gateway.mapping", "gateway.fhir"]):
    from adapters.hl7v2.acknowledge import answers, header
    from adapters.hl7v2.frames import Framer
    from gateway.sdk import Verdict
    from tests.fuzz import hl7v2

FOLDER = Path(".fuzz")


def one(data: bytes) -> None:
    """One case, as a file and as a stream."""
    hl7v2.check(data)
    framer = Framer(1 << 16)
    for frame in [*framer.feed(data), *framer.finish()]:
        for answer in answers(header(frame.raw), Verdict("new"), "20260401120000+0000", "1"):
            assert not {0x0B, 0x1C} & {*answer}


def main(seconds: str = "3600") -> None:
    FOLDER.mkdir(exist_ok=True)
    for number, seed in enumerate(hl7v2.SEEDS):
        (FOLDER / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4000", "-timeout=20", "-rss_limit_mb=2048",
                   f"-artifact_prefix={FOLDER}/", "-print_final_stats=1", str(FOLDER)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
