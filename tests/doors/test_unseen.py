"""Calls after which bytes go out that are no writes of the program's, or that nobody sees."""

import ctypes
import struct

from guard.api import begin
from guard.guarded import each, guarded
from guard.streams import drain, events, is_clean, is_guarded, libc, pair, refuses, tear

from .calls import call, doors, run_above


SOL_TLS, TLS_TX, TLS_RX = 282, 1, 2


def set_tls(door, writer, option):
    assert call(door, writer.fileno(), SOL_TLS, option, None, 0) == 0


def tls_body(door):
    writer, peer = pair()
    set_tls(door, writer, TLS_RX)
    tear(writer, b"\0\1\0\0" + bytes(1 << 16))
    assert not events("off")
    set_tls(door, writer, TLS_TX)
    assert [event["reason"] for event in events("off")] == ["the kernel makes the TLS records from now on"]
    drain(peer)
    assert not refuses(writer)


def tls_in_calls_body(door):
    writer, peer = pair()
    assert begin(writer) == 0
    tear(writer)
    set_tls(door, writer, TLS_TX)
    assert not events("off")
    assert refuses(writer)


@each("door", doors(("setsockopt", "syscall:setsockopt")))
def test_records_that_the_kernel_makes_are_not_counted(tmp_path, door):
    run_above(tmp_path, "faketls", tls_body, door, FRAMING="packet(4)")


@each("framing", ("call", "explicit"))
@each("door", doors(("setsockopt", "syscall:setsockopt")))
def test_records_that_the_kernel_makes_are_one_for_a_call(tmp_path, door, framing):
    run_above(tmp_path, "faketls", tls_in_calls_body, door, FRAMING=framing)


LIO_WRITE, LIO_READ, LIO_WAIT, SIGEV_NONE = 1, 0, 0, 1


def aiocb(fd, data, opcode):
    """struct aiocb of a machine with 64 bits."""
    control = ctypes.create_string_buffer(168)
    struct.pack_into("iiixxxxPQ", control, 0, fd, opcode, 0, ctypes.addressof(data), len(data) - 1)
    struct.pack_into("Pii", control, 32, 0, 0, SIGEV_NONE)
    return control


def write_one(door, control):
    call(door, control)
    while libc.aio_error(control) == 115:
        libc.aio_suspend((ctypes.c_void_p * 1)(ctypes.addressof(control)), 1, None)


def write_list(door, control):
    getattr(libc, door)(LIO_WAIT, (ctypes.c_void_p * 2)(None, ctypes.addressof(control)), 2, None)


ASYNCHRONOUS = {"aio_write": write_one, "aio_write64": write_one, "lio_listio": write_list, "lio_listio64": write_list}


@each("door", ASYNCHRONOUS)
@guarded()
def test_asynchronous_writes_turn_the_guard_off(door):
    writer, peer = pair()
    tear(writer)
    drain(peer)
    data = ctypes.create_string_buffer(b"later")
    ASYNCHRONOUS[door](door, aiocb(writer.fileno(), data, LIO_WRITE))
    event, = events("off")
    assert event["fd"] == writer.fileno() and door.removesuffix("64") in event["reason"]
    assert not refuses(writer)


@each("door", ("lio_listio", "lio_listio64"))
@guarded()
def test_asynchronous_reads_do_not(door):
    writer, peer = pair()
    assert is_clean(writer, peer)
    peer.send(b"bytes")
    write_list(door, aiocb(writer.fileno(), ctypes.create_string_buffer(6), LIO_READ))
    assert not events("off")
    assert is_guarded(writer)
