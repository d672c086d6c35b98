"""TDS: packets of a message, TLS records and SMP packets among them, what proves a message abandoned."""

import pytest
from pytds.smp import SMP_HEADER, SMP_ID

from framing.library import Framing

from .cuts import check_every_cut

BATCH, RPC, REPLY, ATTENTION, BULK, LOGIN, PRELOGIN = 1, 3, 4, 6, 7, 16, 18
END, IGNORE, RESET = 1, 2, 8
RECORD, HELLO = b"\x17\3\3\0\3abc", b"\x16\3\1\0\2ab"


def packet(kind, status, payload=b"payload"):
    return bytes([kind, status]) + (len(payload) + 8).to_bytes(2, "big") + b"\0\0\1\0" + payload


def smp(payload=b"", flags=8):
    return SMP_HEADER.pack(SMP_ID, flags, 5, SMP_HEADER.size + len(payload), 1, 4) + payload


CONVERSATIONS = {
    "packets up to the last": [packet(PRELOGIN, END), packet(LOGIN, 0) + packet(LOGIN, END),
                               packet(BATCH, RESET) + packet(BATCH, 0, b"") + packet(BATCH, END)],
    "types and states of other times": [packet(5, 0x40) + packet(5, END | 0x40), packet(13, END)],
    "a request that is taken back": [packet(BULK, 0) + packet(BULK, END | IGNORE, b""), packet(BATCH, END)],
    "a request that is stopped": [packet(BULK, 0) + packet(ATTENTION, END, b""), packet(BATCH, END)],
    "a request that is stopped later": [packet(BATCH, END), packet(ATTENTION, END, b""), packet(RPC, END)],
    "an answer of several packets": [packet(REPLY, 0) + packet(REPLY, END), packet(REPLY, END)],
    "a login encrypted": [packet(PRELOGIN, END), packet(PRELOGIN, END, HELLO), RECORD, RECORD, packet(BATCH, END)],
    "all encrypted": [packet(PRELOGIN, END), packet(PRELOGIN, 0, HELLO) + packet(PRELOGIN, END, HELLO), RECORD, RECORD],
    "encrypted from the first byte on": [HELLO, b"\x14\3\3\0\1\1", RECORD, RECORD, b"\x15\3\3\0\2\1\0"],
    "sessions side by side": [packet(LOGIN, END), smp(flags=1), smp(packet(BATCH, 0)), smp(packet(BATCH, END)), smp(flags=4)],
}


@pytest.mark.parametrize("server", (False, True))
@pytest.mark.parametrize("messages", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_message_ends_with_its_last_packet(messages, server):
    check_every_cut(Framing("tds", server), messages)


@pytest.mark.parametrize("begun, kind", (*((BULK, kind) for kind in (BATCH, 2, RPC, REPLY, 8, *range(14, 19))), (BATCH, BULK)))
def test_a_packet_of_another_type_proves_that_a_message_was_given_up(begun, kind):
    framing = Framing("tds")
    state = framing.feed_calls(packet(begun, 0), packet(begun, 0))
    assert framing.abandons(state, packet(kind, END)) and framing.abandons(state, packet(kind, 0)[:8])


@pytest.mark.parametrize("offered", (packet(BULK, END), packet(BULK, 0), packet(ATTENTION, END, b""), packet(BATCH, END)[:7],
                                     packet(5, END), packet(BATCH, 0x80), packet(19, END), b"\1\1\0\7\0\0\1\0", RECORD, smp()))
def test_what_may_be_something_else_proves_nothing(offered):
    framing = Framing("tds")
    assert not framing.abandons(framing.feed_calls(packet(BULK, 0)), offered)


def test_inside_of_a_packet_and_with_frames_for_messages_nothing_is_proved():
    framing = Framing("tds")
    for cut in range(1, len(packet(BULK, 0))):
        assert not framing.abandons(framing.feed_calls(packet(BULK, 0), packet(BULK, 0)[:cut]), packet(BATCH, END))
    framing.set_unit(True)
    state = framing.feed_calls(packet(BULK, 0), packet(BULK, 0))
    assert (state.inside, state.messages, state.watch) == (False, 2, False)


def test_without_tls_a_record_cannot_be():
    framing = Framing("tds")
    framing.set_tls("off")
    assert framing.feed_calls(packet(PRELOGIN, END), RECORD).desync


@pytest.mark.parametrize("limit, desync", ((15, False), (14, True)))
def test_a_longer_packet_than_the_limit_is_a_desync(limit, desync):
    framing = Framing("tds")
    framing.set_max(limit)
    assert framing.feed_calls(packet(BATCH, END)).desync == desync
