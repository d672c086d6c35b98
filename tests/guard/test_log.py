"""The log of a guarded program: one line an event, and every line says what a person needs."""

import re

import pytest

from . import faults
from .guarded import BODY, run_body
from .process import LIBRARY, run


def play(tmp_path, body, arguments=None, **variables):
    return run_body(tmp_path, getattr(faults, body), arguments or {}, **variables).check()


def told(ended):
    """What the program itself knows of its connection."""
    return dict(line.split("=", maxsplit=1) for line in ended.stdout.splitlines())


def test_the_line_of_an_abandoned_message(tmp_path):
    ended = play(tmp_path, "abandon_second_message", FRAMING="packet(4)", LOG="stderr")
    facts = told(ended)
    assert re.fullmatch(
        rf"poisonshim\[{facts['pid']}\] python3: poisoned: fd {facts['fd']} tcp {facts['peer']}, framing packet\(4\), "
        rf"message 2: {facts['sent']} of {facts['length']} bytes sent, cut by would-block \(full send buffer\)"
        r"( \d+ ms ago)?; a write of 15 bytes that is not the rest was refused with EPIPE; .*\n", ended.stderr)


def test_the_json_of_an_abandoned_message(tmp_path):
    ended = play(tmp_path, "abandon_second_message", FRAMING="packet(4)")
    facts = told(ended)
    torn, poisoned = ended.events()
    assert (torn["event"], poisoned["event"]) == ("torn", "poisoned")
    for event in torn, poisoned:
        assert str(event["fd"]) == facts["fd"]
        assert str(event["pid"]) == facts["pid"]
        assert event["peer"] == facts["peer"]
        assert event["local"] == facts["local"]
        assert event["framing"] == "packet(4)"
        assert event["message"] == 2
        assert str(event["sent"]) == facts["sent"]
        assert str(event["length"]) == facts["length"]
        assert event["sent_exact"]
        assert event["cut"] == "would-block"
    assert poisoned["offered"] == 15


@pytest.mark.parametrize("cause, cut, error", (
    ("would_block", "would-block", None), ("timeout", "timeout", None), ("interrupted", "signal", None),
    ("short_count", "signal", None), ("fault", "error", "EFAULT")))
def test_the_cause_is_named(tmp_path, cause, cut, error):
    ended = play(tmp_path, "cut_by", {"cause": cause})
    poisoned, = ended.events("poisoned")
    assert (poisoned["cut"], poisoned["errno"]) == (cut, error)


def test_what_cut_an_earlier_message_is_forgotten(tmp_path):
    closed, = play(tmp_path, "close_after_resuming", FRAMING="packet(4)").events("closed")
    assert (closed["message"], closed["sent"], closed["length"], closed["cut"]) == (2, 6, 9, None)


def test_it_says_how_long_ago(tmp_path):
    poisoned, = play(tmp_path, "abandon_after", {"milliseconds": 20}).events("poisoned")
    assert poisoned["ago_ms"] >= 20


def test_refusals_are_counted_and_thinned_out(tmp_path):
    ended = play(tmp_path, "hammer", {"times": 100})
    assert len(ended.events("poisoned")) == 1
    assert [event["refused"] for event in ended.events("refused")] == [1, 2, 4, 8, 16, 32, 64]


LEVELS = {
    "off": set(),
    "error": {"poisoned", "refused"},
    "warn": {"poisoned", "refused", "closed", "desync"},
    "info": {"poisoned", "refused", "closed", "desync"},
    "debug": {"poisoned", "refused", "closed", "desync", "torn", "resumed"},
}


@pytest.mark.parametrize("level", LEVELS)
def test_level(tmp_path, level):
    ended = play(tmp_path, "everything", LOG=f"{tmp_path}/poisonshim.log,json,{level}",
                 RULES="type:tcp=tls;type:unix=packet(4)")
    assert {event["event"] for event in ended.events() if "event" in event} == LEVELS[level]


def test_by_default_stderr_gets_what_was_lost(tmp_path):
    ended = run(tmp_path, ["env", "-u", "POISONSHIM_LOG", "/usr/bin/python3", "-I", "-S", BODY, "guard.faults",
                           "everything", "{}"], RULES="type:tcp=tls;type:unix=packet(4)").check()
    assert {line.split(": ")[1] for line in ended.stderr.splitlines()} == LEVELS["warn"]


def test_a_line_is_one_write_call_and_nothing_else_is_written(tmp_path):
    trace = tmp_path / "trace"
    log = tmp_path / "poisonshim.log"
    ended = run(tmp_path, ["strace", "-f", "-y", "-s", "2000", "-o", trace, "-e", "trace=write,writev,pwrite64,pwritev",
                           "-E", f"LD_PRELOAD={LIBRARY}", "-E", f"POISONSHIM_LOG={log},debug",
                           "-E", "POISONSHIM_RULES=type:tcp=tls;type:unix=packet(4)",
                           "/usr/bin/python3", "-I", "-S", BODY, "guard.faults", "everything", "{}"], guarded=False).check()
    writes = [line for line in trace.read_text().splitlines() if f"<{log}>" in line]
    assert len(ended.lines()) == len(writes) >= 6
    for line, write in zip(ended.lines(), writes):
        assert re.search(rf" = {len(line) + 1}$", write)


def test_a_connection_where_stderr_was_gets_nothing(tmp_path):
    assert told(play(tmp_path, "replace_stderr", LOG="stderr"))["got"] == "b''"


def test_the_log_takes_no_low_number(tmp_path):
    bare = run_body(tmp_path, faults.list_fds, {}, guarded=False).check()
    guarded = play(tmp_path, "list_fds")
    more = set(guarded.stdout.split()) - set(bare.stdout.split())
    assert set(bare.stdout.split()) <= set(guarded.stdout.split())
    assert len(more) == 1 and int(more.pop()) > 900


def test_without_a_log_file_no_fd_is_taken(tmp_path):
    bare = run_body(tmp_path, faults.list_fds, {}, guarded=False).check()
    assert play(tmp_path, "list_fds", LOG="stderr").stdout == bare.stdout
