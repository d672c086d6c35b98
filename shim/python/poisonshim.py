"""Where messages begin and end, and how a connection stands: poisonshim(3) for Python.

    with poisonshim.message(sock):
        sock.sendall(header)
        sock.sendall(body)

A block that is left by an exception leaves its message unfinished: if some of it was sent the connection is poisoned,
and the next message raises BrokenPipeError. Without libpoisonshim.so in LD_PRELOAD nothing here does anything.

A sock is a socket, anything else with a fileno(), or a number.
"""

import ctypes
import enum
import errno
import os

__all__ = ["State", "guarded", "is_poisoned", "may_begin", "message", "state"]


class State(enum.IntEnum):
    """What a connection is. Another message may begin in the first three."""

    NONE = 0
    CLEAN = 1
    OFF = 2
    INSIDE = 3
    TORN = 4
    POISONED = 5


_library = ctypes.CDLL(None, use_errno=True)


def _nothing(_fd):
    return 0


def _function(name):
    return getattr(_library, f"poisonshim_{name}", _nothing)


_begin, _end, _abandon, _state = map(_function, ("begin", "end", "abandon", "state"))


def _number(sock):
    return sock if isinstance(sock, int) else sock.fileno()


def _say(function, fd):
    while function(fd) != 0:
        number = ctypes.get_errno()
        if number != errno.EINTR:
            raise OSError(number, os.strerror(number))


def guarded():
    """True if this process has the guard at all."""
    return _state is not _nothing


def state(sock):
    """How the connection stands, a State; NONE if it is not guarded."""
    return State(_state(_number(sock)))


def is_poisoned(sock):
    """True if every write on it fails with BrokenPipeError: only a new connection can help."""
    return state(sock) is State.POISONED


def may_begin(sock):
    """True if another message may begin on it. A pool asks this before it hands a connection out: one that was left
    in the middle of a message is not poisoned yet, but would be by whoever gets it."""
    return state(sock) <= State.OFF


class message:
    """A message: the block of a with statement.

    Raises OSError where it begins, or ends, as poisonshim_begin() and poisonshim_end() fail: BrokenPipeError if the
    connection is poisoned, or a message before is not complete, or this one is not; BlockingIOError if another thread
    is writing and this one may not wait."""

    def __init__(self, sock):
        self._sock = sock
        self._fd = -1

    def __enter__(self):
        self._fd = _number(self._sock)
        _say(_begin, self._fd)
        return self._sock

    def __exit__(self, kind, error, traceback):
        if kind is None:
            _say(_end, self._fd)
        else:
            _abandon(self._fd)
