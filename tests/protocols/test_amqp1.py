"""What is special to AMQP 1.0: a protocol header begins each layer."""

import pytest

from framing.library import Framing
from framing.samples import TLS

HEADER, OF_TLS, OF_SASL = (b"AMQP" + bytes([number]) + b"\1\0\0" for number in (0, 2, 3))
EMPTY = b"\0\0\0\x08\2\0\0\0"


@pytest.mark.parametrize("server", [False, True])
def test_tls_begins_behind_its_header(server):
    framing, data = Framing("amqp1", server), OF_TLS + TLS
    for cut in range(len(data)):
        state = framing.feed_pieces(data, [cut])
        assert (framing.recognised(state), state.desync) == ("tls", False)


def test_a_header_may_stand_behind_every_frame():
    state = Framing("amqp1").feed_pieces(OF_SASL + EMPTY + HEADER + EMPTY + HEADER)
    assert (state.messages, state.inside, state.desync) == (5, False, False)


@pytest.mark.parametrize("total, is_whole", [(99, True), (100, True), (101, False)])
def test_a_frame_longer_than_the_limit_is_seen(total, is_whole):
    limited = Framing("amqp1")
    limited.set_max(100)
    frame = total.to_bytes(4, "big") + EMPTY[4:] + bytes(total - 8)
    assert limited.feed_pieces(HEADER + frame).desync != is_whole
