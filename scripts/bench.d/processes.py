"""System calls, memory of an fd, start of a process."""

import statistics

import cost
from output import progress, quartiles, spread, table, verdict

NAME = "process"
TURNS = (("write, /dev/null", "packet(4)", ("write", "write", "null", 64), 4),
         *((f"write, {framing}", framing, ("write", "write", "pair", 64), 4) for framing in ("call", "packet(4)", "line")),
         ("a stream's life: socketpair, write, dup, close", "packet(4)", ("churn",), 100))
MEMORY = (("guarded clean stream, packet(4)", "packet(4)", "pair", cost.STREAM_BYTES_BUDGET),
          ("guarded clean stream, call", "call", "pair", cost.STREAM_BYTES_BUDGET),
          ("other fd (datagram socket)", "packet(4)", "datagram", cost.OTHER_FD_BYTES_BUDGET))


def system_calls():
    for label, framing, command, turns in TURNS:
        progress(f"system calls: {label}")
        bare = cost.more_system_calls("bare", None, command, turns)
        guarded = cost.more_system_calls("poisonshim", framing, command, turns)
        more = {name: (guarded.get(name, 0) - bare.get(name, 0)) / bare["write"] for name in sorted({*bare, *guarded})}
        yield {"what": label, "more": {name: calls for name, calls in more.items() if calls}}


def memory(options):
    for label, framing, kind, budget in MEMORY:
        progress(f"memory: {label}")
        taken = {variant: cost.memory_bytes(variant, framing, kind, 1000 if options.quick else 20000)
                 for variant in cost.LIBRARIES}
        yield {"what": label, **taken, "over": taken["poisonshim"] - taken["forward"], "budget": budget}


def start(options):
    progress("start of a process")
    samples = cost.start_ns(20 * options.rounds)
    for variant, values in samples.items():
        over = statistics.median(value - bare for value, bare in zip(values, samples["bare"]))
        yield {"what": variant, "us": quartiles([value / 1000 for value in values]), "over_bare": over / 1000}


def measure(options):
    return {"system_calls": list(system_calls()), "memory": list(memory(options)), "start": list(start(options))}


def show(rows, markdown):
    yield table("System calls of one turn beyond a bare run (strace)", ["", "more"],
                [[row["what"], ", ".join(f"{name} {calls:+.2f}" for name, calls in row["more"].items()) or "none"]
                 for row in rows["system_calls"]], markdown)
    yield table("Memory of one more fd, bytes of anonymous memory", ["", "bare", "forward", "poisonshim", "budget over forward"],
                [[row["what"], *(f"{row[variant]:.1f}" for variant in cost.LIBRARIES), verdict(row["over"], row["budget"])]
                 for row in rows["memory"]], markdown)
    yield table("Start and end of /bin/true", ["", "us [quartiles]", "over bare"],
                [[row["what"], spread(row["us"]), f"{row['over_bare']:+.0f}"] for row in rows["start"]], markdown)
