"""README and reference pages say nothing that is not there: commands, settings, issue codes, make targets."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gateway.cli.main import VERBS, gateway
from gateway.config import Home, Source

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def commands():
    """Every command with its subcommands: `audit verify`."""
    with click.Context(gateway) as ctx:
        for verb in VERBS:
            command = gateway.get_command(ctx, verb)
            yield verb
            if isinstance(command, click.Group):
                yield from (f"{verb} {sub}" for sub in command.commands)


KNOWN = set(commands())


def test_every_command_in_the_readme_exists():
    used = set()
    for line in re.findall(r"gateway ([^`\n]+)", README):
        words = [w for w in line.split() if re.fullmatch(r"[a-z-]+", w)]
        if words and words[0] in VERBS:
            used.add(" ".join(words[:2]) if " ".join(words[:2]) in KNOWN else words[0])
    assert len(used) > 12 and used <= KNOWN


def test_the_table_of_commands_is_complete():
    table = README[README.index("| command | does |"):README.index("are not built yet")]
    for name in KNOWN:
        verb, _, sub = name.partition(" ")
        assert re.search(rf"`(gateway )?{verb}\b", table) or verb in ("demo",) or re.search(rf"`{verb}", table), name
        assert not sub or re.search(rf"`[^`]*\b{sub}\b", table), name


def test_settings_of_the_readme_are_settings():
    block = re.search(r"```toml\n(.*?)```", README, re.S)[1]
    top = block.split("[connection]")[0]
    assert set(re.findall(r"(?m)^(\w+) =", top)) <= set(Source.__dataclass_fields__)
    assert "database" in Home.__dataclass_fields__


def test_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"make ([\w-]+)", README)):
        assert re.search(rf"(?m)^{target}:", makefile), target


def codes():
    with (ROOT / "gateway" / "codes.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def test_codes_are_unique_and_say_what_to_do():
    rows = codes()
    assert len({r["code"] for r in rows}) == len(rows)
    for row in rows:
        assert re.fullmatch(r"[a-z0-9-]+", row["code"]) and row["meaning"] and row["next"], row
        assert row["severity"] in ("fatal", "error", "warning", "information"), row


def test_every_code_that_the_source_emits_is_explained():
    known = {r["code"] for r in codes()}
    pattern = re.compile(r'(?:\berror|\bIssue|\b_said|\.issue|refusal)\(\s*(?:\d+, )?"([a-z0-9]+(?:-[a-z0-9]+)+)"')
    found = {code for folder in ("gateway", "adapters") for file in (ROOT / folder).rglob("*.py")
             for code in pattern.findall(file.read_text("utf-8"))}
    merge_issues = {"identifier-clash"}          # issues of a record have their own list (merge)
    assert len(found) > 60 and found - known - merge_issues == set()


def test_nothing_names_a_machine_path_or_a_registry_host():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    bad = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm)/|pypi\.or[g]|registry\.npmjs\.or[g]|deb\.debian\.or[g]")
    for name in listed:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".cfg", ".yaml", ".json", ".csv") and path.exists():
            assert not bad.search(path.read_text("utf-8", "replace")), name


@pytest.mark.parametrize("name", ["README.md", "LICENSE", "CHANGELOG.md", "setup.cfg", "pyproject.toml", ".ci/run", "Makefile",
                                  "gateway/DECISIONS.md", ".pre-commit-config.yaml"])
def test_what_a_checkout_needs_is_there(name):
    assert (ROOT / name).stat().st_size > 100


def test_explain_knows_every_code():
    code = codes()[0]["code"]
    done = subprocess.run([sys.executable, "-m", "gateway.cli", "explain", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Next:" in done.stdout
