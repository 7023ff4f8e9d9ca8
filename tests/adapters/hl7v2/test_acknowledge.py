"""What is answered: MSA-1 by verdict and mode, the header turned round, ERR with place and condition."""

import pytest

from adapters.hl7v2.acknowledge import answers, header, is_acknowledgement
from adapters.hl7v2.send import read_answer
from gateway.errors import error
from gateway.sdk import Verdict

TIME = "20260401120000+0000"
GOOD, AGAIN = Verdict("new"), Verdict("same")
BAD = Verdict("rejected", error("hl7v2-two-messages", "A second MSH | here.", "MSH[2] (segment 3)", "Frame each."))
LATER = Verdict("later", error("store-unreachable", "The database is locked."))


def msh(accept="", application="", version="2.5.1", marks="|^~\\&", more=""):
    f, c = marks[0], marks[1]
    return header(f.join(["MSH", marks[1:], f"LAB{c}1.2{c}ISO", "LUND", "GW", "HOSP", "20260301", "", f"ORU{c}R01{c}ORU_R01",
                          "ÅÄ7", f"P{c}T", version, "", "", accept, application, "SE", f"8859/1{more}"]).encode("latin-1"))


def said(head, verdict, expected=""):
    return [raw.decode("latin-1") for raw in answers(head, verdict, TIME, "id1", expected)]


def test_the_header_is_turned_round_and_echoed_byte_for_byte():
    (text,) = said(msh(), GOOD)
    assert text == (f"MSH|^~\\&|GW|HOSP|LAB^1.2^ISO|LUND|{TIME}||ACK^R01^ACK|id1|P^T|2.5.1||||||8859/1\r"
                    "MSA|AA|ÅÄ7\r")


def test_the_sender_s_separators_are_kept_and_our_words_escaped():
    (text,) = said(msh(marks="#*~!$"), BAD)
    assert text.startswith("MSH#*~!$#GW#HOSP#LAB*1.2*ISO#LUND#") and "ACK*R01*ACK" in text
    (text,) = said(msh(), BAD)
    assert "A second MSH \\F\\ here." in text


@pytest.mark.parametrize(("verdict", "code"), [(GOOD, "AA"), (AGAIN, "AA"), (BAD, "AR"), (LATER, "AE")])
def test_original_mode(verdict, code):
    assert [read_answer(a)[:2] for a in answers(msh(), verdict, TIME, "x")] == [(code, "ÅÄ7")]


@pytest.mark.parametrize("accept", ["", "AL", "NE", "ER", "SU"])
@pytest.mark.parametrize("application", ["", "AL", "NE", "ER", "SU"])
@pytest.mark.parametrize(("verdict", "letter"), [(GOOD, "A"), (BAD, "R"), (LATER, "E")])
def test_enhanced_mode_gives_what_msh_15_and_16_ask_for(accept, application, verdict, letter):
    found = [read_answer(a).code for a in answers(msh(accept, application), verdict, TIME, "x")]
    asked = {"": False, "AL": True, "NE": False, "ER": letter != "A", "SU": letter == "A"}
    wanted = ["C" + letter] * asked[accept] + ["A" + letter] * asked[application]
    if letter != "A":
        wanted = wanted[:1]                       # what was not accepted is not answered by an application as well
    assert found == (wanted if accept or application else ["A" + letter])


def test_two_answers_have_two_ids():
    first, second = said(msh("AL", "AL"), GOOD)
    assert (first.split("|")[9], second.split("|")[9]) == ("id1", "id1A")


def test_err_says_where_and_why():
    verdict = Verdict("rejected", error("hl7v2-test-traffic", "No tests.", "PID[2]-3(4).1.2 (x.yaml:3)", "Send no tests."))
    (text,) = said(msh(), verdict)
    assert text.split("\r")[2] == ("ERR||PID^2^3^4^1^2|202^Unsupported processing id^HL70357|E|hl7v2-test-traffic^^L||"
                                   "No tests.|Send no tests.")
    (text,) = said(msh(version="2.3.1"), verdict)
    assert text.split("\r")[2] == "ERR|PID^2^3^202&Unsupported processing id&HL70357"
    (text,) = said(msh(version="2.7"), verdict)
    assert text.split("\r")[1] == "MSA|AR|ÅÄ7" and text.split("\r")[2].startswith("ERR||PID^2^3^4^1^2|202")


@pytest.mark.parametrize(("code", "letter", "condition"), [
    ("message-key-clash", "R", "205"), ("hl7v2-charset-unreadable", "E", "102"), ("store-full", "E", "207"),
    ("internal-error", "E", "207"), ("hl7v2-sequence", "E", "100"), ("hl7v2-msh-not-first", "R", "100"),
    ("hl7v2-frame-size", "R", "207")])
def test_what_may_succeed_later_is_e_what_never_will_r(code, letter, condition):
    (text,) = said(msh(), Verdict("rejected", error(code, "Said.", "MSH-9")))
    assert f"MSA|A{letter}|" in text and f"|{condition}^" in text


def test_the_expected_sequence_number():
    assert [read_answer(a).expected for a in answers(msh(), GOOD, TIME, "x", "8")] == ["8"]


def test_without_a_header_there_is_still_an_answer():
    (text,) = said(header(b"PID|1||7"), BAD)
    assert text.startswith(f"MSH|^~\\&|||||{TIME}||ACK|id1|P|2.5.1\rMSA|AR||")
    assert said(header(b"MSH|"), BAD) and said(header(b"MSH|^|"), BAD)


def test_answers_are_never_answered():
    assert is_acknowledgement(header(b"MSH|^~\\&|A|B|C|D|2026||ACK^A01|1|P|2.5")) and not is_acknowledgement(msh())


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_header_in_wide_characters_is_answered_by_its_control_id_in_ascii(codec):
    text = "MSH|^~\\&|LAB|LUND|GW|HOSP|20260301||ORU^R01|77|P|2.5.1||||||UNICODE UTF-16|\rPID|1||Å\r"
    head = header(text.encode(codec))
    assert (head[10], head.part(9, 2), head[3]) == ("77", "R01", "LAB")
    (answer,) = answers(head, GOOD, TIME, "id1")
    assert read_answer(answer)[:2] == ("AA", "77") and answer.isascii()
    assert (b"UTF-16" in answer) == (codec == "utf-8-sig")
