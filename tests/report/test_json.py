"""The JSON line of every event."""

import errno
import itertools
import json
import os
import random
import re
import socket

import pytest

from .log import CUTS, EVENTS, VERDICTS, built, line_of, lines_of, note, report

KEYS = ["time", "pid", "event", "audit", "fd", "type", "message", "sent", "length", "sent_exact", "cut", "errno", "ago_ms",
        "verdict", "offered", "refused", "bytes", "reason", "comm", "framing", "peer", "local"]


def objects_of(function, **log):
    return [json.loads(line) for line in lines_of(function, json=True, **log)]


def object_of(event, **fields):
    return json.loads(line_of(event, json=True, **fields))


def test_every_key_of_a_full_line():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        read = object_of("poisoned", fd=client.fileno(), framing=b"packet(4)", message=3, sent=710648, length=1048580,
                         cut="error", cut_errno=errno.EIO, ago_ns=12999999, verdict="not-the-rest", offered=41, audit=True,
                         bytes=b"GET ", reason=b"why")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", read.pop("time"))
        assert isinstance(read.pop("pid"), int)
        assert read == {
            "event": "poisoned", "audit": True, "fd": client.fileno(), "type": "tcp", "message": 3, "sent": 710648,
            "length": 1048580, "sent_exact": True, "cut": "error", "errno": "EIO", "ago_ms": 12, "verdict": "not-the-rest",
            "offered": 41, "refused": None, "bytes": "47455420", "comm": "python3", "framing": "packet(4)",
            "peer": f"127.0.0.1:{server.getsockname()[1]}", "local": f"127.0.0.1:{client.getsockname()[1]}", "reason": "why"}


def test_what_is_not_known_is_null():
    read = object_of("torn", fd=-1)
    assert {key for key, value in read.items() if value is None} == {
        "fd", "message", "length", "cut", "errno", "ago_ms", "verdict", "offered", "refused", "bytes", "framing", "peer",
        "local", "reason"}
    assert read["type"] == "closed"


def test_every_combination_parses_and_has_every_key():
    choices = list(itertools.product(EVENTS, CUTS, VERDICTS, (False, True), (False, True), (0, 9), ({}, {"offered": 2**64 - 1})))

    def child():
        for event, cut, verdict, audit, unknown, length, offered in choices:
            report(event, fd=0, cut=cut, verdict=verdict, audit=audit, sent_unknown=unknown, length=length, refused=5,
                   cut_errno=errno.EIO, **offered)

    for read, (event, cut, verdict, audit, unknown, length, offered) in zip(objects_of(child), choices, strict=True):
        assert list(read) == KEYS
        assert (read["event"], read["cut"], read["verdict"], read["audit"]) == (event, cut, verdict, audit)
        assert (read["sent_exact"], read["length"], read["offered"]) == (not unknown, length or None, offered.get("offered"))
        assert read["refused"] == (5 if event == "refused" else None)
        assert read["errno"] == ("EIO" if cut == "error" else None)
        assert read["ago_ms"] == (0 if cut else None)


def test_numbers_at_their_limits():
    most = 2**64 - 1
    read = object_of("refused", fd=2**31 - 1, message=most, sent=most, length=most, ago_ns=most, cut="timeout-or-signal",
                     cut_errno=-1, verdict="not-the-rest", offered=most, refused=most, bytes=bytes(40), framing=b"x" * 79)
    assert list(read) == KEYS
    assert (read["message"], read["sent"], read["length"], read["offered"], read["refused"]) == (most,) * 5
    assert read["ago_ms"] == most // 10**6
    assert read["bytes"] == "00" * 16


def test_a_string_that_does_not_fit_is_left_out_and_the_rest_stays():
    for length in range(1, 1100, 7):
        (read,) = objects_of(lambda n=length: report("off", fd=0, framing=b"x" * n, reason=b"why"))
        assert read["framing"] == "x" * length if "framing" in read else length > 500
        assert read["reason"] == "why"


def test_a_note_is_cut_and_stays_json():
    for text in (b"guarding", b"x" * 5000, b"\xff" * 5000, "é€😀".encode() * 400, b'"' * 2000, b"", b"y" * 900 + b"\n" * 90):
        (line,) = lines_of(lambda: note("info", text), json=True)
        read = json.loads(line)
        assert list(read) == ["time", "pid", "comm", "level", "text"]
        assert read["level"] == "info"
        whole = text.decode("utf-8", "replace") if text[:1] != b"\xff" else "\xff" * 5000
        assert whole.startswith(read["text"]) and (read["text"] == whole or len(line.encode()) > 1000)


def decoded(text):
    """UTF-8, and every byte that is none as the character of its number."""
    result, at = "", 0
    while at < len(text):
        for n in (1, 2, 3, 4):
            try:
                result += text[at:at + n].decode()
                break
            except UnicodeDecodeError:
                n = 0
        if not n:
            result += chr(text[at])
        at += n or 1
    return result


def escaped(text):
    return json.loads(b'"' + built("line_json", text, len(text)) + b'"')


def test_json_strings_of_one_and_two_bytes():
    for a in range(256):
        assert escaped(bytes([a])) == decoded(bytes([a]))
        for b in range(256):
            assert escaped(bytes([a, b])) == decoded(bytes([a, b]))


EDGES = [0x00, 0x1f, 0x22, 0x5c, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
         0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff]


def test_json_strings_around_every_edge_of_utf8():
    leads = [byte for byte in EDGES if byte >= 0xe0]
    tails = [byte for byte in EDGES if 0x7f <= byte <= 0xc2]
    for text in map(bytes, itertools.chain(itertools.product(EDGES, repeat=3), itertools.product(leads, *[tails] * 3))):
        assert escaped(text) == decoded(text)


@pytest.fixture(name="quiet_directory")
def fixture_quiet_directory(tmp_path, monkeypatch):
    """Unix paths are short in here."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("quiet_directory")
def test_a_line_with_random_bytes_everywhere_parses():
    source = random.Random("json")

    def text(most):
        return bytes(source.choice(EDGES[1:] + list(b"abc")) for _ in range(source.randrange(1, most)))

    def child():
        for _ in range(300):
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(b"\0" + text(107))
                report(source.choice(EVENTS), fd=bound.fileno(), framing=text(79), reason=text(200), message=1, sent=2)
                note("info", text(1500))

    assert len(objects_of(child, comm=os.urandom(31).replace(b"\0", b"x"))) == 600
