"""Bytes that leave through any door of libc are counted: cut at every offset of some messages, and resumed or
abandoned through that door alone. (tests/matrix goes through all of them, at random.)"""

import errno
import json
import os
import struct

from guard import guarded as bodies
from guard.guarded import each, guarded
from guard.streams import drain, events, refuses, tear

from .calls import call

SECONDS = 60


def door(name):
    return name.replace("syscall ", "syscall:")


def check(done):
    assert done.returncode == 0, f"{done.args}\n{done.stdout}{done.stderr}"
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["poisoned"] > counts["abandoned"] * 3 / 4, f"too much passed for the rest of a message: {counts}"


if not bodies.in_child:
    from matrix import process
    from matrix.libc import CALLS, PIPE_CALLS
    from matrix.samples import BY_NAME

    def through(*arguments):
        return process.module("driver", *arguments)

    @each("door, name", [(door(name), name) for name in CALLS])
    def test_a_message_cut_in_any_call_is_resumed_or_refused(door, name, tmp_path):
        check(process.guarded(through("line", "--calls", name, "--every", 5), SECONDS, "line", tmp_path / "log"))

    @each("door, name", [(door(name), name) for name in PIPE_CALLS])
    def test_a_message_cut_on_its_way_into_a_pipe_is_resumed_or_refused(door, name, tmp_path):
        check(process.guarded(through("line", "--pipe", "--calls", name, "--every", 5), SECONDS, "off",
                              tmp_path / "log", POISONSHIM_RULES="type:pipe=line"))

    @each("name", ("packet(4)", "auto call", "http2 client"))
    def test_a_message_cut_on_its_way_into_a_pipe_through_all_calls(name, tmp_path):
        sample = BY_NAME[name]
        check(process.guarded(through(name, "--pipe", "--every", 3), SECONDS, "off", tmp_path / "log",
                              POISONSHIM_RULES=f"type:pipe={sample.framing}", **sample.settings))


def splice(door, source, to, count):
    return call(door, source, 0, to, 0, count, 0)


def tee(door, source, to, count):
    return call(door, source, to, count, 0)


FROM_PIPES = {"splice": splice, "syscall:splice": splice, "tee": tee, "syscall:tee": tee}


def source_of(content):
    reading, writing = os.pipe()
    os.write(writing, content)
    return reading


@each("door", FROM_PIPES)
@guarded(RULES="type:pipe=packet(4)")
def test_bytes_from_a_pipe_are_counted(door):
    reading, writing = os.pipe()
    os.write(writing, struct.pack(">I", 1000) + b"x" * 100)
    assert FROM_PIPES[door](door, source_of(b"y" * 800), writing, 800) == 800
    assert os.write(writing, b"z" * 100 + b"\0\0\0") == 103
    os.close(writing)
    assert [(event["message"], event["sent"]) for event in events("closed")] == [(2, 3)]
    assert drain(reading)[104:-103] == b"y" * 800


@each("door", FROM_PIPES)
@guarded(RULES="type:pipe=call")
def test_a_poisoned_pipe_takes_nothing_from_another(door):
    reading, writing = os.pipe()
    source = source_of(b"more")
    tear(writing)
    assert refuses(writing)
    sent = drain(reading)
    try:
        FROM_PIPES[door](door, source, writing, 4)
        raise AssertionError("not refused")
    except OSError as error:
        assert error.errno == errno.EPIPE
    assert sent and not drain(reading)
