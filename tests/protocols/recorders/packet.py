"""Packets with nothing in front but their length: Erlang's {packet,N}, and N bytes of either order for what Erlang lacks."""

import construct

from .. import erlang
from . import Stream

SERIALIZER = "Erlang gen_tcp; python3-construct"
PARSER = "erlang:decode_packet/3; python3-construct"

PAYLOADS = [b"first", b"", b"a", bytes(range(97, 123)) * 3, b"\0\0\0\1", b"the last one"]
LONG = b"0123456789" * 30

BY_ERLANG = (1, 2, 4)
BY_CONSTRUCT = {-1: construct.Int8ul, -2: construct.Int16ul, -4: construct.Int32ul, 8: construct.Int64ub,
                -8: construct.Int64ul}


def prefixed(size):
    return construct.Prefixed(BY_CONSTRUCT[size], construct.GreedyBytes)


def payloads(size):
    return PAYLOADS if abs(size) == 1 else [*PAYLOADS[:4], LONG, *PAYLOADS[4:]]


def stream(size, role, writes):
    return Stream(role, writes, name=str(size), framing=f"packet({size})")


def streams():
    roles = ("client", "server")
    return [*[stream(size, roles[size == 2], [erlang.sent(size, payloads(size))]) for size in BY_ERLANG],
            *[stream(size, roles[size > 0], list(map(prefixed(size).build, payloads(size)))) for size in BY_CONSTRUCT]]


def ends(stream):
    size = int(stream.name)
    if size in BY_ERLANG:
        return erlang.packet_ends(size, stream.data)
    whole = construct.GreedyRange(construct.Struct("packet" / prefixed(size), "end" / construct.Tell))
    return [packet.end for packet in whole.parse(stream.data)]


WRONG = {}
