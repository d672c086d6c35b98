"""HOST PORT FILE: a framed thrift transport times out inside a flush, and the program goes on with its next message."""

import sys

from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TFramedTransport, TTransportException

host, port, path = sys.argv[1:]


def flush(body):
    transport.write(body)
    transport.flush()


with open(path, "rb") as file:
    first = file.read()
sock = TSocket(host, int(port))
transport = TFramedTransport(sock)
transport.open()
sock.setTimeout(400)
try:
    flush(first)
except TTransportException:
    print("cut", flush=True)
sock.setTimeout(60_000)
try:
    flush(b"second")
    print("sent")
except TTransportException as error:
    if not isinstance(error.inner, BrokenPipeError):
        raise
    print("broken pipe")
transport.close()
