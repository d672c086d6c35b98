"""A call through any door that never comes back leaves no count: nothing may follow it. (tests/guard/test_no_return.py
has every way there is, for the calls that are used most.)"""

import pytest

from guard.process import PROGRAMS, run
from guard.test_no_return import CANCELS, cut_by, poisoned_by

PIPES = PROGRAMS.parent / "doors/pipes"

BY_NUMBER = ("syscall:write", "syscall:writev", "syscall:sendto", "syscall:sendmsg")
CANCELLED = ("__write", "__send", "pwritev2", "pwritev64v2")
FUNCTIONS = {name: name for name in (*CANCELLED, *BY_NUMBER)} | {"_IO_file_jumps write": "fwrite"}
WAYS = ("jump-to-the-same-frame", "unseen-jump-to-a-shallower-frame", "unseen-jump-from-an-alternate-stack",
        "exception")


@pytest.mark.parametrize("door, function", FUNCTIONS.items())
@pytest.mark.parametrize("way", WAYS)
def test_a_call_that_was_jumped_out_of(tmp_path, way, door, function):
    assert poisoned_by(tmp_path, way, function, "self") == "jumped-over"


# syscall() is no cancellation point.
ENDINGS = [(way, door) for way in CANCELS for door in FUNCTIONS
           if way != "deferred-cancel" or door in (*CANCELLED, "_IO_file_jumps write")]


@pytest.mark.parametrize("way, door", ENDINGS)
def test_a_call_whose_thread_ended_in_it(tmp_path, way, door):
    assert poisoned_by(tmp_path, way, FUNCTIONS[door], "other") == cut_by(way)


# As sendfile. (Into a socket it hands pages over, and waits much later.)
ON_PIPES = ("pwritev2", "vmsplice", "syscall:vmsplice", "splice", "syscall:splice", "tee", "syscall:tee", "sendfile",
            "syscall:sendfile")


@pytest.mark.parametrize("way, door", [(way, door) for way in ("jump", "cancel", "exit_thread") for door in ON_PIPES
                                       if way != "cancel" or door in ("pwritev2", "vmsplice", "splice", "tee")])
def test_a_call_that_waits_for_room_in_a_pipe(tmp_path, way, door):
    poisoned, = run(tmp_path, [PIPES, way, door], RULES="type:pipe=call").check().events("poisoned")
    assert poisoned["verdict"] == "no-return"
    assert poisoned["cut"] == ("jumped-over" if way == "jump" else "cancelled")
