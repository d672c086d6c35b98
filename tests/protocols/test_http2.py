"""What is special to HTTP/2: what proves a header block given up, and what only shows that the bytes are wrong."""

import pytest

from framing.library import Framing
from framing.samples import TLS

from .recorders.http2 import BLOCK, PREFACE, SETTINGS, frame

HTTP2 = Framing("http2")
DATA, HEADERS, RST_STREAM, PUSH_PROMISE, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 5, 6, 8, 9
END_HEADERS, ACKNOWLEDGED = 4, 1

ANOTHER = {
    "DATA": frame(DATA, 0, 1, b"d"),
    "HEADERS": frame(HEADERS, END_HEADERS, 3, b"h"),
    "HEADERS of the same stream": frame(HEADERS, END_HEADERS, 1, b"h"),
    "RST_STREAM": frame(RST_STREAM, 0, 1, bytes(4)),
    "SETTINGS": SETTINGS,
    "PING": frame(PING, ACKNOWLEDGED, 0, bytes(8)),
    "WINDOW_UPDATE": frame(WINDOW_UPDATE, 0, 0, bytes(4)),
    "CONTINUATION of another stream": frame(CONTINUATION, END_HEADERS, 3, b"h"),
    "CONTINUATION of a stream with the same low byte": frame(CONTINUATION, 0, 0x101, b"h"),
}

NO_PROOF = {
    "CONTINUATION": frame(CONTINUATION, 0, 1, b"h"),
    "the last CONTINUATION": frame(CONTINUATION, END_HEADERS, 1),
    "too little to tell": frame(DATA, 0, 1)[:8],
    "an extension": frame(0xc, 0, 0, b"\0\x08http://a"),
    "a frame with the reserved bit": b"\0\0\0\0\0\x80\0\0\1",
    "text": b"HTTP/1.1 200 OK\r\n\r\n",
}

BLOCKS = {
    "HEADERS": BLOCK,
    "empty HEADERS": SETTINGS + frame(HEADERS, 0, 1),
    "PUSH_PROMISE": SETTINGS + frame(PUSH_PROMISE, 0, 1, b"\0\0\0\2h"),
    "CONTINUATION": BLOCK + frame(CONTINUATION, 0, 1, b"h"),
    "a client's": PREFACE + BLOCK,
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("offered", ANOTHER.values(), ids=ANOTHER)
def test_another_frame_inside_a_header_block_is_proof(block, offered):
    state = HTTP2.feed_pieces(block)
    assert (state.inside, state.left) == (True, 0)
    assert HTTP2.abandons(state, offered)
    assert HTTP2.abandons(state, offered[:9])


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("offered", NO_PROOF.values(), ids=NO_PROOF)
def test_what_is_no_proof(block, offered):
    assert not HTTP2.abandons(HTTP2.feed_pieces(block), offered)


@pytest.mark.parametrize("offered", ANOTHER.values(), ids=ANOTHER)
def test_where_proof_comes_too_late_the_bytes_are_wrong(offered):
    assert HTTP2.feed_pieces(BLOCK + offered).desync


@pytest.mark.parametrize("offered", ANOTHER.values(), ids=ANOTHER)
def test_inside_a_frame_nothing_is_proof(offered):
    data = BLOCK + frame(CONTINUATION, 0, 1, b"text")
    for end in range(len(SETTINGS), len(data)):
        if end != len(BLOCK):
            assert not HTTP2.abandons(HTTP2.feed_pieces(data[:end]), offered), end


@pytest.mark.parametrize("offered", ANOTHER.values(), ids=ANOTHER)
def test_behind_a_header_block_nothing_is_proof(offered):
    for whole in (frame(CONTINUATION, END_HEADERS, 1), frame(CONTINUATION, END_HEADERS, 1, b"text")):
        state = HTTP2.feed_pieces(BLOCK + whole)
        assert (state.inside, state.watch, HTTP2.abandons(state, offered)) == (False, False, False)


@pytest.mark.parametrize("offered", ANOTHER.values(), ids=ANOTHER)
def test_nothing_is_proof_where_every_frame_is_a_message(offered):
    by_frame = Framing("http2")
    by_frame.set_unit(True)
    state = by_frame.feed_pieces(BLOCK)
    assert (state.inside, state.watch, by_frame.abandons(state, offered)) == (False, False, False)


def test_the_watch_is_over_with_the_frame_that_ends_the_block():
    """Even before its payload has come."""
    state = HTTP2.feed_pieces(BLOCK + frame(CONTINUATION, END_HEADERS, 1, b"text")[:9])
    assert (state.inside, state.watch) == (True, False)


def test_auto_proves_it_too():
    auto = Framing("auto")
    state = auto.feed_calls(PREFACE, frame(4, 0, 0, b"\0\3\0\0\0\x64"), BLOCK[len(SETTINGS):])
    assert auto.recognised(state) == "http2"
    assert auto.abandons(state, ANOTHER["DATA"])
    assert not auto.abandons(state, NO_PROOF["CONTINUATION"])


@pytest.mark.parametrize("server", [False, True])
def test_tls_begins_the_stream_or_does_not_come(server):
    framing = Framing("http2", server)
    for cut in range(len(TLS)):
        assert framing.recognised(framing.feed_pieces(TLS, [cut])) == "tls"
    state = framing.feed_calls(SETTINGS, b"\x16\3\1" + frame(DATA, 0, 1)[3:])
    assert (framing.recognised(state), state.left, state.desync) == ("http2", 0x160301, False)
    framing.set_tls("off")
    assert framing.feed_pieces(TLS).desync
