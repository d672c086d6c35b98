"""Bytes that go out through sendfile and splice: counted, compared, and where they cannot be seen, left alone."""

import ctypes
import errno
import os
import struct
import tempfile

from .guarded import each, guarded
from .streams import drain, events, libc, pair, refuses

BODY = bytes(range(256)) * 1024
HEADER = struct.pack(">I", len(BODY))
NEXT = struct.pack(">I", 5) + b"hello"


def file_of(content):
    file = tempfile.TemporaryFile()
    file.write(content)
    file.flush()
    return file


def sendfile64(out, file, offset, count):
    """As os.sendfile, through the other name."""
    position = ctypes.c_longlong(offset)
    sent = libc.sendfile64(out, file, ctypes.byref(position), ctypes.c_size_t(count))
    if sent < 0:
        raise OSError(ctypes.get_errno(), "sendfile64")
    return sent


SENDFILES = {"sendfile": os.sendfile, "sendfile64": sendfile64}


def tear(sendfile, writer, file, offset=0):
    """Cuts the body of a message; where the rest of it begins."""
    os.set_blocking(writer.fileno(), False)
    sent = sendfile(writer.fileno(), file.fileno(), offset, len(BODY))
    assert 0 < sent < len(BODY)
    return offset + sent


def finish(peer, sent, rest, write):
    """Writes the rest while the peer reads; all that the peer got."""
    received = drain(peer)
    while rest:
        try:
            rest = rest[write(rest):]
        except BlockingIOError:
            received += drain(peer)
    return received + drain(peer)


@each("name", SENDFILES)
@guarded(FRAMING="packet(4)")
def test_another_message_in_a_body_cut_by_sendfile_is_refused(name):
    writer, peer = pair()
    os.write(writer.fileno(), HEADER)
    sent = tear(SENDFILES[name], writer, file_of(BODY))
    assert refuses(writer, NEXT)
    assert drain(peer) == HEADER + BODY[:sent]


@each("name", SENDFILES)
@guarded(FRAMING="packet(4)")
def test_a_poisoned_stream_refuses_sendfile(name):
    writer, peer = pair()
    os.write(writer.fileno(), HEADER)
    file = file_of(BODY)
    sent = tear(SENDFILES[name], writer, file)
    assert refuses(writer, NEXT)
    received = drain(peer)
    try:
        SENDFILES[name](writer.fileno(), file.fileno(), sent, 100)
        raise AssertionError("the rest came too late")
    except OSError as error:
        assert error.errno == errno.EPIPE
    assert received == HEADER + BODY[:sent] and not drain(peer)


@each("how", ["sendfile", "sendfile64", "write"])
@guarded(FRAMING="packet(4)")
def test_a_body_cut_by_sendfile_goes_on(how):
    writer, peer = pair()
    os.write(writer.fileno(), HEADER)
    file = file_of(BODY)
    sent = tear(os.sendfile, writer, file)

    def go_on(rest):
        if how == "write":
            return os.write(writer.fileno(), rest)
        return SENDFILES[how](writer.fileno(), file.fileno(), len(BODY) - len(rest), len(rest))

    assert finish(peer, sent, BODY[sent:], go_on) == HEADER + BODY
    assert not events("poisoned")
    assert os.write(writer.fileno(), NEXT) == len(NEXT)
    assert drain(peer) == NEXT


@guarded(FRAMING="packet(4)")
def test_another_place_in_the_file_is_not_the_rest():
    writer, peer = pair()
    os.write(writer.fileno(), HEADER)
    file = file_of(BODY)
    sent = tear(os.sendfile, writer, file)
    drain(peer)
    try:
        os.sendfile(writer.fileno(), file.fileno(), sent + 1, 100)
        raise AssertionError("not refused")
    except OSError as error:
        assert error.errno == errno.EPIPE


@guarded(FRAMING="packet(4)")
def test_a_header_in_the_file_is_seen():
    writer, peer = pair()
    whole = file_of(NEXT * 3)
    assert os.sendfile(writer.fileno(), whole.fileno(), 0, 2 * len(NEXT) + 2) == 2 * len(NEXT) + 2
    assert os.write(writer.fileno(), NEXT[2:]) == len(NEXT) - 2
    begun = file_of(HEADER + BODY)
    assert os.sendfile(writer.fileno(), begun.fileno(), 0, 10) == 10
    writer.close()
    closed = events("closed")
    assert [(event["message"], event["sent"], event["length"]) for event in closed] == [(4, 10, len(HEADER + BODY))]


