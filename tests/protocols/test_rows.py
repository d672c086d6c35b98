"""The presets that are a header with a length: what real programs send besides what is recorded, and TLS."""

import pytest

from framing.library import Framing

from .samples import SAMPLES, in_words

TLS = b"\x16\3\1\0\5\1\0\0\1a" + b"\x17\3\3\0\1b"
FOLLOWED_BY_TLS = ("amqp", "amqp1", "bgp", "diameter", "doip", "fastcgi", "giop", "kafka", "ldap", "memcached-binary", "mqtt",
                   "netbios", "smpp", "sunrpc", "thrift", "tpkt")

MARKER = b"\xff" * 16
CONNECT = b"\x10\x0c\0\4MQTT\4\2\0\x3c\0\0"


def bitcoin(command):
    return b"\xe3\xe1\xf3\xe8" + command.ljust(12, b"\0") + bytes(8)


MESSAGES = [
    ("bgp", "a capability of FRRouting", MARKER + b"\0\x13\6"),
    ("bgp", "a route refresh of old", MARKER + b"\0\x17\x80\0\1\0\1"),
    ("bgp", "an extended message", MARKER + b"\xff\xff\2" + bytes(65535 - 19)),
    ("bitcoin", "a double spend proof", bitcoin(b"dsproof-beta")),
    ("bitcoin", "a request for a thin block", bitcoin(b"get_xthin")),
    ("diameter", "no attributes", b"\1\0\0\x14\x80\0\1\x18" + bytes(12)),
    ("kafka", "an empty SASL token", bytes(4)),
    ("memcached-binary", "a request of Couchbase", b"\x08\1\1\2\0\1\0\0\0\0\0\3" + bytes(12) + b"fke"),
    ("memcached-binary", "a response of Couchbase", b"\x18\1\3\0\0\0\0\0\0\0\0\3" + bytes(12) + b"abc"),
    ("memcached-binary", "what Couchbase's server asks", b"\x82\1\0\0\0\0\0\0\0\0\0\0" + bytes(12)),
    ("modbus", "UMAS", b"\0\1\0\0\3\xfd\0\x5a" + bytes(0x3fb)),
    ("netbios", "a message of more than 17 bits", b"\0\2\0\0" + bytes(0x20000)),
    ("smpp", "a response of a vendor", b"\0\0\0\x10\x80\1\2\1" + bytes(8)),
    ("thrift", "an empty frame", bytes(4)),
    ("tpkt", "an empty packet of H.323", b"\3\0\0\4"),
    ("tpkt", "the longest packet", b"\3\0\xff\xff" + bytes(65531)),
]


@pytest.mark.parametrize("preset, data", [(preset, data) for preset, _, data in MESSAGES],
                         ids=[f"{preset}: {what}" for preset, what, _ in MESSAGES])
def test_it_is_a_message(preset, data):
    framing = Framing(preset)
    for cut in (1, 3, len(data) // 2, len(data) - 1):
        state = framing.feed_pieces(data, [cut])
        assert (state.desync, state.messages, state.inside) == (False, 1, False)
        assert framing.feed_pieces(data[:cut]).inside
    assert framing.feed_calls(data, data).messages == 2


@pytest.mark.parametrize("packet", [b"\x6a\2\0\1", b"\x8a\6\0\1\0\1a\0", b"\xaa\5\0\1\0\1a"],
                         ids=["PUBREL", "SUBSCRIBE", "UNSUBSCRIBE"])
def test_mqtt_3_1_says_that_a_packet_is_sent_again(packet):
    state = Framing("mqtt").feed_calls(CONNECT, packet)
    assert (state.desync, state.messages) == (False, 2)


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.framing in FOLLOWED_BY_TLS], ids=in_words)
def test_tls_may_follow_any_message_and_begin_the_stream(sample):
    framing = Framing(sample.framing, sample.server)
    for messages in ((), sample.messages[:1], sample.messages):
        state = framing.feed_calls(*messages, TLS)
        assert (framing.recognised(state), state.messages, state.inside) == ("tls", len(messages) + 2, False)
