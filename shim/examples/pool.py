#!/usr/bin/python3
"""A pool that never hands out a connection that was left in the middle of a message, and connects again instead.

    LD_PRELOAD=libpoisonshim.so pool.py HOST PORT < LINES

sends every line of its input as a message of its own, with a second of patience, and prints what comes back."""

import collections
import contextlib
import socket
import sys

import poisonshim


class Pool:
    """Connections that connect() makes, for one user at a time each."""

    def __init__(self, connect):
        self._connect = connect
        self._idle = collections.deque()

    @contextlib.contextmanager
    def connection(self):
        sock = self._take()
        try:
            yield sock
        finally:
            # However that went: _take() sees what it did to the connection.
            self._idle.append(sock)

    def _take(self):
        while self._idle:
            sock = self._idle.pop()
            if poisonshim.may_begin(sock):
                return sock
            sock.close()
        return self._connect()


def ask(sock, line):
    with poisonshim.message(sock):
        sock.sendall(line)
    with sock.makefile("rb") as answers:
        return answers.readline()


def main():
    pool = Pool(lambda: socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1))
    for line in sys.stdin.buffer:
        try:
            with pool.connection() as sock:
                sys.stdout.buffer.write(ask(sock, line))
        except OSError as error:
            print(f"{line[:20]!r}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
