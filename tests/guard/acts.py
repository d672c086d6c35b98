"""Bodies for test_actions.py."""

import os
import signal
import socket

from .streams import drain, events, finish, pair, refuses, system_call, tear

BIG = b"torn: " + bytes(8 << 20)


def tcp_pair():
    listener = socket.create_server(("127.0.0.1", 0))
    writer = socket.create_connection(listener.getsockname())
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return writer, listener.accept()[0]


KINDS = {"unix": pair, "tcp": tcp_pair}


def poisoned_pair(kind):
    writer, peer = KINDS[kind]()
    rest = tear(writer, BIG)
    assert refuses(writer)
    return writer, peer, BIG[:-len(rest)]


def raw_write(writer):
    return system_call("write", writer.fileno(), b"unseen", 6)


def raw_write_is_refused(writer):
    try:
        raw_write(writer)
    except BrokenPipeError:
        return True
    return False


def receive_all(peer, count):
    peer.settimeout(20)
    got = b""
    while len(got) < count:
        got += peer.recv(1 << 20)
    return got


def epipe(kind):
    writer, peer, sent = poisoned_pair(kind)
    assert receive_all(peer, len(sent)) == sent
    assert raw_write(writer) == 6, "nobody but the guard refuses"
    assert receive_all(peer, 6) == b"unseen"
    assert peer.send(b"reads go on") == 11
    assert receive_all(writer, 11) == b"reads go on"


def shutdown(kind):
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    writer, peer, sent = poisoned_pair(kind)
    assert raw_write_is_refused(writer)
    assert receive_all(peer, len(sent)) == sent
    assert peer.recv(1) == b"", "the peer sees the end"
    assert peer.send(b"reads go on") == 11
    assert receive_all(writer, 11) == b"reads go on"


def reset():
    writer, peer, sent = poisoned_pair("tcp")
    writer.close()
    peer.settimeout(20)
    try:
        while peer.recv(1 << 20):
            pass
    except ConnectionResetError:
        return
    raise AssertionError("a clean end")


def no_reset():
    writer, peer, sent = poisoned_pair("tcp")
    writer.close()
    assert receive_all(peer, len(sent)) == sent
    assert peer.recv(1) == b""


def abandon():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    writer, peer = pair()
    tear(writer)
    print("cut", flush=True)
    assert refuses(writer)
    print("EPIPE")


def raised_sigpipe():
    return signal.sigtimedwait([signal.SIGPIPE], 0) is not None


def count_signals(wanted):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE])
    writer, peer = pair()
    tear(writer)
    offers = [(b"another", os.write), (b"another", os.write), (b"", os.write),
              (b"another", lambda fd, data: writer.send(data)),
              (b"another", lambda fd, data: writer.sendmsg([data]))]
    for offer in offers:
        assert refuses(writer, *offer)
        assert raised_sigpipe() is wanted
        assert not raised_sigpipe(), "once is enough"
    for function in (writer.send, lambda data, flags: writer.sendmsg([data], [], flags)):
        assert refuses(writer, b"another", lambda fd, data: function(data, socket.MSG_NOSIGNAL))
        assert not raised_sigpipe()


def lose_framing(refused, first=""):
    """After bytes that are right, if there are any."""
    writer, peer = pair()
    writer.send(bytes.fromhex(first))
    drain(peer)
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert writer.send(request) == len(request), "nothing is refused that nobody could foresee"
    assert refuses(writer, request) is refused
    assert drain(peer) == request * (1 if refused else 2)
    if not refused:
        finish(writer, peer, tear(writer))
        tear(writer)
        assert refuses(writer) is False


def differ_after(same, refused):
    """Offers a rest of which only the first bytes are right."""
    message = b"\0\3\0\0" + b"rest" * (3 << 14) + b"\n"
    writer, peer = pair()
    rest = tear(writer, message)
    drain(peer)
    assert refuses(writer, rest[:same] + b"X" + rest[same + 1:]) is refused
    assert len(events("poisoned")) == refused
