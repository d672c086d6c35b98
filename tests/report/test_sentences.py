"""The text line of every event: what happened, what the program tried, what it means."""

import errno
import itertools
import os
import socket

import pytest

from .log import CUTS, EVENTS, VERDICTS, line_of, lines_of, note, report

BASE = {"framing": b"packet(4)", "message": 3, "sent": 710648, "length": 1048580, "cut": "timeout", "ago_ns": 12 * 10**6}


@pytest.fixture(name="pair", scope="module")
def fixture_pair():
    pair = socket.socketpair()
    yield pair
    for end in pair:
        end.close()


def sentence(pair, event, **fields):
    """The line without what stands in front of every sentence."""
    fd = pair[0].fileno()
    line = line_of(event, fd=fd, **(BASE | fields))
    message = "" if event == "ended" else ", message 3"
    head = f"{event}: fd {fd} unix socketpair/unnamed, framing packet(4){message}: "
    assert f" python3: {head}" in line
    return line.split(head)[1]


SENT = "710648 of 1048580 bytes sent, cut by timeout 12 ms ago; "
HELP = "; only a new connection can help"

SENTENCES = [
    ("torn", {}, SENT + "the program may still send the rest"),
    ("torn", {"ago_ns": 0}, SENT.replace("12 ms", "0 ms") + "the program may still send the rest"),
    ("resumed", {}, SENT + "the program went on with exactly the rest"),
    ("resumed", {"sent": 0, "length": 0, "cut": None}, "the program went on with exactly the rest"),
    ("poisoned", {"verdict": "not-the-rest", "offered": 41},
     SENT + "a write of 41 bytes that is not the rest was refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "not-the-rest", "offered": 1},
     SENT + "a write of 1 byte that is not the rest was refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "not-the-rest", "offered": 41, "audit": True},
     SENT + "a write of 41 bytes that is not the rest would be refused with EPIPE "
            "(mode audit: it goes through, and the peer takes it for the rest)"),
    ("poisoned", {"verdict": "no-return", "offered": 41, "sent_unknown": True, "cut": "cancelled"},
     "at least 710648 of 1048580 bytes sent, cut when its thread was cancelled or ended inside the call 12 ms ago; "
     "the call never returned, so nobody knows how much it sent; a write of 41 bytes was refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "no-return", "sent_unknown": True, "length": 0, "cut": "jumped-over"},
     "at least 710648 bytes sent, length not known, cut when its call was jumped over (siglongjmp or exception) 12 ms ago; "
     "the call never returned, so nobody knows how much it sent; the next write will be refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "strict"},
     SENT + "policy strict does not let the program go on after that; the next write will be refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "strict", "audit": True},
     SENT + "policy strict does not let the program go on after that; the next write would be refused with EPIPE "
            "(mode audit: it goes through)"),
    ("poisoned", {"verdict": "deadline", "offered": 41, "cut": "pause", "ago_ns": 0},
     "710648 of 1048580 bytes sent, no call was cut: the program stopped between two writes; "
     "the message is over its deadline; a write of 41 bytes was refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "not-ended", "cut": "pause"},
     "710648 of 1048580 bytes sent, no call was cut: the program stopped between two writes; "
     "the program began another message inside this one; the next write will be refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "not-sent"},
     SENT + "the program ended the message before all of it was sent; the next write will be refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "given-up"},
     SENT + "the program gave the message up; the next write will be refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "desync", "cut": None, "bytes": b"GET "},
     "710648 of 1048580 bytes sent; the bytes 47 45 54 20 cannot be this framing (desync=poison); "
     "the next write will be refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "abandoned", "offered": 41, "cut": "pause", "ago_ns": 0},
     "710648 of 1048580 bytes sent, no call was cut: the program stopped between two writes; "
     "a write of 41 bytes that begins another message was refused with EPIPE" + HELP),
    ("poisoned", {"verdict": "abandoned", "offered": 41, "audit": True, "cut": "pause", "ago_ns": 0},
     "710648 of 1048580 bytes sent, no call was cut: the program stopped between two writes; "
     "a write of 41 bytes that begins another message would be refused with EPIPE "
     "(mode audit: it goes through, and the peer takes it for the rest)"),
    ("poisoned", {"verdict": "nested", "offered": 5},
     SENT + "a signal handler wrote in the middle of the call it interrupted; a write of 5 bytes was refused with EPIPE" + HELP),
    ("poisoned", {"offered": 41}, SENT + "a write of 41 bytes was refused with EPIPE" + HELP),
    ("refused", {"verdict": "not-the-rest", "offered": 7, "refused": 4},
     SENT + "a write of 7 bytes on the poisoned connection was refused with EPIPE, 4 so far" + HELP),
    ("refused", {"verdict": "not-ended", "refused": 2},
     SENT + "another message on the poisoned connection was refused with EPIPE, 2 so far" + HELP),
    ("refused", {"verdict": "strict", "offered": 7, "refused": 4, "audit": True},
     SENT + "a write of 7 bytes on the poisoned connection would be refused with EPIPE, 4 so far "
            "(mode audit: it goes through)"),
    ("refused", {"verdict": "nested", "offered": 5, "refused": 1},
     "a write of 5 bytes by a signal handler, in the middle of the call it interrupted, was refused with EPIPE; "
     "the interrupted call goes on"),
    ("refused", {"verdict": "nested", "offered": 5, "refused": 1, "audit": True},
     "a write of 5 bytes by a signal handler, in the middle of the call it interrupted, would be refused with EPIPE "
     "(mode audit: it goes through)"),
    ("closed", {}, SENT + "the peer never gets the rest of this message"),
    ("closed", {"cut": None, "length": 0},
     "710648 bytes sent, length not known; the peer never gets the rest of this message"),
    ("desync", {"sent": 1, "bytes": b"\0\xff"},
     "after 1 byte, the bytes 00 ff cannot be this framing; this connection is not guarded any more "
     "(wrong framing configured?)"),
    ("desync", {"bytes": bytes(range(16))},
     "after 710648 bytes, the bytes 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f cannot be this framing; "
     "this connection is not guarded any more (wrong framing configured?)"),
    ("desync", {"bytes": bytes(range(17))},
     "after 710648 bytes, the bytes 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f ... cannot be this framing; "
     "this connection is not guarded any more (wrong framing configured?)"),
    ("desync", {}, "after 710648 bytes, the bytes cannot be this framing; this connection is not guarded any more "
                   "(wrong framing configured?)"),
    ("desync", {"verdict": "desync"}, "after 710648 bytes, the bytes cannot be this framing"),
    ("off", {"reason": b"kTLS took over"}, "kTLS took over; this connection is not guarded any more"),
    ("off", {}, "no reason given; this connection is not guarded any more"),
    ("ended", {"message": 12}, "closed after 12 whole messages"),
    ("ended", {"message": 1}, "closed after 1 whole message"),
    ("torn", {"cut": "signal"}, "710648 of 1048580 bytes sent, cut by signal 12 ms ago; the program may still send the rest"),
    ("torn", {"cut": "timeout-or-signal"},
     "710648 of 1048580 bytes sent, cut by timeout or signal 12 ms ago; the program may still send the rest"),
    ("torn", {"cut": "would-block"},
     "710648 of 1048580 bytes sent, cut by would-block (full send buffer) 12 ms ago; the program may still send the rest"),
    ("torn", {"cut": "error", "cut_errno": errno.ECONNRESET},
     "710648 of 1048580 bytes sent, cut by error ECONNRESET 12 ms ago; the program may still send the rest"),
    ("torn", {"cut": "error", "cut_errno": 9999},
     "710648 of 1048580 bytes sent, cut by error errno 9999 12 ms ago; the program may still send the rest"),
]


