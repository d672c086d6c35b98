"""A test of a guard that was not built would pass where nothing needs guarding."""

import os
import pathlib

import pytest

TOP = pathlib.Path(__file__).resolve().parents[1]
LIBRARY = pathlib.Path(os.environ.get("SHIM_LIBRARY", TOP / "build/libpoisonshim.so"))


def pytest_configure(config):
    if not LIBRARY.is_file():
        pytest.exit(f"{LIBRARY} is not built: run make check, or make and set SHIM_LIBRARY", returncode=2)
