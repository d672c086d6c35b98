"""The shim as a test sees it: an environment to put on a program, and what its log said afterwards."""

import json
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SHIM_BUILD", REPOSITORY / "build")).resolve()
LIBRARY = Path(os.environ.get("SHIM_LIBRARY", BUILD / "libpoisonshim.so")).resolve()
SMALL_SEND_BUFFER = BUILD / "libsmallsendbuffer.so"

HARMLESS = {"start", "torn", "resumed", "ended"}

RPYC = "length-field(length=4,adjustment=2)"

PRESET = {
    "default": {},
    "http2": {"POISONSHIM_RULES": "type:tcp=http2"},
    "strict": {"POISONSHIM_POLICY": "strict"},
    "strict, rpyc": {"POISONSHIM_POLICY": "strict", "POISONSHIM_FRAMING": RPYC},
    "call, large window": {"POISONSHIM_FRAMING": "call", "POISONSHIM_WINDOW": "65536"},
}


class Guard:
    """`name` is "bare" (without the shim), a key of PRESET, or what POISONSHIM_FRAMING shall say."""

    def __init__(self, name, log):
        self.name = name
        self.active = name != "bare"
        self.log = log
        self.variables = PRESET.get(name, {"POISONSHIM_FRAMING": name})

    def environment(self, small_send_buffer=False):
        """With `small_send_buffer`, every connection of the program, bare or guarded, has one (small_send_buffer.c)."""
        outside = {name: value for name, value in os.environ.items()
                   if name != "LD_PRELOAD" and not name.startswith("POISONSHIM_")}
        preloads = [LIBRARY] * self.active + [SMALL_SEND_BUFFER] * small_send_buffer
        for preload in preloads:
            assert preload.exists(), f"{preload} is missing: make it first"
        inside = {**self.variables, "POISONSHIM_LOG": f"{self.log},json,debug"} if self.active else {}
        return {**outside, **inside, "LD_PRELOAD": " ".join(map(str, preloads))}

    def events(self, kind=None):
        if not self.log.exists():
            return []
        events = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [event for event in events if event.get("level") != "info" and kind in (None, event.get("event"))]

    def assert_loaded(self, program):
        """The library is mapped in every process of a guarded program, and in none of a bare one."""
        for process in program.processes():
            mapped = "libpoisonshim" in Path(f"/proc/{process}/maps").read_text()
            assert mapped == self.active, f"process {process} of {program.argv}"

    def assert_undisturbed(self, short_writes=False, allowed=()):
        """Nothing was refused; with `short_writes`, the program was cut and resumed, so the guard had work to do.
        `allowed` names events that the test itself provokes."""
        if not self.active:
            return
        loud = [event for event in self.events() if event.get("event") not in HARMLESS | set(allowed)]
        assert not loud, json.dumps(loud)
        if short_writes:
            assert self.events("torn"), "no write was cut: the test shows nothing"
            assert self.events("resumed")

    def assert_framed_as(self, framing):
        """What `auto` recognised, or what was configured, as the log says it of the cut messages."""
        if self.active:
            assert {event["framing"] for event in self.events("torn")} == {framing}

    def assert_poisoned_once(self):
        if self.active:
            assert len(self.events("poisoned")) == 1
