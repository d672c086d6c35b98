"""Each call that makes one fd mean what another means: both share the stream."""

import ctypes
import fcntl
import os
import struct

from guard.guarded import each, guarded
from guard.streams import events, finish, is_clean, pair, refuses, tear

from .calls import call, doors, exists

HIGH = 50


def next_free(door, fd):
    return call(door, fd)


def at(door, fd):
    return call(door, fd, HIGH)


def at_with_flags(door, fd):
    return call(door, fd, HIGH, os.O_CLOEXEC)


def by_command(door, fd):
    return call(door, fd, fcntl.F_DUPFD, HIGH)


def by_command_cloexec(door, fd):
    return call(door, fd, fcntl.F_DUPFD_CLOEXEC, HIGH)


COMMANDS = ("fcntl", "fcntl64", "__fcntl", "__libc_fcntl64", "syscall:fcntl")
DUPLICATES = [("dup", next_free), ("syscall:dup", next_free), ("dup2", at), ("__dup2", at), ("syscall:dup2", at),
              ("dup3", at_with_flags), ("syscall:dup3", at_with_flags),
              *[(door, by_command) for door in COMMANDS], *[(door, by_command_cloexec) for door in COMMANDS]]
DUPLICATES = [(door, how.__name__) for door, how in DUPLICATES if exists(door)]


@each("door, how", DUPLICATES)
@guarded()
def test_a_duplicate_keeps_the_stream_alive(door, how):
    writer, peer = pair()
    rest = tear(writer)
    copy = globals()[how](door, writer.fileno())
    assert copy >= HIGH or how == "next_free"
    writer.close()
    assert not events("closed")
    finish(copy, peer, rest)
    tear(copy)
    assert refuses(copy)


@each("door, how", [(door, how) for door, how in DUPLICATES if how in ("at", "at_with_flags")])
@guarded()
def test_a_duplicate_ends_the_stream_whose_number_it_takes(door, how):
    writer, peer = pair()
    os.dup2(writer.fileno(), HIGH)
    writer.close()
    tear(HIGH)
    new, new_peer = pair()
    assert globals()[how](door, new.fileno()) == HIGH
    assert [event["fd"] for event in events("closed")] == [HIGH]
    assert is_clean(HIGH, new_peer)


@each("door", doors(COMMANDS))
@guarded()
def test_other_commands_arrive_and_answer(door):
    reading, writing = os.pipe()
    assert call(door, writing, fcntl.F_SETPIPE_SZ, 1 << 16) == 1 << 16
    assert call(door, writing, fcntl.F_GETPIPE_SZ, 0) == 1 << 16
    lock = bytearray(struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
    file = os.memfd_create("locked")
    assert call(door, file, fcntl.F_GETLK, ctypes.byref((ctypes.c_char * len(lock)).from_buffer(lock))) == 0
    assert struct.unpack("hhqqi4x", lock)[0] == fcntl.F_UNLCK
