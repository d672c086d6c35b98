"""Stages for the programs of one test, and for servers that serve all tests."""

import pytest

from real.conftest import certificate, payload  # pylint: disable=unused-import

from .stage import Stage


SIZE = 3 << 20  # bytes


@pytest.fixture(scope="session")
def big_file(payload):
    """Longer than what buffers swallow that were made small."""
    path = payload.with_name("big")
    path.write_bytes(payload.read_bytes()[:SIZE])
    return path


@pytest.fixture
def stage():
    stage = Stage()
    yield stage
    stage.clear_away()


@pytest.fixture(scope="session")
def house():
    """For servers."""
    stage = Stage()
    yield stage
    stage.clear_away()
