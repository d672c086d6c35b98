"""Runs tests/bench/bench.c bare, under the forwarding shim and under poisonshim, and counts what it did.

Nothing here looks at a clock except write_ns() and start_ns().
"""

import collections
import functools
import os
import pathlib
import re
import subprocess
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SHIM_BUILD") or REPOSITORY / "build").resolve()
BENCH = BUILD / "bench"

LIBRARIES = {
    "bare": None,
    "forward": BUILD / "libforward.so",
    "poisonshim": pathlib.Path(os.environ.get("SHIM_LIBRARY") or BUILD / "libpoisonshim.so").resolve(),
}

MANY_FDS = BUILD / "libmanyfds.so"

# Instructions of one write over the forwarding shim. DESIGN.md, section 6, allows more; this is what was reached.
UNGUARDED_BUDGET = 12
GUARDED_BUDGETS = {"call": 50, "auto": 50, "fixed(64)": 62, "line": 63, "packet(4)": 72}
GUARDED_BUDGET = GUARDED_BUDGETS["packet(4)"]
VECTOR_BUDGETS = {"call": 125, "line": 300, "packet(4)": 335}  # two pieces, a header and a body
MACHINE_BUDGETS = {"http1": 1450, "http2": 135, "redis": 335}  # a frame of 64 bytes
TORN_BUDGETS = {"call": 890, "line": 4250, "packet(4)": 1700}  # a short write, and most of what it resumes
RECOGNISED_BUDGET = 25  # more, where it was `auto` that found the protocol
THREADED_BUDGET = 112  # two compare-and-swaps, a look for a cancellation and a second look at the table

STATISTICS_BUDGET = 4  # more, with POISONSHIM_STATS

# Memory of one more fd over the forwarding shim, in bytes.
STREAM_BYTES_BUDGET = 128
OTHER_FD_BYTES_BUDGET = 8

CACHE_LINE = 64
NEAR = 1 << 16  # bytes of a thread's stack in use

COUNTED = "counted_writes"
RUN_SECONDS = 120


def environment(library, framing=None):
    """The caller's environment with nothing preloaded but `library`."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("POISONSHIM_") and name != "LD_PRELOAD"}
    if library:
        kept["LD_PRELOAD"] = str(library)
    if framing:
        kept["POISONSHIM_FRAMING"] = framing
    return kept


def run(command, env):
    done = subprocess.run([str(word) for word in command], env=env, text=True, timeout=RUN_SECONDS,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        words = " ".join(map(str, command))
        raise RuntimeError(f"{words}: exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def variant_environment(variant, framing):
    """`counting` is poisonshim with POISONSHIM_STATS."""
    if variant != "counting":
        return environment(LIBRARIES[variant], framing)
    return environment(LIBRARIES["poisonshim"], framing) | {"POISONSHIM_STATS": statistics_directory().name}


def with_many_fds(env):
    """More than the limit allows, pretended by a library behind the one that is measured."""
    return {**env, "LD_PRELOAD": f"{env.get('LD_PRELOAD', '')} {MANY_FDS}".strip()}


@functools.lru_cache(maxsize=None)
def statistics_directory():
    return tempfile.TemporaryDirectory()


def bench(variant, framing, *arguments):
    return run([BENCH, *arguments], variant_environment(variant, framing))


def is_guarded(framing):
    """True if poisonshim refuses, under this framing, what is not the rest of a cut message."""
    return bench("poisonshim", framing, "guarded").strip() == "yes"


def write_ns(variant, framing, function, target, size, batches):
    """Median time of one write, in ns."""
    return float(bench(variant, framing, "write", function, target, size, batches).split()[1])


def start_ns(rounds):
    """A list for each variant: ns from fork to the end of /bin/true."""
    preloaded = [library for library in LIBRARIES.values() if library]
    rows = run([BENCH, "start", rounds, *preloaded], environment(None)).splitlines()
    return dict(zip(LIBRARIES, zip(*([float(ns) for ns in row.split()] for row in rows))))


def memory_of(env, kind, pairs):
    fds, taken, _ = run([BENCH, "memory", kind, pairs], env).split()
    return int(taken) / int(fds)


def memory_bytes(variant, framing, kind, pairs):
    """Private memory that one more fd took, in bytes."""
    return memory_of(variant_environment(variant, framing), kind, pairs)


def memory_bytes_of_many(variant, framing, streams):
    return memory_of(with_many_fds(variant_environment(variant, framing)), "pair", streams // 2)


def huge_bytes_of_many(variant, framing, streams):
    """Memory in huge pages."""
    env = with_many_fds(variant_environment(variant, framing))
    return int(run([BENCH, "memory", "pair", streams // 2], env).split()[2])


def child_bytes(variant, framing, streams, writes=0):
    """Memory that a forked child, which writes on so many of the streams, has for itself."""
    return int(run([BENCH, "forked", streams, writes, 1], with_many_fds(variant_environment(variant, framing))).split()[2])


def profile(env, arguments, out):
    """Counts the counted writes' instructions into the callgrind file `out`; returns how many writes there were."""
    callgrind = ["valgrind", "-q", "--tool=callgrind", f"--toggle-collect={COUNTED}", f"--callgrind-out-file={out}"]
    return int(run([*callgrind, BENCH, *arguments], env).split()[0])


