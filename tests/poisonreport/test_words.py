"""The sentence for a developer, of every event."""

import pytest

from .logs import closed, connections_of, ended, event_of, line, nested, poisoned, refused, resumed, torn

START = "Message 3 (redis) of 1.00 MB was cut by a timeout at 400 kB"


def story(*lines):
    from words import story as told
    (connection,) = connections_of(*lines)
    return told(connection)


@pytest.mark.parametrize("count, words", [(0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (9994, "9.99 kB"), (9996, "10.0 kB"),
                                          (99_960, "100 kB"), (999_499, "999 kB"), (999_500, "1.00 MB"), (8_388_608, "8.39 MB"),
                                          (2**64 - 1, "18.4 EB")])
def test_sizes(count, words):
    from words import size
    assert size(count) == words


@pytest.mark.parametrize("ms, words", [(0, "0 ms"), (999, "999 ms"), (1000, "1 s"), (1040, "1.0 s"), (9949, "9.9 s"), (9950, "10 s"), (59_499, "59 s"),
                                       (61_000, "1 min 1 s"), (3_600_000, "1 h"), (7_260_000, "2 h 1 min"), (90_000_000, "1 d 1 h")])
def test_durations(ms, words):
    from words import duration
    assert duration(ms) == words


@pytest.mark.parametrize("ms, words", [(0, "+0 ms"), (-5, "−5 ms"), (3456, "+3.5 s"), (99_999, "+100 s"), (-120_000, "−2.0 min"),
                                       (7_200_000, "+2.0 h"), (200_000_000, "+2.3 d")])
def test_times_from_the_cut(ms, words):
    from words import relative
    assert relative(ms) == words


def test_the_story_of_a_refused_write():
    assert story(torn(0), poisoned(3000, ago=3000)) == (
        f"{START}; 3 s later a write of 14 B that is not the rest was refused on the same connection.")


def test_later_writes_are_counted():
    assert story(poisoned(0), refused(500, number=1)).endswith(" At least 1 more write was refused in the next 500 ms.")
    assert story(poisoned(0), refused(500, number=1), refused(2500, number=8)).endswith(
        " At least 8 more writes were refused in the next 2.5 s.")
    assert story(poisoned(0), refused(0, number=1)).endswith(" refused at once.")


def test_audit_says_that_it_went_through():
    assert story(poisoned(0, ago=12, audit=True)) == (
        f"{START}; 12 ms later a write of 14 B that is not the rest would have been refused on the same connection "
        "(mode audit: it went through).")


@pytest.mark.parametrize("fields, words", [
    ({"cut": "signal"}, "was cut by a signal at 400 kB"),
    ({"cut": "timeout-or-signal"}, "was cut by a timeout or a signal (the kernel does not say which) at 400 kB"),
    ({"cut": "would-block"}, "was cut by a full send buffer (non-blocking) at 400 kB"),
    ({"cut": "error", "errno": "ECONNRESET"}, "was cut by the error ECONNRESET at 400 kB"),
    ({"cut": "cancelled", "sent_exact": False}, "was cut at 400 kB or more when its thread was cancelled or ended inside the write call"),
    ({"cut": "jumped-over", "sent_exact": False}, "was cut at 400 kB or more when a jump or an exception left the write call"),
    ({"cut": "pause"}, "stopped at 400 kB between two write calls"),
    ({"cut": "of a new kind"}, "was cut by “of a new kind” at 400 kB"),
    ({"cut": None}, "was not whole, with 400 kB sent"),
])
def test_what_cut_it(fields, words):
    assert words in story(poisoned(0, **fields))


@pytest.mark.parametrize("verdict, words", [
    ("abandoned", "; less than 1 ms later a write of 14 B that begins another message was refused"),
    ("strict", "; policy strict does not let the program go on after that; "),
    ("deadline", "; the message was over its deadline; "),
    ("no-return", "; the call never returned, so nobody knows how much it sent; "),
    ("given-up", "; the program gave the message up; "),
    ("of a new kind", "; verdict “of a new kind”; "),
])
def test_why_it_was_refused(verdict, words):
    assert words in story(poisoned(0, verdict=verdict))


def test_no_write_was_offered_yet():
    assert story(poisoned(0, verdict="strict", offered=None)).endswith("the next write will be refused on the same connection.")
    assert "another message on the poisoned connection was refused." in story(refused(0, offered=None))


@pytest.mark.parametrize("fields, words", [
    ({"framing": "call"}, "Write call 3 of 1.00 MB was"),
    ({"framing": "auto"}, "Message 3 of 1.00 MB was"),
    ({"framing": None, "message": None, "length": None}, "Message of unknown length was"),
])
def test_what_was_cut(fields, words):
    assert story(poisoned(0, **fields)).startswith(words)


def test_a_close_inside_a_message():
    assert story(closed(40, ago=40)) == (
        f"{START}; 40 ms later the connection was closed or shut down: the peer never gets the last 600 kB.")
    assert "the peer never gets the rest" in story(closed(40, length=None))


def test_cut_and_resumed():
    assert story(torn(0), resumed(25), ended(90)) == f"{START}; 25 ms later the program went on with exactly the rest."
    assert story(torn(0), resumed(25), torn(30, message=4), resumed(90, message=4)) == (
        "Cut 2 times; each time the program went on with exactly the rest.")


def test_what_the_log_does_not_say_is_not_guessed():
    assert story(torn(0)) == f"{START}. What the program did then is not in the log."
    assert story(refused(5, ago=5)).endswith(" The line that says why is not in the log.")


def test_a_handler_inside_a_write():
    assert story(nested(0)) == (
        "A write of 40 B by a signal handler, inside the write call that it interrupted, was refused; the interrupted call went on.")


def test_bytes_that_cannot_be_the_framing():
    fields = {"framing": "tls", "bytes": "474554202f20485454502f312e310d0a"}
    assert story(line("desync", sent=0, **fields)) == (
        "The bytes 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a (“GET / HTTP/1.1..”) cannot be tls: not guarded any more.")
    assert story(line("desync", sent=7, framing="tls", bytes="00ff")).startswith("After 7 B the bytes 00 ff cannot be tls")
    assert "00 ff cannot be tls (desync=poison); " in story(
        line("desync", framing="tls", bytes="00ff"), poisoned(0, verdict="desync", framing="tls", bytes="00ff"))


def test_off_and_ended():
    assert story(line("off", reason="1204 bytes went past the guard")) == (
        "Not guarded any more: 1204 bytes went past the guard.")
    assert story(ended(0, message=2)) == "Closed or shut down at the end of a message, after 2 whole messages."
    assert "after 0 whole messages" in story(ended(0, message=None))


def test_every_event_that_the_shim_can_write_has_a_sentence():
    from words import brief

    from report.log import CUTS, EVENTS, VERDICTS
    for event in EVENTS:
        for cut in CUTS:
            for verdict in VERDICTS:
                words = brief(event_of(line(event, cut=cut, verdict=verdict)))
                assert words and "None" not in words and "“" not in words


def test_every_field_that_the_shim_writes_is_known():
    import json

    from report.log import line_of

    from events import NUMBERS, TEXTS
    known = {"time", "pid", "event", "audit", "sent_exact", *NUMBERS, *TEXTS}
    assert known == set(json.loads(line_of("torn", json=True, fd=-1)))


def test_signs_that_cannot_be_seen_are_shown():
    from words import visible
    assert visible("a\x00\u202eb\ud800é") == "a\\x00\\u202eb\\ud800é"


