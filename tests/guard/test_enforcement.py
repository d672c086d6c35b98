"""Who can still write to a poisoned connection: nobody where the action is shutdown, which leaves it to the kernel;
with the default action whoever the guard cannot see, or does not know."""

from .acts import BIG, KINDS, raw_write_is_refused, receive_all
from .guarded import each, guarded
from .passers import KNOWN, UNSEEN, WAYS
from .streams import refuses, tear


def poison_and_pass(kind, way):
    """The peer, what it must have got, and what became of the write past the guard."""
    writer, peer = KINDS[kind]()
    go = WAYS[way](writer.fileno())
    rest = tear(writer, BIG)
    assert refuses(writer)
    prefix = BIG[:-len(rest)]
    if way not in KNOWN:
        writer.setblocking(True)
        assert receive_all(peer, len(prefix)) == prefix
        prefix = b""
    return peer, prefix, go()


def end_of(peer):
    """What the peer gets until the end of the stream."""
    peer.settimeout(20)
    got = b""
    while part := peer.recv(1 << 20):
        got += part
    return got


@each("kind", KINDS)
@each("way", WAYS)
@guarded(ACTION="shutdown")
def test_after_shutdown_the_kernel_refuses(way, kind):
    peer, prefix, outcome = poison_and_pass(kind, way)
    assert outcome == "refused"
    assert end_of(peer) == prefix


@each("kind", KINDS)
@each("way", KNOWN)
@guarded(ACTION="epipe")
def test_the_guard_refuses(way, kind):
    peer, prefix, outcome = poison_and_pass(kind, way)
    assert outcome == "refused"
    assert receive_all(peer, len(prefix)) == prefix


@each("kind", KINDS)
@each("way", [way for way in WAYS if way not in KNOWN])
@guarded(ACTION="epipe")
def test_without_shutdown_nobody_stops(way, kind):
    peer, _, outcome = poison_and_pass(kind, way)
    assert outcome == "sent"
    assert receive_all(peer, len(UNSEEN)) == UNSEEN


@each("ending", ("timeout", "signal"))
@guarded(ACTION="shutdown", POLICY="strict", FRAMING="packet(4)")
def test_an_interrupted_wait_shuts_down_too(ending):
    from .waiting import ENDINGS, MESSAGE, POLLOUT, full_stream, open_
    writer, peer, rest = full_stream(open_)
    ENDINGS[ending]("poll", (writer, POLLOUT))
    assert raw_write_is_refused(writer)
    assert end_of(peer) == MESSAGE[:-len(rest)]
