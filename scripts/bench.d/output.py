"""What a person reads: progress, tables, spreads."""

import statistics
import sys


def progress(text):
    """One line on stderr; on a terminal the next one takes its place."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


def quartiles(values):
    """[lower quartile, median, upper quartile]"""
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3


def spread(three, form="{:.0f}"):
    low, middle, high = (form.format(value) for value in three)
    return f"{middle} [{low}…{high}]"


def ratios(above, below):
    """Quartiles of the ratios within each round."""
    return quartiles([one / other for one, other in zip(above, below)])


def verdict(value, budget):
    return "" if budget is None else f"{budget:g} {'ok' if value <= budget else 'OVER'}"


def table(title, columns, rows, markdown=False):
    """The first column is words, the others are numbers; a row is a list of strings."""
    if markdown:
        lines = [columns, ["---"] + ["---:"] * (len(columns) - 1), *rows]
        return f"**{title}**\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
    widths = [max(len(line[at]) for line in [columns, *rows]) for at in range(len(columns))]
    text = f"{title}\n"
    for line in [columns, *rows]:
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]
        text += "  ".join(cells).rstrip() + "\n"
    return text
