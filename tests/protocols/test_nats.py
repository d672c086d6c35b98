"""NATS: which operations have a body, how a line may be written, TLS behind INFO."""

import pytest

from framing.library import Framing, message_length

INFO = b'INFO {"server_id":"N","tls_required":true} \r\n'


def ends(data, server=False):
    return Framing("nats", server).boundaries(data)


@pytest.mark.parametrize("server", (False, True))
@pytest.mark.parametrize("operation", (
    b"PUB a 4\r\nPING\r\n", b"PUB a 0\r\n\r\n", b"PUB a _INBOX.1 2\r\n\r\n\r\n", b"PUB 5 1\r\nx\r\n",
    b"PUB 5 6 1\r\nx\r\n", b"pub a 1\r\nx\r\n", b"Pub\ta\t\t1\r\nx\r\n", b"PUB  a  1 \r\nx\r\n", b"PUB a 1\nx\r\n",
    b"PUB a 01\r\nx\r\n", b"PUB " + b"s" * 300 + b" 3\r\n\r\n\r\r\n", b"HPUB a 12 13\r\nNATS/1.0\r\n\r\nx\r\n",
    b"HPUB a b 12 12\r\nNATS/1.0\r\n\r\n\r\n", b"hpub a 12 12\r\nNATS/1.0\r\n\r\n\r\n", b"MSG a 1 3\r\n\0\1\2\r\n",
    b"MSG a 1 b 3\r\nabc\r\n", b"msg a 9 0\r\n\r\n", b"HMSG a 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n",
    b"HMSG a 1 b 12 14\r\nNATS/1.0\r\n\r\n\r\n\r\n", b"SUB a 1\r\n", b"SUB a group 1\r\n", b"sub b 2\n",
    b"UNSUB 1\r\n", b"UNSUB 1 5\r\n", b"PING\r\n", b"PONG\r\n", b"ping\n", b"Pong \r\n", b"+OK\r\n", b"+ok\r\n",
    b"-ERR 'Unknown Protocol Operation'\r\n", b"-ERR\r\n", b"CONNECT {}\r\n", INFO,
    b'connect {"name":"PUB a 7"}\r\n', b'INFO {"x":"\r MSG a 1 7"}\r\n'))
def test_an_operation_is_a_line_and_its_body_on_both_sides(operation, server):
    assert ends(operation + b"PING\r\n", server) == [len(operation), len(operation) + 6]


@pytest.mark.parametrize("line, body", (
    (b"PUB a 99999\r\n", 99999), (b"MSG a 1 0\r\n", 0), (b"HMSG a 1 20 1048576\r\n", 1 << 20)))
def test_the_length_is_known_behind_the_line(line, body):
    framing = Framing("nats")
    assert message_length(framing.feed_pieces(line)) == len(line) + body + 2
    assert message_length(framing.feed_pieces(line[:-1])) == 0


@pytest.mark.parametrize("before, server", ((b"", False), (b"", True), (INFO, True), (b"CONNECT {}\r\n", False)))
def test_tls_may_begin_at_a_boundary(before, server):
    framing = Framing("nats", server)
    assert framing.recognised(framing.feed_pieces(before + b"\x16\3\1\0\4\1\0\0\0")) == "tls"


@pytest.mark.parametrize("data", (b"PUB a 1\r\n\x16\r\n", b"PUB \x16 1\r\nx\r\n"))
def test_no_byte_inside_is_a_first_one(data):
    framing = Framing("nats")
    assert framing.recognised(framing.feed_pieces(data)) == "nats"


def test_a_limit_holds_for_what_was_announced():
    framing = Framing("nats")
    framing.set_max(100)
    assert not framing.feed_pieces(b"PUB a 88\r\n").desync
    assert framing.feed_pieces(b"PUB a 89\r\n").desync


@pytest.mark.parametrize("sent", (
    b"PUB a 9\r\n", b"PUB a 9\r\nPUB", b"PUB a", b"SUB a ", b"CONNECT {", b"PIN", b"PUB a 1\r\nx\r"))
def test_nothing_proves_that_an_operation_was_given_up(sent):
    framing = Framing("nats")
    state = framing.feed_pieces(sent)
    assert (state.inside, state.watch, framing.abandons(state, b"PUB a 1\r\nx\r\n")) == (True, False, False)
