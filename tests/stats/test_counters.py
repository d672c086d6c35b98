"""What a guarded process counts, while it lives and after its end."""

import itertools
import os
import signal

import pytest

from .counting import Program, counters, run, shown, total

each = pytest.mark.parametrize


def test_messages_bytes_and_open_streams_of_a_living_process(stats):
    with Program(stats, """
a, b = socket.socketpair()
a.send(b"12345")
tell(os.getpid())
a.send(b"67")
tell()
""") as program:
        pid = int(program.told())
        (row,) = shown(stats)["processes"]
        assert row["pid"] == pid and row["program"].startswith("python3") and not row["audit"]
        assert counters([row]) == {"call": {"streams": 1, "messages": 1, "bytes": 5}}
        program.answer()
        program.told()
        assert counters(shown(stats)["processes"]) == {"call": {"streams": 1, "messages": 2, "bytes": 7}}


def test_what_a_process_counted_stays_when_it_has_ended(stats):
    run(stats, "a, b = socket.socketpair()\nfor i in range(10): a.send(b'x' * 7)\n")
    expected = {"streams": 1, "ended": 1, "messages": 10, "bytes": 70}
    for _ in range(3):
        view = shown(stats)
        assert view["processes"] == []
        assert counters(view["ended"]) == {"call": expected}
    assert [path.name for path in stats.iterdir()] == ["ended"]


def test_a_killed_process_has_counted_to_its_last_write(stats):
    with Program(stats, "a, b = socket.socketpair()\nfor i in range(10): a.send(b'x' * 7)\ntell()\n") as program:
        program.told()
        os.kill(program.process.pid, signal.SIGKILL)
        program.process.wait()
        assert counters(shown(stats)["ended"]) == {"call": {"streams": 1, "ended": 1, "messages": 10, "bytes": 70}}


def test_processes_of_one_program_are_summed(stats):
    for length in 3, 4:
        run(stats, f"a, b = socket.socketpair()\na.send(bytes({length}))\n")
    assert total(stats) == {"streams": 2, "ended": 2, "messages": 2, "bytes": 7}
    assert len(shown(stats)["ended"]) == 1


CUT = "w, peer, sent = cut()\n"
DRAIN = """
peer.setblocking(False)
def drain():
    try:
        while peer.recv(1 << 20): pass
    except BlockingIOError: pass
"""
RESUME = DRAIN + """
while sent < 1 << 20:
    drain()
    sent += w.send(bytes((1 << 20) - sent))
"""
REFUSE = """
for i in range({}):
    try: w.send(b'another')
    except BrokenPipeError: pass
"""


@each("what, source, variables, expected", [
    ("torn", CUT + "w.detach()", {}, {"torn": 1}),
    ("resumed", CUT + RESUME, {}, {"torn": 1, "resumed": 1, "messages": 1, "bytes": 1 << 20}),
    ("poisoned", CUT + REFUSE.format(1), {}, {"torn": 1, "poisoned": 1}),
    ("refused", CUT + REFUSE.format(300), {}, {"torn": 1, "poisoned": 1, "refused": 299}),
    ("closed", CUT + "w.close()", {}, {"torn": 1, "closed_inside": 1}),
    ("desync", "w, p = socket.socketpair()\nw.send(b'no TLS')\n", {"FRAMING": "tls"}, {"desync": 1}),
    ("off", "w, p = socket.socketpair()\nw.send(b'a')\nos.dup2(w.fileno(), 0)\nw.send(b'b')\n", {}, {"off": 1}),
    ("audit", CUT + "try: w.send(b'another')\nexcept BlockingIOError: pass\n", {"MODE": "audit"},
     {"torn": 1, "poisoned": 1}),
])
@each("level", ["off", "debug"])
def test_each_event_is_counted_whatever_the_log_wants(stats, what, source, variables, expected, level):
    run(stats, source, LOG=level, **variables)
    seen = total(stats)
    for name in "torn", "resumed", "poisoned", "refused", "closed_inside", "desync", "off":
        assert seen.get(name, 0) == expected.get(name, 0), name
    assert {name: seen[name] for name in expected} == expected


def test_the_last_events_say_what_happened_to_which_message(stats):
    with Program(stats, CUT + REFUSE.format(1) + "print(sent)\ntell(w.fileno())\n") as program:
        sent, fd = int(program.told()), int(program.told())
        (event,) = shown(stats)["events"]
        assert event.pop("time") > 1.7e9
        assert event.pop("program").startswith("python3")
        assert event == {"event": "poisoned", "pid": program.process.pid, "fd": fd, "framing": "call", "message": 1,
                         "sent": sent, "length": 1 << 20}


