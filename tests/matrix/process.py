"""Starts the processes of this directory's tests: bare or guarded, the fault layer always underneath."""

import os
import subprocess
from pathlib import Path

import machine

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SHIM_BUILD", REPOSITORY / "build")).resolve()
LIBRARY = Path(os.environ.get("SHIM_LIBRARY", BUILD / "libpoisonshim.so")).resolve()
FAULT_LAYER = BUILD / "libfault.so"


def run(argv, preload, timeout, **variables):
    outside = {name: value for name, value in os.environ.items()
               if name != "LD_PRELOAD" and not name.startswith("POISONSHIM_")}
    environment = {**outside, **variables, **machine.preload(*preload),
                   "PYTHONPATH": str(REPOSITORY / "tests"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(machine.command(argv), env=environment, timeout=timeout, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def module(name, *arguments):
    return [machine.PYTHON, "-m", f"matrix.{name}", *map(str, arguments)]


def bare(argv, timeout):
    return run(argv, [FAULT_LAYER], timeout)


def guarded(argv, timeout, framing, log, **settings):
    return run(argv, [LIBRARY, FAULT_LAYER], timeout, POISONSHIM_FRAMING=framing, POISONSHIM_LOG=str(log), **settings)