Counted = collections.namedtuple("Counted", "instructions functions")


def counted_in(env, *arguments):
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory) / "callgrind"
        writes = profile(env, arguments, out)
        text = out.read_text(encoding="utf-8", errors="replace")
    total = int(re.search(r"^(?:summary|totals): (\d+)", text, re.MULTILINE).group(1))
    return Counted(total / writes, frozenset(functions_with_cost(text)))


@functools.lru_cache(maxsize=None)
def counted_once(variant, framing, *arguments):
    return counted_in(variant_environment(variant, framing), *arguments)


def counted(variant, framing, *arguments):
    """Instructions of one write, and the names of the functions that ran."""
    return counted_once(variant, framing if variant in ("poisonshim", "counting") else None, *arguments)


Touched = collections.namedtuple("Touched", "lines written")


def traced_accesses(env, *arguments):
    """What the program printed, and its accesses to memory: S, L or M (both), and the address."""
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory) / "lackey"
        lackey = ["valgrind", "--tool=lackey", "--trace-mem=yes", "--basic-counts=no", f"--log-file={out}"]
        printed = run([*lackey, BENCH, *arguments], env)
        found = re.findall(r"^ ([SLM]) ([0-9a-f]+),", out.read_text(encoding="ascii", errors="replace"), re.MULTILINE)
    return printed, [(kind, int(address, 16)) for kind, address in found]


def touched_by_threads(variant, framing, threads):
    """The cache lines that one write touches, for each thread on a stream of its own, neighbours in memory. The
    thread that wrote before may still be about to go to sleep, on its own stack: that is none of the write's."""
    printed, accesses = traced_accesses(variant_environment(variant, framing), "lines", threads)
    marks = [[int(word, 16) for word in line.split()] for line in printed.splitlines()]
    places = {access: place for place, access in enumerate(accesses)}
    for begin, end, stack in marks:
        others = [other for *_, other in marks if other != stack]
        between = [(kind, address // CACHE_LINE) for kind, address in accesses[places["S", begin] + 1:places["S", end]]
                   if all(abs(address - other) > NEAR for other in others)]
        yield Touched({line for _, line in between}, {line for kind, line in between if kind != "L"})


def functions_with_cost(text):
    """Names of the functions that ran while callgrind counted; the file names others too, at no cost."""
    names, found, current, skip = {}, set(), None, False
    for line in text.splitlines():
        named = re.match(r"c?fn=\((\d+)\)(?: (.*))?", line)
        if named:
            if named.group(2):
                names[named.group(1)] = named.group(2)
            if line.startswith("fn="):
                current = named.group(1)
        elif line.startswith("calls="):
            skip = True  # the next line is the cost of the callee
        elif re.match(r"[+*\d-]", line):
            if not skip and line.split()[-1] != "0":
                found.add(current)
            skip = False
    return {names[function] for function in found if function in names}


def instructions(variant, framing, *arguments):
    return counted(variant, framing, *arguments).instructions


def of_statistics(framing, *arguments):
    """Instructions of one write that POISONSHIM_STATS costs."""
    return instructions("counting", framing, *arguments) - instructions("poisonshim", framing, *arguments)


def over_forwarding(framing, *arguments):
    """Instructions of one write under poisonshim beyond those under the forwarding shim."""
    return instructions("poisonshim", framing, *arguments) - instructions("forward", framing, *arguments)


def over_forwarding_with_many(framing, streams):
    """The same for writes on so many streams, in no order."""
    one, other = (counted_in(with_many_fds(variant_environment(*variant)), "fds", streams, 1).instructions
                  for variant in (("poisonshim", framing), ("forward", None)))
    return one - other


def system_calls(variant, framing, *arguments):
    """Name -> number of system calls of a whole run."""
    variables = variant_environment(variant, framing)
    library = variables.pop("LD_PRELOAD", None)
    preload = ["-E", f"LD_PRELOAD={library}"] if library else []
    with tempfile.NamedTemporaryFile(mode="r", encoding="ascii") as table:
        run(["strace", "-f", "-c", "-U", "name,calls", "-o", table.name, *preload, BENCH, *arguments],
            variables)
        rows = re.findall(r"^(\w+) +(\d+)$", table.read(), re.MULTILINE)
    return collections.Counter({name: int(calls) for name, calls in rows if name != "total"})


def more_system_calls(variant, framing, command, count):
    """Name -> calls that `count` more turns of a command (its last argument) make: start-up cancels."""
    once = system_calls(variant, framing, *command, count)
    twice = system_calls(variant, framing, *command, 2 * count)
    twice.subtract(once)
    return {name: calls for name, calls in twice.items() if calls}
