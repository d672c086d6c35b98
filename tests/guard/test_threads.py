"""Several threads and one stream: they wait as the kernel would have made them wait, and no longer."""

import pytest
from .process import run_scene, scenes


PROGRAMS = ("threads", "cancelled", "crowd")


@pytest.mark.parametrize("cold", (False, True), ids=("warm", "cold"))
@pytest.mark.parametrize("program, scene", [(program, scene) for program in PROGRAMS for scene in scenes(program)])
def test_threads(tmp_path, program, scene, cold):
    run_scene(tmp_path, program, scene, cold=cold)


@pytest.mark.parametrize("scene", ("messages_of_many_threads_stay_whole",
                                   "cancelling_one_of_many_threads_cuts_at_most_one_message"))
def test_threads_with_a_framing(tmp_path, scene):
    run_scene(tmp_path, "crowd", scene, FRAMING="packet(4)")
