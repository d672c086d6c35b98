"""MySQL: packets that go on, compression and TLS that the handshake switches on, and what proves a message abandoned."""

import pytest

from framing.library import Framing

from .cuts import check_every_cut

FULL = 0xffffff
PROTOCOL_41, SSL, COMPRESS, ZSTD = 0x200, 0x800, 0x20, 1 << 26
TLS, LONG_TLS = b"\x16\3\1\0\2xy", b"\x16\3\1\2\0" + bytes(512)


def packet(number, payload, length=None):
    return (len(payload) if length is None else length).to_bytes(3, "little") + bytes([number]) + payload


def compressed(number, payload, raw=0):
    return len(payload).to_bytes(3, "little") + bytes([number]) + raw.to_bytes(3, "little") + payload


def answer(flags, length=60):
    return packet(1, (flags | PROTOCOL_41).to_bytes(4, "little") + bytes(length - 4))


GREETING = packet(0, b"\x0a8.0.36\0" + bytes(60))
OK = packet(2, b"\0\0\0\2\0\0\0")
COMMAND, PING = packet(0, b"\3select 1"), packet(0, b"\x0e")
ZLIB, ZSTANDARD = b"\x78\x9c" + bytes(30), b"\x28\xb5\x2f\xfd" + bytes(30)
RESULT = packet(1, b"\1") + packet(2, b"\3def") + packet(3, b"\xfe\0\0\2\0")

CONVERSATIONS = {
    "plain": (False, [answer(0), COMMAND, PING, COMMAND]),
    "compressed": (False, [answer(COMPRESS), compressed(0, PING), compressed(0, ZLIB, 200), compressed(0, COMMAND)]),
    "compressed at once": (False, [answer(ZSTD), compressed(0, ZSTANDARD, 200), compressed(0, PING)]),
    "compressed by zlib at once": (False, [answer(COMPRESS), compressed(0, ZLIB, 200), compressed(0, PING)]),
    "compressed behind more of a login": (False, [answer(COMPRESS), packet(3, bytes(20)), compressed(0, PING)]),
    "compression that the server has not": (False, [answer(COMPRESS), PING, COMMAND, COMMAND]),
    "compression that the server has not, a command first": (False, [answer(COMPRESS), COMMAND, PING]),
    "TLS": (False, [answer(SSL, 32), LONG_TLS]),
    "TLS with a short hello": (False, [answer(SSL, 32), TLS, TLS]),
    "TLS that is not asked for": (False, [answer(SSL), COMMAND]),
    "TLS from the first byte on": (False, [TLS, TLS]),
    "a server": (True, [GREETING, OK, packet(1, OK[4:]), packet(1, b"\1"), packet(2, b"\3def")]),
    "a server that asks for more": (True, [GREETING, packet(2, b"\xfeplugin\0"), packet(4, b"\1\3"), packet(5, OK[4:])]),
    "a server that is full": (True, [packet(0, b"\xff\x10\x04Too many connections")]),
    "a server with TLS": (True, [GREETING, b"\x16\3\3\0\2xy", TLS]),
    "a server that cannot agree on TLS": (True, [GREETING, b"\x15\3\3\0\2\2\x28"]),
    "a server's compressed rows": (True, [GREETING, OK, compressed(1, ZLIB, 200), compressed(1, packet(1, OK[4:]))]),
    "a server's compressed OK": (True, [GREETING, OK, compressed(1, packet(1, OK[4:])), compressed(1, ZLIB, 200)]),
    "a server's rows, not worth it": (True, [GREETING, OK, compressed(1, RESULT), compressed(1, ZLIB, 200)]),
    "a server's rows by zstd": (True, [GREETING, OK, compressed(1, ZSTANDARD, 200), compressed(1, RESULT)]),
    "256 warnings": (True, [GREETING, OK, packet(1, b"\0\0\0\2\0\0\1"), packet(1, b"\1")]),
    "256 warnings in a transaction": (True, [GREETING, OK, packet(1, b"\0\0\0\3\0\0\1"), packet(1, b"\1")]),
    "a client of 4.0": (False, [packet(1, b"\5\0\xff\xff\xffuser\0secret"), COMMAND, packet(0, b"\3" + bytes(8))]),
    "256 warnings, and text": (True, [GREETING, OK, packet(1, b"\0\0\0\2\0\0\1Records: 0  Duplicates: 0"),
                                      packet(1, b"\1")]),
    "30847 rows from id 156 on": (True, [GREETING, OK, packet(1, b"\0\xfc\x7f\x78\x9c\2\0\0\0" + b"Records: 30847"),
                                         packet(1, b"\1")]),
}


