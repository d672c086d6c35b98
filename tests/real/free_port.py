"""For servers that cannot bind port 0 and tell: a port that is free, and another one if somebody was faster."""

import socket

from .waiting import PATIENCE, wait_until

ATTEMPTS = 5


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def listens(port):
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def start_on_free_port(launch, is_ready, patience=PATIENCE):
    """launch(port) starts a program, is_ready(program) says that it listens. Returns the program and its address."""
    for _ in range(ATTEMPTS):
        port = free_port()
        program = launch(port)
        wait_until(lambda started=program: is_ready(started) or started.popen.poll() is not None,
                   f"{program.argv} listens or gives up", patience)
        if program.popen.poll() is None:
            return program, ("127.0.0.1", port)
    raise AssertionError(f"{program.argv}: {program.errors()}{program.output()}")
