"""scripts/poisonframe finds in a capture what the foreign parsers find."""

import json
import subprocess

import machine
import pytest

from .samples import BUILD, SAMPLES, in_words


def shown(framing, data):
    done = subprocess.run(machine.command([BUILD / "poisonframe", "--json", framing]), input=data, timeout=60,
                          capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("sample", SAMPLES, ids=in_words)
def test_offset_and_length_of_every_message(sample):
    *messages, end = shown(f"{sample.framing},role={sample.role}", sample.data)
    at = 0
    for message, expected in zip(messages, sample.messages, strict=True):
        assert (message["offset"], message["length"]) == (at, len(expected))
        assert message["type"]
        at += len(expected)
    assert (end["messages"], end["bytes"], end["cut"]) == (len(sample.messages), len(sample.data), len(sample.cut))
