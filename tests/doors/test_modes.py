"""Flags and modes that bend a stream: what is cut under them is cut, and its rest is the rest under any other."""

import array
import os
import select
import socket
import struct
import threading

from guard.acts import tcp_pair
from guard.guarded import each, guarded
from guard.streams import drain, events, finish, pair, refuses, send_timeout, tear

BODY = bytes(range(256)) * (1 << 12)
MESSAGE = struct.pack(">I", len(BODY)) + BODY
NEXT = struct.pack(">I", 5) + b"hello"
SO_ZEROCOPY, MSG_ZEROCOPY = 60, 0x4000000
FRAMINGS = ("packet(4)", "call")


def send(sock, data, flags=0):
    """How many bytes were taken."""
    try:
        return sock.send(data, flags)
    except BlockingIOError:
        return 0


def receive(peer, count):
    """Exactly so many."""
    peer.settimeout(20)
    got = bytearray()
    while len(got) < count:
        part = peer.recv(count - len(got))
        assert part, "an early end"
        got += part
    return bytes(got)


def cut(writer, data, flags=0):
    writer.setblocking(False)
    sent = send(writer, data, flags)
    assert 0 < sent < len(data)
    return data[sent:]


def finish_with(writer, peer, rest, flags_of):
    """Sends the rest while the peer reads; the flags change from call to call."""
    got, number = b"", 0
    while rest:
        got += drain(peer)
        sent = send(writer, rest[:30011], flags_of(number))
        rest, number = rest[sent:], number + 1
    return got


# Pieces that the kernel holds back until the last.

@each("flag", ("more", "cork"))
@guarded(FRAMING="packet(4)")
def test_a_message_in_held_back_pieces_arrives(flag):
    writer, peer = tcp_pair()
    hold(writer, flag, True)
    more = socket.MSG_MORE if flag == "more" else 0
    assert writer.send(MESSAGE[:2], more) == 2
    assert writer.send(MESSAGE[2:50], more) == 48
    rest = cut(writer, MESSAGE[50:], more)
    got = finish_with(writer, peer, rest, lambda number: more if number % 2 else 0)
    writer.setblocking(True)
    hold(writer, flag, False)
    writer.send(NEXT)
    assert got + receive(peer, len(MESSAGE) + len(NEXT) - len(got)) == MESSAGE + NEXT
    assert not events("poisoned")


@each("flag", ("more", "cork"))
@guarded(FRAMING="packet(4)")
def test_another_message_is_refused_though_pieces_are_held_back(flag):
    writer, peer = tcp_pair()
    hold(writer, flag, True)
    more = socket.MSG_MORE if flag == "more" else 0
    assert writer.send(MESSAGE[:50], more) == 50
    rest = cut(writer, MESSAGE[50:], more)
    assert refuses(writer, NEXT)
    assert refuses(writer, NEXT, lambda fd, data: writer.send(data, socket.MSG_MORE))
    hold(writer, flag, False)
    sent = len(MESSAGE) - len(rest)
    assert receive(peer, sent) == MESSAGE[:sent]
    writer.close()
    assert peer.recv(1) == b""


def hold(writer, flag, on):
    if flag == "cork":
        writer.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, on)


@guarded(FRAMING="packet(4)")
def test_a_message_that_stops_while_it_is_held_back_is_inside():
    """Nothing was refused: but its end says that it was not whole."""
    writer, peer = tcp_pair()
    writer.send(MESSAGE[:50], socket.MSG_MORE)
    writer.close()
    assert [event["sent"] for event in events("closed")] == [50]
    assert receive(peer, 50) == MESSAGE[:50]


# Pages that the kernel borrows.

def zerocopy_pair():
    writer, peer = tcp_pair()
    writer.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    return writer, peer


@each("framing", FRAMINGS)
@guarded(FRAMING="{framing}")
def test_a_message_of_borrowed_pages_goes_on_from_others(framing):
    writer, peer = zerocopy_pair()
    rest = cut(writer, MESSAGE, MSG_ZEROCOPY)
    got = finish_with(writer, peer, bytes(bytearray(rest)), lambda number: MSG_ZEROCOPY if number % 2 else 0)
    assert got + receive(peer, len(MESSAGE) - len(got)) == MESSAGE
    writer.setblocking(True)
    assert writer.send(NEXT, MSG_ZEROCOPY) == len(NEXT)
    assert receive(peer, len(NEXT)) == NEXT
    assert not events("poisoned")


@each("framing", FRAMINGS)
@guarded(FRAMING="{framing}")
def test_another_message_of_borrowed_pages_is_refused(framing):
    writer, peer = zerocopy_pair()
    sent = len(MESSAGE) - len(cut(writer, MESSAGE, MSG_ZEROCOPY))
    assert refuses(writer, NEXT, lambda fd, data: writer.send(data, MSG_ZEROCOPY))
    assert refuses(writer, NEXT)
    assert receive(peer, sent) == MESSAGE[:sent]
    writer.close()
    assert peer.recv(1) == b""


# Fds that travel with a message.

def rights(*fds):
    return [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]


def cut_with_rights(writer):
    writer.setblocking(False)
    sent = writer.sendmsg([MESSAGE], rights(0))
    assert 0 < sent < len(MESSAGE)
    return MESSAGE[sent:]


def receive_rights(peer, fds):
    """What is there, and how many fds came along."""
    peer.setblocking(False)
    got = b""
    try:
        while True:
            part, ancillary, _, _ = peer.recvmsg(1 << 16, 1 << 12)
            got += part
            fds.extend(fd for _, _, data in ancillary for fd in array.array("i", data))
            if not part:
                return got
    except BlockingIOError:
        return got


