"""Many small frames in one write, for every preset: the framing alone."""

from frames import frames

from output import progress, table

NAME = "frames"


def measure(options):
    rows = []
    for name, frame in sorted(frames.known().items())[:3 if options.quick else None]:
        progress(f"frames: {name}")
        rows.append({"framing": name, "gigabytes_a_second": frames.gigabytes_a_second(name, frame),
                     "instructions": frames.instructions(name, frame, frames.FRAME), "at_least": frames.budget(frame)})
    return rows


def show(rows, markdown):
    yield table("1 MiB of 64 B frames in one write", ["framing", "GB/s", "instructions a frame", "at least GB/s"],
                [[row["framing"], f"{row['gigabytes_a_second']:.2f}", f"{row['instructions']:.0f}",
                  f"{row['at_least']:g} {'ok' if row['gigabytes_a_second'] >= row['at_least'] else 'UNDER'}"]
                 for row in rows], markdown)
