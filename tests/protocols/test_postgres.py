"""PostgreSQL: what happens before the typed messages."""

import pytest

from framing.library import Framing

from .recorders.postgres import GSSENC_REQUEST, READY, SSL_REQUEST, STARTUP

CANCEL = b"\0\0\0\x10\4\xd2\x16\x2e\0\0\0\7\1\2\3\4"
TOKEN, PACKET = b"\0\0\0\6\x60\4abcd", b"\0\0\0\2xy"
TLS = b"\x16\3\1\0\2xx"
NOTICE = b"N\0\0\0\x05\0"


def typed(*types):
    return [kind + b"\0\0\0\x08rest" for kind in types]


CONVERSATIONS = {
    "a cancel request": (False, [CANCEL]),
    "a cancel request of 3.2": (False, [b"\0\0\0\x2c" + CANCEL[4:12] + bytes(32)]),
    "a cancel request behind a refused one for TLS": (False, [SSL_REQUEST, CANCEL]),
    "both requests refused": (False, [GSSENC_REQUEST, SSL_REQUEST, STARTUP, *typed(b"p", b"Q", b"X")]),
    "GSSAPI accepted": (False, [GSSENC_REQUEST, TOKEN, PACKET, b"\0\0\0\4\0\3\0\0"]),
    "GSSAPI refused, TLS accepted": (False, [GSSENC_REQUEST, SSL_REQUEST, TLS, TLS]),
    "TLS from the first byte": (False, [TLS, TLS]),
    "a client of a later 3.x": (False, [b"\0\0\0\x09\0\3\x27\x0f\0", *typed(b"Q")]),
    "refused, then a notice": (True, [b"N", b"N", READY, NOTICE, *typed(b"S")]),
    "GSSAPI granted": (True, [b"G", TOKEN, PACKET]),
    "GSSAPI refused, TLS granted": (True, [b"N", b"S", TLS, TLS]),
    "a server of TLS from the first byte": (True, [TLS, TLS]),
    "an error first": (True, typed(b"E")),
    "another version first": (True, typed(b"v", b"R")),
}


@pytest.mark.parametrize("server, messages", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_each_message_is_one(server, messages):
    framing, data = Framing("postgres", server), b"".join(messages)
    for cut in range(len(data) + 1):
        state = framing.feed_pieces(data[:cut], range(cut))
        whole = [n for n in range(len(messages) + 1) if len(b"".join(messages[:n])) <= cut]
        at_boundary = len(b"".join(messages[:whole[-1]])) == cut
        assert not state.desync, cut
        assert (state.messages, state.inside) == (whole[-1], not at_boundary), cut
        assert framing.feed_pieces(data[:cut]).seen() == state.seen(), cut


def test_a_message_has_as_many_bytes_as_32_bits_say():
    framing = Framing("postgres", server=True)
    state = framing.feed_pieces(READY + b"D\x7f\xff\xff\xfe\0\0")
    assert (state.left, state.desync) == (0x7ffffffe + 1 - 7, False)


@pytest.mark.parametrize("server, data", [(False, STARTUP + typed(b"Q")[0]), (True, READY)])
def test_a_longer_message_than_the_limit_is_a_desync(server, data):
    framing = Framing("postgres", server)
    framing.set_max(8)
    assert framing.feed_pieces(data).desync
