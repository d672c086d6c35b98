"""sendall.py MODE HOST PORT FILE: sends a file with one sendall().

blocking  the socket blocks
timeout   the socket has a timeout, under which Python makes it non-blocking and polls
signals   the socket blocks, and a handler that does nothing runs every two milliseconds
"""

import signal
import socket
import sys

mode, host, port, path = sys.argv[1:]

with open(path, "rb") as file:
    data = file.read()
if mode == "signals":
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
with socket.create_connection((host, int(port))) as sock:
    sock.settimeout(60 if mode == "timeout" else None)
    sock.sendall(data)
signal.setitimer(signal.ITIMER_REAL, 0)
print("sent")
