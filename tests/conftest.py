"""A test of a guard that was not built would pass where nothing needs guarding."""

import os
import pathlib
import signal

import pytest

TOP = pathlib.Path(__file__).resolve().parents[1]
LIBRARY = pathlib.Path(os.environ.get("SHIM_LIBRARY", TOP / "build/libpoisonshim.so"))


def pytest_addoption(parser):
    parser.addoption("--door", help="only the tests that name this door: @each('door', ...) or pytest.mark.door")


def doors_of(item):
    """The names in its marks, and in its parameters."""
    named = {name for mark in item.iter_markers("door") for name in mark.args}
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return named | {parameters["door"]} if "door" in parameters else named


def pytest_collection_modifyitems(config, items):
    door = config.getoption("--door")
    if door:
        items[:] = [item for item in items if door in doors_of(item)]


def pytest_configure(config):
    # A shell's background job has it ignored, and so would every program that a test starts.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "door(*names): doors of libc that the test goes through")
    if not LIBRARY.is_file():
        pytest.exit(f"{LIBRARY} is not built: run make check, or make and set SHIM_LIBRARY", returncode=2)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    # Other machines' Pythons have no xdist.
    from small_batches import SmallBatches  # pylint: disable=import-outside-toplevel
    return SmallBatches(config, log)
