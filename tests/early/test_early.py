"""The scenes of tests/guard again where libc is hardly up: in another library's constructor, in the program's
preinit_array, under another allocator. And what code left that ran before the guard was up."""

import re
from pathlib import Path

import pytest

from guard.process import PROGRAMS, run, scenes

EARLY = PROGRAMS.parent / "early"
JEMALLOC = "libjemalloc.so.2"

PLAYED = [
    ("jumped", "jump-to-the-same-frame", "write", "self"),
    ("jumped", "jump-from-an-alternate-stack", "sendmsg", "self"),
    ("jumped", "exception", "send", "waiting"),
    ("jumped", "jump-to-the-same-frame", "send", "other"),
    ("jumped", "unseen-jump-to-the-same-frame", "writev", "self"),
    ("jumped", "jump-to-a-deeper-frame", "write", "reconnect"),
    ("ended", "deferred-cancel", "write", "other"),
    ("ended", "asynchronous-cancel", "writev", "waiting"),
    ("ended", "raw-exit-in-a-handler", "send", "other"),
    *[(program, scene) for program in ("cancelled", "children", "threads", "nested") for scene in scenes(program)
      if scene != "a_send_timeout_ends_the_wait"],  # a clock runs in it: once is enough on a busy machine
]
PLACES = {
    "constructor-before-ours": lambda program: (EARLY / "nothing", {"before": [EARLY / f"lib{program}.so"]}),
    "constructor-behind-ours": lambda program: (EARLY / "nothing", {"above": [EARLY / f"lib{program}.so"]}),
    "preinit-array": lambda program: (EARLY / f"preinit-{program}", {}),
    "main-with-jemalloc-before": lambda program: (PROGRAMS / program, {"before": [JEMALLOC]}),
    "main-with-jemalloc-behind": lambda program: (PROGRAMS / program, {"above": [JEMALLOC]}),
    "constructor-with-jemalloc": lambda program: (EARLY / "nothing", {"before": [JEMALLOC],
                                                                      "above": [EARLY / f"lib{program}.so"]}),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("played", PLAYED, ids="-".join)
def test_guarded_in(tmp_path, place, played):
    program, variables = PLACES[place](played[0])
    ended = run(tmp_path, [program, *played[1:]], **variables).check()
    assert JEMALLOC not in ended.stderr, "it was not found"


AFTER = re.findall(r"\bSCENE\((\w+)\)", Path(__file__).with_name("after.c").read_text(encoding="ascii"))
WITHOUT_COUNTING = "a_real_framing_leaves_alone_what_it_has_not_seen_from_the_start"


@pytest.mark.parametrize("scene", [scene for scene in AFTER if scene != WITHOUT_COUNTING])
def test_after_a_constructor_that_ran_before_ours(tmp_path, scene):
    ended = run(tmp_path, [EARLY / "after", scene]).check()
    assert not ended.events("off")


@pytest.mark.parametrize("scene", [scene for scene in AFTER if scene != WITHOUT_COUNTING])
def test_after_a_constructor_that_ran_before_ours_what_the_program_says_needs_no_past(tmp_path, scene):
    ended = run(tmp_path, [EARLY / "after", scene], FRAMING="explicit").check()
    assert not ended.events("off")


@pytest.mark.parametrize("framing", ("packet(4)", "line", "fixed(4096)", "http2"))
def test_after_a_constructor_that_ran_before_ours_a_framing(tmp_path, framing):
    ended = run(tmp_path, [EARLY / "after", WITHOUT_COUNTING], FRAMING=framing).check()
    assert "before the guard knew it" in ended.events("off")[0]["reason"]
    assert not ended.events("poisoned")
