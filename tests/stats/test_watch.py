"""The table on a terminal: within its window, refreshed, and the terminal as it was when it ends."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

import pytest

from .counting import PATIENCE, POISONSTAT, Program

HOME, ENTER, LEAVE = "\x1b[H", "\x1b[?1049h", "\x1b[?25h\x1b[?1049l"


class Terminal:
    """poisonstat --watch on a terminal of that size."""

    def __init__(self, stats, rows=24, columns=80, seconds=1):
        self.ours, theirs = pty.openpty()
        self.resize(rows, columns)
        self.settings = termios.tcgetattr(theirs)
        self.seen = ""
        self.process = subprocess.Popen([POISONSTAT, f"--watch={seconds}", stats], stdin=theirs, stdout=theirs, stderr=theirs,
                                        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0), start_new_session=True)
        self.theirs = theirs

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self.ours)
        os.close(self.theirs)

    def resize(self, rows, columns):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def read_until(self, condition):
        while not condition():
            assert select.select([self.ours], [], [], PATIENCE)[0], self.seen
            self.seen += os.read(self.ours, 1 << 16).decode()

    def screens(self):
        """Those that are whole."""
        return [re.sub("\x1b\\[K", "", screen.partition("\x1b[J")[0]).split("\r\n")
                for screen in self.seen.split(HOME)[1:] if "\x1b[J" in screen]

    def screen(self, condition=lambda text: True):
        """The next screen like that, as lines."""
        have = len(self.screens())
        self.read_until(lambda: any(condition("\n".join(screen)) for screen in self.screens()[have:]))
        return next(screen for screen in self.screens()[have:] if condition("\n".join(screen)))

    def press(self, key):
        os.write(self.ours, key)

    def end(self):
        """The exit status; the terminal must be as it was."""
        self.read_until(lambda: LEAVE in self.seen)
        status = self.process.wait(PATIENCE)
        assert self.seen.startswith(ENTER) and self.seen.endswith(LEAVE)
        assert termios.tcgetattr(self.theirs) == self.settings
        return status


def test_the_table_follows_what_processes_do(stats):
    with Program(stats, "a, b = socket.socketpair()\na.send(b'x' * 123)\ntell()\na.send(b'x' * 400)\ntell()\n") as program, \
            Terminal(stats) as terminal:
        program.told()
        terminal.screen(lambda text: re.search(r"^sum +1 +1 +123 ", text, re.MULTILINE))
        program.answer()
        terminal.screen(lambda text: re.search(r"^sum +1 +2 +523 ", text, re.MULTILINE))
        terminal.press(b"q")
        assert terminal.end() == 0


@pytest.mark.parametrize("rows, columns", [(24, 80), (5, 80), (24, 40), (60, 200), (1, 1)])
def test_nothing_is_wider_or_higher_than_the_window(stats, rows, columns):
    source = "pairs = [socket.socketpair() for _ in range(3)]\nfor a, b in pairs: a.send(bytes(1 << 16))\n" + \
        "for i in range(20):\n    w, p, sent = cut()\n    w.close()\ntell()\n"
    with Program(stats, source, LOG="off") as program, Terminal(stats, rows, columns) as terminal:
        program.told()
        terminal.screen()
        screen = terminal.screen()
        assert len(screen) <= rows and all(len(line) <= columns for line in screen)
        if rows < 20:
            assert screen[-1] == "..."[:columns]
        terminal.press(b"q")
        assert terminal.end() == 0


def test_eighty_columns_hold_the_whole_table(stats):
    with Program(stats, "for i in range(12):\n    w, p, sent = cut()\n    w.close()\ntell()\n", LOG="off") as program:
        program.told()
        with Terminal(stats) as terminal:
            screen = terminal.screen(lambda text: "python3" in text)
        heading = next(line for line in screen if line.startswith("program"))
        assert heading.split() == ["program", "pid", "strms", "msgs", "bytes", "torn", "resmd", "poisd", "refsd", "closd",
                                   "desyn", "off"]
        assert len(heading) <= 80
        row = next(line for line in screen if line.startswith("python3"))
        assert row.split()[1:6] == [str(program.process.pid), "12", "0", row.split()[4], "12"]
        assert re.fullmatch(r"\d\.\d\dM", row.split()[4])


def test_another_size_of_the_window_counts_at_once(stats):
    with Terminal(stats, seconds=3600) as terminal:
        assert terminal.screen()[2].split()[2] == "strms"
        terminal.resize(24, 200)
        assert terminal.screen()[2].split()[2] == "streams"
        terminal.press(b"q")
        assert terminal.end() == 0


@pytest.mark.parametrize("end, status", [
    (lambda terminal: terminal.press(b"\x03"), 0),
    (lambda terminal: terminal.press(b"Q"), 0),
    (lambda terminal: terminal.process.send_signal(signal.SIGTERM), -signal.SIGTERM),
    (lambda terminal: terminal.process.send_signal(signal.SIGHUP), -signal.SIGHUP),
], ids=["Ctrl-C", "Q", "SIGTERM", "SIGHUP"])
def test_the_terminal_is_restored_however_it_ends(stats, end, status):
    with Terminal(stats, seconds=3600) as terminal:
        terminal.screen()
        end(terminal)
        assert terminal.end() == status


def test_another_key_changes_nothing(stats):
    with Terminal(stats, seconds=3600) as terminal:
        terminal.screen()
        terminal.press(b"x")
        terminal.screen()
        terminal.press(b"q")
        assert terminal.end() == 0


def test_a_directory_that_goes_away_ends_it_with_a_message(stats):
    with Terminal(stats, seconds=3600) as terminal:
        terminal.screen()
        stats.rmdir()
        terminal.press(b"x")
        terminal.read_until(lambda: "No such file or directory" in terminal.seen)
        assert terminal.process.wait(PATIENCE) == 2
        assert terminal.seen.index(LEAVE) < terminal.seen.index("No such file")


def test_a_hostile_name_cannot_reach_the_terminal(stats):
    with Program(stats, "a, b = socket.socketpair()\na.send(b'x')\ntell()\n") as program, Terminal(stats) as terminal:
        program.told()
        (path,) = stats.iterdir()
        data = bytearray(path.read_bytes())
        data[56:64] = b"\x1b[31mxx\n"
        with open(path, "r+b") as file:
            file.write(data)
        screen = terminal.screen(lambda text: "x1b" in text)
        assert any(line.startswith(r"\x1b[31mxx") for line in screen)
