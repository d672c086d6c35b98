"""Cost of a write against open fds, threads, its length and the frames in it."""

import math

import cost
import messages
import variants
from output import progress, quartiles, ratios, spread, table

FORWARDED = [variant for variant in variants.ours() if variant.kind in ("bare", "forward")]
PACKET = variants.guarded("packet(4)")._replace(name="poisonshim")
THREE = [*FORWARDED, PACKET]
FRAMED = [FORWARDED[0], *(variants.guarded(framing) for framing in ("packet(4)", "http2", "redis"))]


def bench(variant, *arguments):
    return [float(word) for word in cost.run([cost.BENCH, *arguments], variant.environment()).split()]


def bench_many(variant, *arguments):
    """With as many fds as wanted, most of them pretended (tests/bench/manyfds.c)."""
    return [float(word) for word in cost.run([cost.BENCH, *arguments], cost.with_many_fds(variant.environment())).split()]


def powers(low, high, factor):
    count = math.floor(math.log(high / low, factor) + 1e-9)
    found = [low * factor ** power for power in range(count + 1)]
    return found if found[-1] == high else [*found, high]


class Section:
    """One plot: a measurement for each x and variant, interleaved."""

    NAME = TITLE = LABEL = ""
    BASE, VARIANTS = 10, THREE

    def xs(self, quick):
        raise NotImplementedError

    def ns(self, variant, x, quick):
        raise NotImplementedError

    def instructions(self, _variant, _x):
        return None

    def rounds(self, _x, options):
        return options.rounds

    def one_x(self, x, options):
        samples = {variant.name: [] for variant in self.VARIANTS}
        for turn in range(self.rounds(x, options)):
            progress(f"{self.NAME}: {x}, round {turn + 1}")
            shift = turn % len(self.VARIANTS)
            for variant in self.VARIANTS[shift:] + self.VARIANTS[:shift]:
                samples[variant.name].append(self.ns(variant, x, options.quick))
        for variant in self.VARIANTS:
            yield {"x": x, "variant": variant.name, "ns": quartiles(samples[variant.name]),
                   "ratio": ratios(samples[variant.name], samples["bare"]),
                   "instructions": None if options.quick else self.instructions(variant, x)}

    def measure(self, options):
        return [row for x in self.xs(options.quick) for row in self.one_x(x, options)]

    def show(self, rows, markdown):
        yield table(self.TITLE, [self.LABEL, "", "instructions", "ns [quartiles]", "over bare"],
                    [[f"{row['x']:,}", row["variant"], "-" if row["instructions"] is None else f"{row['instructions']:.0f}",
                      spread(row["ns"]), spread(row["ratio"], "{:.3f}")] for row in rows], markdown)


class Fds(Section):
    NAME, TITLE, LABEL = "fds", "64 B, so many open streams, in no order", "open streams"

    def xs(self, quick):
        return [1, 100] if quick else powers(1, 1000000, 10)

    def rounds(self, x, options):
        return options.rounds if x < 100000 else min(options.rounds, 3)

    def ns(self, variant, x, quick):
        return bench_many(variant, "fds", x, 1 if quick else 3)[1]

    def instructions(self, variant, x):
        return cost.counted_in(cost.with_many_fds(variant.environment()), "fds", x, 1).instructions


class Threads(Section):
    NAME, TITLE, LABEL = "threads", "64 B, a stream a thread, CPU time", "threads"
    BASE = 2

    def xs(self, quick):
        return [1, 2] if quick else powers(1, 64, 2)

    def ns(self, variant, x, quick):
        return bench(variant, "threads", x, 2 if quick else max(2, 100 // x))[0]


class Length(Section):
    NAME, TITLE, LABEL = "length", "One message a write, packet(4)", "bytes"
    BASE = 2

    def xs(self, quick):
        return [64, 1024] if quick else powers(16, 65536, 4)

    def arguments(self, x, batches):
        return messages.write_arguments("packet(4)", "pair", messages.Kind("", "write", x), batches)

    def ns(self, variant, x, quick):
        return bench(variant, *self.arguments(x, 1 if quick else max(30, x // 200)))[1]

    def instructions(self, variant, x):
        return cost.counted_in(variant.environment(), *self.arguments(x, 8)).instructions


class Frames(Section):
    NAME, TITLE, LABEL = "frames", "Frames of 64 B in one write", "frames"
    BASE, VARIANTS = 2, FRAMED

    def xs(self, quick):
        return [1, 8] if quick else powers(1, 1024, 4)

    def arguments(self, variant, x, batches):
        return messages.write_arguments(variant.framing, "pair", messages.Kind("", "write", 64, x), batches)

    def ns(self, variant, x, quick):
        return bench(variant, *self.arguments(variant, x, 1 if quick else max(30, x // 4)))[1]

    def instructions(self, variant, x):
        return cost.counted_in(variant.environment(), *self.arguments(variant, x, 8)).instructions


PLOTS = [Fds(), Threads(), Length(), Frames()]
