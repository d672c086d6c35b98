"""HOST PORT FILE: a client that empties its frame buffer only after a flush that worked, as thrift clients do: after a
timeout the next message goes out behind the whole old one, from byte 0."""

import socket
import sys

host, port, path = sys.argv[1:]


class Transport:
    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""

    def write(self, body):
        self.buffer += len(body).to_bytes(4, "big") + body

    def flush(self):
        self.sock.sendall(self.buffer)
        self.buffer = b""


with open(path, "rb") as file:
    first = file.read()
with socket.create_connection((host, int(port))) as sock:
    transport = Transport(sock)
    transport.write(first)
    sock.settimeout(0.4)
    try:
        transport.flush()
    except TimeoutError:
        print("cut", flush=True)
    sock.settimeout(60)
    transport.write(b"second")
    try:
        transport.flush()
        print("sent")
    except BrokenPipeError:
        print("broken pipe")
