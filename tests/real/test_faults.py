"""Programs that are cut inside a message and go on with something else. Bare, the peer reads the new bytes in the middle
of the old message; guarded, the program gets its broken pipe and the peer a prefix of what was meant."""

import signal
import sys

import pytest

from .guard import RPYC
from .program import PROGRAMS
from .slow_reader import accept, digest, drain, listen, wait_until_blocked

FAULTS = {
    "python sendall timeout": [sys.executable, "sendall_timeout.py"],
    "python sock_sendall cancelled": [sys.executable, "sock_sendall_cancelled.py"],
    "python kept frame buffer": [sys.executable, "kept_frame_buffer.py"],
    "ruby Timeout.timeout": ["ruby", "write_timeout.rb"],
    "php fwrite timeout": ["php", "fwrite_timeout.php"],
    "thrift timeout": ["/usr/bin/python3", "thrift_timeout.py"],
}

# What the log may say, where it is not "timeout". Ruby may leave before it waits.
CAUSES = {
    "python sock_sendall cancelled": ["would-block"],
    "ruby Timeout.timeout": ["signal", "would-block"],
}


def frame(body):
    return len(body).to_bytes(4, "big") + body


def cut_and_go_on(start, guard, fault, payload):
    """What the peer received, and what came of the program's second message."""
    interpreter, script = FAULTS[fault]
    with listen() as listener:
        host, port = listener.getsockname()
        program = start(interpreter, PROGRAMS / "faults" / script, host, port, payload,
                        small_send_buffer=False)
        with accept(listener) as peer:
            assert program.line(0) == "cut"
            received = drain(peer)
    program.assert_ended_well()
    return received, program.line(1)


@pytest.mark.parametrize("guard", ["bare"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_bare_program_corrupts_the_stream(fault, guard, start, payload):
    received, outcome = cut_and_go_on(start, guard, fault, payload)
    first, then = frame(payload.read_bytes()), frame(b"second")
    if fault == "python kept frame buffer":
        then = first + then
    assert outcome == "sent"
    cut = len(received) - len(then)
    assert 0 < cut < len(first)
    assert digest(received) == digest(first[:cut] + then)


@pytest.mark.parametrize("guard", ["auto", "call", "packet(4)", "strict"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_guarded_program_gets_a_broken_pipe(fault, guard, start, payload):
    received, outcome = cut_and_go_on(start, guard, fault, payload)
    first = frame(payload.read_bytes())
    assert outcome == "broken pipe"
    assert 0 < len(received) < len(first)
    assert digest(received) == digest(first[:len(received)])
    poisoned, = guard.events("poisoned")
    assert poisoned["cut"] in CAUSES.get(fault, ["timeout"])
    interrupted = poisoned["cut"] != "would-block"
    assert poisoned["verdict"] == ("strict" if guard.name == "strict" and interrupted else "not-the-rest")


def leave_rpyc(start, payload):
    """rpyc sends in pieces, and each was taken whole: no write was cut. What the peer received, the message that the
    program meant to send first and the next one, and what came of that."""
    with listen() as listener:
        host, port = listener.getsockname()
        program = start("/usr/bin/python3", PROGRAMS / "faults/rpyc_signal.py", host, port, payload,
                        small_send_buffer=False)
        with accept(listener) as peer:
            wait_until_blocked(peer, program)
            program.popen.send_signal(signal.SIGUSR1)
            assert program.line(0) == "cut"
            received = drain(peer)
    program.assert_ended_well()
    first, then = (len(body).to_bytes(4, "big") + b"\0" + body + b"\n" for body in (payload.read_bytes(), b"second"))
    return received, first, then, program.line(1)


@pytest.mark.parametrize("guard", ["bare", RPYC, "strict"], indirect=True)
def test_rpyc_left_by_a_signal_corrupts_the_stream_where_nobody_sees_the_interruption(guard, start, payload):
    """Policy resume has no proof, and framing call takes each piece for a message."""
    received, first, then, outcome = leave_rpyc(start, payload)
    assert outcome == "sent"
    cut = len(received) - len(then)
    assert 0 < cut < len(first)
    assert digest(received) == digest(first[:cut] + then)


@pytest.mark.parametrize("guard", ["strict, rpyc"], indirect=True)
def test_rpyc_left_by_a_signal_gets_a_broken_pipe_under_policy_strict(guard, start, payload):
    received, first, _, outcome = leave_rpyc(start, payload)
    assert outcome == "broken pipe"
    assert 0 < len(received) < len(first)
    assert digest(received) == digest(first[:len(received)])
    poisoned, = guard.events("poisoned")
    assert (poisoned["verdict"], poisoned["cut"]) == ("strict", "signal")
