"""The cut matrix of one sample, in a process that runs under the shim and the fault layer.

    LD_PRELOAD="libpoisonshim.so libfault.so" POISONSHIM_FRAMING=... python3 -m matrix.driver NAME [options]

One line for every case that fails, with the command that repeats it; a line of JSON with the counts at the end."""

import argparse
import collections
import functools
import json
import signal
import sys
from pathlib import Path
from random import Random

from . import cases, libc, reuse, samples, simulation
from .model import parse_known
from .stream import PipeTransport, Stream, TcpTransport, UnixTransport

FAILURES_SHOWN = 5
SHORT = 48
SECONDS = 270


def named(function, *arguments):
    words = [function.__name__, *(argument.__name__ if callable(argument) else str(argument) for argument in arguments)]
    return " ".join(words), functools.partial(lambda case, f, a: f(case, *a), f=function, a=arguments)


def shortened(sample):
    """The first messages of a sample, few enough for a square of offsets."""
    keep = [sample.messages[0]]
    for message in sample.messages[1:]:
        if len(b"".join(keep) + message) <= SHORT:
            keep.append(message)
        else:
            break
    return sample._replace(messages=tuple(keep))


def ways_to_abandon():
    for instead in cases.INSTEAD:
        yield named(cases.abandons, instead)
        yield named(cases.abandons_late, instead)


def in_turn(entries, offset, share):
    """One in `share` of them, others at the next offset."""
    return [entry for number, entry in enumerate(entries) if (number + offset) % share == 0]


def at_every_offset(sample, transport, offset, share):
    """(name, function) of the cases that run once for each offset and seed."""
    yield named(cases.resumes)
    yield from in_turn(ways_to_abandon(), offset, share)
    if sample.protocol != "call":
        yield named(cases.drops_whole_messages)
    if has_a_parser(sample):
        yield named(cases.stops_uncut)
    if not long(sample):
        yield named(cases.byte_a_vector)
    if transport.name != "pipe":
        yield named(cases.batch, True)
        yield named(cases.batch, False)


def has_a_parser(sample):
    """For bytes of any kind; that of HTTP/2 wants whole frames."""
    return isinstance(sample.protocol, str) and sample.protocol != "http2"


def long(sample):
    return len(b"".join(sample.messages)) > samples.LONG


def squared(short, share):
    """writev in two, split everywhere and cut everywhere; if the cases are shared out, a long message not everywhere."""
    size = len(b"".join(short.messages))
    for at in range(0, size + 1, share if share == 1 else share * -(-size // SHORT)):
        yield named(cases.splits_vector, at)


def at_some_offsets():
    yield named(cases.poisoned_everywhere)
    for leave in (reuse.leave_torn, reuse.leave_poisoned, reuse.leave_inside):
        for again in reuse.SEEN + reuse.UNSEEN:
            yield named(reuse.is_innocent, leave, again)
        for again in reuse.SEEN:
            yield named(reuse.is_guarded, leave, again)


class Driver:
    def __init__(self, options):
        self.options = options
        self.faults = libc.Faults()
        self.arenas = [libc.Arena(Random(0), memory()) for memory in (libc.mapped, libc.heap)]
        self.counts = collections.Counter()
        self.stream_class = simulation.stream_class(options.simulate) if options.simulate else Stream
        self.stream_class.calls = options.calls or tuple(libc.PIPE_CALLS if options.pipe else libc.CALLS)

    def run(self, sample, name, check, offset, seed, transport):
        if self.options.only and self.options.only != [name, str(offset), str(seed), transport.name]:
            return
        arena = self.arenas[offset % len(self.arenas)]
        random = arena.random = Random(f"{sample.name} {name} {offset} {seed} {transport.name}")
        stream = self.stream_class(sample, random, transport, self.faults, arena)
        case = cases.Case(sample, offset, stream)
        try:
            check(case)
        except AssertionError as failure:
            self.report(stream, failure, name, offset, seed, transport)
        finally:
            stream.close()
        self.counts["cases"] += 1
        self.counts["abandoned"] += case.abandoned
        self.counts["poisoned"] += case.abandoned and stream.model.poisoned

    def report(self, stream, failure, name, offset, seed, transport):
        self.counts["failures"] += 1
        if self.counts["failures"] <= FAILURES_SHOWN:
            print(f"{failure}\n  repeat: --only '{name}' {offset} {seed} {transport.name}\n  "
                  + "\n  ".join(stream.trace[-12:]), flush=True)

    def matrix(self, sample, transport, seeds, every=1):
        for offset in range(0, len(b"".join(sample.messages)) + 1, every * (71 if long(sample) else 1)):
            for name, check in at_every_offset(sample, transport, offset, self.options.share):
                for seed in seeds:
                    self.run(sample, name, check, offset, seed, transport)

    def square(self, sample, transport):
        short = shortened(sample)
        assert not long(short)
        for name, check in squared(short, self.options.share):
            for offset in range(len(b"".join(short.messages)) + 1):
                self.run(short, name, check, offset, 0, transport)

    def rest(self, sample, transport):
        data = b"".join(sample.messages)
        ends = {0, *parse_known(sample.frames or sample.messages, data)[0]}
        inside = [offset for offset in range(len(data)) if offset not in ends]
        for name, check in at_some_offsets():
            for offset in inside[::max(len(inside) // 4, 1)]:
                self.run(sample, name, check, offset, 0, transport)


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("sample", choices=(*samples.BY_NAME, *samples.RECORDED))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--tcp", choices=("none", "some", "all"), default="some")
    parser.add_argument("--pipe", action="store_true", help="on a pipe, that a rule must name")
    parser.add_argument("--calls", nargs="+", choices=(*libc.CALLS, *libc.PIPE_CALLS), help="through these alone")
    parser.add_argument("--every", type=int, default=1, help="not at every offset")
    parser.add_argument("--share", type=int, default=1,
                        help="at each offset one in so many of the ways to abandon, in turn")
    parser.add_argument("--only", nargs=4, metavar=("CASE", "OFFSET", "SEED", "TRANSPORT"))
    parser.add_argument("--simulate", choices=simulation.GUARDS)
    return parser.parse_args()


def run_all(driver, sample):
    options, unix, tcp = driver.options, UnixTransport(), TcpTransport()
    driver.matrix(sample, unix, range(options.seeds), options.every)
    driver.square(sample, unix)
    driver.rest(sample, unix)
    if options.tcp != "none":
        driver.matrix(sample, tcp, range(1), every=1 if options.tcp == "all" else 23)


def run_through_calls(driver, sample, transport):
    driver.matrix(sample, transport, range(driver.options.seeds), driver.options.every)


def main():
    signal.alarm(SECONDS)
    options = parse_options()
    assert options.simulate or "libpoisonshim" in Path("/proc/self/maps").read_text(), "the shim is not loaded"
    sample = samples.find(options.sample)
    driver = Driver(options)
    if options.pipe or options.calls:
        run_through_calls(driver, sample, PipeTransport() if options.pipe else UnixTransport())
    else:
        run_all(driver, sample)
    print(json.dumps(driver.counts))
    sys.exit(bool(driver.counts["failures"]))


if __name__ == "__main__":
    main()
