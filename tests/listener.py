"""A home whose source pushes, and `gateway listen` as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from gateway import config
from tests.demo.homes import free_port


def make_home(folder: Path, name: str = "ward", state: str = "live", **connection: object) -> str:
    """Write the home, or another source into it. Returns the address at which the source is listened to."""
    if not (folder / "gateway.toml").exists():
        config.init(folder, name="test.example/transfers", organisation="Test Region", country="SE")
    address = f"127.0.0.1:{free_port()}"
    settings = {"kind": "hl7v2", "organisation": "Ward", "country": "SE", "timezone": "Europe/Stockholm", "state": state,
                "connection": {"listen": address, **connection}}
    (folder / "sources" / f"{name}.toml").write_text(
        "".join(f"{key} = {config.toml_value(value)}\n" for key, value in settings.items()), "utf-8")
    return address


def start(folder: Path, *names: str) -> subprocess.Popen[str]:
    """The process, once it listens. Raises RuntimeError with what it said when it ends instead."""
    process = subprocess.Popen([sys.executable, "-m", "gateway.cli", "--home", str(folder), "listen", *names],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ})
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if "listens at" in line:
            return process
    process.wait()
    raise RuntimeError(said)


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Stop it as an operator does. Returns exit code and what it said meanwhile."""
    process.terminate()
    _, said = process.communicate(timeout=30)
    return process.returncode, said


def message(number: int, value: str = "5.5", mode: str = "P", control: str = "", extra: str = "") -> bytes:
    """A result of one of 50 patients; `number` makes it unique."""
    patient = number % 50
    return (f"MSH|^~\\&|LAB|LUND|GW|X|20260301100000+0100||ORU^R01^ORU_R01|{control or number}|{mode}|2.5.1\r"
            f"PID|1||{patient}^^^LUND^MR||Berg{chr(65 + patient % 26)}^Anna||19{40 + patient}0203|F\r"
            f"OBR|1|A{number}|B{number}|GLU^Glucose^L|||20260301080000+0100\r"
            f"OBX|1|NM|2345-7^Glucose^LN||{value}|mmol/L|4.0-6.0|N|||F\r{extra}").encode()
