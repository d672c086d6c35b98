"""Threads and handlers that say where messages are, and are told what was poisoned."""

import pytest

from .process import run_scene, scenes


@pytest.mark.parametrize("scene", scenes("spoken"))
def test_a_program_that_speaks(tmp_path, scene):
    run_scene(tmp_path, "spoken", scene)
