"""HOST PORT FILE: loop.sock_sendall() is cancelled by wait_for(), and the program goes on with its next message."""

import asyncio
import socket
import sys


def frame(body):
    return len(body).to_bytes(4, "big") + body


async def main(host, port, path):
    loop = asyncio.get_running_loop()
    with open(path, "rb") as file:
        first = frame(file.read())
    with socket.create_connection((host, int(port))) as sock:
        sock.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_sendall(sock, first), 0.1)
        except TimeoutError:
            print("cut", flush=True)
        try:
            await loop.sock_sendall(sock, frame(b"second"))
            print("sent")
        except BrokenPipeError:
            print("broken pipe")


asyncio.run(main(*sys.argv[1:]))
