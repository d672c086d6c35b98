"""What many streams, forks and short writes take, and whether threads share what they need not."""

import itertools
import os
from statistics import mean

import cost
import variants
from output import progress, quartiles, ratios, spread, table, verdict
from scale import FORWARDED, THREE, bench, bench_many

NAME = "footprint"
STREAMS = (100000, 1000000)
PAGE = 4096
TRANSFER_BUDGET, START_BUDGET = 1.01, 1000  # over bare: a ratio of CPU time; us
NEIGHBOURS = 10  # streams: every way that one can lie across the lines of the cache


def interleaved(found, rounds, measure, what):
    """Name -> values, in another order each round."""
    samples = {variant.name: [] for variant in found}
    for turn in range(rounds):
        progress(f"{what}: round {turn + 1} of {rounds}")
        for variant in found[turn % len(found):] + found[:turn % len(found)]:
            samples[variant.name].append(measure(variant))
    return samples


def memory(streams):
    progress(f"memory: {streams}")
    rows = [{"what": variant.name, "streams": streams, "bytes": bench_many(variant, "memory", "pair", streams // 2)[1] / streams}
            for variant in THREE]
    return [{**row, "over": row["bytes"] - rows[1]["bytes"]} for row in rows]


def written(path):
    """On disk: until then what is mapped of a file that was just built counts as dirty memory."""
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.close(file)


def forked(streams, options):
    """fork with so many streams open, and the pages that a child has for itself afterwards."""
    for path in filter(None, (cost.BENCH, *cost.LIBRARIES.values())):
        written(path)
    rounds = 20 if options.quick else 100
    samples = interleaved(THREE, min(options.rounds, 3), lambda variant: bench_many(variant, "forked", streams, 1, rounds), "fork")
    idle = {variant.name: bench_many(variant, "forked", streams, 0, 1)[2] for variant in THREE}
    for name, rows in samples.items():
        yield {"what": name, "streams": int(rows[0][0]), "us": quartiles([row[1] / 1000 for row in rows]),
               "pages": (idle[name] - idle["bare"]) / PAGE,
               "pages_after_a_write": (rows[0][2] - samples["bare"][0][2]) / PAGE}


def started(options):
    samples = cost.start_ns(20 * options.rounds)
    for name, values in samples.items():
        yield {"what": name, "us": quartiles([value / 1000 for value in values]),
               "over": quartiles([(value - bare) / 1000 for value, bare in zip(values, samples["bare"])])}


def transferred(options):
    """CPU of pushing so many bytes through a 4 KiB buffer: every write is short. A Unix socket takes 8 KiB at a time, TCP 64."""
    found = [*FORWARDED, variants.guarded("call"), variants.guarded("packet(4)")]
    count = 1 << 24 if options.quick else 1 << 30
    for to, memory in itertools.product(("pair", "tcp"), ("heap", "mapped")):
        samples = interleaved(found, options.rounds,
                              lambda variant, target=(to, memory, count): bench(variant, "transfer", *target)[1],
                              f"transfer to {to}, {memory}")
        for name, values in samples.items():
            yield {"to": to, "from": memory, "what": name, "bytes": count, "ms": quartiles([value / 1e6 for value in values]),
                   "ratio": ratios(values, samples["bare"])}


def shared_by_threads(options):
    """Two threads on neighbouring streams, and on streams far from each other: CPU time of a write and writes a second."""
    batches = 5 if options.quick else 200
    for apart in ([], [64]):
        samples = interleaved(THREE, options.rounds, lambda variant, far=apart: bench(variant, "threads", 2, batches, *far),
                              "threads")
        for name, rows in samples.items():
            yield {"what": name, "streams between": apart[0] if apart else 0, "ns": quartiles([row[0] for row in rows]),
                   "a_second": quartiles([row[1] / 2 for row in rows])}


def layout():
    """The cache lines that a clean write touches, beside other threads that write on the streams around its own."""
    progress("layout")
    forwarded, guarded = (list(cost.touched_by_threads(variant, "packet(4)", NEIGHBOURS)) for variant in ("forward", "poisonshim"))
    shared = {line for one, other in itertools.permutations(guarded, 2) for line in one.written & other.lines}
    more = {name: mean(len(getattr(one, name)) for one in guarded) - mean(len(getattr(one, name)) for one in forwarded)
            for name in ("lines", "written")}
    return {**more, "shared": len(shared)}


def measure(options):
    streams = (1000,) if options.quick else STREAMS
    return {"memory": [row for count in streams for row in memory(count)],
            "forked": [row for count in streams for row in forked(count, options)], "started": list(started(options)),
            "transferred": list(transferred(options)), "threads": list(shared_by_threads(options)), "layout": layout()}


def show(rows, markdown):
    yield table("Memory of a clean stream, bytes of anonymous memory", ["", "open streams", "bytes", "over forward"],
                [[row["what"], f"{row['streams']:,}", f"{row['bytes']:.1f}",
                  verdict(row["over"], cost.STREAM_BYTES_BUDGET) if row["what"] == "poisonshim" else ""]
                 for row in rows["memory"]], markdown)
    yield table("fork and the end of the child",
                ["", "open streams", "us [quartiles]", "pages of its own over bare", "after one write"],
                [[row["what"], f"{row['streams']:,}", spread(row["us"]), f"{row['pages']:+.0f}", f"{row['pages_after_a_write']:+.0f}"]
                 for row in rows["forked"]], markdown)
    yield table("exec: start and end of /bin/true", ["", "us [quartiles]", "over bare", "budget"],
                [[row["what"], spread(row["us"]), spread(row["over"], "{:+.0f}"), verdict(row["over"][1], START_BUDGET)]
                 for row in rows["started"]], markdown)
    size = rows["transferred"][0]["bytes"] >> 20
    yield table(f"{size:,} MiB through a 4 KiB socket buffer, CPU", ["", "to", "from", "ms [quartiles]", "over bare", "budget"],
                [[row["what"], row["to"], row["from"], spread(row["ms"]), spread(row["ratio"], "{:.3f}"),
                  verdict(row["ratio"][1], TRANSFER_BUDGET)] for row in rows["transferred"]], markdown)
    yield table("Two threads, each on its stream", ["", "streams between", "CPU ns a write", "writes a second and thread"],
                [[row["what"], str(row["streams between"]), spread(row["ns"]), spread(row["a_second"], "{:,.0f}")]
                 for row in rows["threads"]], markdown)
    yield layout_in_words(rows["layout"])


def layout_in_words(found):
    shared = f"{found['shared']} of them" if found["shared"] else "none of them"
    return (f"Beside other threads a clean write touches {found['lines']:.1f} lines of the cache more than one under the forwarding"
            f" shim, code not counted, and writes to {found['written']:.1f} of these: {shared} in common with another thread's write on"
            " a neighbouring stream.\n")
