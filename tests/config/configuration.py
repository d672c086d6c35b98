"""Reads configurations with the shim's own code, in this process."""

import ctypes
import json
import os
import pathlib

BUILD = pathlib.Path(os.environ.get("SHIM_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
LIBRARY = ctypes.CDLL(str(BUILD / "libconfig_test.so"))
LIBRARY.driver_load.restype = ctypes.c_char_p
LIBRARY.driver_show.restype = ctypes.c_size_t
LIBRARY.driver_glob.restype = ctypes.c_bool
LIBRARY.driver_glob.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]

TYPES = {"tcp": 0, "unix": 1, "vsock": 2, "pipe": 3, "tty": 4}
ACTIONS = {"epipe": 0, "shutdown": 1, "reset": 2, "abort": 3}
SINKS = {"stderr": 0, "syslog": 1, "file": 2}
LEVELS = {"off": 0, "error": 1, "warn": 2, "info": 3, "debug": 4}


def to_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def load_block(*entries):
    """Reads an environment block; returns the error or None."""
    block = (ctypes.c_char_p * (len(entries) + 1))(*map(to_bytes, entries))
    error = LIBRARY.driver_load(block)
    return None if error is None else error.decode("ascii")


def load(**variables):
    """Reads POISONSHIM_* variables given without their prefix; returns the error or None."""
    return load_block("HOME=/", *(b"POISONSHIM_" + to_bytes(name) + b"=" + to_bytes(value)
                                  for name, value in variables.items()), "LANG=C")


def shown():
    """What was read, as a dictionary."""
    buffer = ctypes.create_string_buffer(1 << 16)
    length = LIBRARY.driver_show(buffer, len(buffer))
    return json.loads(buffer.raw[:length])


def good(**variables):
    assert load(**variables) is None
    return shown()


def match(type_, fd=5, peer=b"", local=b""):
    """The number of the rule that guards the endpoint, or None."""
    return match_and_role(type_, fd, peer, local)[0]


def match_and_role(type_, fd=5, peer=b"", local=b"", accepted=False):
    """The number of the rule that guards the endpoint, or None, and what the program is there."""
    server = ctypes.c_bool()
    found = LIBRARY.driver_match(fd, TYPES[type_], peer, len(peer), local, len(local), accepted, ctypes.byref(server))
    return None if found < 0 else found, "server" if server.value else "client"
