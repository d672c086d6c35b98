"""zmq_peer.py ask PORT FILE | answer | publish COUNT | listen PORT: peers over loopback TCP; those that bind print their port.

ask sends multipart messages of all sizes and FILE, and checks that answer sends them back."""

import sys

import zmq

BODIES = [[b""], [b"x"], [b"a" * 255], [b"b" * 256], [b"many"] * 30, [b"", b"", b"end"], [b"c" * 70_000, b"d" * 8193]]


def bound(kind):
    socket = zmq.Context.instance().socket(kind)
    print(socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
    return socket


def connected(kind, port):
    socket = zmq.Context.instance().socket(kind)
    socket.connect(f"tcp://127.0.0.1:{port}")
    return socket


def ask(port, path):
    socket = connected(zmq.REQ, port)
    with open(path, "rb") as file:
        bodies = [*BODIES, [b"file", file.read()], [b"quit"]]
    for body in bodies:
        socket.send_multipart(body)
        assert socket.recv_multipart() == body
    print(len(bodies), "answers")


def answer():
    socket = bound(zmq.REP)
    message = []
    while message != [b"quit"]:
        message = socket.recv_multipart()
        socket.send_multipart(message)


def publish(count):
    socket = bound(zmq.XPUB)
    topic = socket.recv()
    for number in range(int(count)):
        socket.send_multipart([topic[1:], b"%d" % number * number])
    socket.send_multipart([topic[1:], b"end"])
    socket.recv()


def listen(port):
    socket = connected(zmq.SUB, port)
    socket.subscribe(b"")
    body = b""
    while body != b"end":
        _, body = socket.recv_multipart()
        print(len(body))


command, *arguments = sys.argv[1:]
{"ask": ask, "answer": answer, "publish": publish, "listen": listen}[command](*arguments)
zmq.Context.instance().destroy()
