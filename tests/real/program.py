"""A real program under test: started, watched, ended by its own id."""

import os
import signal
import subprocess
from pathlib import Path

from .waiting import PATIENCE, wait_until

PROGRAMS = Path(__file__).parent / "programs"


class Program:
    """Runs in a session of its own, with output and errors in files, so that nobody has to read along."""

    def __init__(self, argv, environment, directory, stdin=None, user=None):
        self.argv = [str(word) for word in argv]
        self.directory = directory
        self.output_path = directory / "output"
        self.errors_path = directory / "errors"
        with open(self.output_path, "wb") as output, open(self.errors_path, "wb") as errors:
            self.popen = subprocess.Popen(
                self.argv, env=environment, stdin=stdin or subprocess.DEVNULL, stdout=output, stderr=errors,
                cwd=directory, start_new_session=True, user=user)

    def output(self):
        return self.output_path.read_text()

    def errors(self):
        return self.errors_path.read_text()

    def line(self, number=0):
        """Waits for a line of the program's output."""
        def look():
            lines = self.output().splitlines(keepends=True)
            if len(lines) > number and lines[number].endswith("\n"):
                return lines[number].rstrip("\n") or " "
            assert self.popen.poll() is None or len(lines) > number, f"{self.argv} ended: {self.errors()}"
            return None
        return wait_until(look, f"line {number} of {self.argv}")

    def processes(self):
        """The program and its children, grandchildren, ..."""
        found = [self.popen.pid]
        for process in found:
            for task in Path(f"/proc/{process}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def asleep(self):
        """True if no thread of the program is running."""
        try:
            return all((task / "stat").read_text().rsplit(")", 1)[1].split()[0] in "SZX"
                       for process in self.processes() for task in Path(f"/proc/{process}/task").iterdir())
        except (FileNotFoundError, ProcessLookupError):
            return False

    def finish(self):
        """Waits for the end and returns the exit status."""
        return self.popen.wait(PATIENCE)

    def stop(self, number=signal.SIGTERM):
        self.popen.send_signal(number)
        return self.finish()

    def clear_away(self):
        """For a test that failed half way: ends whatever is left of this program's own session."""
        if self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    def assert_ended_well(self, status=0):
        assert (self.finish(), self.errors()) == (status, "")
