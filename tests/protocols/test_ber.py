"""Framings asn1 and ldap: headers of every size, and what may follow in LDAP."""

import pytest

from framing.library import Framing, message_length

BIND = b"\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0"
TLS = b"\x16\3\1\0\4\1\0\0\0"


def big(count, length):
    return bytes([0x80 | count]) + length.to_bytes(count, "big")


@pytest.mark.parametrize("tag", [b"\x30", b"\x16", b"\x1e", b"\x1f\x1f", b"\xbf\x82\x2c", b"\x5f" + b"\x81" * 9 + b"\1"])
@pytest.mark.parametrize("count, length", [(1, 5), (1, 255), (2, 256), (3, 1 << 16), (4, (1 << 32) - 1), (4, 5),
                                           (5, 1 << 32), (6, 1 << 40), (7, 1 << 48), (8, (1 << 63) - 25), (8, 9)])
def test_a_length_of_several_bytes_with_any_tag(tag, count, length):
    header = tag + big(count, length)
    for cut in range(len(header)):
        state = Framing("asn1").feed_pieces(header, [cut])
        assert (state.desync, state.inside, state.left) == (False, True, length)
        assert message_length(state) == len(header) + length
    assert Framing("asn1").feed_calls(header + bytes(24)).left == length - 24 or length < 24


@pytest.mark.parametrize("count", range(1, 9))
def test_a_value_of_no_bytes_ends_with_its_header(count):
    state = Framing("asn1").feed_calls(b"\4" + big(count, 0), b"\x9f\x1f" + big(count, 0), b"\5\0")
    assert (state.messages, state.inside, state.desync) == (3, False, False)


@pytest.mark.parametrize("header", [b"\x30\x80", b"\x1f\x81\x01\x80", b"\4\x89", b"\4\xff", b"\4" + big(8, 1 << 63),
                                    b"\4" + big(8, (1 << 63) - 1), b"\x1f" + b"\x81" * 11])
def test_what_has_no_definite_length_is_not_asn1(header):
    assert Framing("asn1").feed_calls(header).desync


@pytest.mark.parametrize("count", range(1, 10))
def test_ldap_has_lengths_of_4_bytes_at_most(count):
    state = Framing("ldap").feed_calls(b"\x30" + big(count, 200))
    assert state.desync == (count > 4)
    assert state.desync or message_length(state) == 2 + count + 200


@pytest.mark.parametrize("text", ["asn1", "ldap"])
def test_a_limit_is_kept(text):
    framing = Framing(text)
    framing.set_max(300)
    assert not framing.feed_calls(b"\x30" + big(2, 296)).desync
    assert framing.feed_calls(b"\x30" + big(2, 297)).desync


def test_a_security_layer_comes_after_a_message_and_stays():
    framing = Framing("ldap")
    state = framing.feed_calls(BIND, b"\0\0\0\3abc", b"\0\1\0\0")
    assert (state.messages, state.left, state.desync) == (2, 1 << 16, False)
    framing.feed(state, bytes(1 << 16))
    assert (state.messages, state.inside) == (3, False)
    assert framing.feed(state, BIND).desync
    assert framing.feed_calls(b"\0\0\0\3abc").desync


@pytest.mark.parametrize("before", [BIND, BIND + b"\0\0\0\3abc"])
def test_tls_begins_behind_a_message_of_ldap(before):
    framing = Framing("ldap")
    assert framing.recognised(framing.feed_calls(before + TLS)) == "tls"


def test_a_string_of_asn1_is_not_tls():
    framing = Framing("asn1")
    state = framing.feed_calls(BIND, b"\x16\3abc")
    assert (framing.recognised(state), state.messages) == ("asn1", 2)


def test_a_long_tag_leaves_nothing_behind_for_a_shorter_one():
    state = Framing("asn1").feed_calls(*map(bytes, zip(b"\x1f\x81\x81\x81\1\0")), b"\x1f", b"\x1f\0\5\0\5\0")
    assert (state.messages, state.inside, state.desync) == (4, False, False)
