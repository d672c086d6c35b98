"""Two runs side by side, in 80 columns."""

import itertools
import textwrap

LABEL, WIDTH = 8, 35


def wrapped(items):
    lines = []
    for item in items:
        lines += textwrap.wrap(item, WIDTH, subsequent_indent="   ", break_on_hyphens=False) or [""]
    return lines


def row(label, left, right):
    return f"{label:<{LABEL}}{left:<{WIDTH + 2}}{right}".rstrip()


def section(label, bare, guarded):
    """Prints the two lists of sentences beside each other, the label on the first line."""
    labels = itertools.chain([label], itertools.repeat(""))
    for name, left, right in zip(labels, *zip(*itertools.zip_longest(wrapped(bare), wrapped(guarded), fillvalue=""))):
        print(row(name, left, right))


def heading():
    section("", ["BARE", "-" * WIDTH], ["GUARDED", "-" * WIDTH])


def logs(bare, guarded):
    """What the clients said on stderr, which is where the shim logs by default; the bare one should have been silent."""
    if bare.strip():
        print("\nThe bare client's stderr:")
        print(textwrap.indent(bare.strip(), "  "))
    print("\nThe guarded client's stderr:")
    print(textwrap.indent(guarded.strip() or "(nothing)", "  "))


def verdict(no_fault, not_clean):
    """Prints the last sentence and returns the exit status. Each argument is None or a reason."""
    if no_fault:
        print(f"\nFAILED: the bare run shows no fault: {no_fault}.")
    if not_clean:
        print(f"\nFAILED: the guarded run is not clean: {not_clean}.")
    if no_fault or not_clean:
        return 1
    print("\nBare: the peer took torn bytes for a message. Guarded: every message it took is whole.")
    return 0
