"""Write calls that never return: the thread is cancelled or ends, a handler jumps out or throws. Whoever writes next
gets EPIPE, and the peer's bytes stop inside the message."""

import pytest

from .process import play, run_scene

FUNCTIONS = ("write", "writev", "send", "sendto", "sendmsg", "sendmmsg")
JUMPS = ("jump-to-the-same-frame", "jump-to-a-shallower-frame", "jump-to-a-deeper-frame",
         "jump-from-an-alternate-stack", "jump-from-an-alternate-stack-to-a-deeper-frame")
FAR_BELOW = "unseen-jump-far-below"
SEEN = (*JUMPS, "jump-far-below")
UNSEEN = (*(f"unseen-{jump}" for jump in JUMPS), "exception")
LEAPS = (*SEEN, *UNSEEN)
CANCELS = ("deferred-cancel", "asynchronous-cancel", "pthread-exit-in-a-handler", "raw-exit-in-a-handler",
           "jump-then-end-of-thread")


def program_for(way):
    return "jumped" if way in (*LEAPS, FAR_BELOW) else "ended"


def cut_by(way):
    return "jumped-over" if way.startswith("jump") else "cancelled"


def poisoned_by(tmp_path, way, function, following, **variables):
    ended = run_scene(tmp_path, program_for(way), way, function, following, **variables)
    poisoned, = ended.events("poisoned")
    assert poisoned["verdict"] == "no-return"
    assert not poisoned["sent_exact"]
    assert not ended.events("closed")
    return poisoned["cut"]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("way", LEAPS)
def test_jumped_over_then_the_same_thread_writes(tmp_path, way, function):
    assert poisoned_by(tmp_path, way, function, "self") == "jumped-over"


@pytest.mark.parametrize("cold", (False, True), ids=("warm", "cold"))
@pytest.mark.parametrize("way", UNSEEN)
def test_jumped_over_unseen_while_another_thread_waits(tmp_path, way, cold):
    assert poisoned_by(tmp_path, way, "send", "waiting", cold=cold) == "jumped-over"


@pytest.mark.parametrize("cold", (False, True), ids=("warm", "cold"))
@pytest.mark.parametrize("way", SEEN)
def test_no_thread_waits_for_one_that_has_jumped(tmp_path, way, cold):
    assert poisoned_by(tmp_path, way, "send", "other", cold=cold) == "jumped-over"


@pytest.mark.parametrize("cold", (False, True), ids=("warm", "cold"))
@pytest.mark.parametrize("way", (*LEAPS, FAR_BELOW))
def test_a_program_that_was_jumped_over_may_reconnect(tmp_path, way, cold):
    """The new connection has the old one's number."""
    ended = run_scene(tmp_path, "jumped", way, "write", "reconnect", cold=cold)
    assert not ended.events("refused")


@pytest.mark.parametrize("action", ("epipe", "shutdown", "reset"))
@pytest.mark.parametrize("way", (*LEAPS, FAR_BELOW))
def test_no_action_hits_a_connection_that_got_the_number(tmp_path, way, action):
    run_scene(tmp_path, "jumped", way, "write", "unseen", ACTION=action)


@pytest.mark.parametrize("way", LEAPS)
def test_jumped_over_in_the_first_write(tmp_path, way):
    assert poisoned_by(tmp_path, way, "send", "self", cold=True) == "jumped-over"


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("way", CANCELS)
def test_thread_ended_then_another_writes(tmp_path, way, function):
    assert poisoned_by(tmp_path, way, function, "other") == cut_by(way)


@pytest.mark.parametrize("way", [way for way in CANCELS if way != "raw-exit-in-a-handler"])
def test_thread_ended_while_another_waits(tmp_path, way):
    assert poisoned_by(tmp_path, way, "sendmsg", "waiting") == cut_by(way)


def test_a_thread_with_the_number_of_the_one_that_ended_is_not_it(tmp_path):
    ended = play(tmp_path, "ended", "raw-exit-in-a-handler", "write", "same-number")
    if ended.status == 77:
        pytest.skip("this needs the right to choose thread numbers")
    poisoned, = ended.check().events("poisoned")
    assert poisoned["cut"] == "cancelled"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_cleanup_handler_of_a_cancelled_write_cannot_write(tmp_path, function):
    poisoned_by(tmp_path, "cancel-with-cleanup", function, "other")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_untouched_stack_below_a_jump_hides_it_but_lets_nothing_through(tmp_path, function):
    """The old call still looks alive, as if this were a handler above it: refused one by one until the stack tells."""
    poisoned_by(tmp_path, FAR_BELOW, function, "self")


@pytest.mark.parametrize("framing", ("packet(4)", "line", "fixed(4096)", "auto"))
@pytest.mark.parametrize("way", ("jump-to-the-same-frame", "deferred-cancel"))
def test_every_framing_is_poisoned_by_a_call_without_a_count(tmp_path, way, framing):
    poisoned_by(tmp_path, way, "write", "self" if way in LEAPS else "other", FRAMING=framing)