@guarded(FRAMING="call")
def test_the_end_of_the_file_cuts_nothing():
    writer, peer = pair()
    file = file_of(b"short")
    assert os.sendfile(writer.fileno(), file.fileno(), 0, 1 << 20) == 5
    assert os.sendfile(writer.fileno(), file.fileno(), 5, 1 << 20) == 0
    assert os.write(writer.fileno(), b"another") == 7
    writer.close()
    assert not events("torn") and not events("closed")


@guarded(FRAMING="call", WINDOW="200")
def test_the_file_position_counts_where_no_offset_is_given():
    writer, peer = pair()
    file = file_of(BODY)
    os.lseek(file.fileno(), 1000, os.SEEK_SET)
    os.set_blocking(writer.fileno(), False)
    sent = libc.sendfile(writer.fileno(), file.fileno(), None, ctypes.c_size_t(len(BODY)))
    assert 0 < sent < len(BODY) - 1000
    assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 1000 + sent
    drain(peer)
    assert libc.sendfile(writer.fileno(), file.fileno(), None, ctypes.c_size_t(100)) == 100
    drain(peer)
    assert refuses(writer, BODY[1000 + sent:1000 + sent + 100])


@guarded(FRAMING="call")
def test_a_bad_offset_is_the_kernels_business():
    writer, peer = pair()
    assert libc.sendfile(writer.fileno(), file_of(BODY).fileno(), ctypes.c_void_p(8), ctypes.c_size_t(10)) == -1
    assert ctypes.get_errno() == errno.EFAULT
    assert os.write(writer.fileno(), b"fine") == 4


@guarded(FRAMING="packet(4)")
def test_a_bad_offset_inside_a_cut_body_proves_nothing():
    writer, peer = pair()
    os.write(writer.fileno(), HEADER)
    file = file_of(b"xyz" + BODY)
    sent = tear(os.sendfile, writer, file, 3)
    received = drain(peer)
    for bad in ctypes.c_void_p(8), ctypes.byref(ctypes.c_longlong(-1)):
        assert libc.sendfile(writer.fileno(), file.fileno(), bad, ctypes.c_size_t(10)) == -1
        assert ctypes.get_errno() in (errno.EFAULT, errno.EINVAL)
    rest = finish(peer, sent, BODY[sent - 3:], lambda rest: os.write(writer.fileno(), rest))
    assert received + rest == HEADER + BODY and not events("poisoned")


@guarded(FRAMING="packet(4)")
def test_what_is_offered_ends_with_the_file():
    writer, peer = pair()
    os.write(writer.fileno(), HEADER)
    file = file_of(BODY)
    tear(os.sendfile, writer, file)
    for offset in 5, len(BODY) + 5:
        assert refuses(writer, write=lambda fd, _, at=offset: os.sendfile(fd, file.fileno(), at, 1 << 30))
    assert [event["offered"] for event in events("poisoned") + events("refused")] == [len(BODY) - 5, 0]


def splice(content, writer):
    reading, writing = os.pipe()
    os.write(writing, content)
    sent = os.splice(reading, writer.fileno(), len(content))
    os.close(reading)
    os.close(writing)
    return sent


@guarded(FRAMING="packet(4)")
def test_spliced_bytes_inside_a_body_are_counted():
    writer, peer = pair()
    os.write(writer.fileno(), struct.pack(">I", 1000) + b"x" * 100)
    assert splice(b"y" * 800, writer) == 800
    assert os.write(writer.fileno(), b"z" * 100 + NEXT[:3]) == 103
    writer.close()
    assert [(event["message"], event["sent"]) for event in events("closed")] == [(2, 3)]


@guarded(FRAMING="packet(4)")
def test_a_spliced_header_turns_the_guard_off():
    writer, peer = pair()
    assert splice(NEXT, writer) == len(NEXT)
    assert [event["reason"] for event in events("off")]
    assert os.write(writer.fileno(), b"anything") == 8


@each("framing", ["call", "auto"])
@guarded(FRAMING="{framing}")
def test_a_splice_is_a_call(framing):
    writer, peer = pair()
    assert splice(NEXT, writer) == len(NEXT)
    assert os.write(writer.fileno(), b"anything") == 8
    writer.close()
    assert not events("off") and not events("closed")


@guarded(FRAMING="call")
def test_a_poisoned_stream_refuses_splice():
    writer, peer = pair()
    tear(os.sendfile, writer, file_of(BODY))
    assert refuses(writer)
    drain(peer)
    try:
        splice(b"more", writer)
        raise AssertionError("not refused")
    except OSError as error:
        assert error.errno == errno.EPIPE
    assert not drain(peer)
