"""Every odd argument that a program can hand to the hooked calls, on streams that are clean, inside a message and
torn. Prints what came back and what the peer got, and nothing that differs between two runs: run bare and guarded,
the output must be the same.

    LD_PRELOAD="[libpoisonshim.so] libfault.so" python3 -m matrix.bad_input GROUP"""

import signal
import sys

from .odd_arguments import big, pointers, shapes
from .odd_fds import high_fds, odd_fds, others
from .odd_stream import BIG_MESSAGE, MESSAGE, STATES, Connection, keep
from .stream import TcpTransport, UnixTransport

SECONDS = 60
ON_STREAMS = {"pointers": (pointers, MESSAGE), "shapes": (shapes, MESSAGE), "big": (big, BIG_MESSAGE),
              "others": (others, MESSAGE)}
BY_ITSELF = {"odd fds": odd_fds, "high fds": high_fds}
GROUPS = (*ON_STREAMS, *BY_ITSELF)


def on_streams(cases, message):
    for transport in (UnixTransport(), TcpTransport()):
        for state in STATES:
            for name, call in cases():
                connection = Connection(transport, state, message)
                result = call(connection)
                yield f"{transport.name} {state} {name}: {result}, {connection.end()}"
                keep.clear()


def main(group):
    signal.alarm(SECONDS)
    lines = on_streams(*ON_STREAMS[group]) if group in ON_STREAMS else BY_ITSELF[group]()
    for line in lines:
        print(line)


if __name__ == "__main__":
    main(sys.argv[1])
