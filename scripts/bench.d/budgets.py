"""Instructions of one write over a forwarding shim, against what DESIGN allows."""

import cost
from output import progress, table, verdict

NAME = "instructions"

# What is done, framing, arguments of build/bench, budget over the forwarding shim.
ROWS = [
    ("/dev/null 64 B", "packet(4)", ("write", "write", "null", 64, 8), cost.UNGUARDED_BUDGET),
    ("/dev/null, threaded", "packet(4)", ("write", "write", "null", 64, 8, "threaded"), cost.UNGUARDED_BUDGET),
    ("datagram socket 64 B", "packet(4)", ("write", "write", "datagram", 64, 100), cost.UNGUARDED_BUDGET),
    ("write 64 B", "packet(4)", ("write", "write", "pair", 64, 8), cost.GUARDED_BUDGET),
    ("write 64 B, threaded", "packet(4)", ("write", "write", "pair", 64, 8, "threaded"), cost.THREADED_BUDGET),
    ("write 64 KiB", "packet(4)", ("write", "write", "pair", 65536, 300), cost.GUARDED_BUDGET),
    ("send 64 B", "packet(4)", ("write", "send", "pair", 64, 8), cost.GUARDED_BUDGET),
    ("writev 4 + 60 B", "packet(4)", ("write", "writev", "pair", 64, 8), None),
    ("sendmsg 4 + 60 B", "packet(4)", ("write", "sendmsg", "pair", 64, 8), None),
    ("write 64 B", "fixed(64)", ("write", "write", "pair", 64, 8), None),
    ("write 64 B", "line", ("write", "write", "pair", 64, 8), None),
    ("write 64 KiB", "line", ("write", "write", "pair", 65536, 300), None),
    ("write 64 B", "call", ("write", "write", "pair", 64, 8), None),
    ("write 64 B", "auto", ("write", "write", "pair", 64, 8), None),
    ("poll", "packet(4)", ("wait", "poll", 100), cost.UNGUARDED_BUDGET),
    ("poll in vain", "packet(4)", ("wait", "poll-in-vain", 100), cost.UNGUARDED_BUDGET),
    ("select", "packet(4)", ("wait", "select", 100), cost.UNGUARDED_BUDGET),
    ("torn write 64 KiB", "packet(4)", ("torn", 65536, 100), None),
    ("torn write 1 MiB", "packet(4)", ("torn", 1 << 20, 100), None),
]


def measure(options):
    rows = []
    for label, framing, arguments, budget in ROWS[:2] if options.quick else ROWS:
        progress(f"instructions: {label}, {framing}")
        if not cost.is_guarded(framing):
            raise SystemExit(f"poisonshim lets a torn stream of framing {framing} through: there is nothing to measure")
        counts = {variant: cost.instructions(variant, framing, *arguments) for variant in cost.LIBRARIES}
        rows.append({"write": label, "framing": framing, **counts,
                     "over": counts["poisonshim"] - counts["forward"], "budget": budget})
    return rows


def show(rows, markdown):
    yield table("Instructions in user space (callgrind)",
                ["", "framing", "bare", "forward", "poisonshim", "over forward", "budget"],
                [[row["write"], row["framing"], *(f"{row[variant]:.1f}" for variant in cost.LIBRARIES),
                  f"{row['over']:+.1f}", verdict(row["over"], row["budget"])] for row in rows], markdown)
