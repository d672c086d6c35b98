"""Cuts a message, then writes others; prints the fd, the peer and how much was sent. probes.bats"""

import socket

listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
peer = listener.accept()[0]
client.setblocking(False)
sent = client.send((8 * 1024 * 1024 - 4).to_bytes(4, "big") + bytes(8 * 1024 * 1024 - 4))
for _ in range(4):
    try:
        client.send(b"another")
        raise SystemExit("was not refused")
    except BrokenPipeError:
        pass
host, port = listener.getsockname()
print("program", client.fileno(), f"{host}:{port}", sent, flush=True)
for sock in (client, peer, listener):  # Python asks what is left open for its name
    sock.close()
