"""Where lines go, and where they never go."""

import ctypes
import errno
import fcntl
import os
import re
import resource
import select
import signal
import socket
import stat

import pytest

from .log import EVENTS, LEVELS, LIBRARY, contents, in_child, lines_of, note, report, start, stderr_file

LINE = b"] python3: torn: an fd that is closed by now: 0 bytes sent, length not known; the program may still send the rest\n"


def torn():
    report("torn", fd=-1)


def is_one_line(data):
    return data.endswith(LINE) and data.count(b"\n") == 1


# Levels

FIRST_LEVEL = {"torn": "debug", "resumed": "debug", "poisoned": "error", "refused": "error", "closed": "warn",
               "desync": "warn", "off": "warn", "ended": "debug"}


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_includes_the_ones_before_it(level):
    wanted = [event for event in EVENTS if LEVELS.index(FIRST_LEVEL[event]) <= LEVELS.index(level)]

    def child():
        file = stderr_file()
        start(level=level)
        for event in EVENTS:
            report(event, fd=-1)
        for known in LEVELS[1:]:
            note(known, b"note " + known.encode())
        wants = [event for number, event in enumerate(EVENTS) if LIBRARY.report_wants(number)]
        return wants, contents(file).decode().splitlines()

    wants, lines = in_child(child)
    assert wants == wanted
    assert [line.split(": ")[1] for line in lines] == wanted + [
        f"note {known}" for known in LEVELS[1:LEVELS.index(level) + 1]]


def test_nothing_is_written_before_the_start():
    def child():
        file = stderr_file()
        torn()
        note("error", b"x")
        return contents(file)

    assert in_child(child) == b""


def test_level_off_opens_nothing(tmp_path):
    def child():
        start(level="off", sink="file", path=tmp_path / "log")
        report("poisoned", fd=-1)

    in_child(child)
    assert list(tmp_path.iterdir()) == []


def test_a_line_is_one_write_call_and_leaves_errno_alone(tmp_path):
    def child():
        stderr_file()
        LIBRARY.driver_watch_writes()
        writes = ctypes.c_uint.in_dll(LIBRARY, "driver_writes")
        for sink, json in (("stderr", False), ("stderr", True), ("file", False), ("file", True)):
            start(sink=sink, json=json, path=tmp_path / "log")
            for event in EVENTS:
                ctypes.set_errno(errno.EXDEV)
                before = writes.value
                report(event, fd=-1, bytes=b"x")
                assert writes.value == before + 1
                assert ctypes.get_errno() == errno.EXDEV
            ctypes.set_errno(errno.EXDEV)
            note("error", b"x" * 5000)
            assert ctypes.get_errno() == errno.EXDEV

    in_child(child)


# stderr

def test_stderr_that_was_replaced_is_left_alone():
    """A daemon may have a connection where stderr was."""
    def child():
        file = stderr_file()
        start()
        torn()
        here, there = socket.socketpair()
        kept = os.dup(2)
        os.dup2(here.fileno(), 2)
        torn()
        ready, _, _ = select.select([there], [], [], 0)
        os.dup2(kept, 2)
        torn()
        return ready, contents(file)

    ready, written = in_child(child)
    assert ready == []
    assert written.count(LINE) == 2


def test_a_closed_stderr_is_nobodys():
    def child():
        stderr_file()
        start()
        os.close(2)
        torn()
        file = os.memfd_create("next")
        assert file == 2
        torn()
        return contents(file)

    assert in_child(child) == b""


def test_a_stderr_that_was_closed_at_start_is_never_used():
    def child():
        os.close(2)
        start()
        file = os.memfd_create("next")
        assert file == 2
        torn()
        return contents(file)

    assert in_child(child) == b""


def test_a_full_stderr_does_not_stop_the_program():
    def child():
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        size = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        os.write(writer, b"x" * size)
        os.set_blocking(writer, True)
        os.dup2(writer, 2)
        start()
        torn()
        return len(os.read(reader, 2 * size)) - size

    assert in_child(child) == 0


