"""What stdio writes and closes inside libc is seen as if the program had done it."""

import difflib
import platform

import pytest

from guard.process import PROGRAMS, run

from .calls import BUILD

PROGRAM = PROGRAMS.parent / "doors/stdio"
ANSWERS = PROGRAMS.parent / "doors/stdio_answers"
OWN_STDIO = BUILD / "doors/libown_stdio.so"

# From then on it writes without a FILE.
DPRINTF = ("dprintf", "vdprintf") if platform.libc_ver() < ("glibc", "2.37") else ()

BYTES, WIDE = "_IO_file_jumps", "_IO_wfile_jumps"
FUNCTIONS = {name: BYTES for name in ("fwrite", "fputs", "fprintf", "putc", "fclose", "unbuffered", "line", "full",
                                      *DPRINTF)} | {"fwprintf": WIDE, "putwc": WIDE}
THROUGH = [(f"{table} write", name) for name, table in FUNCTIONS.items()]


def play(directory, scene, *arguments, **variables):
    return run(directory, [PROGRAM, scene, *arguments], **variables).check()


def closed(ended):
    """How many streams ended inside a message."""
    return len(ended.events("closed"))


@pytest.mark.parametrize("door, function", THROUGH)
def test_another_message_after_a_cut_in_stdio_is_refused(tmp_path, door, function):
    poisoned, = play(tmp_path, "a_cut_message_is_followed_by_nothing", function, FRAMING="line").events("poisoned")
    assert poisoned["verdict"] == "not-the-rest"


@pytest.mark.parametrize("door, function", THROUGH)
def test_whole_messages_of_stdio_pass(tmp_path, door, function):
    assert not play(tmp_path, "whole_messages_pass", function).events()


@pytest.mark.parametrize("function", ("unbuffered", "fclose", *DPRINTF))
def test_stdio_may_go_on_by_itself_after_a_signal(tmp_path, function):
    events = [event["event"] for event in play(tmp_path, "stdio_goes_on_after_a_signal", function).events()]
    assert events == ["torn", "resumed"]


def test_a_handler_does_not_write_into_a_message_of_stdio(tmp_path):
    events = play(tmp_path, "a_handler_that_writes_below_stdio_is_refused", "unbuffered").events()
    assert {event["verdict"] for event in events if event["event"] == "refused"} == {"nested"}
    assert not [event for event in events if event["event"] == "poisoned"]


@pytest.mark.parametrize("framing", ("call", "line"))
@pytest.mark.parametrize("function", ("full", "unbuffered", *DPRINTF))
def test_threads_that_print_to_one_stream(tmp_path, function, framing):
    ended = play(tmp_path, "messages_of_many_threads_stay_whole", function, FRAMING=framing, cold=True)
    assert not ended.events("poisoned")


def test_a_thread_that_prints_to_another_stream_does_not_wait(tmp_path):
    assert not play(tmp_path, "nobody_waits_for_a_flush_to_another_stream").events("poisoned")


@pytest.mark.parametrize("door, function", [(door, name) for door, name in THROUGH if name != "fclose"])
@pytest.mark.parametrize("scene, cut", (("a_jump_out_of_a_flush", "jumped-over"),
                                        ("a_thread_cancelled_in_a_flush", "cancelled"),
                                        ("a_thread_that_exits_in_a_flush", "cancelled")))
def test_a_call_of_stdio_that_does_not_come_back(tmp_path, scene, cut, door, function):
    poisoned, = play(tmp_path, scene, function).events("poisoned")
    assert (poisoned["verdict"], poisoned["cut"]) == ("no-return", cut)


@pytest.mark.door(f"{BYTES} write")
@pytest.mark.parametrize("scene", ("the_flush_at_exit_is_refused", "the_flush_of_fclose_is_refused",
                                   "a_file_that_reads_and_writes"))
def test_the_last_flush_of_stdio(tmp_path, scene):
    assert len(play(tmp_path, scene).events("poisoned")) == 1


def test_a_message_left_to_exit_arrives(tmp_path):
    assert not play(tmp_path, "a_message_left_to_exit_arrives").events()


@pytest.mark.door(f"{BYTES} write")
def test_stdout_is_guarded_by_a_rule(tmp_path):
    poisoned, = play(tmp_path, "stdout_is_guarded_by_a_rule", RULES="fd:1=call").events("poisoned")
    assert poisoned["fd"] == 1


@pytest.mark.parametrize("door, scene", (
    (f"{BYTES} close", "fclose_ends_the_stream"),
    (f"{BYTES} close", "fclose_of_a_reader_ends_the_stream"),
    (f"{WIDE} close", "fclose_of_a_wide_file_ends_the_stream"),
    ("freopen", "freopen_ends_the_stream"),
    ("freopen", "freopen_that_fails_ends_the_stream"),
    ("freopen64", "freopen64_ends_the_stream"),
    ("freopen64", "freopen64_that_fails_ends_the_stream")))
def test_a_stream_that_stdio_closes_ends(tmp_path, door, scene):
    assert closed(play(tmp_path, scene)) == 1


@pytest.mark.parametrize("door, scene", (("fdopen", "fclose_ends_the_stream"),
                                         ("_IO_fdopen", "_IO_fdopen_makes_a_stream")))
def test_where_stdio_cannot_be_seen_the_guard_is_off_for_what_it_writes(tmp_path, door, scene):
    ended = play(tmp_path, scene, above=(OWN_STDIO,))
    assert [event["reason"] for event in ended.events("off")] == ["stdio sends bytes that cannot be seen"]
    assert not ended.events("poisoned")


@pytest.mark.parametrize("door", ("dprintf", "vdprintf", "__dprintf_chk", "__vdprintf_chk"))
def test_where_stdio_cannot_be_seen_the_guard_is_off_after_dprintf(tmp_path, door):
    ended = play(tmp_path, f"with_{door}", above=(OWN_STDIO,))
    assert [event["reason"] for event in ended.events("off")] == ["dprintf sends bytes that cannot be seen"]


@pytest.mark.parametrize("door", ("fclose", "_IO_fclose"))
def test_where_stdio_cannot_be_seen_fclose_is(tmp_path, door):
    ended = play(tmp_path, f"{door}_of_a_reader_ends_the_stream", above=(OWN_STDIO,))
    assert not ended.events("off")
    assert closed(ended) == 1


@pytest.mark.parametrize("framing", ("call", "auto", "line", "off"))
def test_stdio_answers_as_it_does_without_the_guard(tmp_path, framing):
    bare, guarded = run(tmp_path, [ANSWERS], guarded=False), run(tmp_path, [ANSWERS], FRAMING=framing)
    assert bare.status == guarded.status == 0
    lines = [ended.stderr.splitlines() + [ended.stdout] for ended in (bare, guarded)]
    assert len(lines[0]) > 100
    assert not list(difflib.unified_diff(*lines, "bare", "guarded", n=3, lineterm=""))
