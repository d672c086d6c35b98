"""Erlang's packet types: erlang:decode_packet/3 and the preset of that name find the same frames."""

import pytest

from framing.library import Framing

from . import erlang
from .samples import SAMPLES, in_words

PRESETS = {"cdr": "giop", "fcgi": "fastcgi", "sunrm": "sunrpc", "tpkt": "tpkt"}
TLS = b"\x16\3\1\0\4\1\0\0\0" + b"\x14\3\3\0\1\1" + b"\x17\3\3\0\0" + b"\x17\3\3\1\0" + bytes(256)
STREAMS = [pytest.param(kind, sample.data, id=f"{kind}: {in_words(sample)}") for kind, preset in PRESETS.items()
           for sample in SAMPLES if sample.preset == preset]
STREAMS.append(pytest.param("ssl_tls", TLS, id="ssl_tls"))


def boundaries(framing, data):
    state, at, found = framing.state(), 0, []
    while at < len(data):
        end = at + framing.first_boundary(state, data[at:])
        framing.feed(state, data[at:end])
        at = end
        found.append(end)
    return found


@pytest.mark.parametrize("kind, data", STREAMS)
def test_frames_end_where_erlang_finds_it(kind, data):
    framing = Framing(kind)
    framing.set_unit(True)
    assert boundaries(framing, data) == erlang.packet_ends(kind, data)
