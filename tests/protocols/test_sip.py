"""SIP and RTSP: what stands between messages, how a length is written, what proves that a message was given up."""

import pytest

from framing.library import Framing

from .recorders import sip

REQUEST = b"MESSAGE sip:bob@b.example SIP/2.0\r\n"
RESPONSE = b"SIP/2.0 200 OK\r\n"
VIA = b"Via: SIP/2.0/TCP a.example\r\n"
END = b"\r\n"


def fed(data):
    framing = Framing("sip")
    return framing, framing.feed_pieces(data)


def ends(data):
    return Framing("sip").boundaries(data)


LENGTHS = {
    "compact": b"l: 3\r\n",
    "compact, in capitals": b"L:3\r\n",
    "with white space before the colon": b"Content-Length \t:  3\r\n",
    "folded": b"Content-Length:\r\n\t3\r\n",
    "behind another that begins alike": b"Lang: 7\r\nContent-Language: 8\r\nl: 3\r\n",
}


@pytest.mark.parametrize("start", (REQUEST, RESPONSE, b"ANNOUNCE rtsp://a/b RTSP/1.0\r\n", b"RTSP/2.0 200\r\n"))
@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
def test_the_length_is_found_however_it_is_written(length, start):
    message = start + VIA + length + END + b"abc"
    assert ends(2 * message) == [len(message), 2 * len(message)]


def test_without_a_length_there_is_no_body():
    assert ends(REQUEST + VIA + END + RESPONSE + END) == [len(REQUEST + VIA + END),
                                                          len(REQUEST + VIA + END + RESPONSE + END)]


def test_empty_lines_between_messages_keep_the_connection_alive():
    assert ends(b"\r\n\r\n" + RESPONSE + END + b"\r\n\n")[:3] == [2, 4, 4 + len(RESPONSE + END)]


def test_frames_of_media_stand_between_messages():
    """RFC 2326, section 10.12."""
    frames = b"$\0\0\5abcde" + b"$\1\0\0" + b"$\0\1\0" + bytes(256)
    message = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
    assert ends(message + frames + message) == [28, 37, 41, 301, 329]


def test_a_record_of_tls_is_the_beginning_of_more():
    framing, state = fed(RESPONSE + END + b"\x16\3\1\0\2ab")
    assert framing.recognised(state) == "tls"


@pytest.mark.parametrize("sent", (REQUEST, RESPONSE, REQUEST + VIA))
@pytest.mark.parametrize("offered", (REQUEST, RESPONSE, b"PLAY rtsp://a RTSP/1.0\n", b"SIP/2.0 404\r"))
def test_a_first_line_between_header_lines_begins_another_message(sent, offered):
    framing, state = fed(sent)
    assert state.watch
    assert framing.abandons(state, offered)
    assert sip.proves(sent, offered)


@pytest.mark.parametrize("offered", (
    VIA, END, b" " + RESPONSE, REQUEST[:-2], RESPONSE[:11], b"SIP/2.0/TCP: 200\r\n", b"MESSAGE: sip:bob SIP/2.0\r\n",
    b"l: 3\r\n",
    b"MESSAGE sip:bob@b.example SIP/2.00\r\n", b"X" * 64, b"Message sip:bob SIP/2.0\r\n"))
def test_what_may_be_a_header_line_proves_nothing(offered):
    framing, state = fed(REQUEST)
    assert not framing.abandons(state, offered)
    assert not sip.proves(REQUEST, offered)


@pytest.mark.parametrize("sent", (b"", REQUEST[:-1], REQUEST + VIA[:-1], REQUEST + b"l: 3\r\n" + END, REQUEST + END,
                                  b"\r",
                                  REQUEST + b"\r", b"$\0\0\5"))
def test_elsewhere_nothing_is_proven(sent):
    framing, state = fed(sent)
    assert not framing.abandons(state, RESPONSE)
    assert not sip.proves(sent, RESPONSE)


def test_a_limit_is_for_the_body():
    for limit, lost in ((2, True), (3, False)):
        framing = Framing("sip")
        framing.set_max(limit)
        assert framing.feed_pieces(REQUEST + b"l: 3\r\n" + END).desync == lost
