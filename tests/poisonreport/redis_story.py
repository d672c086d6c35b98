"""redis_story.py DIRECTORY VARIABLE=VALUE...: the client of scripts/demo-redis with these variables, and its server.

A process of its own, because the modules of the demonstration have names of ours.
"""

import os
import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "scripts/demo.d"
sys.path.insert(0, str(DEMO))

from redis_server import SOCKET, RedisServer  # noqa: E402

SIZE = 8 << 20  # bytes of each value


def tell(client, server):
    """The client says where it is; the server is stopped while the alarm runs."""
    for line in client.stdout:
        kind = line.split()[0]
        if kind == b"connected":
            server.stop()
        elif kind == b"alarm":
            server.go_on()
        if kind in (b"connected", b"alarm"):
            client.stdin.write(b"\n")


def main():
    directory, *variables = sys.argv[1:]
    environment = os.environ | dict(variable.split("=", 1) for variable in variables)
    command = ["perl", DEMO / "redis_client.pl", SOCKET, str(SIZE)]
    with RedisServer(directory) as server, subprocess.Popen(
            command, cwd=directory, env=environment, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        tell(client, server)


main()
