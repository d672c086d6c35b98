"""D-Bus."""

import functools
import os
import pathlib
import tempfile

import jeepney

from ..tap import answers_at, run, running, unix_tap
from . import Stream

SERIALIZER = "dbus-send and dbus-daemon (libdbus), python3-jeepney"
PARSER = "python3-jeepney"


@functools.cache
def conversation():
    with tempfile.TemporaryDirectory() as directory:
        bus, tapped = pathlib.Path(directory) / "bus", pathlib.Path(directory) / "tapped"
        daemon = ["dbus-daemon", "--session", "--nofork", f"--address=unix:path={bus}"]
        with running(daemon, lambda: answers_at(bus)), unix_tap(tapped, lambda: bus) as tap:
            run(["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                 "org.freedesktop.DBus.ListNames"],
                env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tapped}"})
    return tap.client[0], tap.server[0]


def by_jeepney():
    """The library's own words for both byte orders."""
    address = jeepney.DBusAddress("/a", bus_name="b.c", interface="d.e")
    messages = [jeepney.new_method_call(address, "F", "s", ("x" * length,)) for length in (0, 1, 7, 90)]
    for message, order in zip(messages, (jeepney.Endianness.little, jeepney.Endianness.big) * 2):
        message.header.endianness = order
    return [b"\0AUTH EXTERNAL 30\r\n", b"NEGOTIATE_UNIX_FD\r\n", b"BEGIN\r\n",
            *(message.serialise(serial) for serial, message in enumerate(messages, 1))]


def streams():
    client, server = conversation()
    return [Stream("client", client), Stream("server", server), Stream("client", by_jeepney(), "in both byte orders")]


def lines_before(stream):
    """Offsets behind the zero byte and the lines of the authentication, and where the messages begin."""
    data, found = stream.data, [1] if stream.role == "client" else []
    at = found[-1] if found else 0
    while data[at:at + 2] not in (b"l\1", b"l\2", b"l\4", b"B\1"):
        at = data.index(b"\r\n", at) + 2
        found.append(at)
    return found, at


def ends(stream):
    found, at = lines_before(stream)
    parser = jeepney.Parser()
    for byte in range(at, len(stream.data)):
        parser.add_data(stream.data[byte:byte + 1])
        if parser.get_next_message():
            found.append(byte + 1)
    return found


MESSAGE = b"l\1\0\1\0\0\0\0\1\0\0\0\0\0\0\0"
WRONG = {
    "no line first": ("client", b"\0auth\r\n"),
    "no byte order": ("client", b"\0BEGIN\r\nL"),
    "another version": ("server", b"OK 1234\r\n" + MESSAGE[:3] + b"\2"),
    "fields of more than 64 MiB": ("client", b"\0BEGIN\r\n" + MESSAGE[:12] + b"\1\0\0\4"),
    "a body of more than 128 MiB": ("server", MESSAGE[:4] + b"\1\0\0\x08" + MESSAGE[8:]),
}
