"""What happens beside EPIPE: actions, SIGPIPE; and what desync and the window make of it."""

import signal

import pytest

from . import acts
from .guarded import run_body


def play(tmp_path, body, arguments=None, **variables):
    return run_body(tmp_path, getattr(acts, body), arguments or {}, **variables)


@pytest.mark.parametrize("kind", acts.KINDS)
def test_epipe_leaves_the_connection_open(tmp_path, kind):
    play(tmp_path, "epipe", {"kind": kind}, ACTION="epipe").check()


@pytest.mark.parametrize("kind", acts.KINDS)
def test_shutdown_makes_the_kernel_refuse(tmp_path, kind):
    play(tmp_path, "shutdown", {"kind": kind}, ACTION="shutdown").check()


def test_reset_resets_at_close(tmp_path):
    play(tmp_path, "reset", ACTION="reset").check()


def test_without_reset_close_is_an_end(tmp_path):
    play(tmp_path, "no_reset", ACTION="epipe").check()


def test_abort_ends_the_program_at_the_culprit(tmp_path):
    ended = play(tmp_path, "abandon", ACTION="abort")
    assert ended.status == -signal.SIGABRT
    assert len(ended.events("poisoned")) == 1
    assert ended.stdout == "cut\n"


def test_a_rule_has_an_action_of_its_own(tmp_path):
    play(tmp_path, "epipe", {"kind": "tcp"}, RULES="type:unix=call,action=abort;type:tcp=call,action=epipe").check()
    ended = play(tmp_path, "abandon", RULES="type:unix=call,action=abort;type:tcp=call")
    assert ended.status == -signal.SIGABRT


def test_no_signal_by_default(tmp_path):
    ended = play(tmp_path, "abandon").check()
    assert ended.stdout == "cut\nEPIPE\n"


def test_sigpipe_on_demand(tmp_path):
    ended = play(tmp_path, "abandon", SIGPIPE="1")
    assert ended.status == -signal.SIGPIPE
    assert len(ended.events("poisoned")) == 1


def test_sigpipe_comes_with_every_refusal_unless_the_call_says_no(tmp_path):
    play(tmp_path, "count_signals", {"wanted": True}, SIGPIPE="1").check()
    play(tmp_path, "count_signals", {"wanted": False}, SIGPIPE="0").check()


TLS_RECORD = b"\x16\x03\x01\0\x05hello".hex()
DESYNCS = pytest.mark.parametrize("framing, first", (("tls", ""), ("tls", TLS_RECORD), ("http2", "")))


@DESYNCS
def test_desync_lets_the_stream_go(tmp_path, framing, first):
    ended = play(tmp_path, "lose_framing", {"refused": False, "first": first}, FRAMING=framing).check()
    desync, = ended.events("desync")
    assert desync["bytes"] == b"GET / HTTP/1.1\r\n".hex()


@DESYNCS
def test_desync_poisons_on_demand(tmp_path, framing, first):
    ended = play(tmp_path, "lose_framing", {"refused": True, "first": first},
                 FRAMING=f"{framing},desync=poison").check()
    assert [event["verdict"] for event in ended.events("poisoned")] == ["desync"]


@pytest.mark.parametrize("same", (0, 1, 15, 16, 17, 4095, 4096, 4097))
@pytest.mark.parametrize("framing, window, compared", (
    ("call", None, 16), ("packet(4)", None, 4096), ("call", "1", 1), ("call", "17", 17), ("call", "4096", 4096),
    ("packet(4)", "16", 16), ("line", None, 4096)))
def test_window(tmp_path, framing, window, compared, same):
    """Bytes that differ within the window are not the rest; behind it nobody looks."""
    variables = {"WINDOW": window} if window else {}
    play(tmp_path, "differ_after", {"same": same, "refused": same < compared}, FRAMING=framing, **variables).check()
