"""build/bench.svg: what a write costs over a bare one, a panel for each way to write; below, whole programs."""

import math

from svg import COLOURS, FAINT, INK, Picture, legend

LABELS, PANEL, ROW, GAP = 170, 260, 17, 26
NUMBERS = 95  # room for them, right of the bars
TOP, HEAD = 80, 40
PROGRAMS_WIDTH = 600
RATIOS = 0.3, 3.0  # what is beyond is drawn at the edge


def largest(rows):
    """The end of a panel's axis: what others cost beyond four times our own leaves the panel."""
    ours = max([row["over"][2] for row in rows if row["kind"] in ("forward", "poisonshim")] + [0.05 * rows[0]["ns"][1], 1])
    everybody = max(row["over"][1] for row in rows)
    return max(min(everybody * 1.1, 4 * ours), ours * 1.1)


def bar(picture, row, x, y, scale, end):
    low, middle, high = (max(0, min(value, end)) * scale for value in row["over"])
    is_cut = row["over"][1] > end
    picture.element("rect", class_="bar", x=x, y=y + 2, width=max(middle, 0.5), height=ROW - 5, fill=COLOURS[row["kind"]])
    picture.line(x + low, y + ROW / 2 - 0.5, x + high, y + ROW / 2 - 0.5, width=1.5)
    picture.text(x + PANEL - 34, y + ROW - 5, f"{row['over'][1]:+,.0f} ns", size=11, anchor="end")
    if is_cut:
        picture.text(x + PANEL - NUMBERS, y + ROW - 5, "»", size=11)


def panel(picture, rows, places, x, y):
    end = largest(rows)
    scale = (PANEL - NUMBERS) / end
    bare = next(row for row in rows if row["kind"] == "bare")
    picture.text(x, y - 18, f"{rows[0]['write']} to {rows[0]['to']}", weight="bold")
    picture.text(x, y - 5, f"bare: {bare['ns'][1]:,.0f} ns", size=11)
    picture.line(x, y, x, y + ROW * len(places), stroke=INK)
    for row in rows:
        bar(picture, row, x, y + places.index(row["variant"]) * ROW, scale, end)


def writes(picture, rows, y):
    """A variant that cannot do one of the writes leaves its place empty."""
    targets, kinds, places = (list(dict.fromkeys(row[key] for row in rows)) for key in ("to", "write", "variant"))
    for target in targets:
        for at, kind in enumerate(kinds):
            shown = [row for row in rows if (row["to"], row["write"]) == (target, kind)]
            panel(picture, shown, places, LABELS + at * PANEL, y + HEAD)
        for at, variant in enumerate(places):
            picture.text(LABELS - 8, y + HEAD + at * ROW + ROW - 5, variant, anchor="end")
        y += HEAD + ROW * len(places) + GAP
    return y


class Ratios:
    """The axis of the programs: what the rows reach, and at least a tenth on both sides of 1."""

    def __init__(self, rows):
        values = [value for row in rows for value in row["ratio"]]
        self.low = max(RATIOS[0], math.floor(min(0.9, *values) * 20) / 20)
        self.high = min(RATIOS[1], math.ceil(max(1.1, *values) * 20) / 20)

    def place(self, ratio):
        ratio = min(max(ratio, self.low), self.high)
        return LABELS + 60 + (ratio - self.low) / (self.high - self.low) * PROGRAMS_WIDTH

    def ticks(self):
        step = 5 if self.high - self.low < 0.5 else 25
        low, high = round(self.low * 100), round(self.high * 100)
        return [hundredth / 100 for hundredth in range(-(-low // step) * step, high + 1, step)]


def programs(picture, rows, y):
    picture.text(16, y + 14, "Whole programs, both ends guarded: time over bare (median and quartiles of interleaved rounds)",
                 weight="bold", size=14)
    bottom, axis = y + HEAD + ROW * len(rows), Ratios(rows)
    for ratio in axis.ticks():
        picture.line(axis.place(ratio), y + HEAD - 8, axis.place(ratio), bottom, stroke=INK if ratio == 1 else FAINT)
        picture.text(axis.place(ratio), bottom + 14, f"{ratio:.2f}", size=11, anchor="middle")
    for at, row in enumerate(rows):
        line = y + HEAD + at * ROW + ROW / 2 - 2
        low, middle, high = map(axis.place, row["ratio"])
        picture.text(LABELS + 44, line + 4, f"{row['program']} ({row['framing']})", anchor="end")
        picture.line(low, line, high, line, stroke=COLOURS["poisonshim"], width=3)
        picture.element("circle", class_="bar", cx=middle, cy=line, r=4, fill=COLOURS["poisonshim"])
        picture.text(LABELS + 76 + PROGRAMS_WIDTH, line + 4, f"{row['ratio'][1]:.3f}", size=11)


def draw(path, write_rows, program_rows, machine):
    targets, kinds = (len({row[key] for row in write_rows}) for key in ("to", "write"))
    variants = len({row["variant"] for row in write_rows})
    height = TOP + targets * (HEAD + ROW * variants + GAP) + (HEAD + ROW * len(program_rows) + 40 if program_rows else 0)
    picture = Picture(LABELS + max(kinds, 3) * PANEL + 20, height, "What a preload adds to one write: medians, lines show quartiles")
    picture.text(16, 44, machine, size=11)
    legend(picture, 16, 64, [("bare", COLOURS["bare"]), ("forwarding shim", COLOURS["forward"]),
                             ("poisonshim", COLOURS["poisonshim"]), ("other preloads (» : longer than its panel)", COLOURS["other"])])
    y = writes(picture, write_rows, TOP)
    if program_rows:
        programs(picture, program_rows, y)
    picture.save(path)
