"""Odd arguments for the write functions: what is done -> a function of a connection that says what came back."""

import ctypes

from . import libc
from .libc import Mmsghdr
from .odd_stream import (INT_MAX, LOW, POINTERS, SIZE_MAX, SSIZE_MAX, NULL, address, array, before_a_hole, counted,
                         header, place, read_only, said, vectors)


def flat(name):
    return {"write": libc.write, "send": lambda fd, p, n: libc.send(fd, p, n, 0),
            "sendto": lambda fd, p, n: libc.sendto(fd, p, n, 0, None, 0)}[name]


def pointers():
    for name in ("write", "send", "sendto"):
        for which, pointer in POINTERS.items():
            for length in (0, 1, 10, INT_MAX, SSIZE_MAX, SIZE_MAX):
                if length or name == "write" or pointer in (NULL, LOW):
                    yield (f"{name}({which}, {length})",
                           lambda c, n=name, p=pointer, k=length: counted(c, flat(n)(c.fd, p, k)))
    for which, pointer in POINTERS.items():
        for count in (0, 1, 3, 1024, 1025, -1, -2 ** 31, INT_MAX):
            yield f"writev({which}, {count})", lambda c, p=pointer, n=count: counted(c, libc.writev(c.fd, p, n))
        yield f"sendmsg({which})", lambda c, p=pointer: counted(c, libc.sendmsg(c.fd, p, 0))
        for count in (0, 1, 2, 1025, 2 ** 32 - 1):
            yield f"sendmmsg({which}, {count})", lambda c, p=pointer, n=count: said(libc.sendmmsg(c.fd, p, n, 0))
        for count in (0, 1, 1024, 1025, SIZE_MAX):
            yield (f"sendmsg(msg_iov {which}, {count})",
                   lambda c, p=pointer, n=count: counted(c, libc.sendmsg(c.fd, address(header(p, n)), 0)))
            yield (f"sendmmsg(msg_iov {which}, {count})",
                   lambda c, p=pointer, n=count: batch(c, array(header(p, n))))
        for length in (0, 1, SSIZE_MAX, SIZE_MAX):
            yield (f"writev(base {which}, {length})",
                   lambda c, p=pointer, n=length: counted(c, libc.writev(c.fd, address(vectors((p, n))), 1)))
            yield (f"sendmsg(base {which}, {length})", lambda c, p=pointer, n=length: counted(
                c, libc.sendmsg(c.fd, address(header(address(vectors((p, n))), 1)), 0)))


def batch(connection, messages, count=None, pointer=None):
    """sendmmsg, with what it wrote into msg_len."""
    value = libc.sendmmsg(connection.fd, pointer or address(messages), count or len(messages), 0)
    text = said(value)
    lengths = [entry.length for entry in messages][:max(value, 0)]
    connection.at += sum(lengths)
    return f"{text} {lengths}"


