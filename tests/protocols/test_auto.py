"""What framing `auto` makes of recorded streams: what the preset makes of them, or calls, and never another protocol."""

import itertools

import pytest

from framing.library import Framing

from .samples import SAMPLES, in_words

FIRST = 32  # bytes in which every split is tried

BOTH = {"client", "server"}
KNOWN = {
    "amqp": BOTH, "amqp1": BOTH, "bgp": BOTH, "bitcoin": BOTH, "content-length": BOTH, "cql4": BOTH, "cql5": BOTH,
    "dbus": {"client"}, "diameter": BOTH, "doip": BOTH, "fastcgi": {"client"}, "giop": BOTH, "http1": BOTH,
    "http2": BOTH, "kafka": {"client"}, "ldap": BOTH, "mongodb": {"server"}, "mqtt": {"client"}, "mysql": BOTH,
    "nats": BOTH, "netbios": BOTH, "octet-counting": BOTH, "postgres": BOTH, "redis": BOTH, "sip": BOTH, "smtp": {"client"},
    "stomp": BOTH, "sunrpc": {"client"}, "tds": BOTH, "thrift": BOTH, "tls": BOTH, "zmtp": BOTH,
}
CALLS = {("redis", "client", "inline"), ("redis", "server", ""), ("redis", "server", "replication"),
         ("sip", "client", "rtsp"), ("tds", "client", "Sybase"), ("tds", "server", "Sybase"),
         *itertools.product(["thrift"], BOTH, ["compact", "THeader", "THeader compact"])}


def is_known(sample):
    return sample.role in KNOWN.get(sample.preset, ()) and (sample.preset, sample.role, sample.name or "") not in CALLS


@pytest.fixture(params=[sample for sample in SAMPLES if is_known(sample)], ids=in_words)
def known(request):
    return request.param


@pytest.fixture(params=[sample for sample in SAMPLES if not is_known(sample)], ids=in_words)
def unknown(request):
    return request.param


def test_all_that_it_knows_is_among_the_samples():
    assert {(sample.preset, sample.role) for sample in SAMPLES if is_known(sample)} >= {
        (preset, role) for preset, roles in KNOWN.items() for role in roles} - {("octet-counting", "server")}


def outcome(state):
    parser, state.parser = state.parser, 0
    seen = state.seen()
    state.parser = parser
    return state.messages, seen


def splits(data):
    first = min(len(data), FIRST)
    yield []
    yield list(range(1, first))
    yield from ([cut] for cut in range(1, first))
    yield from map(list, itertools.combinations(range(1, first), 2))


def calls(data, cuts):
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)])]


@pytest.mark.parametrize("server", [False, True])
def test_it_is_the_preset_in_every_split_whatever_the_side_was_guessed_to_be(known, server):
    """But for a command of Redis, which a server's array of strings can look like."""
    auto, preset = Framing("auto", server), Framing(known.preset, known.server)
    data = known.data[:2000]
    if known.preset == "redis" and server != known.server:
        pytest.skip("depends on the side")
    expected = preset.feed_pieces(data)
    for cuts in splits(data):
        for state in (auto.feed_pieces(data, cuts), auto.feed_calls(*calls(data, cuts))):
            assert auto.recognised(state) == known.recognised
            assert outcome(state) == outcome(expected), cuts


def test_its_boundaries_are_the_presets(known):
    auto, preset = Framing("auto", known.server), Framing(known.preset, known.server)
    one, other = auto.state(), preset.state()
    for at in range(min(len(known.data), 2000)):
        auto.feed(one, known.data[at:at + 1])
        preset.feed(other, known.data[at:at + 1])
        if auto.recognised(one) != "auto":
            assert outcome(one) == outcome(other), at + 1


@pytest.mark.parametrize("server", [False, True])
def test_what_is_not_certain_is_calls_in_every_split(unknown, server):
    if (unknown.preset, unknown.role, server) == ("redis", "server", False):
        pytest.skip("depends on the side")
    auto, data = Framing("auto", server), unknown.data[:2000]
    for cuts in splits(data):
        state = auto.feed_calls(*calls(data, cuts))
        assert auto.recognised(state) in ("call", "auto"), cuts


SAID = [
    ("http1", False, b"GET /a/path/that/is/longer/than/what/is/kept HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("mongodb", False,
     bytes.fromhex("4a000000 01000000 00000000 dd070000 00000000 00 35000000 10") + b"hello\0" + bytes(43)),
    ("mongodb", False, bytes.fromhex("3a000000 01000000 00000000 d4070000 04000000") + b"admin.$cmd\0" + bytes(27)),
    ("tpkt", False, bytes.fromhex("03000016 11e00000000100 c0010a c1020100 c2020102")),
    ("tpkt", True, bytes.fromhex("03000016 11d00001000100 c0010a c1020100 c2020102")),
    ("cql4", False, bytes.fromhex("0400000001 00000016 0001 000b") + b"CQL_VERSION\0\x053.0.0"),
    ("mysql", True, b"\x4a\0\0\0\x0a8.0.36-0ubuntu0.22.04.1\0" + bytes(49)),
    ("mysql", True, b"\x5b\0\0\0\x0a11.4.2-MariaDB\0" + bytes(75)),
    ("mqtt", False, b"\x10\x90\1\0\4MQTT\5" + bytes(137)),
    ("ldap", False, bytes.fromhex("308400000010 020101 608400000007 020103 0400 8000")),
    ("ldap", False,
     bytes.fromhex("3025 020101 6320 0400 0a0100 0a0100 020100 020100 010100 870b") + b"objectClass" + b"0\0"),
    ("sip", False, b"REGISTER sip:example.org SIP/2.0\r\nContent-Length: 0\r\n\r\n"),
    ("smtp", False, b"EHLO [127.0.0.1]\r\n"),
    ("octet-counting", False, b"29 <165>1 2026-01-01T00:00:00Z -"),
    ("postgres", False, b"\0\0\0\x2a\0\3\0\0client_encoding\0UTF8\0user\0me\0\0\0\0\0\0"),
]


@pytest.mark.parametrize("preset, server, data", SAID)
def test_other_real_first_messages(preset, server, data):
    for guessed in (False, True):
        auto, expected = Framing("auto", guessed), Framing(preset, server).feed_pieces(data)
        assert not expected.desync
        for cuts in splits(data):
            state = auto.feed_calls(*calls(data, cuts))
            assert (auto.recognised(state), outcome(state)) == (preset, outcome(expected)), cuts
