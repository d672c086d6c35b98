"""CQL 5: which frames, which protocol, envelopes of several frames."""

import io
import random
import struct

import pytest

from cassandra.connection import segment_codec_lz4, segment_codec_no_compression
from framing.library import Framing

from .recorders.cql5 import FRAME, PARTS, STARTUP, frames_of, framed

AUTHENTICATE = b"\x85\0\0\0\3\0\0\0\0"
READY = b"\x85\0\0\0\2\0\0\0\0"
PART = 6 + 20 + 4  # bytes
ROLES = ("client", "server")


def started(framing):
    return framing.feed_calls(READY if framing.server else STARTUP)


def drawn_body(draw, length):
    """Of all ways in which an envelope begins, those that LZ4 likes too."""
    return bytes(draw.choice((0, 5, draw.randrange(256))) for _ in range(3)) * (length // 3) + b"." * (length % 3)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("codec", (segment_codec_no_compression, segment_codec_lz4))
def test_an_envelope_of_several_frames_ends_where_its_length_says(codec, seed):
    draw = random.Random(seed)
    framing = Framing("cql5", server=bool(seed % 2))
    expected, data = 1, b""
    for _ in range(4):
        body = drawn_body(draw, draw.choice((0, 1, 9, 30, 31, 32, 50, 200)))
        header = struct.pack(">BBhBi", 5, draw.randrange(2), draw.choice((0, 1, 257, 5)), draw.randrange(16), len(body))
        with frames_of(draw.choice((9, 20, 41, 1000))):
            data += framed(codec, header + body)
        expected += 1
        state = framing.feed(started(framing), data)
        assert (state.messages, state.inside, state.desync, state.watch) == (expected, False, False, False)
    assert framing.feed(started(framing), data[:-1]).inside


@pytest.mark.parametrize("literals", (0, 5, 6, 7, 260, 261, 262, 600))
def test_of_a_compressed_frame_that_begins_with_much_that_is_not(literals):
    framing = Framing("cql5")
    with frames_of(1000):
        body = random.Random(literals).randbytes(literals) + bytes(1500)
        data = framed(segment_codec_lz4, struct.pack(">BBhBi", 5, 0x20, 0x1234, 7, len(body)) + body)
    for cut in range(len(data)):
        assert framing.feed(framing.feed(started(framing), data[:cut]), data[cut:]).messages == 2
    assert len(data) < literals + 200


@pytest.mark.parametrize("role", ROLES)
def test_frames_of_whole_envelopes_may_stand_among_those_of_one(role):
    framing = Framing("cql5", role == "server")
    for codec in (segment_codec_no_compression, segment_codec_lz4):
        whole = framed(codec, b"whole envelopes")
        with frames_of(20):
            parts = framed(codec, b"\5\0\0\0\7\0\0\0\x37" + b"p" * 55)
        header = 8 if codec.compression else 6
        first = header + int.from_bytes(parts[:2], "little") + 4
        data = parts[:first] + whole + whole + parts[first:]
        for cut in range(len(data)):
            state = framing.feed(framing.feed(started(framing), data[:cut]), data[cut:])
            assert (state.messages, state.inside, state.desync, state.watch) == (2, False, False, False), cut
            assert framing.feed(started(framing), data[:cut]).messages == 1


def test_among_those_of_a_servers_envelope_they_prove_that_it_was_given_up():
    framing = Framing("cql5", server=True)
    state = framing.feed(started(framing), PARTS[:PART])
    assert state.inside and framing.abandons(state, FRAME) and framing.abandons(state, FRAME[:6])


def test_a_client_proves_nothing():
    framing = Framing("cql5")
    state = framing.feed(started(framing), PARTS[:PART])
    assert state.inside and not state.watch and not framing.abandons(state, FRAME)


@pytest.mark.parametrize("envelope, server", ((STARTUP, False), (READY, True), (AUTHENTICATE, True)))
@pytest.mark.parametrize("assumed", (False, True))
def test_who_writes_is_told_by_the_envelopes(envelope, server, assumed):
    framing = Framing("cql5", assumed)
    assert framing.feed_calls(envelope, PARTS[:PART]).watch == server


def test_a_part_of_an_envelope_proves_nothing():
    framing = Framing("cql5", server=True)
    state = framing.feed(started(framing), PARTS[:PART])
    for offered in (PARTS[PART:], PARTS[:PART], FRAME[:5], bytes([FRAME[0] ^ 1]) + FRAME[1:], STARTUP):
        assert not framing.abandons(state, offered)


@pytest.mark.parametrize("cut", (*range(PART), *range(PART + 1, len(PARTS))))
def test_inside_of_a_frame_nothing_is_proved(cut):
    framing = Framing("cql5", server=True)
    assert not framing.abandons(framing.feed(started(framing), PARTS[:cut]), FRAME)


def test_with_frames_for_messages_nothing_is_proved():
    framing = Framing("cql5", server=True)
    framing.set_unit(True)
    state = framing.feed(started(framing), PARTS[:PART])
    assert (state.inside, state.messages, state.watch) == (False, 2, False)
    assert framing.feed(state, PARTS[PART:] + FRAME).messages == 4


@pytest.mark.parametrize("version", (b"\3", b"\4", b"\x83", b"\x84"))
def test_an_older_version_is_known_by_its_first_byte(version):
    framing = Framing("cql5")
    state = framing.feed_calls(version + b"\0\0\0\5\0\0\0\0", version + b"\0\0\0\1\0\0\0\2\0\0", version + b"\0\0\0\7\0")
    assert (framing.recognised(state), state.messages, state.inside) == ("cql4", 2, True)


def test_tls_from_the_first_byte_unless_it_is_off():
    framing = Framing("cql5")
    state = framing.feed_calls(b"\x16\3\1\0\2ab")
    assert (framing.recognised(state), state.inside, state.messages) == ("tls", False, 1)
    framing.set_tls("off")
    assert framing.feed_calls(b"\x16\3\1\0\2ab\0\0").desync


def test_the_begin_of_an_envelope_must_be_seen():
    framing = Framing("cql5")
    state = framing.feed(started(framing), PARTS[:10])
    assert framing.skip(state, 10, 10) == 0
    framing.feed(state, PARTS[10:15])
    assert framing.skip(state, 10, 10) == 7  # of 15 that are left, but for the last 8
    assert framing.feed(state, PARTS[22:]).messages == 2


def part(payload, uncompressed=None):
    """A frame with that of an envelope, or what is compressed of it."""
    out = io.BytesIO()
    codec = segment_codec_no_compression if uncompressed is None else segment_codec_lz4
    codec.encode_header(out, len(payload), uncompressed, False)
    return out.getvalue() + payload + b"sum!"


def test_a_part_may_be_a_whole_envelope():
    framing = Framing("cql5", server=True)
    state = framing.feed(started(framing), part(b"\x85\0\0\0\x08\0\0\0\4body"))
    assert (state.messages, state.inside, state.watch, state.desync) == (2, False, False, False)


@pytest.mark.parametrize("offset, desync", ((b"\1\0", False), (b"\x08\0", False), (b"\0\0", True), (b"\x09\0", True),
                                            (b"\1\1", True)))
def test_what_lz4_repeats_must_have_been_there(offset, desync):
    framing = Framing("cql5")
    state = framing.feed(started(framing), part(b"\x80\5\0\0\0\7\0\0\x60" + offset, 40))
    assert state.desync == desync


def test_a_frame_may_begin_with_any_byte():
    framing = Framing("cql5")
    state = started(framing)
    for length in range(256):
        framing.feed(state, framed(segment_codec_no_compression, bytes(length)))
    assert (framing.recognised(state), state.messages, state.inside, state.desync) == ("cql5", 257, False, False)


@pytest.mark.parametrize("limit, desync", ((len(FRAME), False), (len(FRAME) - 1, True)))
def test_a_longer_frame_than_the_limit_is_a_desync(limit, desync):
    framing = Framing("cql5")
    framing.set_max(limit)
    assert framing.feed(started(framing), FRAME).desync == desync