@each("framing", FRAMINGS)
@guarded(FRAMING="{framing}")
def test_a_message_cut_with_its_fds_goes_on_without_them(framing):
    writer, peer = pair()
    rest, fds = cut_with_rights(writer), []
    got = receive_rights(peer, fds)
    while rest:
        rest = rest[send(writer, rest):]
        got += receive_rights(peer, fds)
    assert got == MESSAGE
    assert len(fds) == 1
    assert writer.sendmsg([NEXT], rights(1, 2)) == len(NEXT)
    assert receive_rights(peer, fds) == NEXT
    assert len(fds) == 3


@each("framing", FRAMINGS)
@guarded(FRAMING="{framing}")
def test_fds_of_a_refused_message_do_not_travel(framing):
    writer, peer = pair()
    rest, fds = cut_with_rights(writer), []
    assert refuses(writer, NEXT, lambda fd, data: writer.sendmsg([data], rights(1, 2)))
    assert receive_rights(peer, fds) == MESSAGE[:-len(rest)]
    assert len(fds) == 1


# Whether the program waits, and for how long, changes inside a message.

class Reader:
    """Reads all that comes, meanwhile."""

    def __init__(self, peer, count):
        self.got = b""
        self.thread = threading.Thread(target=self.run, args=(peer, count))
        self.thread.start()

    def run(self, peer, count):
        self.got = receive(peer, count)

    def end(self):
        self.thread.join(30)
        return self.got


def blocking_piece(writer, peer, rest, got):
    """A blocking write that returns because its timeout is over."""
    writer.setblocking(True)
    send_timeout(writer, 5000)
    got += drain(peer)
    sent = send(writer, rest)
    return rest[sent:], got


def nonblocking_piece(writer, peer, rest, got):
    writer.setblocking(False)
    got += drain(peer)
    return rest[send(writer, rest):], got


@each("framing", FRAMINGS)
@guarded(FRAMING="{framing}")
def test_waiting_or_not_changes_inside_a_message(framing):
    writer, peer = pair()
    rest, got = MESSAGE, b""
    for number in range(6):
        rest, got = (nonblocking_piece, blocking_piece)[number % 2](writer, peer, rest, got)
        assert rest
    send_timeout(writer, 0)
    writer.setblocking(True)
    reader = Reader(peer, len(MESSAGE) - len(got))
    while rest:
        rest = rest[writer.send(rest):]
    assert got + reader.end() == MESSAGE
    assert not events("poisoned")
    assert writer.send(NEXT) == len(NEXT)
    assert receive(peer, len(NEXT)) == NEXT


@each("last", ("nonblocking", "blocking"))
@each("framing", FRAMINGS)
@guarded(FRAMING="{framing}")
def test_what_was_cut_while_waiting_is_cut_without_and_the_other_way(framing, last):
    writer, peer = pair()
    rest, got = MESSAGE, b""
    pieces = (nonblocking_piece, blocking_piece)
    for piece in pieces if last == "blocking" else reversed(pieces):
        rest, got = piece(writer, peer, rest, got)
    assert rest
    writer.setblocking(last == "nonblocking")
    assert refuses(writer, NEXT)
    assert got + drain(peer) == MESSAGE[:-len(rest)]


@guarded(FRAMING="packet(4)")
def test_the_timeout_changes_inside_a_message():
    writer, peer = pair()
    rest, got = MESSAGE, b""
    for microseconds in (1000, 9000, 3000, 1):
        send_timeout(writer, microseconds)
        sent = send(writer, rest)
        assert sent < len(rest)
        rest, got = rest[sent:], got + drain(peer)
    assert {event["cut"] for event in events("torn")} == {"timeout-or-signal"}
    os.set_blocking(writer.fileno(), False)
    assert got + finish(writer, peer, rest) == MESSAGE
    assert is_clean_in(writer, peer)


def is_clean_in(writer, peer):
    assert writer.send(NEXT) == len(NEXT)
    return drain(peer) == NEXT


@guarded(FRAMING="packet(4)", POLICY="strict")
def test_strict_takes_the_mode_of_the_call_that_was_cut():
    """Would-block is flow control, a timeout an interruption: whatever the stream was before."""
    writer, peer = pair()
    rest = tear(writer, MESSAGE)
    writer.setblocking(True)
    send_timeout(writer, 2000)
    assert not events("poisoned")
    drain(peer)
    assert send(writer, rest) < len(rest)
    assert [event["verdict"] for event in events("poisoned")] == ["strict"]
    assert refuses(writer, rest[:1])


# The same socket, connected anew.

def reconnect(writer, listener):
    from guard.connections import dissolve
    dissolve(writer)
    writer.setblocking(True)
    writer.connect(listener.getsockname())
    return listener.accept()[0]


@each("framing", FRAMINGS)
@guarded(FRAMING="{framing}")
def test_a_socket_connected_anew_begins_with_a_message(framing):
    listener = socket.create_server(("127.0.0.1", 0))
    writer = socket.create_connection(listener.getsockname())
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    peer = listener.accept()[0]
    for _ in range(3):
        assert writer.send(NEXT) == len(NEXT)
        assert receive(peer, len(NEXT)) == NEXT
        cut(writer, MESSAGE)
        peer = reconnect(writer, listener)
    cut(writer, MESSAGE)
    assert refuses(writer, NEXT)
    peer = reconnect(writer, listener)
    assert refuses(writer, NEXT), "it is the same open file description"
    assert not select.select([peer], [], [], 0)[0]