def spread(data, pieces):
    """Vectors of about equal length that hold `data`."""
    step = max(len(data) // pieces, 1)
    parts = [data[i * step:(i + 1) * step] for i in range(pieces - 1)] + [data[(pieces - 1) * step:]]
    return vectors(*[(place(part) if part else LOW, len(part)) for part in parts])


def shapes():
    """Arguments in which a part is good and goes out."""
    for count in (0, 1, 2, 1023, 1024, 1025):
        yield f"writev({count} vectors)", lambda c, n=count: counted(
            c, libc.writev(c.fd, address(spread(c.rest, max(n, 1))), n))
        yield f"sendmsg({count} vectors)", lambda c, n=count: counted(
            c, libc.sendmsg(c.fd, address(header(address(spread(c.rest, max(n, 1))), n)), 0))
        yield f"sendmmsg({count} vectors)", lambda c, n=count: batch(
            c, array(header(address(spread(c.rest, max(n, 1))), n)))
    for length in (SSIZE_MAX, SIZE_MAX, INT_MAX):
        yield f"writev(good, length {length})", lambda c, n=length: counted(
            c, libc.writev(c.fd, address(vectors((place(c.rest[:9]), 9), (before_a_hole(c.rest[9:]), n))), 2))
        yield f"write(good, length {length})", lambda c, n=length: counted(
            c, libc.write(c.fd, before_a_hole(c.rest), n))
    yield "write(good, then a hole)", lambda c: counted(
        c, libc.write(c.fd, before_a_hole(c.rest), len(c.rest) + 100))
    yield "send(good, then a hole)", lambda c: counted(
        c, libc.send(c.fd, before_a_hole(c.rest), len(c.rest) + 100, 0))
    yield "writev(vectors end in a hole)", lambda c: counted(
        c, libc.writev(c.fd, before_a_hole(bytes(spread(c.rest[:40], 2))), 3))
    for which, pointer in POINTERS.items():
        yield f"writev(good, {which})", lambda c, p=pointer: counted(
            c, libc.writev(c.fd, address(vectors((place(c.rest[:50]), 50), (p, 50))), 2))
        yield f"writev(empty {which}, good)", lambda c, p=pointer: counted(
            c, libc.writev(c.fd, address(vectors((p, 0), (place(c.rest), len(c.rest)), (p, 0))), 3))
        yield f"sendmsg(good, {which})", lambda c, p=pointer: counted(
            c, libc.sendmsg(c.fd, address(header(address(vectors((place(c.rest[:50]), 50), (p, 50))), 2)), 0))
        yield f"sendmmsg(good message, {which} vectors)", lambda c, p=pointer: batch(
            c, array(good_header(c.rest[:50]), header(p, 1)))
        yield f"sendmmsg(good message, {which} bytes)", lambda c, p=pointer: batch(
            c, array(good_header(c.rest[:50]), header(address(vectors((p, 50))), 1)))
        yield f"sendmsg(msg_name {which})", lambda c, p=pointer: counted(
            c, libc.sendmsg(c.fd, address(good_header(c.rest[:50], name=p, namelen=16)), 0))
        yield f"sendmsg(msg_control {which})", lambda c, p=pointer: counted(
            c, libc.sendmsg(c.fd, address(good_header(c.rest[:50], control=p, controllen=24)), 0))
        yield f"sendto(address {which})", lambda c, p=pointer: counted(
            c, libc.sendto(c.fd, place(c.rest[:50]), 50, 0, p, 16))
    yield "sendmmsg(array ends in a hole)", hole_behind_array
    yield "sendmmsg(array cannot be written)", lambda c: said(
        libc.sendmmsg(c.fd, read_only(bytes(array(good_header(c.rest)))), 1, 0))
    yield "sendmsg(controllen huge)", lambda c: counted(
        c, libc.sendmsg(c.fd, address(good_header(c.rest[:50], control=place(bytes(24)), controllen=SIZE_MAX)), 0))
    for number in (0, 1, 2, 1023, 1024, 1025):
        yield f"sendmmsg({number} messages)", lambda c, n=number: batch(
            c, array(*[good_header(c.rest[i:i + 1]) for i in range(n)] or [header(0, 0)]), n or 2 ** 32)
    for flags in (0x40000000, 0x80000000, 0x20000000, 0x8000000, 0x4000000, -1, 0x10, 0x2, 0x800000):
        yield f"send(flags {flags:#x})", lambda c, f=flags: counted(
            c, libc.send(c.fd, place(c.rest[:50]), 50, ctypes.c_int(f).value))
        yield f"sendmsg(flags {flags:#x})", lambda c, f=flags: counted(
            c, libc.sendmsg(c.fd, address(good_header(c.rest[:50])), ctypes.c_int(f).value))


def good_header(data, **fields):
    return header(address(vectors((place(data), len(data)))), 1, **fields)


def hole_behind_array(connection):
    messages = array(good_header(connection.rest[:50]), good_header(connection.rest[50:80]))
    at = before_a_hole(bytes(messages))
    value = libc.sendmmsg(connection.fd, at, 3, 0)
    text = said(value)
    lengths = [entry.length for entry in (Mmsghdr * 2).from_address(at)]
    connection.at += sum(lengths[:max(value, 0)])
    return f"{text} {lengths}"


def big():
    """The kernel takes what it had copied before it came to the hole: a short count whose tail cannot be read."""
    yield "writev(200,000 good bytes, then a hole)", lambda c: short(
        c, libc.writev(c.fd, address(vectors((place(c.rest[:200_000]), 200_000), (LOW, 50_000))), 2))
    yield "write(200,000 good bytes, then a hole)", lambda c: short(
        c, libc.write(c.fd, before_a_hole(c.rest[:200_000]), 250_000))
    yield "sendmsg(200,000 good bytes, then a hole)", lambda c: short(c, libc.sendmsg(
        c.fd, address(header(address(vectors((place(c.rest[:200_000]), 200_000), (LOW, 50_000))), 2)), 0))
    yield "sendmmsg(200,000 good bytes, then a hole)", lambda c: batch_short(
        c, array(header(address(vectors((place(c.rest[:200_000]), 200_000), (LOW, 50_000))), 2)))


def short(connection, value):
    """How much it is depends on the kernel's buffers, and on TCP on the time of day; that it is short does not."""
    connection.at += max(value, 0)
    return "a short count" if 0 < value < 250_000 else said(value)


def batch_short(connection, messages):
    value = libc.sendmmsg(connection.fd, address(messages), 1, 0)
    return f"{value} message: " + short(connection, messages[0].length)
