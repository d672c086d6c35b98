"""Ways past the guard, for test_enforcement.py. Each takes the number of a stream that is not poisoned yet, and gives
what to do once it is; that says what became of a write."""

import ctypes
import errno
import os
import signal
import subprocess

from machine import SYSTEM_CALLS

from .process import PROGRAMS

libc = ctypes.CDLL("libc.so.6", use_errno=True)  # its own functions, whatever is preloaded
UNSEEN = b"unseen"
PATIENCE = 20


def raw_write(fd):
    """A system call that no hook sees."""
    if libc.syscall(SYSTEM_CALLS["write"], fd, UNSEEN, len(UNSEEN)) == len(UNSEEN):
        return "sent"
    return "refused" if ctypes.get_errno() == errno.EPIPE else os.strerror(ctypes.get_errno())


def guarded_write(fd):
    try:
        os.write(fd, UNSEEN)
    except BrokenPipeError:
        return "refused"
    return "sent"


def in_child(make, write, fd):
    reader, writer = os.pipe()
    child = make()
    if child == 0:
        try:
            signal.alarm(PATIENCE)
            os.write(writer, write(fd).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, encoding="ascii") as answer:
        told = answer.read()
    assert os.waitpid(child, 0) == (child, 0)
    return told


def raw_clone():
    return libc.syscall(SYSTEM_CALLS["clone"], signal.SIGCHLD, 0, 0, 0, 0)


def in_image(image, preloaded, fd):
    """Python makes the child with vfork."""
    environment = dict(os.environ)
    if not preloaded:
        del environment["LD_PRELOAD"]
    done = subprocess.run([PROGRAMS / image, str(fd)], env=environment, pass_fds=[fd], capture_output=True, check=True,
                          text=True, timeout=PATIENCE)
    return done.stdout.strip()


def copied_before(copy, write):
    def way(fd):
        number = copy(fd)
        return lambda: write(number)
    return way


def afterwards(action, *arguments):
    return lambda fd: lambda: action(*arguments, fd)


RAW = {
    "a raw system call": afterwards(raw_write),
    "a raw system call on an earlier dup": copied_before(os.dup, raw_write),
    "a raw system call on an earlier unseen dup": copied_before(libc.dup, raw_write),
    "a raw system call on a later dup": lambda fd: lambda: raw_write(os.dup(fd)),
    "a raw system call on a later unseen dup": lambda fd: lambda: raw_write(libc.dup(fd)),
    "a raw system call in a forked child": afterwards(in_child, os.fork, raw_write),
    "a raw system call in a cloned child": afterwards(in_child, raw_clone, raw_write),
}
UNKNOWN = {
    "an earlier unseen dup": copied_before(libc.dup, guarded_write),
    "a later unseen dup": lambda fd: lambda: guarded_write(libc.dup(fd)),
    "an executed program": afterwards(in_image, "tell", True),
    "an executed program without the guard": afterwards(in_image, "tell", False),
    "an executed static program": afterwards(in_image, "tell-static", True),
}
KNOWN = {
    "an earlier unseen dup": copied_before(libc.dup, guarded_write),
    "a later unseen dup": lambda fd: lambda: guarded_write(libc.dup(fd)),
    "an earlier dup": copied_before(os.dup, guarded_write),
    "a later dup": lambda fd: lambda: guarded_write(os.dup(fd)),
    "a forked child": afterwards(in_child, os.fork, guarded_write),
    "a cloned child": afterwards(in_child, raw_clone, guarded_write),
}
WAYS = RAW | UNKNOWN | KNOWN
