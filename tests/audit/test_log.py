"""The transfer log: RFC 6962 vectors (AUD-08), signed notes (AUD-09), tampering (AUD-13), erasure (AUD-11)."""

import base64
import hashlib
import itertools
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit.checkpoint import Checkpoint, opened, parse_verifier_key, sign, verifier_key
from gateway.audit.log import Transfer, TransferLog
from gateway.audit.proof import EMPTY, Tree, consistency, included, inclusion, leaf_hash, root
from gateway.audit.verify import anchors_text, self_hash, verify_export
from gateway.errors import IntegrityError
from gateway.jsontext import canonical, loads

ENTRIES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                      "606162636465666768696a6b6c6d6e6f")]
ROOTS = """\
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328""".splitlines()
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_aud08_roots():
    leaves = [leaf_hash(e) for e in ENTRIES]
    assert [root(leaves[:n]).hex() for n in range(9)] == ROOTS
    assert root([]) == EMPTY


def reference_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + reference_root(leaves[:k]) + reference_root(leaves[k:])).digest()


def test_aud08_growing_tree_equals_the_definition_for_sizes_to_257():
    leaves = [leaf_hash(bytes([i % 256, i // 256])) for i in range(257)]
    tree = Tree()
    for n, leaf in enumerate(leaves, 1):
        tree.add(leaf)
        assert tree.root == reference_root(leaves[:n])


@given(st.integers(1, 70), st.data())
def test_aud08_inclusion_proves_and_a_flipped_bit_does_not(n, data):
    leaves = [leaf_hash(bytes([i])) for i in range(n)]
    i = data.draw(st.integers(0, n - 1))
    path = inclusion(i, leaves)
    assert included(leaves[i], i, n, path, root(leaves))
    wrong = bytes([leaves[i][0] ^ 1]) + leaves[i][1:]
    assert not included(wrong, i, n, path, root(leaves))
    assert n == 1 or not included(leaves[i], (i + 1) % n, n, path, root(leaves))


def test_aud08_consistency_vector():
    leaves = [leaf_hash(e) for e in ENTRIES]
    proof = [p.hex()[:8] for p in consistency(6, leaves)]
    assert proof == ["0ebc5d34", "ca854ea1", "d37ee418"]


def test_aud09_foreign_note_vector():
    name, key = parse_verifier_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    raw = base64.b64decode("Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1"
                           "ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=")
    key.verify(raw[4:], b"This is an example message.\n")
    assert name == "example.com/foo" and raw[:4].hex() == "530d903a"


def test_aud09_sign_and_open():
    note = sign(Checkpoint("log.example/a", 3, b"r" * 32), "log.example/a", KEY)
    assert opened(note, "log.example/a", KEY.public_key()) == Checkpoint("log.example/a", 3, b"r" * 32)
    for forged in (note.replace("\n3\n", "\n4\n"), note[:-8] + "AAAAAA=\n", note.split("\n\n")[0] + "\n"):
        with pytest.raises(IntegrityError):
            opened(forged, "log.example/a", KEY.public_key())
    assert parse_verifier_key(verifier_key("n", KEY.public_key()))[0] == "n"


@pytest.fixture
def log(tmp_path):
    counter = itertools.count()
    log = TransferLog(tmp_path / "transfers.db", KEY, "log.test/t", lambda n: next(counter).to_bytes(n, "big"))
    yield log
    log.close()


def transfer(i, person="p1"):
    return Transfer(f"2026-01-01T00:00:{i % 60:02}Z", {"who": f"user{i}", "outcome": "done"}, person,
                    {"request": f"GET /{i}"})


def exported(log):
    log.checkpoint()
    data = b"".join(line + b"\n" for line in log.lines())
    return data, anchors_text(log.verifier_key, log.checkpoints()).encode()


def test_entries_are_numbered_without_gap_and_found_again(log):
    assert log.append([transfer(i) for i in range(3)]) == [1, 2, 3]
    assert log.append([transfer(3, "p2")]) == [4]
    assert [e["entry"] for e in log.search("p2")] == [4]
    assert log.entry(2)["private"] == {"request": "GET /1"}
    assert log.entry(5) is None


def test_export_verifies_and_names_the_open_tail(log):
    log.append([transfer(i) for i in range(5)])
    data, anchors = exported(log)
    assert verify_export(data, anchors).verified == 5
    log.append([transfer(9)])
    tail = b"".join(line + b"\n" for line in log.lines())
    verdict = verify_export(tail, anchors)
    assert (verdict.state, verdict.verified, verdict.open) == ("VERIFIED", 5, 1)


@given(st.data())
def test_aud13_any_changed_byte_below_the_checkpoint_is_broken_at_its_entry(data):
    lines, anchors = SAMPLE
    n = data.draw(st.integers(0, len(lines) - 1))
    i = data.draw(st.integers(0, len(lines[n]) - 1))
    b = data.draw(st.integers(0, 255).filter(lambda b: b != lines[n][i] and b != 10))
    changed = [*lines[:n], lines[n][:i] + bytes([b]) + lines[n][i + 1:], *lines[n + 1:]]
    verdict = verify_export(b"\n".join(changed) + b"\n", anchors)
    assert verdict.state == "BROKEN" and verdict.broken_at == n + 1


@given(st.data())
def test_aud13_missing_swapped_added_and_cut_lines_are_broken(data):
    lines, anchors = SAMPLE
    n = data.draw(st.integers(0, len(lines) - 2))
    for changed in ([*lines[:n], *lines[n + 1:]], [*lines[:n], lines[n + 1], lines[n], *lines[n + 2:]],
                    [*lines[:n], lines[n], *lines[n:]], lines[:n], [*lines[:n], b"", *lines[n:]]):
        assert verify_export(b"\n".join(changed) + b"\n", anchors).state == "BROKEN"


def sample():
    import tempfile
    with tempfile.TemporaryDirectory() as d:
        log = TransferLog(d + "/t.db", KEY, "log.test/t", lambda n: b"s" * n)
        for i in range(9):
            log.append([transfer(i, None)])
            if i in (3, 8):
                log.checkpoint()
        data, anchors = exported(log)
        log.close()
    return data.split(b"\n")[:-1], anchors


SAMPLE = sample()


def resealed(entry):
    return canonical({**entry, "hash": self_hash(entry)})


def test_a_line_rewritten_with_its_own_hash_is_named(log):
    log.append([transfer(i) for i in range(4)])
    data, anchors = exported(log)
    lines = data.split(b"\n")
    lines[1] = resealed({**loads(lines[1]), "who": "somebody else"})
    assert verify_export(b"\n".join(lines), anchors).broken_at == 2


def test_an_operator_who_rewrites_everything_is_caught_by_the_anchor_kept_elsewhere(log):
    log.append([transfer(i) for i in range(4)])
    _, anchors = exported(log)
    lines = list(log.lines())
    entry = loads(lines[0])
    entry["who"] = "somebody else"
    forged = [resealed(entry)]
    for line in lines[1:]:
        forged.append(resealed({**loads(line), "prev": leaf_hash(forged[-1]).hex()}))
    assert verify_export(b"\n".join(forged) + b"\n", anchors).state == "BROKEN"


def test_aud11_forgetting_a_person_leaves_a_log_that_verifies(log, tmp_path):
    log.append([transfer(1, "person-to-forget"), transfer(2, "other")])
    data, anchors = exported(log)
    assert log.forget(["person-to-forget"]) == 1
    assert b"".join(line + b"\n" for line in log.lines()) == data
    assert verify_export(data, anchors).state == "VERIFIED"
    assert log.entry(1)["private"] is None and log.entry(2)["private"] is not None
    for file in tmp_path.iterdir():
        assert b"person-to-forget" not in file.read_bytes()


def test_group_commit_gives_every_thread_its_own_entries(log):
    got: list[list[int]] = []
    threads = [threading.Thread(target=lambda: got.append(log.append([transfer(1), transfer(2)]))) for _ in range(24)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(n for pair in got for n in pair) == list(range(1, 49))
    data, anchors = exported(log)
    assert verify_export(data, anchors).verified == 48


def test_aud07_a_log_that_cannot_be_written_hands_nothing_over(log):
    log.append([transfer(0)])
    log._db.execute("drop table details")
    with pytest.raises(IntegrityError) as e:
        log.append([transfer(1)])
    assert "nothing was handed over" in e.value.issue.message
    assert log.size() == 1
