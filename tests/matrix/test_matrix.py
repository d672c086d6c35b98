"""The cut matrix: every sample stream is cut at every byte, and then resumed or abandoned in every way.

POISONSHIM_MATRIX_SEEDS says how often each random case runs (1), POISONSHIM_MATRIX_TCP=all runs them over TCP too, and
abandons recorded streams in every way at every byte, not in these ways by turns."""

import json
import os

import pytest

from . import process, simulation
from .samples import BY_NAME, RECORDED, guarded_as

SEEDS = int(os.environ.get("POISONSHIM_MATRIX_SEEDS", "1"))
TCP = os.environ.get("POISONSHIM_MATRIX_TCP", "some")
SHARE = "1" if TCP == "all" else "5"
SECONDS = 280


@pytest.mark.parametrize("name", BY_NAME)
def test_a_cut_stream_is_whole_or_poisoned(name, tmp_path):
    sample = BY_NAME[name]
    argv = process.module("driver", name, "--seeds", SEEDS, "--tcp", TCP)
    done = process.guarded(argv, SECONDS, sample.framing, tmp_path / "log", **sample.settings)
    assert done.returncode == 0, f"{argv}, framing {sample.framing} {sample.settings}\n{done.stdout}{done.stderr}"
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["poisoned"] > counts["abandoned"] * 3 / 4, f"too much passed for the rest of a message: {counts}"


@pytest.mark.parametrize("name", RECORDED)
def test_a_cut_stream_of_a_real_serializer_is_whole_or_poisoned(name, tmp_path):
    framing = guarded_as(RECORDED[name])
    done = process.guarded(process.module("driver", name, "--seeds", SEEDS, "--tcp", TCP if TCP == "all" else "none",
                                          "--share", SHARE), SECONDS, framing, tmp_path / "log")
    assert done.returncode == 0, f"{name}, framing {framing}\n{done.stdout}{done.stderr}"
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["poisoned"] > counts["abandoned"] / 2, f"too much passed for the rest of a message: {counts}"


@pytest.mark.parametrize("guard", simulation.GUARDS)
def test_the_matrix_accepts_the_model_and_catches_every_wrong_guard(guard):
    argv = process.module("driver", "suffix of another", "--tcp", "none", "--simulate", guard)
    done = process.bare(argv, SECONDS)
    assert done.returncode == (guard != "model"), f"{done.stdout}{done.stderr}"
