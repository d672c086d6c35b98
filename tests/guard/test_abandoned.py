"""Framings whose grammar proves that a message was given up, though no write of it was ever cut: HTTP/2 here."""

import os
import socket
import threading

from .guarded import each, guarded, run_body
from .streams import drain, events, in_child, pair, refuses

SETTINGS = b"\0\0\0\4\0\0\0\0\0"
HEADERS = b"\0\0\3\1\0\0\0\0\1abc"  # without END_HEADERS
CONTINUATION = b"\0\0\2\x09\4\0\0\0\1de"
PING = b"\0\0\x08\6\0\0\0\0\0pingpong"


def open_block(write=os.write):
    writer, peer = pair()
    for frame in (SETTINGS, HEADERS):
        assert write(writer.fileno(), frame) == len(frame)
    assert drain(peer) == SETTINGS + HEADERS
    return writer, peer


def by_writev(fd, data):
    return os.writev(fd, [data[:4], data[4:]])


def by_send(fd, data):
    with socket.socket(fileno=os.dup(fd)) as copy:
        return copy.send(data)


def by_sendmsg(fd, data):
    with socket.socket(fileno=os.dup(fd)) as copy:
        return copy.sendmsg([data[:1], data[1:]])


def by_sendfile(fd, data):
    with open("frame", "wb+") as file:
        file.write(data)
        file.flush()
        return os.sendfile(fd, file.fileno(), 0, len(data))


FUNCTIONS = {"write": os.write, "writev": by_writev, "send": by_send, "sendmsg": by_sendmsg, "sendfile": by_sendfile}


@each("other", ["headers", "ping"])
@each("function", FUNCTIONS)
@guarded(FRAMING="http2")
def test_another_message_inside_of_one_is_refused_and_no_byte_of_it_sent(function, other):
    os.chdir(os.environ["POISONSHIM_LOG"].split(",", maxsplit=1)[0].rpartition("/")[0])
    writer, peer = open_block(FUNCTIONS[function])
    assert refuses(writer, {"headers": HEADERS, "ping": PING}[other], FUNCTIONS[function])
    assert refuses(writer, CONTINUATION), "terminal"
    assert drain(peer) == b""
    event, = events("poisoned")
    assert (event["verdict"], event["cut"], event["message"]) == ("abandoned", "pause", 2)


@each("function", FUNCTIONS)
@guarded(FRAMING="http2")
def test_the_rest_of_the_message_passes_and_then_everything(function):
    os.chdir(os.environ["POISONSHIM_LOG"].split(",", maxsplit=1)[0].rpartition("/")[0])
    writer, peer = open_block()
    for frame in (CONTINUATION, PING, HEADERS + CONTINUATION, HEADERS, CONTINUATION[:4], CONTINUATION[4:], PING):
        assert FUNCTIONS[function](writer.fileno(), frame) == len(frame)
        assert drain(peer) == frame
    assert not events("poisoned")


@guarded(FRAMING="http2")
def test_with_other_threads_about():
    enough = threading.Event()
    thread = threading.Thread(target=enough.wait)
    thread.start()
    writer, _ = open_block()
    other, peer = open_block()
    assert os.write(other.fileno(), CONTINUATION) and os.write(other.fileno(), PING)
    assert refuses(writer, PING)
    assert drain(peer) == CONTINUATION + PING
    enough.set()
    thread.join()


@guarded(FRAMING="http2")
def test_a_forked_child_may_not_either():
    writer, peer = open_block()

    def child():
        assert refuses(writer, PING)

    in_child(child)
    assert drain(peer) == b""


@guarded(FRAMING="http2,unit=frame")
def test_where_every_frame_is_a_message_nothing_is_inside():
    writer, peer = open_block()
    assert os.write(writer.fileno(), PING) == len(PING), "no HTTP/2, but no proof either"
    assert drain(peer) == PING
    assert events("desync") and not events("poisoned")


@guarded(FRAMING="http2")
def test_what_is_no_frame_at_all_proves_nothing():
    writer, peer = open_block()
    for data in (b"\0\0", b"\0\0\3\x63\0\0\0\0\1abc"):
        assert os.write(writer.fileno(), data) == len(data)
    assert drain(peer)
    assert not events("poisoned")


def give_up_a_block():
    writer, peer = open_block()
    print(os.write(writer.fileno(), PING), drain(peer) == PING)


def test_audit_says_it_and_lets_it_through(tmp_path):
    audited = run_body(tmp_path, give_up_a_block, {}, FRAMING="http2", MODE="audit").check()
    assert audited.stdout == "17 True\n"
    event, = audited.events("poisoned")
    assert event["audit"] and event["verdict"] == "abandoned"


@each("closing", ["close", "shutdown"])
@guarded(FRAMING="packet(4)")
def test_the_end_of_a_stream_at_a_boundary_is_told_with_its_messages(closing):
    writer, peer = pair()
    for _ in range(3):
        assert os.write(writer.fileno(), b"\0\0\0\2ab\0\0\0\0") == 10
    number = writer.fileno()
    writer.close() if closing == "close" else writer.shutdown(socket.SHUT_WR)
    peer.close()
    event, = [event for event in events("ended") if event["fd"] == number]
    assert (event["message"], event["framing"]) == (6, "packet(4)")
