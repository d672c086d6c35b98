"""Whole programs: a real client and a real server, both bare against both guarded, a round each in turn."""

import contextlib
import json
import shutil
import tempfile
from pathlib import Path

import cost
import variants
from output import progress, quartiles, ratios, spread, table
from servers import PAIRS, Busy, Server

NAME = "programs"
ATTEMPTS = 5
A_CLIENT_LEAVES = {"closed"}  # in the middle of an answer: wrk does when its time is over


class Side:
    """A server and its clients: bare, or guarded with a log in which nothing may be."""

    def __init__(self, pair, home, is_guarded):
        self.pair, self.home, self.is_guarded, self.speeds = pair, Path(home), is_guarded, []
        self.home.chmod(0o777)  # some servers want to be somebody else
        self.log = self.home / "log"
        self.environment = cost.environment(None)
        if is_guarded:
            self.environment = {**variants.guarded(pair.framing).environment(), "POISONSHIM_LOG": f"{self.log},json"}

    def run(self, command):
        return cost.run(command, self.environment)

    @contextlib.contextmanager
    def serving(self):
        with Server(self.pair, self.home, self.environment) as server:
            self.port = server.port
            self.need_loaded(server.program)
            once = self.pair.once(server.port)
            if once:
                self.run(once)
            yield self
        self.need_silence()

    def need_loaded(self, program):
        maps = Path(f"/proc/{program.popen.pid}/maps").read_text(encoding="utf-8")
        if ("libpoisonshim" in maps) != self.is_guarded:
            raise RuntimeError(f"{self.pair.name}: the library is in the wrong one of two servers, or cannot be read by it")

    def need_silence(self):
        """A guard that lost its way, or refused, was not measured."""
        text = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        events = [json.loads(line) for line in text.splitlines()]
        loud = [event for event in events if event.get("level") != "info" and event.get("event") not in A_CLIENT_LEAVES]
        if loud:
            raise RuntimeError(f"{self.pair.name}: {loud[0]}")

    def measure(self, quick):
        self.speeds.append(self.speed(quick, ATTEMPTS))

    def speed(self, quick, attempts):
        try:
            return self.pair.speed(self.run(self.pair.client(self.port, quick)))
        except Busy:
            if attempts == 1:
                raise
            return self.speed(quick, attempts - 1)


def measure_pair(pair, options):
    with contextlib.ExitStack() as stack:
        homes = [stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)) for _ in "ab"]
        sides = [stack.enter_context(Side(pair, home, guarded).serving()) for home, guarded in zip(homes, (False, True))]
        for turn in range(options.rounds):
            progress(f"programs: {pair.name}, round {turn + 1} of {options.rounds}")
            for side in sides[::-1] if turn % 2 else sides:
                side.measure(options.quick)
    bare, guarded = (side.speeds for side in sides)
    return {"program": pair.name, "framing": pair.framing, "unit": pair.unit, "bare": quartiles(bare),
            "guarded": quartiles(guarded), "ratio": ratios(bare, guarded)}


def missing(pair):
    """The first program that is not installed."""
    return next((name for name in (pair.client(1, True)[0], *pair.needs) if not shutil.which(name)), None)


def measure(options):
    rows = []
    for pair in PAIRS:
        lacking = missing(pair)
        if lacking:
            progress(f"{pair.name} left out: no program {lacking}")
            continue
        rows.append(measure_pair(pair, options))
    return rows


def show(rows, markdown):
    yield table("Whole programs, both ends guarded against both bare",
                ["", "framing", "unit", "bare [quartiles]", "guarded", "time over bare"],
                [[row["program"], row["framing"], row["unit"], *(spread(row[side], "{:,.0f}" if row[side][1] > 100 else "{:.2f}") for side in ("bare", "guarded")),
                  spread(row["ratio"], "{:.3f}")] for row in rows], markdown)
