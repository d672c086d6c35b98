"""Signal handlers that write while a write of their own thread is in the kernel."""

import pytest

from .process import run_scene, scenes


PROGRAMS = ("nested", "nested_jumps", "interrupted")
INTACT = ("writing_", "an_alternate_stack_", "an_autodisarmed_", "a_write_")


@pytest.mark.parametrize("cold", (False, True), ids=("warm", "cold"))
@pytest.mark.parametrize("program, scene", [(program, scene) for program in PROGRAMS for scene in scenes(program)])
def test_a_handler(tmp_path, program, scene, cold):
    ended = run_scene(tmp_path, program, scene, cold=cold)
    if scene.startswith(INTACT):
        assert not ended.events("poisoned")
    if scene.startswith("a_jump_"):
        assert {event["verdict"] for event in ended.events("poisoned")} == {"no-return"}


def test_a_refused_handler_is_told_and_nothing_is_poisoned(tmp_path):
    ended = run_scene(tmp_path, "nested", "writing_to_the_interrupted_stream_is_refused")
    assert {event["verdict"] for event in ended.events("refused")} == {"nested"}
    assert not ended.events("poisoned")


def test_audit_lets_a_handler_write(tmp_path):
    refused, = run_scene(tmp_path, "nested", "audit_lets_it_through", MODE="audit").events("refused")
    assert refused["audit"] and refused["verdict"] == "nested"


def test_calls_too_deep_to_remember_turn_the_guard_off(tmp_path):
    ended = run_scene(tmp_path, "nested", "more_nested_calls_than_the_guard_remembers")
    assert ["nested" in event["reason"] for event in ended.events("off")] == [True, True]
