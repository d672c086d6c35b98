"""A seccomp filter that the program installs, by name and by number: from then on the guard asks the kernel nothing,
and says so. (tests/early/test_sandbox.py says the rest.)"""

import ctypes
import os
import struct

from guard.guarded import each, guarded
from guard.streams import libc

from .calls import call, doors

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER, SET_MODE_FILTER = 38, 22, 2, 1
ALLOW = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7fff0000), 8)
PROGRAM = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 1, ctypes.addressof(ALLOW)), 16)
WAYS = {"prctl": (PR_SET_SECCOMP, MODE_FILTER, PROGRAM), "syscall:prctl": (PR_SET_SECCOMP, MODE_FILTER, PROGRAM),
        "syscall:seccomp": (SET_MODE_FILTER, 0, PROGRAM)}


def notes():
    with open(os.environ["POISONSHIM_LOG"].split(",", maxsplit=1)[0], encoding="utf-8") as log:
        return [line for line in log if "seccomp filter" in line]


@each("door", doors(WAYS))
@guarded()
def test_a_filter_is_seen(door):
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert not notes()
    call(door, *WAYS[door])
    assert len(notes()) == 1
