"""Children, programs that are executed, and directories that are of no use."""

import os
import re
import resource
import subprocess

import pytest

from guard import process

from .counting import Program, counters, environment, run, shown, total


def test_without_the_variable_nothing_is_kept(stats):
    run(stats, "a, b = socket.socketpair()\na.send(b'x')\nprint(os.listdir('stats'))\n", STATS="")
    assert list(stats.iterdir()) == []


def test_a_process_without_a_guarded_stream_leaves_no_file(stats):
    run(stats, "import subprocess\nsubprocess.run(['true'])\nos.waitpid(os.fork() or os._exit(0), 0)\n")
    assert list(stats.iterdir()) == []


def test_a_forked_child_counts_what_it_sends_itself(stats):
    with Program(stats, """
a, b = socket.socketpair()
c, d = socket.socketpair()
for i in range(5): a.send(b"1234"); c.send(b"1")
pid = os.fork()
if not pid:
    for i in range(3): a.send(b"12"); c.send(b"123")
    a.close()
    tell("child")
    os._exit(0)
os.waitpid(pid, 0)
a.send(b"1")
tell("parent")
""") as program:
        assert program.told() == "child"
        view = shown(stats)
        parent, child = sorted(view["processes"], key=lambda row: row["pid"] != program.process.pid)
        assert parent["pid"] == program.process.pid
        assert counters([parent]) == {"call": {"streams": 2, "messages": 10, "bytes": 25}}
        assert counters([child]) == {"call": {"messages": 6, "bytes": 15}}
        program.answer()
        assert program.told() == "parent"
        view = shown(stats)
        assert counters(view["processes"]) == {"call": {"streams": 2, "messages": 11, "bytes": 26}}
        assert counters(view["ended"]) == {"call": {"messages": 6, "bytes": 15}}


# More than one slab of streams (shim/pool.h), whose rows lie apart from the next one's.
MANY = 17600


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[1] < MANY + 100, reason="the limit allows fewer fds")
def test_a_forked_child_of_many_streams_counts_what_it_sends_itself(stats):
    with Program(stats, f"""
import resource
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
streams = [end for i in range({MANY} // 2) for end in socket.socketpair()]
for stream in streams: stream.send(b"1234")
pid = os.fork()
if not pid:
    for stream in streams[0], streams[{MANY} // 2], streams[-1]: stream.send(b"12")
    tell("child")
    os._exit(0)
os.waitpid(pid, 0)
tell("parent")
""") as program:
        assert program.told() == "child"
        parent, child = sorted(shown(stats)["processes"], key=lambda row: row["pid"] != program.process.pid)
        assert counters([parent]) == {"call": {"streams": MANY, "messages": MANY, "bytes": 4 * MANY}}
        assert counters([child]) == {"call": {"messages": 3, "bytes": 6}}
        program.answer()
        assert program.told() == "parent"


def test_a_forked_child_that_closes_what_it_never_used_counts_the_rest(stats):
    with Program(stats, """
a, b = socket.socketpair()
c, d = socket.socketpair()
for i in range(5): a.send(b"1234"); c.send(b"1")
if not os.fork():
    a.close()
    c.send(b"123")
    e, f = socket.socketpair()
    e.send(b"12")
    tell()
    os._exit(0)
os.wait()
""") as program:
        program.told()
        view = shown(stats)
        (child,) = (row for row in view["processes"] if row["pid"] != program.process.pid)
        assert counters([child]) == {"call": {"streams": 1, "messages": 2, "bytes": 5}}
        program.answer()


def test_in_a_sandbox_counting_goes_on_and_a_child_takes_nothing_away(stats):
    with Program(stats, """
import ctypes
a, b = socket.socketpair()
for i in range(5): a.send(b"1234")
allow = ctypes.create_string_buffer(b"\\x06\\0\\0\\0\\0\\0\\xff\\x7f", 8)
program = (ctypes.c_uint64 * 2)(1, ctypes.addressof(allow))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program) == 0
pid = os.fork()
if not pid:
    a.close()
    os._exit(0)
os.waitpid(pid, 0)
a.send(b"12")
tell()
""") as program:
        program.told()
        assert total(stats) == {"streams": 1, "messages": 6, "bytes": 22}


def test_a_child_whose_parent_ends_is_counted_on(stats):
    with Program(stats, """
a, b = socket.socketpair()
a.send(b"1234")
if os.fork(): os._exit(0)
a.send(b"12")
tell()
a.send(b"3")
tell()
""") as program:
        program.told()
        program.process.wait(60)
        view = shown(stats)
        assert counters(view["ended"]) == {"call": {"streams": 1, "ended": 1, "messages": 1, "bytes": 4}}
        assert counters(view["processes"]) == {"call": {"messages": 1, "bytes": 2}}
        program.answer()
        program.told()
        assert total(stats) == {"streams": 1, "ended": 1, "messages": 3, "bytes": 7}
        program.answer()


def test_a_child_that_only_executes_something_leaves_no_file(stats):
    with Program(stats, """
a, b = socket.socketpair()
a.send(b"1234")
pid = os.fork()
if not pid: os.execv("/bin/true", ["true"])
os.waitpid(pid, 0)
tell()
""") as program:
        program.told()
        assert len(list(stats.iterdir())) == 1
        assert counters(shown(stats)["processes"]) == {"call": {"streams": 1, "messages": 1, "bytes": 4}}


