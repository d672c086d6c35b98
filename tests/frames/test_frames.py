"""What a frame costs among many in one write, in instructions."""

import pytest

from . import frames

KNOWN = frames.known()
SAME = 25  # instructions by which a frame may cost more when its length takes more bytes
LARGE = 5000


def test_every_preset_is_measured():
    assert frames.presets() - frames.WITHOUT <= frames.FRAMES.keys()


@pytest.mark.parametrize("name", KNOWN)
def test_a_small_frame_is_within_its_budget(name):
    frame = KNOWN[name]
    budget = frames.MACHINE_INSTRUCTIONS if frame.is_machine else frames.LENGTH_FIELD_INSTRUCTIONS
    assert frames.instructions(name, frame, frames.FRAME) <= budget


@pytest.mark.parametrize("name", [name for name, frame in KNOWN.items() if frame.is_counted and name not in ("modbus", "bgp")])
def test_payload_whose_length_is_known_is_not_looked_at(name):
    small, large = (frames.instructions(name, KNOWN[name], length) for length in (frames.FRAME, LARGE))
    assert large - small <= (100 if KNOWN[name].is_machine else SAME)
