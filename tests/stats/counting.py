"""Guarded Python programs that keep statistics, and what poisonstat says of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

from guard import process

POISONSTAT = Path(os.environ.get("SHIM_BUILD", process.REPOSITORY / "build")).resolve() / "poisonstat"
PATIENCE = 60

# What every program begins with. A program may tell() and then waits until it is answered.
PRELUDE = """
import os, socket, sys
def tell(text=""):
    print(text, flush=True)
    sys.stdin.readline()
def cut():
    writer, peer = socket.socketpair()
    writer.setblocking(False)
    return writer, peer, writer.send(bytes(1 << 20))
"""


def poisonstat(directory, *options):
    done = subprocess.run([POISONSTAT, *options, directory], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done


def shown(directory, messages=""):
    """What poisonstat shows, as a dictionary; it has this to complain of."""
    done = poisonstat(directory, "--json")
    assert done.stderr == messages
    return json.loads(done.stdout)


def total(directory):
    """The sums of what is not 0."""
    return {name: count for name, count in shown(directory)["sum"].items() if count}


def counters(rows):
    """Framing -> counters that are not 0, of rows that are one for each framing."""
    return {row["framing"]: {name: count for name, count in row.items() if isinstance(count, int) and count
                             and name not in ("pid", "audit")} for row in rows}


def environment(stats, log, **variables):
    return process.bare_environment() | {
        "LD_PRELOAD": str(process.LIBRARY), "POISONSHIM_STATS": str(stats), "POISONSHIM_LOG": f"{log},json,warn",
        **{f"POISONSHIM_{name}": value for name, value in variables.items()}}


class Program:
    """A guarded Python program that counts in `stats`."""

    def __init__(self, stats, source, *arguments, **variables):
        self.log = Path(stats).parent / "poisonshim.log"
        variables.setdefault("FRAMING", "call")
        self.process = subprocess.Popen(
            [sys.executable, "-ISc", PRELUDE + source, *map(str, arguments)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, cwd=Path(stats).parent,
            env=environment(stats, self.log, **variables))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()

    def told(self):
        """The next line that it tells."""
        line = self.process.stdout.readline()
        assert line, "the program has ended"
        return line.rstrip("\n")

    def answer(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self):
        out, _ = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, self.lines()
        return out

    def lines(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


def run(stats, source, *arguments, **variables):
    """Runs it to its end; returns what it printed."""
    with Program(stats, source, *arguments, **variables) as program:
        return program.end()
