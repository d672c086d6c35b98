"""Reports of what real guarded programs logged."""

import re
import subprocess
import sys

import machine
from guard.process import LIBRARY, REPOSITORY, bare_environment, run as run_guarded

from .logs import run

STORY = REPOSITORY / "tests/poisonreport/redis_story.py"

TIMED_OUT = """
import os, socket, struct
message = struct.pack(">I", 1 << 20) + bytes(1 << 20)
for _ in range(2):
    writer, peer = socket.socketpair()
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 0, 20000))
    writer.sendall(struct.pack(">I", 3) + b"abc")
    rest = message[writer.send(message):]
    try:
        writer.send(rest)
    except BlockingIOError:
        pass
    for command in (b"balance=42", b"1", b"2", b"3"):
        try:
            writer.send(command)
        except BrokenPipeError:
            pass
    writer.close()
    peer.close()
"""


def stories(page):
    return [re.sub("\u00a0", " ", story) for story in re.findall(r'class="story"[^>]*>([^<]*)<', page)]


def test_a_send_timeout(tmp_path):
    log = run_guarded(tmp_path, [machine.PYTHON, "-c", TIMED_OUT], FRAMING="packet(4)").check().log
    page, complaints = run(log)
    assert complaints == ""
    assert len(stories(page)) == 2
    for story in stories(page):
        assert re.fullmatch(r"Message 2 \(packet\(4\)\) of 1\.05 MB was cut by a timeout at \d+ kB; (less than 1|\d+) ms later a write of "
                            r"10 B that is not the rest was refused on the same connection\. "
                            r"At least 2 more writes were refused (at once|in the next \d+ ms)\.", story), story
    assert "guarding, policy resume" in page


def test_libredis_perl_under_alarm(tmp_path):
    log = tmp_path / "log"
    environment = bare_environment() | machine.preload(LIBRARY) | {"POISONSHIM_FRAMING": "redis", "POISONSHIM_LOG": f"{log},json,debug"}
    variables = [f"{name}={value}" for name, value in environment.items() if name == "LD_PRELOAD" or name.startswith("POISONSHIM_")]
    subprocess.run([sys.executable, STORY, tmp_path, *variables], check=True, timeout=60, env=bare_environment())
    page, _ = run(log)
    assert re.match(r"Message \d+ \(redis\) of 8\.39 MB was cut by a signal at [\d.]+ kB; .* later a write of [\d.]+ k?M?B that is not "
                    r"the rest was refused on the same connection\.", stories(page)[0]), stories(page)
    assert "redis_client.pl" in page or "perl" in page
    assert "redis.sock" in page
