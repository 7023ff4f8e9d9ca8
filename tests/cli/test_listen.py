"""`gateway listen` as a process: AA means stored, also after kill -9; what is set aside is told; SIGTERM ends it clean."""

import json
import threading
import time

import pytest

from adapters.hl7v2.send import connected
from gateway.cli.main import run
from gateway.opened import opened
from gateway.store import facts, units
from tests.listener import end, make_home, message, start


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def kept(home):
    """Control ids and states of what is stored, and how many facts."""
    with opened(home) as gate, gate.store.read() as tx:
        found = [(units.message(tx, u), u) for u in units.find(tx, limit=10_000)]
        return [(m.key.split("|")[-1], u.state) for m, u in found], sum(facts.count(tx).values())


def problems(home, capsys):
    capsys.readouterr()
    run(["--home", str(home), "msg", "problems", "--jsonl"])
    return sorted(json.loads(line)["what"].split()[0] for line in capsys.readouterr().out.splitlines())


def test_same_again_clash_test_traffic_and_a_clean_end(home, capsys):
    address = make_home(home)
    process = start(home)
    with connected(address) as link:
        sent = [message(1), message(1), message(1, "7.7"), message(1, "7.7"), message(2, mode="T"), message(3)]
        answers = [link.ask(raw) for raw in sent]
    assert [a.code for a in answers] == ["AA", "AA", "AR", "AR", "AR", "AA"]
    assert b"205^Duplicate key" in answers[2].raw and b"202^" in answers[4].raw
    assert end(process)[0] == 0
    states, count = kept(home)
    assert [s for _, s in states] == ["done", "rejected", "rejected", "done"] and count > 5
    assert problems(home, capsys) == ["hl7v2-test-traffic", "message-key-clash"]


def test_what_clashed_says_nothing_until_a_person_replays_it(home, capsys):
    address = make_home(home)
    process = start(home)
    with connected(address) as link:
        assert [link.ask(raw).code for raw in (message(1), message(1, "7.7"))] == ["AA", "AR"]
        with opened(home) as gate, gate.store.read() as tx:
            clash = units.find(tx, state="rejected")[0]
            assert not facts.of_unit(tx, clash)
        assert run(["--home", str(home), "msg", "replay", clash.id]) == 0
        assert link.ask(message(1, "7.7")).code == "AA"
    end(process)
    with opened(home) as gate, gate.store.read() as tx:
        assert facts.of_unit(tx, clash)
    assert problems(home, capsys) == []


def test_what_could_not_be_read_is_taken_when_it_comes_again_and_can_be_read(home, capsys):
    raw = message(1).replace(b"BergB", b"Berg\x81")
    for charset, code in (("UNICODE UTF-8", "AE"), ("8859/1", "AA")):
        address = make_home(home, charset=charset)
        process = start(home)
        with connected(address) as link:
            assert link.ask(raw).code == code
        end(process)
        assert problems(home, capsys) == ["hl7v2-charset-unreadable"] * (code == "AE")
    (state,), count = kept(home)
    assert state[1] == "done" and count > 5


def test_a_message_that_was_refused_may_be_corrected_under_its_control_id(home, capsys):
    address = make_home(home)
    process = start(home)
    with connected(address) as link:
        broken = message(1) + message(2)
        assert [link.ask(raw).code for raw in (broken, message(1), broken, message(1, "9"))] == ["AR", "AA", "AR", "AR"]
    end(process)
    assert [s for _, s in kept(home)[0]] == ["rejected", "done", "rejected"]


def test_killed_while_it_takes_every_acknowledged_message_is_stored_once(home):
    address = make_home(home)
    done, numbers, lock = set(), iter(range(70)), threading.Lock()

    def feed():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            while number not in done:
                try:
                    with connected(address, seconds=5) as link:
                        if link.ask(message(number)).code == "AA":
                            done.add(number)
                except OSError:
                    continue

    process = start(home)
    senders = [threading.Thread(target=feed) for _ in range(4)]
    for sender in senders:
        sender.start()
    for mark in (15, 40):
        while len(done) < mark:
            time.sleep(0.01)
        process.kill()
        process.wait()
        seen = set(done)
        states, _ = kept(home)
        assert {str(n) for n in seen} <= {c for c, _ in states} and len(states) == len({c for c, _ in states})
        process = start(home)
    for sender in senders:
        sender.join()
    end(process)
    states, _ = kept(home)
    assert sorted(states) == sorted((str(n), "done") for n in range(70))


def test_arrivals_are_logged_as_pulls_are_and_the_source_answers(home, capsys):
    address = make_home(home)
    process = start(home)
    with connected(address) as link:
        assert link.ask(message(1)).code == "AA"
    end(process)
    with opened(home) as gate:
        entry = next(gate.log.search())
    assert (entry["direction"], entry["source"], entry["action"]) == ("in", "ward", "pull") and entry["person"]
    capsys.readouterr()
    run(["--home", str(home), "source", "list", "--jsonl"])
    assert json.loads(capsys.readouterr().out)["state"] == "data"


def test_only_what_pushes_is_listened_to_and_only_what_does_not_is_pulled(home, capsys):
    address = make_home(home)
    make_home(home, "resting", state="paused")
    assert run(["--home", str(home), "listen", "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"ward: would listen at {address}"]
    assert run(["--home", str(home), "pull"]) == 0
    assert run(["--home", str(home), "pull", "ward"]) == 2 and "gateway listen" in capsys.readouterr().err
    assert run(["--home", str(home), "listen", "nobody"]) == 3
    (home / "sources" / "ward.toml").write_text('kind = "hl7v2"\n')
    assert run(["--home", str(home), "listen"]) == 3 and "listen-none" in capsys.readouterr().err


def test_a_source_that_falls_silent_is_noticed_by_its_rhythm_and_again_when_it_speaks(home, capsys):
    address = make_home(home)
    file = home / "sources/ward.toml"
    file.write_text('rhythm = "0.05 minutes"\n' + file.read_text("utf-8"), "utf-8")       # three seconds
    process = start(home)
    lines = iter(process.stderr.readline, "")
    with connected(address) as link:
        assert link.ask(message(1)).code == "AA"
        assert "ward: silent since 20" in next(line for line in lines if "silent" in line)
        capsys.readouterr()
        run(["--home", str(home), "source", "list", "--jsonl"])
        assert json.loads(capsys.readouterr().out)["state"] == "late"
        assert link.ask(message(2)).code == "AA"
        assert "ward: speaks again" in next(line for line in lines if "again" in line)
    end(process)
