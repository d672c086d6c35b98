"""Programs that are cut inside a message and go on with something else. Bare, the peer reads the new bytes in the middle
of the old message; guarded, the program gets its broken pipe and the peer a prefix of what was meant."""

import sys

import pytest

from .program import PROGRAMS
from .slow_reader import accept, digest, drain, listen

FAULTS = {
    "python sendall timeout": [sys.executable, "sendall_timeout.py"],
    "python sock_sendall cancelled": [sys.executable, "sock_sendall_cancelled.py"],
    "python kept frame buffer": [sys.executable, "kept_frame_buffer.py"],
    "ruby Timeout.timeout": ["ruby", "write_timeout.rb"],
    "php fwrite timeout": ["php", "fwrite_timeout.php"],
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


@pytest.mark.parametrize("guard", ["auto", "call", "packet(4)"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_guarded_program_gets_a_broken_pipe(fault, guard, start, payload):
    received, outcome = cut_and_go_on(start, guard, fault, payload)
    first = frame(payload.read_bytes())
    assert outcome == "broken pipe"
    assert 0 < len(received) < len(first)
    assert digest(received) == digest(first[:len(received)])
    guard.assert_poisoned_once()
