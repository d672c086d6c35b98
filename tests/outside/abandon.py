"""Cuts a message and sends another one; prints what came of it."""

import socket

writer, peer = socket.socketpair()
writer.setblocking(False)
writer.send(bytes(1 << 20))
try:
    writer.send(b"another message")
except BlockingIOError:
    print("unguarded")
except BrokenPipeError:
    print("EPIPE")
