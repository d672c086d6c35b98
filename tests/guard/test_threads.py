"""Several threads and one stream: they wait as the kernel would have made them wait, and no longer."""

import pytest

from .process import PROGRAMS, run, run_scene, scenes

SCENES = ("threads", "cancelled", "crowd")


@pytest.mark.parametrize("cold", (False, True), ids=("warm", "cold"))
@pytest.mark.parametrize("program, scene", [(program, scene) for program in SCENES for scene in scenes(program)])
def test_threads(tmp_path, program, scene, cold):
    run_scene(tmp_path, program, scene, cold=cold)


@pytest.mark.parametrize("scene", ("messages_of_many_threads_stay_whole",
                                   "cancelling_one_of_many_threads_cuts_at_most_one_message"))
def test_threads_with_a_framing(tmp_path, scene):
    run_scene(tmp_path, "crowd", scene, FRAMING="packet(4)")


@pytest.mark.parametrize("cold", (False, True), ids=("warm", "cold"))
@pytest.mark.parametrize("how", ("close", "syscall", "close_range", "closefrom"))
def test_nothing_goes_out_while_a_poisoned_connection_is_closed(tmp_path, how, cold):
    run_scene(tmp_path, "closing", how, cold=cold, above=[PROGRAMS / "liblate_close.so"])


def test_a_thread_that_comes_second_to_a_new_connection_finds_the_stream_of_the_first(tmp_path):
    run(tmp_path, [PROGRAMS / "classified"], guarded=False).check()
