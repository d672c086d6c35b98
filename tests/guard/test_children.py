"""A child that shares its parent's memory (vfork, posix_spawn) leaves the parent's streams as they are."""

import pytest

from .process import run_scene, scenes


@pytest.mark.parametrize("scene", scenes("children"))
def test_the_parent_is_undisturbed_by(tmp_path, scene):
    run_scene(tmp_path, "children", scene)
