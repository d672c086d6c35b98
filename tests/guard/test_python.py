"""The Python module, and the pool that asks it."""

import errno
import importlib
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import machine

from .api import put
from .guarded import guarded, run_body
from .streams import drain, events, finish, pair, refuses, tear

SHIM = Path(__file__).resolve().parents[2] / "shim"


def module(name="poisonshim"):
    sys.path[:0] = [str(SHIM / "python"), str(SHIM / "examples")]
    return importlib.import_module(name)


@guarded(FRAMING="explicit")
def test_a_with_block_is_a_message():
    shim = module()
    writer, peer = pair()
    assert shim.guarded()
    for _ in range(2):
        with shim.message(writer) as sock:
            assert sock is writer
            put(writer, b"ab")
            assert shim.state(writer) is shim.State.INSIDE
            put(writer, b"cd")
        assert shim.state(writer.fileno()) is shim.State.CLEAN
    assert drain(peer) == b"abcdabcd"


@guarded(FRAMING="explicit")
def test_a_block_that_is_left_by_an_exception_poisons_what_was_begun():
    shim = module()
    writer, peer = pair()
    try:
        with shim.message(writer):
            put(writer, b"ab")
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert shim.is_poisoned(writer)
    assert not shim.may_begin(writer)
    assert broken(shim, writer)
    assert events("poisoned")[0]["verdict"] == "given-up"


def broken(shim, sock):
    try:
        with shim.message(sock):
            assert False, "it must not begin"
    except BrokenPipeError as error:
        return error.errno == errno.EPIPE
    return False


@guarded(FRAMING="explicit")
def test_an_exception_before_the_first_byte_harms_nobody():
    shim = module()
    writer, peer = pair()
    try:
        with shim.message(writer):
            raise ValueError
    except ValueError:
        pass
    assert shim.may_begin(writer)
    with shim.message(writer):
        put(writer, b"ab")
    assert shim.may_begin(writer)


@guarded(FRAMING="explicit")
def test_a_block_that_ends_before_its_rest_was_sent_raises():
    shim = module()
    writer, peer = pair()
    try:
        with shim.message(writer):
            tear(writer)
            assert shim.state(writer) is shim.State.TORN
    except BrokenPipeError:
        return
    assert False


@guarded()
def test_what_was_left_in_the_middle_may_not_begin_though_it_is_not_poisoned():
    shim = module()
    writer, peer = pair()
    rest = tear(writer)
    assert (shim.may_begin(writer), shim.is_poisoned(writer)) == (False, False)
    finish(writer, peer, rest)
    assert shim.may_begin(writer)
    tear(writer)
    assert refuses(writer)
    assert (shim.may_begin(writer), shim.is_poisoned(writer)) == (False, True)


def without_the_guard():
    shim = module()
    writer, peer = pair()
    assert not shim.guarded()
    try:
        with shim.message(writer):
            tear(writer)
            raise ValueError
    except ValueError:
        pass
    with shim.message(writer):
        assert shim.state(writer) is shim.State.NONE
    assert (shim.may_begin(writer), shim.is_poisoned(writer)) == (True, False)


def test_without_the_guard_nothing_happens(tmp_path):
    run_body(tmp_path, without_the_guard, {}, guarded=False).check()


@guarded(FRAMING="explicit")
def test_another_threads_write_is_waited_for_through_signals():
    """Each signal ends the wait with EINTR."""
    shim = module()
    writer, peer = pair()
    signals = []
    signal.signal(signal.SIGALRM, lambda *_: signals.append(1))
    thread = threading.Thread(target=lambda: put(writer, bytes(1 << 20)))
    thread.start()
    while shim.state(writer) is not shim.State.INSIDE:
        pass
    reader = threading.Thread(target=lambda: read_after(signals, peer, (1 << 20) + 2))
    reader.start()
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    with shim.message(writer):
        signal.setitimer(signal.ITIMER_REAL, 0)
        put(writer, b"ab")
    reader.join()
    thread.join()


def read_after(signals, peer, length):
    while len(signals) < 3:
        time.sleep(0.001)
    while length:
        length -= len(peer.recv(length))


class Server:
    """Accepts connections; reads the first one only when told."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.connections = []

    def connect(self):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        client.connect(self.listener.getsockname())
        client.settimeout(0.05)
        self.connections.append(self.listener.accept()[0])
        return client


def use(pool, message):
    """False if that timed out in the middle, as a real sendall() does."""
    try:
        with pool.connection() as sock:
            sock.sendall(message)
    except TimeoutError:
        return False
    return True


def cut_and_go_on(expected):
    server = Server()
    pool = module("pool").Pool(server.connect)
    assert use(pool, b"first")
    assert not use(pool, b"A" * (8 << 20))
    assert use(pool, b"second") is expected
    return server.connections


@guarded()
def test_the_pool_connects_again_after_a_cut_message():
    torn, fresh = cut_and_go_on(True)
    assert fresh.recv(100) == b"second"
    got = drain(torn)
    assert got[:6] == b"firstA" and b"second" not in got
    assert not events("poisoned"), "nobody was refused anything"


def hand_out_torn():
    """The very same pool without the guard: what is torn is handed out, and written to once there is room."""
    server = Server()
    pool = module("pool").Pool(server.connect)
    assert use(pool, b"first")
    assert not use(pool, b"A" * (8 << 20))
    drain(server.connections[0])
    assert use(pool, b"second")
    assert len(server.connections) == 1


def test_without_the_guard_the_pool_hands_out_what_is_torn(tmp_path):
    run_body(tmp_path, hand_out_torn, {}, guarded=False).check()


@guarded(FRAMING="explicit")
def test_the_pool_connects_again_after_a_message_that_was_given_up():
    shim = module()
    server = Server()
    pool = module("pool").Pool(server.connect)
    try:
        with pool.connection() as sock, shim.message(sock):
            sock.sendall(b"half")
            raise ValueError
    except ValueError:
        pass
    assert use(pool, b"second")
    assert [drain(connection) for connection in server.connections] == [b"half", b"second"]


def echo(listener, lines):
    connection = listener.accept()[0]
    with connection.makefile("rwb") as stream:
        for line in stream:
            lines.append(line)
            stream.write(line.upper())
            stream.flush()


def test_the_example_sends_lines_and_prints_the_answers(tmp_path):
    from .process import LIBRARY, PATIENCE, bare_environment
    lines, log = [], tmp_path / "log"
    listener = socket.create_server(("127.0.0.1", 0))
    server = threading.Thread(target=echo, args=(listener, lines))
    server.start()
    environment = bare_environment() | {"PYTHONPATH": str(SHIM / "python"), "LD_PRELOAD": str(LIBRARY),
                                        "POISONSHIM_LOG": f"{log},json,debug"}
    done = subprocess.run([machine.PYTHON, SHIM / "examples/pool.py", *map(str, listener.getsockname())],
                          input=b"one\ntwo\n", env=environment, capture_output=True, timeout=PATIENCE, check=True)
    server.join()
    assert (done.stdout, done.stderr) == (b"ONE\nTWO\n", b"")
    assert lines == [b"one\n", b"two\n"]
    assert '"framing":"explicit"' in log.read_text().replace(" ", "")


@guarded()
def test_the_pool_keeps_a_clean_connection():
    server = Server()
    pool = module("pool").Pool(server.connect)
    for _ in range(3):
        assert use(pool, b"x")
    assert len(server.connections) == 1
