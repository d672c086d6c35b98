"""The cut matrix of cuts.c, which needs no Python on the machine under test."""

import re

import pytest

from . import process


@pytest.mark.parametrize("framing", ["packet(4)", "line", "call"])
def test_every_function_cuts_at_every_byte_and_the_peer_gets_the_stream_or_a_prefix(framing, tmp_path):
    done = process.guarded([process.BUILD / "cuts", framing], 90, framing, tmp_path / "log")
    assert done.returncode == 0, done.stderr
    assert int(re.fullmatch(r"(\d+) streams were cut\n", done.stdout)[1]) > 1500


def test_unguarded_the_matrix_fails():
    done = process.bare([process.BUILD / "cuts", "packet(4)"], 90)
    assert done.returncode == 1 and "errno == EPIPE" in done.stderr
