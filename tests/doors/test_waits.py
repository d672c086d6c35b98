"""Waits by each name there is: one that ends in vain inside a message interrupts it. (tests/guard/test_waits.py says the
rest.)"""

import select

from guard.guarded import each, guarded
from guard.streams import events, refuses
from guard.waiting import NAMES, full_stream, time_out, torn


@each("door", NAMES)
@guarded(POLICY="strict", FRAMING="packet(4)")
def test_a_wait_that_ends_in_vain_interrupts_the_message(door):
    writer, peer, rest = full_stream(torn)
    time_out(door, (writer, select.POLLOUT))
    assert [event["verdict"] for event in events("poisoned")] == ["strict"]
    assert refuses(writer, rest[:1])
