"""What is written: whole frames of the framing that is measured, in files that build/bench reads."""

import functools
import pathlib
import tempfile
from typing import NamedTuple

from frames import frames

import cost

GUARDED_SIZE = 1 << 20  # of the message that `bench guarded` cuts


class Kind(NamedTuple):
    """One way to write."""

    name: str
    function: str
    frame: int
    frames: int = 1
    batches: int = 50  # about 30 ms of writes


KINDS = [Kind("64 B", "write", 64), Kind("4 KiB", "write", 4096, batches=100), Kind("64 KiB", "write", 65536, batches=300),
         Kind("8 x 64 B", "writev8", 64, 8)]


class Line:
    """Begins unlike it goes on: the guard has to tell a new one from the rest of another."""

    prologue = b""

    @staticmethod
    def of(length):
        return b"y" + b"x" * (length - 2) + b"\n"


def frame_of(framing):
    return Line if framing == "line" else frames.FRAMES["packet(4)" if framing in (None, "call") else framing]


@functools.lru_cache(maxsize=None)
def directory():
    return tempfile.TemporaryDirectory(prefix="bench-messages-")  # pylint: disable=consider-using-with


@functools.lru_cache(maxsize=None)
def kept(data):
    path = pathlib.Path(directory().name) / str(len(list(pathlib.Path(directory().name).iterdir())))
    path.write_bytes(data)
    return path


def options(message, prologue):
    return [f"message={kept(message)}", *([f"prologue={kept(prologue)}"] if prologue else [])]


def write_arguments(framing, target, kind, batches):
    """Of build/bench, for that way to write that framing's frames."""
    frame = frame_of(framing)
    message = frame.of(kind.frame) * kind.frames
    return ["write", kind.function, target, len(message), batches, *options(message, frame.prologue)]


def is_guarded(variant, kinds=KINDS):
    """True if, behind everything that is measured, what is not the rest of a cut message is refused: had the framing
    lost its way in it, nothing would be."""
    frame = frame_of(variant.framing)
    before = frame.prologue + b"".join(frame.of(kind.frame) * kind.frames for kind in kinds)
    return cost.run([cost.BENCH, "guarded", *options(frame.of(GUARDED_SIZE), before)], variant.environment()).strip() == "yes"
