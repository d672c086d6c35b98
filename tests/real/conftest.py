"""Fixtures for real programs, bare and guarded."""

import random
import subprocess

import pytest

from .guard import Guard
from .program import Program

PAYLOAD = 8 << 20


@pytest.fixture(scope="session")
def payload(tmp_path_factory):
    """A file of random bytes, longer than loopback TCP can swallow, that looks like no protocol at its start."""
    path = tmp_path_factory.mktemp("payload") / "payload"
    path.write_bytes(b"payload:" + random.Random("payload").randbytes(PAYLOAD - 8))
    return path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=localhost", "-days", "2", "-keyout", path, "-out", path.with_suffix(".crt")],
                   check=True, capture_output=True)
    with open(path, "a", encoding="ascii") as both:
        both.write(path.with_suffix(".crt").read_text())
    return path


@pytest.fixture(params=["bare", "auto", "call"])
def guard(request, tmp_path):
    return Guard(request.param, tmp_path / "poisonshim.log")


@pytest.fixture
def start(guard, tmp_path):
    """start(word, ...): a program under `guard`, ended with the test at the latest. It has small send buffers, so that writes
    are really cut, unless told otherwise."""
    started = []

    def start_program(*argv, stdin=None, small_send_buffer=True):
        directory = tmp_path / f"program{len(started)}"
        directory.mkdir()
        started.append(Program(argv, guard.environment(small_send_buffer), directory, stdin))
        return started[-1]

    yield start_program
    for program in started:
        program.clear_away()
