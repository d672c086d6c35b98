"""Programs of which the guard sees half: on TCP the kernel's own count tells, and the guard steps aside."""

import re
from pathlib import Path

import pytest

from guard import process

PROGRAMS = process.PROGRAMS.parent / "halves"
HERE = Path(__file__).parent
CANNOT_BE_PLAYED = 77
MESSAGE_LENGTH = 64 << 10  # of scene.h
WRITERS = ["connects", "accepted"]

PAST = {
    "a_body_by_a_system_call_and_a_pause": {"FRAMING": "packet(4)", "DEADLINE": "1ms"},
    "a_body_by_system_calls_and_a_wait": {"FRAMING": "packet(4)", "POLICY": "strict"},
    "a_message_by_a_system_call_and_a_timeout": {"POLICY": "strict"},
    "bodies_by_system_calls": {"FRAMING": "packet(4),desync=poison,max=1k"},
    "messages_by_io_uring_and_by_libc": {"FRAMING": "packet(4),desync=poison,max=1k"},
}
REASONS = {"another_connection": "the kernel's count of bytes is not that of the guard"}
CLOSED = ["a_close_inside_a_message", "a_close_beside_a_write", "a_close_of_a_number_that_means_another",
          "a_shutdown_inside_a_message"]
QUIET = ["a_close_beside_a_write_that_ends_its_message"]
# The rules look at addresses: the guard cannot tell before there is a connection.
HONEST = {
    "a_fast_open": {"RULES": "peer:127.0.0.1:1-65535=call"},
    "a_fast_open_of_a_stranger": {"RULES": "peer:127.0.0.1:1-65535=call"},
    "a_close_beside_a_write": {"FRAMING": "packet(4)"},
    "a_close_beside_a_write_that_ends_its_message": {"FRAMING": "packet(4)"},
}


def scenes(program):
    source = (HERE / f"{program}.c").read_text(encoding="ascii")
    return re.findall(r"\bSCENE\((\w+)\)", source)


def play(tmp_path, monkeypatch, program, scene, writer, **variables):
    monkeypatch.setenv("SCENE_WRITER", writer)
    monkeypatch.setenv("SCENE_STATIC", str(PROGRAMS / "static"))
    if scene == "a_write_before_main":
        monkeypatch.setenv("SCENE_EARLY", "1")
    ended = process.run(tmp_path, [PROGRAMS / program, scene], **variables)
    if ended.status == CANNOT_BE_PLAYED:
        pytest.skip(ended.stderr.strip())
    return ended.check()


def verdicts(ended):
    """What the log says, but for what the program may do."""
    return [event["event"] for event in ended.events() if event["event"] not in ("torn", "resumed", "refused", "ended")]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("scene", scenes("past"))
def test_the_guard_goes_off_after(tmp_path, monkeypatch, scene, writer):
    ended = play(tmp_path, monkeypatch, "past", scene, writer, **PAST.get(scene, {}))
    assert verdicts(ended) == ["off"]
    assert re.match(REASONS.get(scene, r"\d+ bytes? went past the guard"), ended.events("off")[0]["reason"])


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("scene", [scene for scene in scenes("honest") if scene not in CLOSED + QUIET])
def test_a_fault_is_refused_after(tmp_path, monkeypatch, scene, writer):
    ended = play(tmp_path, monkeypatch, "honest", scene, writer, **HONEST.get(scene, {}))
    assert verdicts(ended) == ["poisoned"]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("scene", CLOSED)
def test_the_log_tells_of(tmp_path, monkeypatch, scene, writer):
    assert verdicts(play(tmp_path, monkeypatch, "honest", scene, writer, **HONEST.get(scene, {}))) == ["closed"]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("scene", QUIET)
def test_the_log_says_nothing_of(tmp_path, monkeypatch, scene, writer):
    assert not verdicts(play(tmp_path, monkeypatch, "honest", scene, writer, **HONEST.get(scene, {})))


def test_who_leaves_last_tells_of_an_fd_that_is_closed_by_now(tmp_path, monkeypatch):
    closed, = play(tmp_path, monkeypatch, "honest", "a_close_beside_a_write", "connects",
                   **HONEST["a_close_beside_a_write"]).events("closed")
    assert (closed["fd"], closed["message"], closed["sent"]) == (None, 1, 4 + MESSAGE_LENGTH)


def test_the_line_says_how_many_bytes_went_past(tmp_path, monkeypatch):
    ended = play(tmp_path, monkeypatch, "past", "one_byte_by_a_system_call", "accepted")
    assert ended.events("off")[0]["reason"].startswith("1 byte went past the guard")


def test_a_framing_that_bytes_went_past_is_not_called_wrong(tmp_path, monkeypatch):
    ended = play(tmp_path, monkeypatch, "past", "bodies_by_system_calls", "connects", FRAMING="packet(4),max=1k")
    assert verdicts(ended) == ["off"]


def test_an_audit_accuses_nobody_either(tmp_path, monkeypatch):
    ended = play(tmp_path, monkeypatch, "past", "a_tail_by_a_system_call", "connects", MODE="audit")
    assert verdicts(ended) == ["off"]


def test_no_action_is_taken_on_an_innocent_connection(tmp_path, monkeypatch):
    ended = play(tmp_path, monkeypatch, "past", "a_tail_by_a_system_call", "connects", ACTION="shutdown")
    assert verdicts(ended) == ["off"]


@pytest.mark.parametrize("scene", scenes("counts"))
def test_the_kernel_is_understood(tmp_path, scene):
    process.run(tmp_path, [PROGRAMS / "counts", scene], guarded=False).check()
