"""packets.py HOST PORT FILE: sends a file as messages, each behind its length in four bytes.

Every third message goes out as one buffer, as a header and a body in two calls, or through sendmsg().
"""

import socket
import sys

host, port, path = sys.argv[1:]


def joined(sock, header, body):
    sock.sendall(header + body)


def separate(sock, header, body):
    sock.sendall(header)
    sock.sendall(body)


def gathered(sock, header, body):
    sent = sock.sendmsg([header, body])
    sock.sendall((header + body)[sent:])


with open(path, "rb") as file, socket.create_connection((host, int(port))) as sock:
    sock.settimeout(60)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    number = 0
    while body := file.read(7 + number * 5_003):
        way = (joined, separate, gathered)[number % 3]
        way(sock, len(body).to_bytes(4, "big"), body)
        number += 1
print("sent", number)
