"""Sends messages of 5 bytes, as many as it is told to, says so, and lives until its input ends."""

import socket
import sys

writer, reader = socket.socketpair()
for _ in range(int(sys.argv[1])):
    writer.send(b"12345")
print("sent", flush=True)
sys.stdin.read()
