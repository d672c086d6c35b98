"""syscall() gives a program what libc's gives it: all six arguments, the answer, errno, and no cancellation."""

import ctypes
import errno
import mmap
import os
import re
import socket
from pathlib import Path

from guard import guarded as bodies
from guard.guarded import each, guarded, names
from guard.streams import is_guarded, libc, pair

from .calls import NUMBERS, by_number, call

libc.mmap.restype = ctypes.c_void_p
libc.syscall.restype = ctypes.c_long


@guarded()
def test_all_six_arguments_arrive_at_a_number_that_is_not_known():
    file = os.memfd_create("pages")
    os.pwrite(file, b"second page", mmap.PAGESIZE)
    address = by_number(NUMBERS["mmap"], None, 11, mmap.PROT_READ, mmap.MAP_SHARED, file, mmap.PAGESIZE)
    assert ctypes.string_at(address, 11) == b"second page"


@guarded()
def test_all_six_arguments_arrive_at_a_number_that_writes():
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(f"\0poisonshim-{os.getpid()}")
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    address = ctypes.create_string_buffer(b"\1\0" + receiver.getsockname(), 2 + len(receiver.getsockname()))
    assert call("syscall:sendto", sender.fileno(), b"datagram", 8, 0, address, len(address)) == 8
    assert receiver.recv(100) == b"datagram"
    reading, _ = os.pipe()
    writer, _ = pair()
    try:
        call("syscall:splice", reading, None, writer.fileno(), None, 100, 2)
        raise AssertionError("SPLICE_F_NONBLOCK has got lost")
    except BlockingIOError:
        pass


@guarded()
def test_numbers_that_are_not_known_answer_as_the_kernel_does():
    for number, error in ((999999, errno.ENOSYS), (-1, errno.ENOSYS), (NUMBERS["fsync"], errno.EBADF)):
        ctypes.set_errno(0)
        assert by_number(number, -1) == -1
        assert ctypes.get_errno() == error
    assert by_number(NUMBERS["getpid"]) == os.getpid()


@guarded()
def test_known_numbers_fail_as_the_kernel_says():
    writer, _ = pair()
    expected = {"write": errno.EBADF, "close": errno.EBADF, "dup": errno.EBADF, "fcntl": errno.EBADF,
                "connect": errno.EBADF, "shutdown": errno.EBADF, "setsockopt": errno.EBADF, "recvmsg": errno.EBADF}
    for name, error in expected.items():
        ctypes.set_errno(0)
        assert by_number(NUMBERS[name], -1) == -1
        assert ctypes.get_errno() == error, name
    assert is_guarded(writer)


@guarded()
def test_success_leaves_errno_alone():
    writer, _ = pair()
    copies = []
    for name, arguments in (("write", (writer.fileno(), b"whole", 5)), ("dup", (writer.fileno(),)), ("getpid", ())):
        ctypes.set_errno(errno.ENOTTY)
        copies.append(by_number(NUMBERS[name], *arguments))
        assert ctypes.get_errno() == errno.ENOTTY, name
    assert is_guarded(copies[1])


SCENES = re.findall(r"\bSCENE\((\w+)\)", Path(__file__).with_name("numbers.c").read_text(encoding="ascii"))

if not bodies.in_child:
    from guard.process import PROGRAMS, run

    @names("syscall")
    @each("scene", SCENES)
    def test_syscall_is_no_cancellation_point(tmp_path, scene):
        poisoned = run(tmp_path, [PROGRAMS.parent / "doors/numbers", scene]).check().events("poisoned")
        assert len(poisoned) == (scene == "a_refused_write_by_number_comes_back")
