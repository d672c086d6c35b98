"""Signal handlers that write while a write of their own thread is in the kernel."""

import pytest

from .process import run_scene, scenes


@pytest.mark.parametrize("scene", scenes("nested"))
def test_a_handler(tmp_path, scene):
    run_scene(tmp_path, "nested", scene)
