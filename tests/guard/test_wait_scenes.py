"""Waits in handlers, in cancelled threads and beside writing threads, of odd sets: nobody is disturbed."""

import pytest

from .process import run_scene, scenes


@pytest.mark.parametrize("policy", ("resume", "strict"))
@pytest.mark.parametrize("scene", scenes("waits"))
def test_waiting(tmp_path, scene, policy):
    ended = run_scene(tmp_path, "waits", scene, POLICY=policy, FRAMING="packet(4)")
    assert all(event["verdict"] == policy for event in ended.events("poisoned"))


@pytest.mark.parametrize("policy, poisoned", (("resume", []), ("strict", ["strict"])))
def test_a_stream_beyond_the_usual_set_is_waited_for(tmp_path, policy, poisoned):
    ended = run_scene(tmp_path, "waits", "select_with_a_large_set_of_its_own", POLICY=policy, FRAMING="packet(4)")
    assert [event["verdict"] for event in ended.events("poisoned")] == poisoned