@pytest.mark.parametrize("event, fields, expected", SENTENCES)
def test_the_sentence_says_what_happened(pair, event, fields, expected):
    assert sentence(pair, event, **fields) == expected


@pytest.mark.parametrize("ns, text", [
    (1, "0 ms"), (999999, "0 ms"), (1000000, "1 ms"), (9999 * 10**6, "9999 ms"), (10**10, "10 s"), (86400 * 10**9, "86400 s"),
])
def test_how_long_ago(pair, ns, text):
    assert f"cut by timeout {text} ago" in sentence(pair, "torn", ago_ns=ns)


def test_the_line_names_the_process(pair):
    def child():
        report("torn", fd=pair[0].fileno())
        note("info", str(os.getpid()).encode())

    line, pid = lines_of(child, comm=b"my prog")
    number = pid.split(": ")[1]
    assert line.startswith(f"poisonshim[{number}] my prog: torn: ")
    assert pid == f"poisonshim[{number}] my prog: {number}"


def test_a_forked_child_gives_its_own_number(pair):
    def child():
        grandchild = os.fork()
        if grandchild == 0:
            report("torn", fd=pair[0].fileno())
            os._exit(0)
        os.waitpid(grandchild, 0)
        note("info", str(grandchild).encode())

    line, number = lines_of(child)
    assert line.startswith(f"poisonshim[{number.split(': ')[1]}]")


def test_what_is_not_known_is_left_out(pair):
    fd = pair[0].fileno()
    assert line_of("torn", fd=fd).split("python3: ")[1] == (
        f"torn: fd {fd} unix socketpair/unnamed: 0 bytes sent, length not known; the program may still send the rest")
    assert line_of("torn", fd=-1).split("python3: ")[1].startswith("torn: an fd that is closed by now: 0 bytes")


@pytest.mark.parametrize("comm, shown", [
    (b"x" * 40, "x" * 32), (b"a\nb\x1b[0m", "a\\x0ab\\x1b[0m"), ("prög".encode(), "pr\\xc3\\xb6g"), (b"", ""),
])
def test_the_name_of_the_program_cannot_spoil_the_line(pair, comm, shown):
    assert f"] {shown}: torn: " in line_of("torn", fd=pair[0].fileno(), comm=comm)


def test_a_framing_is_shown_as_it_is_written(pair):
    line = line_of("torn", fd=pair[0].fileno(), framing=b'delimiter("\\r\\n"|\xff)')
    assert ', framing delimiter("\\r\\n"|\\xff): ' in line


def test_a_line_has_at_most_1024_bytes_and_ends(pair):
    def child():
        for length in range(800, 1100):
            report("off", fd=pair[0].fileno(), reason=b"x" * length)

    lengths = [len(line) for line in lines_of(child)]
    assert len(lengths) == 300
    assert max(lengths) == lengths[-1] == 1023


def test_every_combination_gives_one_decent_line(pair):
    choices = list(itertools.product(EVENTS, CUTS, VERDICTS, (False, True), (False, True), (0, 1048580), ({}, {"offered": 41})))

    def child():
        for event, cut, verdict, audit, unknown, length, offered in choices:
            report(event, fd=pair[0].fileno(), cut=cut, verdict=verdict, audit=audit, sent_unknown=unknown, length=length,
                   framing=b"line", message=1, sent=5, ago_ns=10**7, cut_errno=errno.EIO, **offered)

    lines = lines_of(child)
    assert len(lines) == len(choices)
    for line, (event, *_) in zip(lines, choices):
        assert f" python3: {event}: fd " in line
        assert line.isascii() and line.isprintable() and len(line) < 1024
        assert "  " not in line and "; ;" not in line and ", ;" not in line and not line.endswith((" ", ";", ","))
