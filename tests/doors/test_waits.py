"""Waits by each name and number there is: one that ends in vain inside a message interrupts it.
(tests/guard/test_waits.py says the rest.)"""

import ctypes
import select
import struct

from guard.guarded import each, guarded
from guard.streams import events, refuses
from guard.waiting import NAMES, POLLFD, fd_set, full_stream, time_out, torn

from .calls import call, exists


def patience(unit):
    """3 ms, in words of the kernel's."""
    return ctypes.create_string_buffer(struct.pack("ll", 0, 3 * unit), 16)


def polled(fd):
    return ctypes.create_string_buffer(POLLFD.pack(fd, select.POLLOUT, 0))


NUMBERS = {
    "syscall:poll": lambda fd: (polled(fd), 1, 3),
    "syscall:ppoll": lambda fd: (polled(fd), 1, patience(1_000_000), None, 8),
    "syscall:select": lambda fd: (fd + 1, None, fd_set([fd]), None, patience(1000)),
    "syscall:pselect6": lambda fd: (fd + 1, None, fd_set([fd]), None, patience(1_000_000), None),
}


def check_interrupted(writer, rest):
    assert [event["verdict"] for event in events("poisoned")] == ["strict"]
    assert refuses(writer, rest[:1])


@each("door", NAMES)
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_a_wait_that_ends_in_vain_interrupts_the_message(door):
    writer, peer, rest = full_stream(torn)
    time_out(door, (writer, select.POLLOUT))
    check_interrupted(writer, rest)


@each("door", [door for door in NUMBERS if exists(door)])
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_a_wait_by_number_that_ends_in_vain_interrupts_the_message(door):
    writer, peer, rest = full_stream(torn)
    assert call(door, *NUMBERS[door](writer.fileno())) == 0
    check_interrupted(writer, rest)
