"""Programs in other languages that speak a protocol to a port of 127.0.0.1, their first argument."""

import os
import pathlib
import socket
import subprocess

DIRECTORY = pathlib.Path(__file__).parent
SECONDS = 30
DEBIAN = {"NODE_PATH": "/usr/share/nodejs"}  # where a node that is not Debian's does not look


def received(connection):
    pieces = []
    while piece := connection.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


def written_by(interpreter, program, arguments=(), answer=b""):
    """All that the program sends to a peer that sends `answer` and then listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        command = [interpreter, DIRECTORY / program, str(listener.getsockname()[1]), *arguments]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, env={**DEBIAN, **os.environ}) as process:
            try:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(SECONDS)
                    connection.sendall(answer)
                    data = received(connection)
                assert process.wait(SECONDS) == 0, f"{command} failed"
            finally:
                process.kill()
    return data


def built(source, *options):
    """A program of this directory in C or C++, compiled."""
    build = pathlib.Path(os.environ.get("SHIM_BUILD", DIRECTORY.parents[2] / "build")) / "samples"
    program = build / pathlib.Path(source).stem
    build.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cc", "-O1", "-o", program, DIRECTORY / source, *options], check=True, timeout=SECONDS)
    return program
