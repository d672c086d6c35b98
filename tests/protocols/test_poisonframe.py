"""poisonframe finds the messages that foreign parsers find, in what foreign serializers wrote."""

import itertools
import json
import subprocess

import machine
import pytest

from .samples import BUILD, SAMPLES, WRONG, in_words

SECONDS = 60


def poisonframe(framing, role, data, status=0):
    done = subprocess.run(machine.command([BUILD / "poisonframe", "--json", "--role", role, framing]), input=data,
                          capture_output=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stderr) == (status, b"")
    *events, summary = map(json.loads, done.stdout.splitlines())
    assert (summary["event"], summary["framing"], summary["role"]) == ("summary", framing, role)
    messages = [event for event in events if event["event"] == "message"]
    assert summary["messages"] == len(messages)
    return messages, [event for event in events if event["event"] != "message"]


def in_hex(message, data):
    return message["type"] == data[message["offset"]:][:min(8, message["length"])].hex(" ")


@pytest.fixture(params=SAMPLES, ids=in_words)
def sample(request):
    return request.param


def test_the_messages_are_those_of_foreign_parsers(sample):
    messages, others = poisonframe(sample.framing, sample.role, sample.data)
    lengths = list(map(len, sample.messages))
    starts = [end - length for end, length in zip(itertools.accumulate(lengths), lengths)]
    assert [(message["offset"], message["length"]) for message in messages] == list(zip(starts, lengths))
    if sample.cut:
        assert [(event["offset"], event["sent"]) for event in others] == [(sum(lengths), len(sample.cut))]
    else:
        assert not [event for event in others if event["event"] != "unframed"]


def test_the_protocol_of_the_last_message_is_what_the_stream_has_become(sample):
    messages, _ = poisonframe(sample.framing, sample.role, sample.data)
    if sample.recognised != "call":
        assert messages[-1]["protocol"] in (sample.recognised, None)


def test_a_protocol_with_types_has_one_for_each_message(sample):
    messages, _ = poisonframe(sample.framing, sample.role, sample.data)
    for protocol in {message["protocol"] for message in messages}:
        without = [in_hex(message, sample.data) for message in messages if message["protocol"] == protocol]
        assert all(without) or not any(without), protocol


@pytest.mark.parametrize("preset, what, role, data", WRONG, ids=[f"{preset}: {what}" for preset, what, _, _ in WRONG])
def test_bytes_that_cannot_be_the_protocol_are_shown(preset, what, role, data):
    messages, (desync,) = poisonframe(preset, role, data, status=1)
    assert desync["event"] == "desync"
    assert data[desync["offset"]:].startswith(bytes.fromhex(desync["bytes"]))
    assert data[desync["message"]:].startswith(bytes.fromhex(desync["begins"]))
    assert sum(message["length"] for message in messages) == desync["message"] <= desync["offset"] < len(data)
