"""Python threads, each with connections of its own that are torn, finished or given up, and whose numbers come back;
beside them children that a vfork makes."""

import os
import signal
import socket
import subprocess
import threading

MESSAGE = bytes(range(256)) * 1024
failed = []


def drain(peer):
    got = b""
    try:
        while True:
            got += peer.recv(1 << 16)
    except BlockingIOError:
        return got


def tear(writer, peer):
    sent = writer.send(MESSAGE)
    assert sent < len(MESSAGE)
    return sent, drain(peer)


def finish(writer, peer, sent, got):
    while sent < len(MESSAGE):
        sent += writer.sendmsg([MESSAGE[sent:sent + 10000], MESSAGE[sent + 10000:sent + 30000]])
        got += drain(peer)
    assert got == MESSAGE


def give_up(writer):
    try:
        os.write(writer.fileno(), b"another")
    except BrokenPipeError:
        return
    raise AssertionError("another message went through")


def use_connections():
    for turn in range(4):
        writer, peer = socket.socketpair()
        with writer, peer, writer.dup() as copy:
            writer.setblocking(False)
            peer.setblocking(False)
            torn = tear(writer, peer)
            if turn % 2:
                finish(copy, peer, *torn)
            else:
                give_up(copy)


def watched():
    try:
        use_connections()
    except BaseException as error:
        failed.append(error)


signal.alarm(50)
threads = [threading.Thread(target=watched) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(3):
    subprocess.run(["/bin/true"], check=True)
for thread in threads:
    thread.join()
assert not failed, failed