def test_the_last_sixteen_events_are_kept_even_when_their_process_has_ended(stats):
    source = "import sys\nfor i in range(20):\n    w, p, sent = cut()\n    w.close()\n"
    run(stats, source)
    for _ in range(2):
        view = shown(stats)
        assert view["sum"]["closed_inside"] == 20
        assert [event["event"] for event in view["events"]] == ["closed_inside"] * 16
        times = [event["time"] for event in view["events"]]
        assert times == sorted(times)
        assert all(0 < event["sent"] < event["length"] == 1 << 20 for event in view["events"])


def test_each_framing_has_its_own_counters_however_many_rules_name_it(stats):
    rules = ";".join(["unix:@stats-a-*=packet(1)", "unix:@stats-b-*=line", "unix:@stats-c-*=packet(1)",
                      "unix:@stats-d-*=off", "*=call"])
    run(stats, r"""
def connection(name):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0stats-{name}-{os.getpid()}")
        listener.listen()
        client = socket.socket(socket.AF_UNIX)
        client.connect(listener.getsockname())
        return client, listener.accept()
kept = [connection(name) for name in "abcde"]
for (client, _), text in zip(kept, (b"\x01a\x02bc", b"one\ntwo\n", b"\x01a", b"unguarded", b"e")):
    client.send(text)
""", RULES=rules, FRAMING="")
    seen = counters(shown(stats)["ended"])
    assert seen["packet(1)"] == {"streams": 2, "ended": 2, "messages": 3, "bytes": 7}
    assert seen["line"]["bytes"] == 8
    assert seen["call"] == {"streams": 1, "ended": 1, "messages": 1, "bytes": 1}
    assert "off" not in seen


@each("turn", range(3))
def test_what_threads_count_at_once_is_exact(stats, turn):
    run(stats, """
import threading
start = threading.Barrier(8)
def play():
    start.wait()
    for turn in range(20):
        a, b = socket.socketpair()
        for i in range(50):
            a.send(b"12345")
            b.recv(5)
threads = [threading.Thread(target=play) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""")
    assert total(stats) == {"streams": 160, "ended": 160, "messages": 8000, "bytes": 40000}


@each("turn", range(3))
def test_threads_whose_streams_fill_the_file_at_once_lose_nothing(stats, turn):
    run(stats, """
import threading
start, kept = threading.Barrier(8), []
def play():
    start.wait()
    for turn in range(60):
        pair = socket.socketpair()
        kept.append(pair)
        for i in range(5): pair[0].send(b"12345")
threads = [threading.Thread(target=play) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
os._exit(0)
""")
    assert total(stats) == {"streams": 480, "ended": 480, "messages": 2400, "bytes": 12000}


def test_one_stream_that_many_threads_write_is_exact(stats):
    run(stats, """
import threading
a, b = socket.socketpair()
def play():
    for i in range(500): a.send(b"12345")
reader = threading.Thread(target=lambda: [b.recv(1 << 16) for _ in iter(lambda: a.fileno() < 0, True)], daemon=True)
reader.start()
threads = [threading.Thread(target=play) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
os._exit(0)
""")
    assert total(stats) == {"streams": 1, "ended": 1, "messages": 2000, "bytes": 10000}


@each("streams", [136, 137, 600])
def test_as_many_streams_as_are_open_are_counted_live(stats, streams):
    with Program(stats, f"""
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
pairs = [socket.socketpair() for _ in range({streams})]
for turn in range(3):
    for a, b in pairs: a.send(b"1234")
tell()
""") as program:
        program.told()
        assert total(stats) == {"streams": streams, "messages": 3 * streams, "bytes": 12 * streams}
        program.answer()
        program.end()
    assert total(stats) == {"streams": streams, "ended": streams, "messages": 3 * streams, "bytes": 12 * streams}


def test_a_stream_without_room_in_the_file_is_counted_when_it_ends(stats):
    with Program(stats, """
import resource
pairs = [socket.socketpair() for _ in range(200)]
for a, b in pairs[:100]: a.send(b"1234")
limit = max(path.stat().st_size for path in __import__("pathlib").Path(sys.argv[1]).iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
for a, b in pairs[100:]: a.send(b"1234")
tell()
for a, b in pairs: a.close()
tell()
""", stats) as program:
        program.told()
        assert total(stats) == {"streams": 200, "messages": 136, "bytes": 136 * 4}
        program.answer()
        program.told()
        assert total(stats) == {"streams": 200, "ended": 200, "messages": 200, "bytes": 800}


def test_numbers_never_fall_while_streams_come_and_go(stats):
    with Program(stats, """
import threading
def play():
    while True:
        a, b = socket.socketpair()
        for i in range(20):
            a.send(b"12345")
            b.recv(5)
for _ in range(3): threading.Thread(target=play, daemon=True).start()
tell()
""") as program:
        program.told()
        seen = [shown(stats)["sum"] for _ in range(40)]
    for before, after in itertools.pairwise(seen):
        assert all(before[name] <= after[name] for name in before), (before, after)
    assert seen[0]["bytes"] < seen[-1]["bytes"]
    assert all(view["bytes"] <= 5 * (view["messages"] + 3) for view in seen)