def pipe_as_stderr():
    reader, writer = os.pipe()
    os.dup2(writer, 2)
    os.close(writer)
    start()
    return reader


def test_a_stderr_without_a_reader_does_not_kill_the_program():
    def child():
        os.close(pipe_as_stderr())
        torn()
        return signal.SIGPIPE in signal.sigpending()

    assert in_child(child) is False


@pytest.mark.parametrize("pending", [False, True])
def test_a_reader_that_goes_away_just_before_the_write_does_not_kill_the_program(pending):
    def child():
        doomed = ctypes.c_int.in_dll(LIBRARY, "driver_doomed")
        doomed.value = pipe_as_stderr()
        LIBRARY.driver_watch_writes()
        if pending:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE])
            os.kill(os.getpid(), signal.SIGPIPE)
        torn()
        return (ctypes.c_uint.in_dll(LIBRARY, "driver_writes").value, signal.SIGPIPE in signal.sigpending(),
                signal.SIGPIPE in signal.pthread_sigmask(signal.SIG_BLOCK, []))

    assert in_child(child) == (1, pending, pending)


def test_the_signal_mask_is_restored():
    mask = {signal.SIGUSR1, signal.SIGXFSZ}

    def child():
        stderr_file()
        start()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        torn()
        return signal.pthread_sigmask(signal.SIG_BLOCK, [])

    assert in_child(child) == mask


# A file

def start_file(path, **more):
    start(sink="file", path=path, **more)


def log_fds(path):
    """The fds of this process that are the file."""
    wanted = os.stat(path)
    found = []
    for fd in map(int, os.listdir("/proc/self/fd")):
        try:
            status = os.fstat(fd)
        except OSError:
            continue
        if (status.st_dev, status.st_ino) == (wanted.st_dev, wanted.st_ino):
            found.append(fd)
    return found


