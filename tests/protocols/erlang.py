"""What Erlang says about packets: packets.escript."""

import pathlib
import subprocess

SECONDS = 60
SCRIPT = pathlib.Path(__file__).with_name("packets.escript")


def run(command, kind, *items):
    lines = "".join(item.hex() + "\n" for item in items)
    return subprocess.run(["escript", SCRIPT, command, str(kind)], input=lines, check=True, capture_output=True,
                          text=True, timeout=SECONDS).stdout.split()


def packet_ends(kind, data):
    """Offsets behind the packets of that type that erlang:decode_packet/3 finds."""
    return list(map(int, run("decode", kind, data)))


def sent(kind, payloads):
    """What a gen_tcp socket with {packet, kind} sends for them."""
    [data] = run("send", kind, *payloads)
    return bytes.fromhex(data)
