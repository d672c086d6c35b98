"""keep.py ASKED ANSWERED WORD...: runs a program, and keeps what it is told and what it says in two files."""

import os
import subprocess
import sys
import threading

asked, answered, *argv = sys.argv[1:]


def pump(source, sink, path):
    with open(path, "wb", buffering=0) as kept:
        while data := os.read(source, 65536):
            kept.write(data)
            while data:
                data = data[os.write(sink, data):]
    os.close(sink)


with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
    # Whoever tells it things may wait for its end before he closes.
    threading.Thread(target=pump, args=(0, program.stdin.fileno(), asked), daemon=True).start()
    pump(program.stdout.fileno(), 1, answered)
    os._exit(program.wait())
