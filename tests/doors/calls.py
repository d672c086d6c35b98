"""Doors by name, for test bodies: `call("dup3", fd, 50, 0)`, `call("syscall:dup3", fd, 50, 0)`."""

import ctypes
import os
from pathlib import Path

from guard.guarded import run_body
from guard.streams import libc

from .mutants import exported

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SHIM_BUILD", TOP / "build")).resolve()
NUMBERS = {name: int(number) for name, number in map(str.split, (BUILD / "syscall-numbers").read_text().splitlines())}
BY_NUMBER = "syscall:"


def exists(door):
    """Not every machine has every system call, and every name."""
    if door.startswith(BY_NUMBER):
        return door.removeprefix(BY_NUMBER) in NUMBERS
    return door not in exported() or hasattr(libc, door)


def doors(table):
    """Those that this machine has."""
    return [door for door in table if exists(door)]


def by_number(number, *arguments):
    """All arguments that there can be, as wide as they can be."""
    words = [ctypes.c_long(argument or 0) if isinstance(argument, (int, type(None))) else argument
             for argument in arguments]
    return libc.syscall(ctypes.c_long(number), *words, *[ctypes.c_long(0)] * (6 - len(words)))


def call(door, *arguments):
    if door.startswith(BY_NUMBER):
        result = by_number(NUMBERS[door.removeprefix(BY_NUMBER)], *arguments)
    else:
        result = getattr(libc, door)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{door}: {os.strerror(ctypes.get_errno())}")
    return result


def numbers(count=2):
    """Room for fds."""
    return (ctypes.c_int * count)()


def run_above(tmp_path, library, body, door, **variables):
    """With a library of this directory between the guard and libc."""
    run_body(tmp_path, body, {"door": door}, above=(BUILD / f"doors/lib{library}.so",), **variables).check()
