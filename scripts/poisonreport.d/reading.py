"""Lines of logs: plain, gzip, the standard input; with the progress on a terminal."""

import gzip
import os
import sys
import time
import zlib

from events import sort

LINE_MOST = 1 << 16  # bytes of a line that are looked at; the library writes at most 1024
GZIP = b"\x1f\x8b"
BETWEEN = 0.2  # seconds between two lines of progress
OFTEN = 4096  # lines between two looks at the clock


class Unreadable(Exception):
    """Its text says which file, and why."""


class Tally:
    """How many lines of a kind there are, and where the first is."""

    def __init__(self):
        self.count = 0
        self.first = None

    def add(self, name, line):
        self.first = self.first or (name, line)
        self.count += 1


class Progress:
    """On a terminal's standard error only."""

    def __init__(self, stream=sys.stderr):
        self.stream = stream if stream.isatty() else None
        self.next = time.monotonic() + BETWEEN

    def show(self, name, raw, size):
        if not self.stream or time.monotonic() < self.next:
            return
        self.next = time.monotonic() + BETWEEN
        done = raw.tell() if raw.seekable() else None
        share = f" {min(100, 100 * done // size)} %" if done is not None and size else ""
        self.stream.write(f"\r\x1b[Kpoisonreport: {name}{share}")
        self.stream.flush()

    def end(self):
        if self.stream:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def opened(name):
    if name == "-":
        return sys.stdin.buffer
    try:
        return open(name, "rb")
    except OSError as error:
        raise Unreadable(f"{name}: {error.strerror}") from None


def unpacked(raw):
    return gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == GZIP else raw


def rest_of_line(stream):
    while stream.readline(LINE_MOST)[-1:] not in (b"\n", b""):
        pass


def lines(name, raw, progress):
    """Pairs of a line's number and its bytes, at most LINE_MOST of them."""
    size = os.fstat(raw.fileno()).st_size
    stream = unpacked(raw)
    at = 0
    while line := stream.readline(LINE_MOST):
        at += 1
        if len(line) == LINE_MOST and line[-1:] != b"\n":
            rest_of_line(stream)
        if at % OFTEN == 0:
            progress.show(name, raw, size)
        yield at, line


class Log:
    """One file: hands out its events and keeps count of the rest."""

    def __init__(self, name):
        self.name = "standard input" if name == "-" else name
        self.path = name
        self.tallies = {kind: Tally() for kind in ("event", "note", "torn", "text", "foreign")}
        self.lines = 0
        self.trouble = None

    def read(self, progress):
        """Pairs of "event" or "note" and the object. What goes wrong half-way is kept in `trouble`."""
        raw = opened(self.path)
        try:
            for self.lines, line in lines(self.name, raw, progress):
                for kind, found in sort(line):
                    self.tallies[kind].add(self.name, self.lines)
                    if found:
                        yield kind, found
        except (OSError, EOFError, zlib.error) as error:
            self.trouble = f"{self.name}: {getattr(error, 'strerror', None) or error}, after line {self.lines}"
        finally:
            if raw is not sys.stdin.buffer:
                raw.close()

    def is_text(self):
        """Nothing but lines of text: the log was not written as JSON."""
        return self.tallies["text"].count > 0 and not self.tallies["event"].count and not self.tallies["note"].count
