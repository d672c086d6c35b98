"""A test of a guard that was not built would pass where nothing needs guarding."""

import os
import pathlib

import pytest

TOP = pathlib.Path(__file__).resolve().parents[1]
LIBRARY = pathlib.Path(os.environ.get("SHIM_LIBRARY", TOP / "build/libpoisonshim.so"))


def pytest_configure(config):
    if not LIBRARY.is_file():
        pytest.exit(f"{LIBRARY} is not built: run make check, or make and set SHIM_LIBRARY", returncode=2)


def pytest_collection_modifyitems(config, items):
    """An emulator takes its time: SHIM_EVERY=7 runs every seventh test."""
    every = int(os.environ.get("SHIM_EVERY", "1"))
    left_out = [item for number, item in enumerate(items) if number % every]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = items[::every]