@pytest.mark.parametrize("server, messages", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_each_packet_is_a_message(server, messages):
    check_every_cut(Framing("mysql", server), messages)


@pytest.mark.parametrize("server", (False, True))
def test_the_first_number_tells_the_role(server):
    framing = Framing("mysql", not server)
    state = framing.feed_calls(*CONVERSATIONS["a server with TLS" if server else "compressed"][1])
    assert (state.messages, state.inside, state.desync) == (3 if server else 4, False, False)
    assert state.server == server


def test_a_long_answer_behind_a_login_is_no_tls():
    framing = Framing("mysql", server=True)
    state = framing.feed_calls(GREETING, OK, packet(1, b"\1"), packet(2, bytes(0x30316)))
    assert (framing.recognised(state), state.messages, state.desync) == ("mysql", 4, False)


def test_numbers_may_jump():
    """As they do behind a file of the client's, or behind a command of more packets than one."""
    state = Framing("mysql", server=True).feed_calls(GREETING, OK, packet(1, b"\xfb/tmp/file"), packet(77, OK[4:]),
                                                     packet(3, OK[4:]), packet(1, b"\1"))
    assert (state.messages, state.inside, state.desync) == (6, False, False)


def skip_payload(framing, state, count):
    """As if they had been sent."""
    while count:
        count -= framing.skip(state, count, count) or framing.feed(state, bytes(min(count, 8))) and min(count, 8)


def full_packets(framing, state, numbers):
    for number in numbers:
        framing.feed(state, packet(number, b"", FULL))
        skip_payload(framing, state, FULL)
    return state


def logged_in(framing):
    return framing.feed_calls(GREETING, OK, packet(1, b"\1")) if framing.server else framing.feed_calls(answer(0))


@pytest.mark.parametrize("server", (False, True))
@pytest.mark.parametrize("rest", (b"", b"\0", b"abc"))
def test_a_full_packet_goes_on_in_the_next(server, rest):
    framing = Framing("mysql", server)
    state = logged_in(framing)
    messages = state.messages
    full_packets(framing, state, (0, 1))
    assert (state.inside, state.sent) == (True, 2 * (FULL + 4))
    framing.feed(state, packet(2, rest))
    assert (state.inside, state.messages, state.watch) == (False, messages + 1, False)


def test_an_empty_packet_that_need_not_be_is_a_message():
    """mysql2 writes one behind 16,777,214 bytes."""
    framing = Framing("mysql")
    state = framing.feed(logged_in(framing), packet(0, b"", FULL - 1))
    skip_payload(framing, state, FULL - 1)
    framing.feed(state, packet(1, b"") + COMMAND)
    assert (state.desync, state.inside, state.messages) == (False, False, 4)


def test_a_frame_of_a_longer_message_is_one_by_itself():
    framing = Framing("mysql")
    framing.set_unit(True)
    state = full_packets(framing, logged_in(framing), (0, 1))
    assert (state.inside, state.messages, state.watch) == (False, 3, False)


def test_another_number_where_a_message_goes_on_cannot_be():
    framing = Framing("mysql")
    assert framing.feed(full_packets(framing, logged_in(framing), (0,)), packet(2, b"abc")).desync


def test_a_command_where_a_message_goes_on_proves_that_it_was_given_up():
    framing = Framing("mysql")
    state = full_packets(framing, logged_in(framing), (0,))
    assert framing.abandons(state, COMMAND)
    assert framing.abandons(state, PING)


@pytest.mark.parametrize("data", (packet(1, b"\3select 1"), packet(1, b""), packet(0, b""), b"\1\0\0\0", b"\1\0",
                                  packet(0, b"\xabcd"), packet(2, b"\3select 1")))
def test_what_may_be_something_else_proves_nothing(data):
    framing = Framing("mysql")
    assert not framing.abandons(full_packets(framing, logged_in(framing), (0,)), data)


def test_inside_of_a_packet_nothing_is_proved():
    framing = Framing("mysql")
    state = framing.feed(logged_in(framing), packet(0, b"abc", FULL))
    assert not framing.abandons(state, COMMAND)
    state = framing.feed(full_packets(framing, logged_in(framing), (0,)), b"\1\0")
    assert not framing.abandons(state, COMMAND)


def test_when_the_next_number_is_0_nothing_is_proved():
    framing = Framing("mysql")
    state = full_packets(framing, logged_in(framing), range(256))
    assert state.inside and not state.watch
    assert not framing.abandons(state, COMMAND)


def test_a_server_proves_nothing():
    framing = Framing("mysql", server=True)
    assert not framing.abandons(full_packets(framing, logged_in(framing), (1,)), COMMAND)


def test_without_tls_a_hello_is_no_answer():
    framing = Framing("mysql")
    framing.set_tls("off")
    assert framing.feed_calls(answer(SSL, 32), LONG_TLS).desync


@pytest.mark.parametrize("limit, desync", ((13, False), (12, True)))
def test_a_longer_packet_than_the_limit_is_a_desync(limit, desync):
    framing = Framing("mysql")
    framing.set_max(limit)
    assert framing.feed(logged_in(Framing("mysql")), b"").desync is False
    assert framing.feed_calls(packet(1, bytes([0, 2, 0, 0]))).desync is False
    assert framing.feed_calls(packet(1, bytes([0, 2, 0, 0])), packet(0, b"\3select 1")).desync == desync
