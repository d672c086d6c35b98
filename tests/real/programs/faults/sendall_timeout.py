"""HOST PORT FILE: socket.sendall() under settimeout() is cut, and the program goes on with its next message."""

import socket
import sys

host, port, path = sys.argv[1:]


def frame(body):
    return len(body).to_bytes(4, "big") + body


with open(path, "rb") as file:
    first = frame(file.read())
with socket.create_connection((host, int(port))) as sock:
    sock.settimeout(0.4)
    try:
        sock.sendall(first)
    except TimeoutError:
        print("cut", flush=True)
    sock.settimeout(60)
    try:
        sock.sendall(frame(b"second"))
        print("sent")
    except BrokenPipeError:
        print("broken pipe")
