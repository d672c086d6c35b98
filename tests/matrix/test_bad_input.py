"""Odd arguments, odd fds and no memory: a guarded program sees what the kernel would have told it without the shim."""

import difflib

import machine
import pytest

from . import process
from .bad_input import GROUPS

SECONDS = 90
FRAMINGS = ("packet(4)", "call", "auto")


@pytest.fixture(scope="session")
def bare_output():
    """What a command says without the shim, asked once."""
    known = {}

    def ask(argv):
        if tuple(argv) not in known:
            known[tuple(argv)] = process.bare(argv, SECONDS)
        return known[tuple(argv)]

    return ask


def assert_same(bare, guarded):
    machine.skip_what_the_emulator_cannot(bare)
    assert bare.returncode == 0, bare.stderr
    difference = difflib.unified_diff(bare.stdout.splitlines(), guarded.stdout.splitlines(), "bare", "guarded", n=0)
    assert not list(difference)[:20]
    assert guarded.returncode == 0, guarded.stderr


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("group", GROUPS)
def test_bad_input_gets_the_kernels_own_answer(group, framing, bare_output, tmp_path):
    """Where a page of TCP's ends before the hole does, part of a write goes out that fails as a whole elsewhere: once in
    some hundred runs, bare too. A difference of ours would be there again."""
    argv = process.module("bad_input", group)
    bare, guarded = bare_output(argv), process.guarded(argv, SECONDS, framing, tmp_path / "log")
    if bare.stdout != guarded.stdout:
        bare, guarded = process.bare(argv, SECONDS), process.guarded(argv, SECONDS, framing, tmp_path / "log")
    assert_same(bare, guarded)


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("before", [0, 1000])
def test_without_memory_the_program_goes_on_and_the_log_says_so(before, framing, bare_output, tmp_path):
    """Once there are connections, there is room for some thousands."""
    argv = [str(process.BUILD / "no-memory"), str(before)]
    log = tmp_path / "log"
    assert_same(bare_output(argv), process.guarded(argv, SECONDS, framing, log))
    assert ("out of memory" in log.read_text()) == (before == 0)
