"""Programs that send a file to a slow reader: the reader gets the file and they notice nothing."""

import sys

import pytest

from .program import PROGRAMS
from .slow_reader import SlowReader, accept, digest, drain, listen, wait_until_blocked

SENDERS = {
    "python blocking sendall": [sys.executable, PROGRAMS / "sendall.py", "blocking"],
    "python sendall with timeout": [sys.executable, PROGRAMS / "sendall.py", "timeout"],
    "python sendall under signals": [sys.executable, PROGRAMS / "sendall.py", "signals"],
    "python asyncio": [sys.executable, PROGRAMS / "asyncio_client.py"],
    "perl print under signals": ["perl", PROGRAMS / "print.pl"],
    "perl syswrite": ["perl", PROGRAMS / "syswrite.pl"],
    "php blocking fwrite": ["php", PROGRAMS / "fwrite.php", "blocking"],
    "php non-blocking fwrite": ["php", PROGRAMS / "fwrite.php", "nonblocking"],
    "ruby write": ["ruby", PROGRAMS / "write.rb"],
}
NEVER_CUT = {"python blocking sendall"}


def send_to_slow_reader(start, guard, argv, payload):
    """Returns what the peer received and the program, which has not been waited for."""
    with listen() as listener:
        host, port = listener.getsockname()
        program = start(*argv, host, port, payload)
        with accept(listener) as peer:
            wait_until_blocked(peer, program)
            guard.assert_loaded(program)
            return drain(SlowReader(peer, program)), program


@pytest.mark.parametrize("sender", SENDERS)
def test_sender_to_slow_reader(sender, guard, start, payload):
    received, program = send_to_slow_reader(start, guard, SENDERS[sender], payload)
    program.assert_ended_well()
    assert program.output() == "sent\n"
    assert digest(received) == digest(payload.read_bytes())
    guard.assert_undisturbed(short_writes=sender not in NEVER_CUT)


def parse_packets(stream):
    bodies = []
    while stream:
        length = int.from_bytes(stream[:4], "big")
        bodies.append(stream[4:4 + length])
        stream = memoryview(stream)[4 + length:]
    return b"".join(bodies)


@pytest.mark.parametrize("guard", ["bare", "packet(4)", "length-field(length=4)", "auto"], indirect=True)
def test_python_length_prefixed_sender_to_slow_reader(guard, start, payload):
    received, program = send_to_slow_reader(start, guard, [sys.executable, PROGRAMS / "packets.py"], payload)
    program.assert_ended_well()
    assert digest(parse_packets(received)) == digest(payload.read_bytes())
    guard.assert_undisturbed(short_writes=True)
