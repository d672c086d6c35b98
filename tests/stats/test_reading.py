"""poisonstat beside others that read, and beside a process that is just counting."""

import fcntl
import os
import struct
import subprocess
from pathlib import Path

from .counting import PATIENCE, POISONSTAT, Program, run

FOLDS_BEGUN, FOLDS_DONE, MESSAGES = 120, 128, 912 + 80 + 2 * 8


class Reader:
    """poisonstat --json, on its way."""

    def __init__(self, stats):
        self.process = subprocess.Popen([POISONSTAT, "--json", stats], stdout=subprocess.PIPE, text=True)

    def waits(self):
        """True once it sleeps, False if it has ended."""
        while self.process.poll() is None:
            if "nanosleep" in Path(f"/proc/{self.process.pid}/wchan").read_text(encoding="ascii"):
                return True
        return False

    def output(self):
        return self.process.communicate(timeout=PATIENCE)[0]


def test_it_reads_nothing_while_another_one_reads(stats):
    lock = os.open(stats, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    reader = Reader(stats)
    assert reader.waits()
    run(stats, "a, b = socket.socketpair()\na.send(b'x')\n")
    os.close(lock)
    assert '"sum":{"streams":1,' in reader.output()


def test_it_reads_again_what_was_just_being_added_up(stats):
    with Program(stats, "a, b = socket.socketpair()\na.send(b'x')\ntell()\n") as program:
        program.told()
        (path,) = stats.iterdir()
        with open(path, "r+b", buffering=0) as file:
            for turn in range(1, 50):
                os.pwrite(file.fileno(), struct.pack("Q", turn), FOLDS_BEGUN)
                reader = Reader(stats)
                waits = reader.waits()
                os.pwrite(file.fileno(), struct.pack("Q", 1000 * turn), MESSAGES)
                os.pwrite(file.fileno(), struct.pack("Q", turn), FOLDS_DONE)
                if f'"messages":{1000 * turn + 1},' in reader.output() and waits:
                    return
    assert not "it ever waited until the numbers belonged together"
