"""Numbers, names of errors and the calendar, each against Python's."""

import ctypes
import datetime
import errno

import pytest

from .log import LIBRARY, built


@pytest.mark.parametrize("number", sorted({0, 2**64 - 1} | {10**n + d for n in range(20) for d in (-1, 0, 1)}))
def test_decimal(number):
    assert built("line_number", ctypes.c_uint64(number)) == str(number).encode()


@pytest.mark.parametrize("number", sorted({0, 2**32 - 1} | {16**n + d for n in range(8) for d in (-1, 0, 1)}))
def test_hexadecimal(number):
    assert built("line_hex", ctypes.c_uint32(number)) == f"{number:x}".encode()


def test_what_does_not_fit_ends_the_line():
    assert built("line_text", b"abc", size=2) == b""
    assert built("line_printable", b"abc", 3, size=2) == b"ab"
    assert built("line_printable", b"a\xffbc", 4, size=4) == b"a"
    assert built("line_json", b"a\xffbc", 4, size=6) == b"a"
    assert built("line_json", "a€b".encode(), 5, size=3) == b"a"


def test_printable():
    for byte in range(256):
        shown = chr(byte).encode() if 0x20 <= byte <= 0x7e else b"\\x%02x" % byte
        assert built("line_printable", bytes([byte]), 1) == shown


def test_quoted():
    for byte in range(256):
        shown = {10: b"\\n", 34: b'\\"', 92: b"\\\\"}.get(byte, built("line_printable", bytes([byte]), 1))
        assert built("line_quoted", bytes([byte]), 1) == shown


def test_errors_have_their_names():
    python = {number: name.replace("ENOTSUP", "EOPNOTSUPP") for number, name in errno.errorcode.items()}
    named = 0
    for number in range(-2, 200):
        name = built("line_errno", number).decode()
        if name.startswith("E"):
            assert name == python[number]
            named += 1
        else:
            assert name == f"errno {number & 0xffffffff}"
    assert named > 40


@pytest.mark.parametrize("name", ["EAGAIN", "EBADF", "ECONNRESET", "EDESTADDRREQ", "EDQUOT", "EFAULT", "EFBIG", "EINTR",
                                  "EINVAL", "EIO", "ENOBUFS", "ENOMEM", "ENOSPC", "ENOTCONN", "EPERM", "EPIPE", "ETIMEDOUT",
                                  "EHOSTUNREACH", "ENETUNREACH", "EMSGSIZE", "ENETDOWN", "ECONNABORTED"])
def test_what_write_calls_return_has_a_name(name):
    assert built("line_errno", getattr(errno, name)) == name.encode()


def test_every_day_from_1970_to_2200():
    seconds = ctypes.c_int64.in_dll(LIBRARY, "driver_seconds")
    start = datetime.datetime(1970, 1, 1)
    try:
        for day in range(84007):
            now = start + datetime.timedelta(days=day, seconds=(day * 7919 + 1) % 86400)
            seconds.value = int((now - start).total_seconds())
            assert built("report_time") == now.strftime("%Y-%m-%dT%H:%M:%S.789Z").encode()
    finally:
        seconds.value = 0
