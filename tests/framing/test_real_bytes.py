"""What real implementations write, as protocols/recorders keeps it: `auto` recognises it, and the boundaries are those of
the reference, which others had no part in."""

import random

import hyperframe.frame
import pytest

from protocols.recorders.http2 import Peer
from protocols.samples import SAMPLES, in_words

from . import reference
from .library import Framing

REAL = [sample for sample in SAMPLES if sample.framing in ("tls", "http2", "zmtp")]


def is_boundary(text, stream):
    return any(end == len(stream) for _, end in reference.messages(text, stream))


@pytest.mark.parametrize("sample", REAL, ids=list(map(in_words, REAL)))
@pytest.mark.parametrize("recognised", [False, True], ids=["configured", "recognised"])
def test_real_bytes(sample, recognised):
    text, stream = sample.framing, sample.data
    found = reference.messages(text, stream)
    assert [stream[start:end] for start, end in found] == list(sample.messages)
    ends = {end for _, end in found}
    draw = random.Random(len(stream))
    framing = Framing("auto" if recognised else text, sample.server)
    assert framing.recognised(framing.feed_calls(*sample.writes)) == text
    for cut in sorted({*draw.sample(range(1, len(stream)), 60), *ends, *(end - 1 for end in ends)} - {0}):
        state = framing.feed_pieces(stream[:cut])
        if framing.recognised(state) != "auto":
            assert (state.desync, state.inside) == (False, not is_boundary(text, stream[:cut])), cut
    state = framing.feed_pieces(stream, sorted(draw.sample(range(1, len(stream)), 50)))
    assert (state.inside, state.desync, state.messages) == (len(stream) not in ends, False, len(found))


def test_h2_server_without_settings_to_tell():
    """Its SETTINGS frame is empty; that it is HTTP/2 shows in the acknowledgement."""
    client, server = Peer(True, 16384), Peer(False, 16384)
    server.connection.data_to_send()
    frame = hyperframe.frame.SettingsFrame(0).serialize()
    server.writes = [frame]
    client.connection.receive_data(frame)
    client.flush(server)
    server.flush(client)
    assert b"".join(server.writes).startswith(frame + hyperframe.frame.SettingsFrame(0, flags=["ACK"]).serialize())
    framing = Framing("auto")
    assert framing.recognised(framing.feed_calls(*server.writes)) == "http2"
