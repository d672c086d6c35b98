"""A careless client: sends 1 MB messages with a 5 ms timeout, catches the timeout, goes on using the socket.

usage: client.py PORT. Says on stdout what happened to it, one event a line. Knows nothing of poisonshim.
"""

import socket
import sys

from messages import ANSWER, COMMAND, framed, snapshot

IMPATIENT = 0.005  # seconds: the timeout that cuts
PATIENT = 20  # seconds: only so that nothing here waits for ever
BUFFER = 196608  # bytes; Linux doubles it: well under a message, so a peer that does not read cuts one in the middle


def say(*event):
    print(*event, flush=True)


class Client:
    def __init__(self, port):
        self.port = port
        self.connect()

    def connect(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        self.socket.settimeout(PATIENT)
        self.socket.connect(("127.0.0.1", self.port))

    def send(self, body, timeout):
        self.socket.settimeout(timeout)
        self.socket.sendall(framed(body))
        self.socket.settimeout(PATIENT)

    def answered(self):
        return self.socket.recv(1) == ANSWER

    def send_or_reconnect(self, what, body):
        """What a program does about a broken pipe: close, connect, send again."""
        try:
            self.send(body, PATIENT)
        except BrokenPipeError as error:
            say("broken", f"{what}: {error.strerror}")
            self.socket.close()
            self.connect()
            say("again", "closed, reconnected")
            self.send(body, PATIENT)
        say("sent", f"{what}: sent")

    def until_timeout(self):
        """Sends snapshots and waits for each answer, until one takes too long; returns its number."""
        number = 1
        while True:
            try:
                self.send(snapshot(number), IMPATIENT)
            except socket.timeout:
                say("timeout", f"message {number}: timed out")
                return number
            say("sent", f"message {number}: sent")
            self.answered()
            number += 1

    def rest(self):
        """Ends the conversation and returns how many more answers came."""
        self.socket.shutdown(socket.SHUT_WR)
        count = 0
        while self.answered():
            count += 1
        return count


def main():
    client = Client(int(sys.argv[1]))
    last = client.until_timeout()
    client.send_or_reconnect(f"'{COMMAND.decode()}'", COMMAND)
    client.send_or_reconnect(f"message {last + 1}", snapshot(last + 1))
    if client.answered():
        say("answer", f"'{COMMAND.decode()}' was answered: ok")
    if not client.rest():
        say("silence", f"message {last + 1} was never answered")


main()
