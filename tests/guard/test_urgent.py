"""Urgent data: the last byte of a write with MSG_OOB is not in the stream (send(2)), so it is no part of a message."""

import errno
import os
import socket

from .guarded import each, guarded
from .streams import drain, events, finish, is_clean, is_guarded, libc, refuses, tear
from .test_kinds import BIG, open_tcp, open_unix

KINDS = {"tcp": open_tcp, "unix": open_unix}


def sockets(kind):
    writer, peer = KINDS[kind]()
    return socket.socket(fileno=writer), socket.socket(fileno=peer)


SENDS = {
    "send": lambda sock, data: sock.send(data, socket.MSG_OOB),
    "sendto": lambda sock, data: libc.sendto(sock.fileno(), data, len(data), socket.MSG_OOB, None, 0),
    "sendmsg": lambda sock, data: sock.sendmsg([data], [], socket.MSG_OOB),
}


@each("kind", KINDS)
@each("send", SENDS)
@guarded(FRAMING="packet(4)")
def test_an_urgent_byte_inside_a_message_changes_nothing(kind, send):
    writer, peer = sockets(kind)
    assert writer.send(b"\0\0\0\6abc") == 7
    assert SENDS[send](writer, b"!") == 1
    assert peer.recv(100, socket.MSG_OOB) == b"!"
    assert writer.send(b"def") == 3
    assert drain(peer) == b"\0\0\0\6abcdef"
    assert is_guarded_packet(writer)
    assert not events("desync")


def is_guarded_packet(writer):
    """True if the guard thinks it is at a boundary now, and sees a cut from there."""
    tear(writer, (8 << 20).to_bytes(4, "big") + bytes(8 << 20))
    return refuses(writer)


@each("kind", KINDS)
@guarded()
def test_an_urgent_byte_may_go_out_while_a_message_is_cut(kind):
    writer, peer = sockets(kind)
    rest = tear(writer, BIG)
    drain(peer)
    assert writer.send(b"!", socket.MSG_OOB) == 1
    finish(writer, peer, rest)
    assert is_clean(writer, peer)


@each("kind", KINDS)
@guarded(FRAMING="packet(4)")
def test_bytes_before_the_urgent_one_are_in_the_stream(kind):
    writer, peer = sockets(kind)
    assert writer.send(b"\0\0\0\3ab!", socket.MSG_OOB) == 7
    assert peer.recv(100, socket.MSG_OOB) == b"!"
    assert writer.send(b"c") == 1
    assert drain(peer) == b"\0\0\0\3abc"
    assert is_guarded_packet(writer)


@each("kind", KINDS)
@guarded()
def test_a_cut_message_that_goes_on_as_urgent_data_turns_the_guard_off(kind):
    writer, peer = sockets(kind)
    rest = tear(writer, BIG)
    drain(peer)
    assert writer.send(rest[:50], socket.MSG_OOB) == 50
    off, = events("off")
    assert "urgent" in off["reason"]
    assert os.write(writer.fileno(), rest[50:100]) == 50


@each("kind", KINDS)
@guarded()
def test_a_poisoned_stream_takes_no_urgent_byte(kind):
    writer, peer = sockets(kind)
    tear(writer, BIG)
    assert refuses(writer)
    drain(peer)
    assert refuses(writer, b"!", lambda number, data: writer.send(data, socket.MSG_OOB))


@guarded()
def test_urgent_data_in_a_vector_turns_the_guard_off():
    writer, peer = sockets("tcp")
    assert writer.sendmsg([b"ab", b"c!"], [], socket.MSG_OOB) == 4
    off, = events("off")
    assert "urgent" in off["reason"]
    tear(writer, BIG)
    assert not refuses(writer)


@guarded()
def test_a_cut_write_of_urgent_data_turns_the_guard_off():
    writer, peer = sockets("tcp")
    writer.setblocking(False)
    assert 0 < writer.send(BIG, socket.MSG_OOB) < len(BIG)
    off, = events("off")
    assert "urgent" in off["reason"]
    drain(peer)
    assert os.write(writer.fileno(), b"another") == 7


@guarded()
def test_urgent_data_that_finds_no_room_is_no_cut():
    writer, peer = sockets("unix")
    rest = tear(writer, BIG)
    while True:
        try:
            writer.send(b"!", socket.MSG_OOB)
        except OSError as error:
            assert error.errno == errno.EAGAIN
            break
    drain(peer)
    assert os.write(writer.fileno(), rest[:10]) == 10
    assert not events("off")


@guarded()
def test_a_guarded_stream_stays_guarded_after_urgent_data():
    writer, peer = sockets("tcp")
    assert writer.send(b"!", socket.MSG_OOB) == 1
    assert is_guarded(writer)
