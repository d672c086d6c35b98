"""Seccomp filters. Once a program has installed one, the shim makes no system call that the program does not make; where
a filter came with the container, every call of the shim may fail."""

import json
import re
from pathlib import Path

import pytest

from guard.process import PROGRAMS, run

EARLY = PROGRAMS.parent / "early"
WITHOUT_A_SANDBOX = ("a_filter_in_a_vfork_child_is_not_the_parents",
                     "a_filter_that_the_kernel_does_not_take_changes_nothing")
SCENES = re.findall(r"\bSCENE\((\w+)\)", Path(__file__).with_name("sandboxed.c").read_text(encoding="ascii"))


def notes(ended, text):
    return [line for line in ended.lines() if text in json.loads(line).get("text", "")]


@pytest.mark.parametrize("way", ("prctl", "seccomp", "every-thread", "libseccomp"))
@pytest.mark.parametrize("scene", SCENES)
def test_a_filter_that_kills_for_what_the_shim_asks(tmp_path, scene, way):
    ended = run(tmp_path, [EARLY / "sandboxed", scene, way]).check()
    said = notes(ended, "seccomp filter")
    if scene in WITHOUT_A_SANDBOX:
        assert len(ended.events("poisoned")) == 2, "one before, one after"
    else:
        assert said == ended.lines()[-1:]
        assert json.loads(said[0])["level"] == "warn"


def outcome(tmp_path, *arguments, **variables):
    ended = run(tmp_path, [EARLY / "denied", *arguments], **variables).check()
    return ended.stdout.split(), ended


@pytest.mark.parametrize("calls", ("flock", "getsockname,getpeername", "fcntl", "poll,ppoll", "rt_sigpending",
                                   "sigaltstack", "clock_gettime", "prlimit64", "fcntl,poll,sigaltstack,prlimit64"))
def test_guarding_needs_no(tmp_path, calls):
    assert outcome(tmp_path, calls)[0] == ["refused", "refused"]


def test_without_fstat_nothing_is_guarded(tmp_path):
    words, ended = outcome(tmp_path, "fstat,newfstatat,statx")
    assert words == ["sent", "sent"]
    note, = notes(ended, "does not say what fd")
    assert "(EPERM)" in note


def test_where_memory_cannot_be_probed_a_handler_is_no_jump(tmp_path):
    """And no rest of a cut message can be kept."""
    words, ended = outcome(tmp_path, "rt_sigprocmask")
    assert words == ["sent", "sent"]
    assert not ended.events("poisoned")


def test_without_getsockopt_only_what_was_seen_born_is_guarded(tmp_path):
    words, ended = outcome(tmp_path, "getsockopt")
    assert words == ["refused", "sent"]
    assert len(notes(ended, "does not say what fd")) == 1


def test_without_addresses_rules_about_them_guard_nothing(tmp_path):
    words, ended = outcome(tmp_path, "getpeername", RULES="port:1-9=packet(4);*=call")
    assert words == ["sent", "sent"]
    assert len(notes(ended, "does not say what fd")) == 1


def test_an_inherited_filter_that_denies_what_start_asks(tmp_path):
    words, _ = outcome(tmp_path, "getsockname,getpeername,prlimit64,madvise,fcntl,getcwd", EARLY / "denied", "-")
    assert words == ["refused", "refused"]
