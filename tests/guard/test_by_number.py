"""syscall() with the numbers of calls that have hooks, and with others."""

import pytest

from .process import run_scene, scenes


@pytest.mark.parametrize("cold", (False, True), ids=("warm", "cold"))
@pytest.mark.parametrize("scene", scenes("by_number"))
def test_syscall(tmp_path, scene, cold):
    run_scene(tmp_path, "by_number", scene, cold=cold)
