"""The header of a message that is framed by Content-Length, in all the ways in which it can be written."""

import pytest

from framing.library import Framing, message_length

HEADERS = {
    "as usual": b"Content-Length: 3\r\n\r\n",
    "in capitals": b"CONTENT-LENGTH: 3\r\n\r\n",
    "in small letters": b"content-length: 3\r\n\r\n",
    "without a space": b"Content-Length:3\r\n\r\n",
    "with white space": b"Content-Length \t: \t 3 \t\r\n\r\n",
    "with zeros": b"Content-Length: 0000000000000000000000003\r\n\r\n",
    "with the lines of Unix": b"Content-Length: 3\n\n",
    "among others": b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\nX: \r\nContent-Lengths: 7\r\n\r\n",
    "among others that begin alike": b"Content-Len: 9\r\nContent-Length-X: 8\r\nContent-Length: 3\r\nC: 7\r\n\r\n",
    "folded": b"Content-Length:\r\n 3\r\n\r\n",
    "folded behind the number": b"Content-Length: 3\r\n  \r\nX: a\r\n b: c\r\n\r\n",
    "twice": b"Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
    "as a list": b"Content-Length: 3, 3\r\n\r\n",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_the_length_is_found_however_it_is_written(header):
    framing, data = Framing("content-length"), 2 * (header + b"abc")
    for cut in range(len(data)):
        state = framing.feed_pieces(data, [cut])
        assert (state.desync, state.inside, state.messages) == (False, False, 2), cut
    assert message_length(framing.feed_pieces(header)) == len(header) + 3


@pytest.mark.parametrize("header", (
    b"Content-Length: 3, 4\r\n\r\n", b"Content-Length: 3,\r\n\r\n", b"Content-Length: 3\r\n 3\r\n\r\n",
    b"Content-Length: 0x3\r\n\r\n",
    b"Content Length: 3\r\n\r\n", b" Content-Length: 3\r\n\r\n", b"Content-Length: 3\r\n\rX\n",
    b"Content-Length\0: 3\r\n\r\n"))
def test_what_is_no_length_is_lost(header):
    assert Framing("content-length").feed_pieces(header + b"abc").desync


def test_an_empty_body_ends_with_the_header():
    assert Framing("content-length").feed_pieces(2 * b"Content-Length: 0\r\n\r\n").messages == 2


@pytest.mark.parametrize("length, lost", ((5, False), (6, True)))
def test_a_limit_is_for_the_body(length, lost):
    framing = Framing("content-length")
    framing.set_max(5)
    assert framing.feed_pieces(b"Content-Length: %d\r\n\r\n" % length).desync == lost


def test_a_length_up_to_the_largest_offset():
    state = Framing("content-length").feed_pieces(b"Content-Length: 900000000000000000\r\n\r\n")
    assert message_length(state) == 900000000000000038
