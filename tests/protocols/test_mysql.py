"""MySQL: packets of 16 MiB, compression, TLS, what proves a command given up."""

import pytest

from framing.library import Framing

COMPRESS, SSL, PROTOCOL_41 = 0x20, 0x800, 0x200
FULL = b"\xff\xff\xff"


def packet(number, payload):
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload


def response(capabilities, length=60):
    return packet(1, (capabilities | PROTOCOL_41).to_bytes(4, "little") + bytes(length - 4))


GREETING = packet(0, b"\x0a8.0.36\0" + bytes(40))


def test_a_packet_of_16_mib_goes_on_in_the_next_which_may_be_empty():
    framing = Framing("mysql")
    state = framing.feed_calls(response(0), FULL + b"\0" + bytes(0xffffff))
    assert (state.messages, state.inside, state.watch) == (1, True, True)
    framing.feed(state, packet(1, b""))
    assert (state.messages, state.inside, state.watch) == (2, False, False)
    by_frame = Framing("mysql")
    by_frame.set_unit(True)
    assert by_frame.feed_calls(response(0), FULL + b"\0" + bytes(0xffffff)).messages == 2


def test_an_empty_packet_that_need_not_be_is_a_message():
    """mysql2 sends one behind 16,777,214 bytes."""
    state = Framing("mysql").feed_calls(response(0), packet(0, bytes(0xfffffe)), packet(1, b""), packet(0, b"\1"))
    assert (state.messages, state.inside, state.desync) == (4, False, False)


@pytest.mark.parametrize("offered, proves", [(packet(0, b"\3SELECT 1"), True), (packet(1, b"rest"), False), (b"\1\0\0", False)])
def test_a_command_inside_of_a_packet_that_goes_on_proves_it_given_up(offered, proves):
    framing = Framing("mysql")
    state = framing.feed_calls(response(0), FULL + b"\0" + bytes(0xffffff))
    assert framing.abandons(state, offered) is proves


def test_behind_number_255_the_next_number_is_0_and_proves_nothing():
    framing = Framing("mysql")
    state = framing.feed_calls(response(0), packet(0, b"\3"), *(packet(n, b"a") for n in range(1, 255)),
                               FULL + b"\xff" + bytes(0xffffff))
    assert state.inside and not state.desync
    assert not framing.abandons(state, packet(0, b"rest"))


def test_the_compressed_protocol_begins_with_the_first_command():
    compressed = b"\5\0\0\0\0\0\0" + packet(0, b"\1")
    state = Framing("mysql").feed_calls(response(COMPRESS), packet(3, b"auth"), compressed, compressed, compressed[:9])
    assert (state.messages, state.inside, state.left, state.desync) == (4, True, 3, False)


def test_tls_behind_an_ssl_request_unless_it_is_off():
    request, hello = response(SSL, 32), b"\x16\3\1\0\2ab"
    framing = Framing("mysql")
    state = framing.feed_calls(request + hello)
    assert (framing.recognised(state), state.messages, state.desync) == ("tls", 2, False)
    plain = Framing("mysql")
    plain.set_tls("off")
    assert plain.recognised(plain.feed_calls(request, response(0))) == "mysql"


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_server_goes_over_to_tls_behind_its_greeting(cut):
    hello = b"\x16\3\3\0\2ab"
    framing = Framing("mysql", server=True)
    state = framing.feed_calls(GREETING, hello[:cut], hello[cut:])
    assert (framing.recognised(state), state.messages, state.inside) == ("tls", 2, False)


def test_a_long_answer_later_is_no_tls():
    framing = Framing("mysql", server=True)
    state = framing.feed_calls(GREETING, packet(2, b"\0ok"), packet(1, bytes(0x30316)))
    assert (framing.recognised(state), state.messages, state.desync) == ("mysql", 3, False)


def test_the_server_goes_on_behind_the_file_that_it_asked_for():
    state = Framing("mysql", server=True).feed_calls(GREETING, packet(2, b"\0ok"), packet(1, b"\xfb/tmp/file"), packet(77, b"\0ok"))
    assert (state.messages, state.desync) == (4, False)


def test_old_recordings_of_a_role_that_nobody_told():
    """The first number tells the side."""
    assert Framing("mysql", server=False).feed_calls(GREETING, packet(2, b"\0ok"), packet(1, b"\0")).messages == 3
