"""The functions of poisonshim.h, as a program that was built with it has them."""

import ctypes
import errno
import os

from .streams import libc, number

NONE, CLEAN, OFF, INSIDE, TORN, POISONED = range(6)
CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p)
kept = []


def call(name, stream):
    """What the function set errno to, 0 if it says that all is well."""
    ctypes.set_errno(errno.ENOENT)
    result = getattr(libc, f"poisonshim_{name}")(number(stream))
    assert result in (0, -1)
    assert result == -1 or ctypes.get_errno() == errno.ENOENT, "errno is not touched"
    return ctypes.get_errno() if result else 0


def begin(stream):
    return call("begin", stream)


def end(stream):
    return call("end", stream)


def abandon(stream):
    return call("abandon", stream)


def state(stream):
    ctypes.set_errno(errno.ENOENT)
    found = libc.poisonshim_state(number(stream))
    assert ctypes.get_errno() == errno.ENOENT
    return found


def on_poison(function):
    """function(fd, why)"""
    kept.append(CALLBACK(function))
    assert libc.poisonshim_on_poison(kept[-1]) == 0


def put(stream, data):
    assert os.write(number(stream), data) == len(data)
