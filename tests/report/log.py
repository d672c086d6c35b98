"""Writes log lines with the shim's own code, in children of this process."""

import ctypes
import os
import pathlib
import pickle
import select
import signal

BUILD = pathlib.Path(os.environ.get("SHIM_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
LIBRARY = ctypes.CDLL(str(BUILD / "libreport_test.so"), use_errno=True)
LIBRARY.report_wants.restype = ctypes.c_bool

EVENTS = ["torn", "resumed", "poisoned", "refused", "closed", "desync", "off", "ended"]
CUTS = [None, "signal", "timeout", "timeout-or-signal", "would-block", "cancelled", "jumped-over", "error", "pause"]
VERDICTS = [None, "not-the-rest", "no-return", "strict", "deadline", "desync", "abandoned", "nested",
            "not-ended", "not-sent", "given-up"]
LEVELS = ["off", "error", "warn", "info", "debug"]
SINKS = ["stderr", "syslog", "file"]


class Report(ctypes.Structure):
    _fields_ = [("event", ctypes.c_int), ("fd", ctypes.c_int), ("framing", ctypes.c_char_p), ("message", ctypes.c_uint64),
                ("sent", ctypes.c_uint64), ("length", ctypes.c_uint64), ("sent_unknown", ctypes.c_bool),
                ("cut", ctypes.c_int), ("cut_errno", ctypes.c_int), ("ago_ns", ctypes.c_uint64),
                ("verdict", ctypes.c_int), ("audit", ctypes.c_bool), ("has_offered", ctypes.c_bool),
                ("offered", ctypes.c_uint64), ("refused", ctypes.c_uint64), ("bytes", ctypes.c_char_p),
                ("bytes_length", ctypes.c_uint32), ("reason", ctypes.c_char_p)]


class LogConfig(ctypes.Structure):
    _fields_ = [("sink", ctypes.c_int), ("json", ctypes.c_bool), ("level", ctypes.c_int), ("path", ctypes.c_char * 4096)]


class Line(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char_p), ("size", ctypes.c_size_t), ("length", ctypes.c_size_t), ("full", ctypes.c_bool)]


SIZES = list((ctypes.c_size_t * 3).in_dll(LIBRARY, "driver_sizes"))
assert SIZES == [ctypes.sizeof(Report), ctypes.sizeof(LogConfig), ctypes.sizeof(Line)], "layouts in log.py"


def built(function, *arguments, size=4096):
    """What a function of line.h adds to a line."""
    buffer = ctypes.create_string_buffer(size)
    line = Line(ctypes.cast(buffer, ctypes.c_char_p), size, 0, False)
    getattr(LIBRARY, function)(ctypes.byref(line), *arguments)
    return buffer.raw[:line.length]



def report(event, **fields):
    """Writes the line of one event."""
    fields["event"] = EVENTS.index(event)
    fields["cut"] = CUTS.index(fields.get("cut"))
    fields["verdict"] = VERDICTS.index(fields.get("verdict"))
    if "bytes" in fields:
        fields["bytes_length"] = len(fields["bytes"])
    if "offered" in fields:
        fields["has_offered"] = True
    LIBRARY.report_event(ctypes.byref(Report(**fields)))


def note(level, text):
    LIBRARY.report_note(LEVELS.index(level), text)


def start(sink="stderr", level="debug", json=False, path=b"", comm=b"python3"):
    """What the constructor does."""
    config = LogConfig(SINKS.index(sink), json, LEVELS.index(level), os.fsencode(path))
    LIBRARY.report_start(ctypes.byref(config), b"/usr/bin/" + comm)


def in_child(function):
    """Runs the function in a child of its own, because a process starts its log once; returns what it returns."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            with open(writer, "wb") as out:
                pickle.dump(run(function), out)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with open(reader, "rb") as answer:
        ready, _, _ = select.select([answer], [], [], 60)
        if not ready:
            os.kill(child, signal.SIGKILL)
        data = answer.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the child ended with wait status {status}"
    result = pickle.loads(data)
    if isinstance(result, BaseException):
        raise result
    return result


def run(function):
    try:
        return function()
    except BaseException as error:  # told to the parent, whoever it is
        return AssertionError(f"in the child: {error!r}")


def stderr_file():
    """Makes fd 2 a file in memory; returns another fd of it."""
    file = os.memfd_create("stderr")
    os.dup2(file, 2)
    return file


def contents(fd):
    return os.pread(fd, os.fstat(fd).st_size, 0)


def lines_of(function, **log):
    """The lines that the function writes to stderr, without their newlines."""
    def child():
        file = stderr_file()
        start(**log)
        function()
        return contents(file)

    written = in_child(child)
    assert written == b"" or written.endswith(b"\n")
    return written.decode().split("\n")[:-1]


def line_of(event, json=False, comm=b"python3", **fields):
    (line,) = lines_of(lambda: report(event, **fields), json=json, comm=comm)
    return line
