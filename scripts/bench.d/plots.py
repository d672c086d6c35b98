"""build/scale.svg: what a write costs against fds, threads, length and frames, a plot each."""

import math

from svg import COLOURS, FAINT, INK, MORE_COLOURS, Picture, legend

WIDTH, HEIGHT, LEFT, TOP, GAP = 400, 230, 90, 90, 110
MARKS = ("circle", "square", "diamond", "triangle")


class Axis:
    """A logarithmic one, from a power of its base to another."""

    def __init__(self, values, start, length, base):
        self.base, self.start, self.length = base, start, length
        self.low = math.floor(math.log(min(values), base) + 1e-9)
        self.high = max(math.ceil(math.log(max(values), base) - 1e-9), self.low + 1)

    def place(self, value):
        return self.start + self.length * (math.log(value, self.base) - self.low) / (self.high - self.low)

    def ticks(self):
        step = math.ceil((self.high - self.low) / 8)
        return [self.base ** power for power in range(self.low, self.high + 1, step)]


def short(value):
    for unit, words in ((1 << 20, "Mi"), (1 << 10, "Ki")):
        if value >= unit and value % unit == 0:
            return f"{value // unit}{words}"
    for unit, words in ((10 ** 6, "M"), (10 ** 3, "k")):
        if value >= unit and value % unit == 0:
            return f"{value // unit}{words}"
    return f"{value:g}"


def mark(picture, at, x, y, colour):
    """Another shape for each line, so that colour is not all that tells them apart."""
    shape = MARKS[at % len(MARKS)]
    if shape == "circle":
        picture.element("circle", class_="point", cx=x, cy=y, r=4, fill=colour)
    elif shape == "square":
        picture.element("rect", class_="point", x=x - 3.5, y=y - 3.5, width=7, height=7, fill=colour)
    else:
        points = [(0, -5), (5, 0), (0, 5), (-5, 0)] if shape == "diamond" else [(0, -5), (5, 4), (-5, 4)]
        picture.element("polygon", class_="point", points=" ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in points),
                        fill=colour)


def grid(picture, title, label, across, up, x, y):
    picture.text(x, y - 34, title, weight="bold", size=14)
    for value in up.ticks():
        picture.line(x, up.place(value), x + WIDTH, up.place(value), stroke=FAINT)
        picture.text(x - 6, up.place(value) + 4, f"{value:,}", size=11, anchor="end")
    for value in across.ticks():
        picture.line(across.place(value), y + HEIGHT, across.place(value), y + HEIGHT + 4)
        picture.text(across.place(value), y + HEIGHT + 17, short(value), size=11, anchor="middle")
    picture.line(x, y + HEIGHT, x + WIDTH, y + HEIGHT, stroke=INK)
    picture.text(x + WIDTH / 2, y + HEIGHT + 36, label, anchor="middle")
    picture.element("text", "ns a write", font_size=12, fill=INK, text_anchor="middle",
                    transform=f"translate({x - 54} {y + HEIGHT / 2}) rotate(-90)")


def colour_of(variant, at):
    return COLOURS.get(variant, MORE_COLOURS[at % len(MORE_COLOURS)])


def plot(picture, title, label, base, rows, x, y):
    across = Axis([row["x"] for row in rows], x, WIDTH, base)
    up = Axis([value for row in rows for value in row["ns"]], y + HEIGHT, -HEIGHT, 2)
    grid(picture, title, label, across, up, x, y)
    lines = list(dict.fromkeys(row["variant"] for row in rows))
    legend(picture, x, y - 14, [(variant.removeprefix("poisonshim "), colour_of(variant, at)) for at, variant in enumerate(lines)])
    for at, variant in enumerate(lines):
        shown = [(across.place(row["x"]), *map(up.place, row["ns"])) for row in rows if row["variant"] == variant]
        colour = colour_of(variant, at)
        picture.element("polyline", fill="none", stroke=colour, stroke_width=1.5,
                        points=" ".join(f"{place:.1f},{middle:.1f}" for place, _, middle, _ in shown))
        for place, low, middle, high in shown:
            picture.line(place, low, place, high, stroke=colour)
            mark(picture, at, place, middle, colour)


def draw(path, plots, machine):
    """`plots`: (title, label of the axis, base of its logarithm, rows), at most four."""
    picture = Picture(2 * (LEFT + WIDTH) + 40, TOP + 2 * (HEIGHT + GAP), "What a write costs: bare, forwarded, guarded")
    picture.text(16, 44, machine, size=11)
    for at, (title, label, base, rows) in enumerate(plots):
        if rows:
            plot(picture, title, label, base, rows, LEFT + at % 2 * (LEFT + WIDTH), TOP + at // 2 * (HEIGHT + GAP) + 20)
    picture.save(path)
