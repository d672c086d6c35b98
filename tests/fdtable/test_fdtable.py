"""Random calls on a few fd numbers, against a model that knows what each number means and what the guard can know of it
(model.h). A game that is lost tells its last moves, and the command that plays it again."""

import os
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.environ.get("SHIM_LIBRARY", REPOSITORY / "build/libpoisonshim.so")).resolve()
PROGRAM = Path(os.environ.get("SHIM_BUILD", REPOSITORY / "build")).resolve() / "fdtable/fdmodel"
STEPS = 100_000
PATIENCE = 240
WHOLE_MESSAGE = "65536"


def play(seed, steps=STEPS, **variables):
    environment = {name: value for name, value in os.environ.items()
                   if name != "LD_PRELOAD" and not name.startswith("POISONSHIM_")}
    return subprocess.run([PROGRAM, str(seed), str(steps)], env=environment | variables, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE, check=False)


def play_guarded(seed, **variables):
    """The counts of a game that was won."""
    guard = {"LD_PRELOAD": str(LIBRARY), "POISONSHIM_LOG": "off"}
    game = play(seed, **guard, **{f"POISONSHIM_{name}": value for name, value in variables.items()})
    assert game.returncode == 0, f"{game.stdout}{game.stderr}with {variables}"
    return game.stdout


def count(story, what):
    return int(re.search(rf"{what} (\d+)", story).group(1))


@pytest.mark.parametrize("window", ("16", WHOLE_MESSAGE))
@pytest.mark.parametrize("seed", range(1, 6))
def test_no_innocent_is_refused_and_no_poisoned_one_passes(seed, window):
    story = play_guarded(seed, FRAMING="call", WINDOW=window)
    assert "not seen: nothing\n" in story
    assert count(story, "must pass") > STEPS // 4
    assert count(story, "must be refused") > STEPS // 20
    assert count(story, "either") < STEPS // 10, "the model asks for too little"
    for what in ("cut", "poisoned", "verdicts of others"):
        assert count(story, what) > STEPS // 1000, what


def test_a_game_without_a_guard_is_lost():
    game = play(1)
    assert game.returncode == 1
    assert "a poisoned one passed" in game.stderr
