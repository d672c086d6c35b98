"""Mode audit: the log says what would be refused, and the program sees no difference from a bare run."""

import os
import signal
import socket

from .guarded import run_body
from .streams import drain, pair, tear


def faulty_program():
    """Prints every result of a program that abandons messages in several ways, and what the peers got."""
    for way in ("another", "from the start", "nothing"):
        writer, peer = pair()
        rest = tear(writer)
        print(way, len(rest), drain(peer)[-20:])
        offers = {"another": b"another message", "from the start": b"torn: ", "nothing": b""}
        for _ in range(3):
            print(os.write(writer.fileno(), offers[way]), drain(peer))
        writer.shutdown(socket.SHUT_WR)
        print(peer.recv(10))
        try:
            writer.send(b"late")
        except OSError as error:
            print(error.errno)


def test_audit_changes_nothing_and_says_everything(tmp_path):
    bare = run_body(tmp_path, faulty_program, {}, guarded=False).check()
    audited = run_body(tmp_path, faulty_program, {}, MODE="audit").check()
    assert audited.stdout == bare.stdout
    poisoned = audited.events("poisoned")
    assert len(poisoned) == 3, "an empty write is the beginning of any rest, the late one behind it is not"
    assert all(event["audit"] and event["verdict"] == "not-the-rest" for event in poisoned)


def test_enforce_sees_the_difference(tmp_path):
    """Or the test above would show nothing."""
    enforced = run_body(tmp_path, faulty_program, {})
    assert "BrokenPipeError" in enforced.stderr


def test_audit_says_what_strict_would_refuse(tmp_path):
    audited = run_body(tmp_path, resume_after_timeout, {}, MODE="audit", POLICY="strict").check()
    bare = run_body(tmp_path, resume_after_timeout, {}, guarded=False).check()
    assert audited.stdout == bare.stdout
    event, = audited.events("poisoned")
    assert event["audit"] and event["verdict"] == "strict"


def resume_after_timeout():
    from .streams import MESSAGE, finish, send_timeout
    writer, peer = pair()
    send_timeout(writer, 2000)
    count = os.write(writer.fileno(), MESSAGE)
    writer.setblocking(False)
    print(finish(writer, peer, MESSAGE[count:]) == MESSAGE)


def test_audit_takes_no_action(tmp_path):
    bare = run_body(tmp_path, faulty_program, {}, guarded=False).check()
    for action in ("shutdown", "reset", "abort"):
        assert run_body(tmp_path, faulty_program, {}, MODE="audit", ACTION=action).check().stdout == bare.stdout


def test_audit_raises_no_sigpipe(tmp_path):
    assert run_body(tmp_path, die_of_sigpipe, {}, MODE="audit", SIGPIPE="1").check().stdout == "15\n"


def die_of_sigpipe():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    writer, peer = pair()
    tear(writer)
    drain(peer)
    print(os.write(writer.fileno(), b"another message"))
