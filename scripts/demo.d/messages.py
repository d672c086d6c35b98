"""The messages of the demonstration: a 4-byte big-endian length, then a body that says whose every byte is."""

import struct

HEADER = struct.Struct(">I")
SIZE = 1 << 20
COMMAND = b"balance=42"
ANSWER = b"k"


def snapshot(number):
    """The 1 MB body of message `number`: lines of 16 bytes, each with the number and its own offset."""
    return b"".join(b"m%02d@%011d\n" % (number, offset) for offset in range(0, SIZE, 16))


def framed(body):
    return HEADER.pack(len(body)) + body


def meant(body):
    """The body that the sender of this one must have meant, judged by its first bytes; None: nobody's."""
    if body[:1] == b"m" and body[1:3].isdigit():
        return snapshot(int(body[1:3]))
    return COMMAND if body[: len(COMMAND)] == COMMAND else None


def name(body):
    """What to call a body in the report: its first bytes decide."""
    if body[:1] == b"m" and body[1:3].isdigit():
        return f"message {int(body[1:3])}"
    return f"'{COMMAND.decode()}'" if body[: len(COMMAND)] == COMMAND else "nonsense"


def common(left, right):
    """How many leading bytes two bodies share; halving, because a byte loop over 1 MB takes a while."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if left[low:middle] == right[low:middle] else (low, middle - 1)
    return low