def test_a_line_in_a_file_says_when(tmp_path):
    def child():
        start_file(tmp_path / "log")
        torn()

    in_child(child)
    written = (tmp_path / "log").read_bytes()
    assert is_one_line(written)
    assert re.match(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z poisonshim\[\d+\] python3: torn", written)


def test_the_file_is_private_and_appended_to(tmp_path):
    path = tmp_path / "log"

    def child():
        os.umask(0)
        start_file(path)
        torn()
        (fd,) = log_fds(path)
        return fcntl.fcntl(fd, fcntl.F_GETFL), fcntl.fcntl(fd, fcntl.F_GETFD)

    for runs in (1, 2):
        flags, fd_flags = in_child(child)
        assert flags & (os.O_APPEND | os.O_ACCMODE) == os.O_APPEND | os.O_WRONLY
        assert fd_flags == fcntl.FD_CLOEXEC
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert path.read_bytes().count(LINE) == runs


@pytest.mark.parametrize("limit, lowest", [(1024, 1000), (512, 488), (4096, 1000), (48, 24)])
def test_the_lowest_fds_stay_the_programs(tmp_path, limit, lowest):
    def child():
        os.closerange(3, 48)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        start_file(tmp_path / "log")
        return log_fds(tmp_path / "log"), os.dup(0)

    fds, next_fd = in_child_with_high_pipe(child)
    assert fds == [lowest]
    assert next_fd == 3


def in_child_with_high_pipe(function):
    """As in_child, for a function that closes low fds: the pipe to the parent is out of the way."""
    filler = [os.dup(0) for _ in range(48)]
    try:
        return in_child(function)
    finally:
        for fd in filler:
            os.close(fd)


def test_with_too_few_fds_every_line_opens_the_file(tmp_path):
    def child():
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
        start_file(tmp_path / "log")
        before = log_fds(tmp_path / "log")
        torn()
        return before, log_fds(tmp_path / "log")

    assert in_child(child) == ([], [])
    assert is_one_line((tmp_path / "log").read_bytes())


def test_a_log_fd_that_was_closed_is_not_missed(tmp_path):
    path = tmp_path / "log"

    def child():
        start_file(path)
        os.close(*log_fds(path))
        torn()
        torn()
        return log_fds(path)

    assert in_child(child) == []
    assert path.read_bytes().count(LINE) == 2


def test_a_log_fd_that_is_someone_elses_now_is_left_alone(tmp_path):
    path = tmp_path / "log"

    def child():
        start_file(path)
        (fd,) = log_fds(path)
        other = os.memfd_create("other")
        os.dup2(other, fd)
        torn()
        return contents(other)

    assert in_child(child) == b""
    assert is_one_line(path.read_bytes())


def test_a_log_that_can_be_opened_no_more_is_lost_quietly(tmp_path):
    path = tmp_path / "log"

    def child():
        start_file(path)
        os.close(*log_fds(path))
        path.unlink()
        path.mkdir()
        torn()
        return True

    assert in_child(child)


def test_a_relative_path_means_the_directory_at_start(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def child():
        start_file("./log")
        os.close(*log_fds("log"))
        os.chdir("/")
        torn()

    in_child(child)
    assert is_one_line((tmp_path / "log").read_bytes())


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize("path, error", [("/nowhere/log", "ENOENT"), ("/", "EISDIR"), ("/dev/null/x", "ENOTDIR"),
                                         ("fifo", "ENXIO"), ("/x" * 2047, "ENOENT")])
def test_a_file_that_cannot_be_opened_is_told_on_stderr_and_stderr_it_is(tmp_path, monkeypatch, path, error, json):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    told, line = lines_of(torn, sink="file", path=path, json=json)
    assert f"the log cannot be opened ({error}), lines go to stderr instead: {path[:400]}" in told
    assert "torn" in line


def test_a_fifo_that_nobody_reads_any_more_does_not_stop_the_program(tmp_path):
    os.mkfifo(tmp_path / "fifo")

    def child():
        reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
        start_file(tmp_path / "fifo")
        for _ in range(1000):
            torn()
        held = len(os.read(reader, 1 << 20))
        os.close(reader)
        torn()
        return held

    assert 0 < in_child(child) <= 65536


def test_a_file_at_its_size_limit_does_not_kill_the_program(tmp_path):
    def child():
        start_file(tmp_path / "log")
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
        torn()
        torn()
        torn()
        return signal.SIGXFSZ in signal.sigpending()

    assert in_child(child) is False
    assert len((tmp_path / "log").read_bytes()) == 1


# syslog: the library under test has another socket than /dev/log.

@pytest.fixture(name="syslog")
def fixture_syslog(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("syslog.sock")
        receiver.settimeout(10)
        yield receiver


@pytest.mark.parametrize("event, priority", [("poisoned", 27), ("refused", 27), ("closed", 28), ("desync", 28), ("off", 28),
                                             ("torn", 31)])
def test_syslog_gets_priority_tag_and_sentence(syslog, event, priority):
    def child():
        start(sink="syslog")
        before = os.listdir("/proc/self/fd")
        report(event, fd=-1)
        assert os.listdir("/proc/self/fd") == before
        return os.getpid()

    pid = in_child(child)
    assert syslog.recv(4096).startswith(b"<%d>poisonshim[%d]: python3: %s: an fd" % (priority, pid, event.encode()))


def test_syslog_gets_json_behind_the_tag(syslog):
    def child():
        start(sink="syslog", json=True)
        report("poisoned", fd=-1)
        note("info", b"x")
        return os.getpid()

    pid = in_child(child)
    data = syslog.recv(4096)
    assert data.startswith(b'<27>poisonshim[%d]: {"time":"' % pid) and data.endswith(b"}")
    assert syslog.recv(4096).startswith(b'<30>poisonshim[%d]: {"time":"' % pid)


def test_a_syslog_that_does_not_listen_is_no_harm(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def child():
        start(sink="syslog")
        torn()
        return True

    assert in_child(child)


def test_a_full_syslog_does_not_stop_the_program(syslog):
    def child():
        start(sink="syslog")
        for _ in range(1000):
            torn()
        return True

    assert in_child(child)
    assert LINE[2:-1] in syslog.recv(4096)
