"""Whole messages in one write, which are looked at as such, are what the same bytes are one by one; wrong ones too."""

import pytest

from frames import frames
from fuzz import corpus

from .library import Framing, State

RESPONSE = (b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 12\r\n"
            b"ETag: \"1-2\"\r\n\r\nabcdefghijkl")
CHUNKED = b"HTTP/1.1 200 OK\r\nDate: now\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"
REPLIES = b"*2\r\n$3\r\nabc\r\n:1\r\n$-1\r\n+OK\r\n%1\r\n+a\r\n-b\r\n"
OPEN_HEADERS = b"\0\0\4\1\0\0\0\0\1abcd"
CONTINUATION = b"\0\0\4\x09\4\0\0\0\1abcd"

STREAMS = [(name, frame.prologue, frame.of(frames.FRAME) * 2, frame.server) for name, frame in frames.known().items()]
STREAMS += [("http1", b"", RESPONSE, True), ("http1", b"", CHUNKED, True), ("redis", b"", REPLIES, True),
            ("http2", frames.HTTP2_START, OPEN_HEADERS + CONTINUATION + OPEN_HEADERS, False)]


WITH_UNIT = {name for name, row in corpus.rows() if ".has_unit = true" in row}
FRAMES = [stream for stream in STREAMS if stream[0] in WITH_UNIT]
COUNTS_DIFFERENTLY = "line"  # shim/framing/delimiter.c


def ends(framing, start, data):
    whole, single = State.from_buffer_copy(start), State.from_buffer_copy(start)
    framing.feed(whole, data)
    for at in range(len(data)):
        framing.feed(single, data[at:at + 1], len(data) - at)
    return [(state.seen(), None if state.desync or framing.counts_differently else state.messages)
            for state in (whole, single)]


def begun(name, prologue, server, unit=False):
    framing = Framing(name, server)
    framing.set_unit(unit)
    framing.counts_differently = name == COUNTS_DIFFERENTLY
    return framing, framing.feed(framing.state(), prologue)


def need_same(framing, start, stream):
    for at in range(len(stream)):
        for other in stream[at], stream[at] ^ 0x80, stream[at] ^ 1, 0x16, ord("\n"):
            whole, single = ends(framing, start, stream[:at] + bytes([other]) + stream[at + 1:])
            assert whole == single, (at, other)


@pytest.mark.parametrize("name, prologue, stream, server", STREAMS, ids=[stream[0] for stream in STREAMS])
def test_a_wrong_byte_in_whole_messages_is_as_wrong_as_alone(name, prologue, stream, server):
    need_same(*begun(name, prologue, server), stream)


@pytest.mark.parametrize("name, prologue, stream, server", FRAMES, ids=[stream[0] for stream in FRAMES])
def test_a_wrong_byte_in_whole_frames_is_as_wrong_as_alone(name, prologue, stream, server):
    need_same(*begun(name, prologue, server, unit=True), stream)


@pytest.mark.parametrize("name, prologue, stream, server", STREAMS, ids=[stream[0] for stream in STREAMS])
def test_the_beginning_of_a_message_behind_whole_ones_is_what_it_is_alone(name, prologue, stream, server):
    framing, start = begun(name, prologue, server)
    for end in range(1, len(stream)):
        whole, single = ends(framing, start, stream[:end])
        assert whole == single, end
