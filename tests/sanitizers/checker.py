"""What watches the guarded programs while the tests of threads and signals play them.

SHIM_CHECKER names it; without one nothing here does anything. `thread` and `address` are builds with that sanitizer
(build.mk), and the scenes bring the guard along. `memcheck` is valgrind's, on the ordinary build, preloaded. Any
report, in a child too, fails the test. (Valgrind's helgrind and drd know no atomics: they report every stream that
changes its owner.)"""

import os
from pathlib import Path

from .impossible import reason

HERE = Path(__file__).parent
NAME = os.environ.get("SHIM_CHECKER", "")
STATUS = 66

# io_sync=0: what one thread writes and another reads orders nothing that the guard does in them.
# detect_stack_use_after_return=0: it would move the marks of calls (thread.h) from the stack to the heap.
COMMON = "exitcode={status}:log_path={report}"
OPTIONS = {
    "thread": {"TSAN_OPTIONS": COMMON + ":halt_on_error=1:io_sync=0:suppressions={here}/thread.supp"},
    "address": {"ASAN_OPTIONS": COMMON + ":detect_leaks=0:detect_stack_use_after_return=0",
                "UBSAN_OPTIONS": COMMON + ":print_stacktrace=1"},
}
COMMANDS = {
    "memcheck": ["valgrind", "-q", "--error-exitcode={status}", "--log-file={report}.%p", "--leak-check=no",
                 "--suppressions={here}/memcheck.supp"],
}


def fill(text, directory):
    return text.format(status=STATUS, report=directory / "report", here=HERE)


def variables(directory):
    return {name: fill(text, directory) for name, text in OPTIONS.get(NAME, {}).items()}


def command(directory):
    """What comes before the program and its arguments."""
    return [fill(word, directory) for word in COMMANDS.get(NAME, [])]


def brings_the_guard(program, programs):
    return NAME in OPTIONS and Path(program).parent == programs


def skip_impossible(program, arguments):
    found = reason(NAME, program, arguments)
    if found:
        import pytest  # not worth its start in the bodies of tests
        pytest.skip(found)


def is_noise(line):
    """What valgrind says of the system call by which the guard asks whether memory can be read."""
    return line.startswith("--") and line.endswith("-- sigprocmask: unknown 'how' field -1")


def check(directory):
    for report in sorted(directory.glob("report.*")):
        lines = report.read_text(encoding="utf-8", errors="replace").splitlines()
        said = [line for line in lines if line and not is_noise(line)]
        assert not said, "\n".join(said)