def test_a_program_that_is_executed_counts_anew(stats):
    with Program(stats, """
if len(sys.argv) == 2:
    a, b = socket.socketpair()
    a.send(b"1234")
    os.execv(sys.executable, [sys.executable, "-ISc", sys.argv[1], "", "again"])
""", """
import socket, sys, os
a, b = socket.socketpair()
a.send(b"12")
print(os.getpid(), flush=True)
sys.stdin.readline()
""") as program:
        assert int(program.told()) == program.process.pid
        view = shown(stats)
        assert counters(view["ended"]) == {"call": {"streams": 1, "ended": 1, "messages": 1, "bytes": 4}}
        assert counters(view["processes"]) == {"call": {"streams": 1, "messages": 1, "bytes": 2}}


def test_a_child_on_borrowed_memory_counts_nothing_twice(stats):
    out = run(stats, """
import subprocess
a, b = socket.socketpair()
for i in range(20):
    subprocess.run(["true"])
    a.send(b"12")
print("done")
""")
    assert out == "done\n"
    assert total(stats) == {"streams": 1, "ended": 1, "messages": 20, "bytes": 40}


def test_no_fd_stays_open_and_closing_them_all_changes_nothing(stats):
    with Program(stats, """
a, b = socket.socketpair()
before = os.listdir("/proc/self/fd")
a.send(b"1234")
after = os.listdir("/proc/self/fd")
print(before == after)
os.closerange(max(a.fileno(), b.fileno()) + 1, 1024)
a.send(b"1234")
tell()
""") as program:
        assert program.told() == "True"
        program.told()
        assert total(stats) == {"streams": 1, "messages": 2, "bytes": 8}


def test_a_relative_directory_counts_from_where_the_program_started(stats):
    run(stats, "os.chdir('/')\na, b = socket.socketpair()\na.send(b'x')\n", STATS=stats.name)
    assert total(stats) == {"streams": 1, "ended": 1, "messages": 1, "bytes": 1}


def test_the_name_of_the_file_is_harmless_whatever_the_program_calls_itself(stats):
    source = "import socket\na, b = socket.socketpair()\na.send(b'x')\n"
    subprocess.run(["bash", "-c", "exec -a \"$1\" /usr/bin/python3 -ISc \"$2\"", "bash", "/x/-a b;\n\x1b[7m'\"", source], check=True,
                   env=environment(stats, stats.parent / "log"), timeout=60)
    (path,) = stats.iterdir()
    assert re.fullmatch(r"-a_b[_0-9m]+\.\d+\.\d+\.stats", path.name)
    (row,) = shown(stats)["ended"]
    assert row["program"] == "-a b;\n\x1b[7m'\""


REFUSE = process.PROGRAMS.parent / "stats/librefuse.so"

WRITES = """
a, b = socket.socketpair()
for i in range(3):
    a.send(b"x")
    c, d = socket.socketpair()
    c.send(b"y")
if len(sys.argv) > 1 and not os.fork():
    e, f = socket.socketpair()
    e.send(b"z")
    os._exit(0)
print(b.recv(9), d.recv(9))
"""


def notes(program):
    return [line["text"] for line in program.lines() if "text" in line]


def failed(directory, source=WRITES, *arguments):
    """Runs it; returns the one line in the log."""
    with Program(directory, source, *arguments) as program:
        assert program.end() == "b'xxx' b'y'\n"
        (note,) = notes(program)
    assert note.startswith("no statistics are kept: ")
    return note


def test_a_directory_that_is_not_there(tmp_path):
    note = failed(tmp_path / "none")
    assert "the file cannot be created (ENOENT): " in note and str(tmp_path / "none") in note


def test_a_directory_that_is_a_file(tmp_path):
    (tmp_path / "file").touch()
    assert "(ENOTDIR)" in failed(tmp_path / "file")


def test_children_do_not_say_it_again(tmp_path):
    failed(tmp_path / "none", WRITES, "fork")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
def test_a_directory_that_may_not_be_written(stats):
    note = failed(stats, "os.setgid(65534); os.setuid(65534)\n" + WRITES)
    assert "(EACCES)" in note


def test_a_limit_of_file_sizes_kills_nobody(stats):
    note = failed(stats, "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))\n" + WRITES)
    assert "the file cannot be extended (EFBIG)" in note
    assert list(stats.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
@pytest.mark.parametrize("pages", [0, 1, 3])
def test_a_full_disk_kills_nobody(stats, pages):
    """Not by a store into a page that the disk has no room for, either."""
    command = f"mount -t tmpfs -o size={16 + 4 * pages}k tmpfs {stats} && head -c 16k /dev/zero >{stats}/filler && exec \"$@\""
    done = subprocess.run(["unshare", "-m", "env", "-u", "LD_PRELOAD", "sh", "-c", command, "sh", "env",
                           f"LD_PRELOAD={process.LIBRARY}", "/usr/bin/python3", "-ISc", "import os, socket, sys\n" + WRITES],
                          env=environment(stats, "stderr") | {"POISONSHIM_LOG": "stderr,warn"}, capture_output=True, text=True, timeout=60,
                          check=False)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0 and done.stdout == "b'xxx' b'y'\n", done.stderr
    assert "(ENOSPC)" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("refuse, reason", [
    ("head", "the file cannot be mapped (ENOMEM)"),
    ("rows", "the file cannot be extended (ENOMEM)"),
    ("lock", "the file cannot be locked (ENOLCK)"),
    ("lasting lock", "the file system keeps no locks"),
])
def test_a_kernel_that_refuses_what_statistics_need(stats, monkeypatch, refuse, reason):
    monkeypatch.setattr(process, "LIBRARY", f"{REFUSE}:{process.LIBRARY}")
    monkeypatch.setenv("REFUSE", refuse)
    assert reason in failed(stats)
    assert list(stats.iterdir()) == []
