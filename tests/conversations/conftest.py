"""Stages for the programs of one test, and for servers that serve all tests."""

import pytest

from real.conftest import certificate, payload  # pylint: disable=unused-import

from .stage import Stage


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
