"""The protocol of ssh-agent, RFC 9987."""

import functools
import os
import pathlib
import tempfile

from ..erlang import packet_ends
from ..tap import answers_at, run, running, unix_tap
from . import Stream

SERIALIZER = "openssh-client (ssh-add, ssh-agent)"
PARSER = "erlang:decode_packet/3"


@functools.cache
def conversation():
    with tempfile.TemporaryDirectory() as directory:
        agent, tapped, key = (pathlib.Path(directory) / name for name in ("agent", "tapped", "key"))
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a comment", "-f", key])
        environment = {**os.environ, "SSH_AUTH_SOCK": str(tapped)}
        with running(["ssh-agent", "-D", "-a", agent], lambda: answers_at(agent)), unix_tap(tapped, lambda: agent) as tap:
            run(["ssh-add", key], env=environment)
            run(["ssh-add", "-L"], env=environment)
            run(["ssh-add", "-T", key.with_suffix(".pub")], env=environment)
            run(["ssh-add", "-D"], env=environment)
            run(["ssh-add", key], env=environment)
    return [b"".join(map(b"".join, side)) for side in (tap.client, tap.server)]


def streams():
    client, server = conversation()
    return [Stream("client", [client]), Stream("server", [server])]


def ends(stream):
    return packet_ends(4, stream.data)


WRONG = {
    "an empty message": ("client", bytes(4)),
    "a message of more than 256 KiB": ("client", b"\0\4\0\1a"),
    "text": ("server", b"SSH-2.0-x\r\n"),
}
