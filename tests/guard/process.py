"""A guarded process: runs a program under the shim and says how it ended and what the log said."""

import json
import os
import re
import subprocess
from pathlib import Path

import machine
from sanitizers import checker

REPOSITORY = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.environ.get("SHIM_LIBRARY", REPOSITORY / "build/libpoisonshim.so")).resolve()
PROGRAMS = Path(os.environ.get("SHIM_BUILD", REPOSITORY / "build")).resolve() / "guard"
PATIENCE = 60


def bare_environment():
    return {name: value for name, value in os.environ.items()
            if name != "LD_PRELOAD" and not name.startswith("POISONSHIM_")}


class Ended:
    """A process that has ended, and its log."""

    def __init__(self, process, log):
        self.status = process.returncode
        self.stdout = process.stdout
        self.stderr = process.stderr
        self.log = log

    def lines(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def events(self, kind=None):
        events = [json.loads(line) for line in self.lines()]
        return [event for event in events if "event" in event and kind in (None, event["event"])]

    def check(self):
        assert self.status == 0, f"status {self.status}\n{self.stderr}\n" + "\n".join(self.lines())
        return self


def run(directory, argv, guarded=True, pass_fds=(), cold=False, before=(), above=(), **variables):
    """Runs argv. `variables` are set without their prefix: FRAMING="line"; LOG is a file, as JSON, unless it is set.
    In `cold` scenes the guard has not met a stream before (scene.c). The guard lies above the libraries `above`,
    and those `before` lie above it."""
    machine.skip_what_is_missing(argv)
    log = directory / "poisonshim.log"
    environment = bare_environment() | checker.variables(directory)
    if cold:
        environment["SCENE_COLD"] = "1"
    if guarded:
        if not checker.brings_the_guard(argv[0], PROGRAMS):
            environment |= machine.preload(*before, LIBRARY, *above)
        environment["POISONSHIM_LOG"] = f"{log},json,debug"
        environment |= {f"POISONSHIM_{name}": value for name, value in variables.items()}
    argv = [*checker.command(directory), *argv]
    process = subprocess.run(machine.command(argv), env=environment, cwd=directory, pass_fds=pass_fds,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False)
    checker.check(directory)
    return Ended(process, log)


def play(directory, program, *arguments, **variables):
    checker.skip_impossible(program, arguments)
    return run(directory, [PROGRAMS / program, *arguments], **variables)


def run_scene(directory, program, *arguments, **variables):
    return play(directory, program, *arguments, **variables).check()


def scenes(program):
    """The names of the scenes in a program, as its source lists them."""
    source = (Path(__file__).parent / f"{program}.c").read_text(encoding="ascii")
    return re.findall(r"\bSCENE\((\w+)\)", source)
