"""Threads and processes that begin, and jumps."""

import platform

import pytest

from guard.process import PROGRAMS, run, run_scene

# Where their child begins is a matter of the machine (processes.c).
BY_NUMBER = ("syscall:vfork", "syscall:clone", "syscall:clone3") if platform.machine() == "x86_64" else ()
THREADS, JUMPS, PROCESSES = (PROGRAMS.parent / f"doors/{name}" for name in ("threads", "jumps", "processes"))


@pytest.mark.parametrize("door, scene", (("pthread_create", "with_pthread"), ("thrd_create", "with_thrd")))
def test_the_first_thread_does_not_write_into_a_message_that_was_jumped_out_of(tmp_path, door, scene):
    poisoned, = run(tmp_path, [THREADS, scene]).check().events("poisoned")
    assert poisoned["cut"] == "jumped-over"


@pytest.mark.door("MADV_WIPEONFORK")
def test_a_child_that_no_library_made_knows_whose_memory_it_has(tmp_path):
    run_scene(tmp_path, "children", "a_child_that_no_library_made")


@pytest.mark.parametrize("door, fork, vfork", (
    ("pthread_atfork", "fork", "unseen"), ("_Fork", "_Fork", "unseen"),
    *((vfork, "raw", vfork) for vfork in ("vfork", "__vfork", "clone", "__clone", *BY_NUMBER))))
def test_a_child_on_the_memory_of_a_forked_child_does_not_take_it(tmp_path, door, fork, vfork):
    run(tmp_path, [PROCESSES, fork, vfork]).check()


@pytest.mark.parametrize("door", ("longjmp", "_longjmp", "siglongjmp", "__longjmp_chk"))
def test_a_jump_out_of_a_write_is_seen_where_it_starts(tmp_path, door):
    poisoned, = run(tmp_path, [JUMPS, f"with_{door}"]).check().events("poisoned")
    assert (poisoned["verdict"], poisoned["cut"]) == ("no-return", "jumped-over")


@pytest.mark.parametrize("door, scene", (("sigaltstack", "on_a_stack_by_name"),
                                         ("syscall:sigaltstack", "on_a_stack_by_number")))
def test_a_handler_on_a_stack_of_its_own_has_not_jumped(tmp_path, door, scene):
    assert not run(tmp_path, [JUMPS, scene]).check().events("poisoned")
