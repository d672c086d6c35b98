"""Threads and processes that begin: what was left unsaid for one thread alone is said before."""

import pytest

from guard.process import PROGRAMS, run, run_scene

THREADS = PROGRAMS.parent / "doors/threads"


@pytest.mark.parametrize("door, scene", (("pthread_create", "with_pthread"), ("thrd_create", "with_thrd")))
def test_the_first_thread_does_not_write_into_a_message_that_was_jumped_out_of(tmp_path, door, scene):
    poisoned, = run(tmp_path, [THREADS, scene]).check().events("poisoned")
    assert poisoned["cut"] == "jumped-over"


@pytest.mark.parametrize("door, scene", (
    ("MADV_WIPEONFORK", "a_child_that_no_library_made"),
    ("pthread_atfork", "a_vfork_child_of_a_forked_child")))
def test_a_child_knows_whose_memory_it_has(tmp_path, door, scene):
    run_scene(tmp_path, "children", scene)
