"""Bytes that a program offers and that cannot be read: nobody but the kernel trips over them."""

import ctypes
import errno
import mmap
import os
import struct
import tempfile
import threading

from .api import INSIDE, TORN, state
from .test_waits import await_asleep
from .guarded import each, guarded
from .streams import drain, events, libc, pair, refuses, send_timeout, tear

PAGE = 4096
BODY = bytes(range(251)) * 1000
HEADER = struct.pack(">I", len(BODY))
FRAMINGS = ["call", "packet(4)"]
NOTHING, ALL = 0, mmap.PROT_READ | mmap.PROT_WRITE

libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def pages(layout, offset, content):
    """Where `content` begins, `offset` bytes into as many pages; those with a "-" cannot be read."""
    base = libc.mmap(None, len(layout) * PAGE, ALL, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    ctypes.memmove(base + offset, content, min(len(content), len(layout) * PAGE - offset))
    for i, page in enumerate(layout):
        assert libc.mprotect(base + i * PAGE, PAGE, ALL if page == "r" else NOTHING) == 0
    return base + offset


def write(writer, address, count):
    """As os.write, of any address."""
    result = libc.write(writer.fileno(), ctypes.c_void_p(address), ctypes.c_size_t(count))
    if result < 0:
        raise OSError(ctypes.get_errno(), "write")
    return result


def writev(writer, *pieces):
    vector = (ctypes.c_void_p * len(pieces))(*pieces)
    result = libc.writev(writer.fileno(), vector, len(pieces) // 2)
    if result < 0:
        raise OSError(ctypes.get_errno(), "writev")
    return result


WRITES = {"write": write, "writev": writev}


def torn():
    """A writer inside the body, all of what it sent read away; the rest."""
    writer, peer = pair()
    os.write(writer.fileno(), HEADER)
    rest = tear(writer, BODY)
    received = drain(peer)
    return writer, peer, received, rest


def goes_on(writer, peer, received, rest):
    """In pieces: the next is there when the kernel took this one."""
    while rest:
        rest = rest[os.write(writer.fileno(), rest):]
        received += drain(peer)
    return received == HEADER + BODY and not events("poisoned")


@each("name", WRITES)
@each("layout", ["-", "--", "-r", "-rr", "r-", "rr-", "r-r", "rr-r", "rrr"])
@each("offset", [1, PAGE - 3])
@guarded(FRAMING="packet(4)", WINDOW="9000")
def test_a_rest_that_cannot_be_read_is_the_kernels_business(layout, offset, name):
    writer, peer, received, rest = torn()
    address = pages(layout, offset, rest)
    count = len(layout) * PAGE - offset
    try:
        taken = WRITES[name](writer, address, count)
        assert 0 < taken <= count and layout[0] == "r"
    except OSError as error:
        assert error.errno == errno.EFAULT and "-" in layout
        taken = 0
    assert goes_on(writer, peer, received + drain(peer), rest[taken:])


@each("layout", ["r-", "rr-", "r-r", "rrr"])
@guarded(FRAMING="packet(4)", WINDOW="9000")
def test_what_can_be_read_of_a_rest_is_compared(layout):
    writer, _, _, rest = torn()
    readable = (layout + "-").index("-") * PAGE - 1
    wrong = rest[:readable - 1] + bytes([rest[readable - 1] ^ 1]) + rest[readable:]
    address = pages(layout, 1, wrong)
    assert refuses(writer, write=lambda *_: write(writer, address, len(layout) * PAGE - 1))


libc.sbrk.restype = ctypes.c_void_p
libc.sbrk.argtypes = [ctypes.c_ssize_t]


def heap(content):
    """Two new pages at the end of the heap, `content` in them as far as it goes."""
    start = libc.sbrk(0)
    base = libc.sbrk(-start % PAGE + 2 * PAGE) + -start % PAGE
    ctypes.memmove(base, content, min(len(content), 2 * PAGE))
    return base


@each("name", WRITES)
@each("offset", [1, PAGE, 2 * PAGE - 3])
@guarded(FRAMING="packet(4)", WINDOW="9000")
def test_a_rest_may_be_offered_beyond_the_end_of_the_heap(offset, name):
    writer, peer, received, rest = torn()
    address = heap(bytes(offset) + rest)
    count = 2 * PAGE - offset + 1000
    try:
        taken = WRITES[name](writer, address + offset, count)
        assert 0 < taken <= count
    except OSError as error:
        assert error.errno == errno.EFAULT
        taken = 0
    assert goes_on(writer, peer, received + drain(peer), rest[taken:])


def cannot_read(writer, address):
    try:
        write(writer, address, 1000)
    except OSError as error:
        return error.errno == errno.EFAULT
    return False


@guarded(FRAMING="packet(4)", WINDOW="9000")
def test_a_rest_may_be_offered_from_where_the_heap_was():
    writer, peer, received, rest = torn()
    address = heap(rest)
    libc.sbrk(-2 * PAGE)
    assert cannot_read(writer, address)
    assert goes_on(writer, peer, received, rest)


@guarded(FRAMING="packet(4)")
def test_a_rest_may_be_offered_from_the_last_bytes_there_are():
    writer, peer, received, rest = torn()
    assert cannot_read(writer, 2**64 - 16)
    assert goes_on(writer, peer, received, rest)


@guarded(FRAMING="packet(4)", WINDOW="9000")
def test_a_rest_from_the_heap_is_compared():
    writer, _, _, rest = torn()
    address = heap(rest[:5000] + bytes([rest[5000] ^ 1]) + rest[5001:])
    assert refuses(writer, write=lambda *_: write(writer, address, 2 * PAGE))


def one_write():
    """How much of a body a non-blocking write takes."""
    return len(BODY) - len(torn()[3])


@each("name", WRITES)
@each("readable", [0, 1, 100, PAGE])
@each("torn_before", [False, True])
@guarded(FRAMING="packet(4)")
def test_of_what_was_refused_as_much_is_kept_as_can_be_read(readable, name, torn_before):
    taken = one_write()
    writer, peer, received, rest = torn()
    if not torn_before:
        received += goes_whole(writer, peer, rest)
        os.write(writer.fileno(), HEADER)
        received, rest = drain(peer), BODY
    start = -(taken + readable) % PAGE
    layout = "r" * ((start + taken + readable) // PAGE) + "-"
    sent = WRITES[name](writer, pages(layout, start, rest), taken + readable + 1)
    assert sent == taken
    assert state(writer) == (TORN if readable else INSIDE)
    drain(peer)
    wrong = bytes([rest[sent + readable - 1] ^ 1])
    assert refuses(writer, rest[sent:sent + readable - 1] + wrong) == (readable > 0)


def goes_whole(writer, peer, rest):
    received = b""
    while rest:
        rest = rest[os.write(writer.fileno(), rest):]
        received += drain(peer)
    return received


@guarded(FRAMING="packet(4)")
def test_a_refused_piece_need_not_be_readable():
    taken = one_write()
    writer, peer, received, rest = torn()
    sent = writev(writer, pages("r" * 20, 0, rest), taken, pages("-", 5, b""), 100)
    assert sent == taken
    assert goes_on(writer, peer, received + drain(peer), rest[taken:])


@each("framing", FRAMINGS)
@each("torn_before", [False, True])
@guarded(FRAMING="{framing}")
def test_a_file_may_be_cut_short_under_a_write_that_waits(framing, torn_before):
    """Of its mapping not even what the kernel accepted can be read afterwards."""
    file = tempfile.TemporaryFile()
    file.write(BODY)
    file.flush()
    mapping = mmap.mmap(file.fileno(), 0)
    address = ctypes.addressof(ctypes.c_char.from_buffer(mapping))
    writer, peer = pair()
    sent = 0
    if framing != "call":
        os.write(writer.fileno(), HEADER)
    if torn_before:
        os.set_blocking(writer.fileno(), False)
        sent = write(writer, address, len(BODY))
        drain(peer)
        os.set_blocking(writer.fileno(), True)
    send_timeout(writer, 200000)
    taken = []
    thread = threading.Thread(target=lambda: taken.append(write(writer, address + sent, len(BODY) - sent)))
    thread.start()
    await_asleep(thread)
    file.truncate(0)
    thread.join()
    assert 0 < taken[0] < len(BODY) - sent
    assert (sent + taken[0]) % PAGE
    drain(peer)
    assert write(writer, ctypes.addressof(ctypes.create_string_buffer(BODY[sent + taken[0]:])), 100) == 100
