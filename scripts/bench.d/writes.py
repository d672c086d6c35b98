"""The write path: every preload, every way to write, instructions beside times."""

from concurrent.futures import ThreadPoolExecutor
import os

import cost
import messages
import variants
from output import progress, quartiles, ratios, spread, table

NAME = "writes"
ATTEMPTS = 3
TARGETS = {"null": "/dev/null", "pair": "socketpair", "tcp": "TCP loopback"}


def need_guard(found):
    for variant in found:
        if variant.framing and not messages.is_guarded(variant):
            raise SystemExit(f"poisonshim lets a torn stream of framing {variant.framing} through: there is nothing to measure")


def write_ns(variant, target, kind, batches):
    """libfaketime's semaphore bears the process's number, and outlives those that are killed: then it does not start."""
    arguments = messages.write_arguments(variant.framing, target, kind, batches)
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            return float(cost.run([cost.BENCH, *arguments], variant.environment()).split()[1])
        except RuntimeError:
            if variant.kind != "other" or not attempts_left:
                raise


def able(found, target, kind):
    """Those that write it whole: socket_wrapper has a largest write of its own."""
    for variant in found:
        try:
            write_ns(variant, target, kind, 1)
            yield variant
        except RuntimeError as error:
            if variant.kind != "other":
                raise
            progress(f"{variant.name} left out, {kind.name} to {TARGETS[target]}: {str(error).rpartition('bench: ')[2]}")


def one_round(turn, found, target, kind, batches):
    """In another order each time."""
    shift = turn % len(found)
    return {variant.name: write_ns(variant, target, kind, batches) for variant in found[shift:] + found[:shift]}


def measure_times(able_at, options):
    samples = {cell: [] for cell in able_at}
    for turn in range(options.rounds):
        for (target, kind), found in able_at.items():
            progress(f"writes: round {turn + 1} of {options.rounds}: {kind.name} to {TARGETS[target]}")
            samples[target, kind].append(one_round(turn, found, target, kind, 1 if options.quick else kind.batches))
    return samples


def count(job):
    """None: the preload does not work under callgrind."""
    variant, target, kind = job
    try:
        return cost.counted_in(variant.environment(), *messages.write_arguments(variant.framing, target, kind, 4)).instructions
    except (RuntimeError, ValueError, AttributeError, OSError):
        return None


def measure_instructions(able_at, options):
    jobs = [(variant, *cell) for cell, found in able_at.items() for variant in found]
    if options.quick:
        return dict.fromkeys((variant.name, target, kind) for variant, target, kind in jobs)
    counts = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for at, ((variant, target, kind), instructions) in enumerate(zip(jobs, pool.map(count, jobs))):
            progress(f"writes: instructions, {at + 1} of {len(jobs)}")
            counts[variant.name, target, kind] = instructions
    return counts


def row(variant, cell, rounds, instructions):
    target, kind = cell
    times, bare = ([one[name] for one in rounds] for name in (variant.name, "bare"))
    return {"to": TARGETS[target], "write": kind.name, "variant": variant.name, "kind": variant.kind,
            "instructions": instructions[variant.name, target, kind], "ns": quartiles(times),
            "over": quartiles([time - other for time, other in zip(times, bare)]), "ratio": ratios(times, bare)}


def measure(options):
    found, missing, directory = variants.all_variants()
    with directory:
        need_guard(found)
        for words in missing:
            progress(words)
        able_at = {cell: list(able(found, *cell)) for cell in ((target, kind) for target in TARGETS for kind in messages.KINDS)}
        instructions = measure_instructions(able_at, options)
        samples = measure_times(able_at, options)
    return [row(variant, cell, samples[cell], instructions) for cell, able_there in able_at.items() for variant in able_there]


def line(one):
    instructions = "-" if one["instructions"] is None else f"{one['instructions']:.0f}"
    return [one["variant"], instructions, spread(one["ns"]), spread(one["over"], "{:+.0f}"), spread(one["ratio"], "{:.3f}")]


def summary(rows, to):
    """For a page: variants down, ways to write across."""
    shown = {(row["variant"], row["write"]): row for row in rows if row["to"] == to}
    variants_there, kinds = (list(dict.fromkeys(key[at] for key in shown)) for at in (0, 1))
    return table(f"{to}: instructions; ns over bare [quartiles]", ["", *kinds],
                 [[name, *(in_short(shown.get((name, kind))) for kind in kinds)] for name in variants_there], True)


def in_short(row):
    if not row:
        return ""
    instructions = "" if row["instructions"] is None else f"{row['instructions']:,.0f}; "
    times = f"{row['ns'][1]:,.0f} ns" if row["kind"] == "bare" else spread(row["over"], "{:+,.0f}")
    return instructions + times


def show(rows, markdown):
    for to, write in dict.fromkeys((row["to"], None if markdown else row["write"]) for row in rows):
        if markdown:
            yield summary(rows, to)
        else:
            yield table(f"A write of {write} to {to}", ["", "instructions", "ns [quartiles]", "over bare", "ratio"],
                        [line(row) for row in rows if (row["to"], row["write"]) == (to, write)])
