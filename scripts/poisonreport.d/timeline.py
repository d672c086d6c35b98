"""What stands in the picture of a connection, from left to right."""

import math

from connections import is_nested
from words import plural, relative, size

ITEMS_MOST = 9  # more are drawn as a gap
WORDS = {"resumed": "went on", "poisoned": "refused", "through": "went through", "unguarded": "not guarded", "ended": "closed"}


class Item:
    def __init__(self, shape, weight, event=None, above=("", ""), below="", before=0):
        self.shape, self.weight, self.event = shape, weight, event
        self.above, self.below = above, below
        self.before = before  # weight of the time that passed
        self.start = self.width = 0.0  # per cent
        self.whole = False  # a cut message whose rest went out later


def shape(event):
    if event.kind in ("desync", "off"):
        return "unguarded"
    return "through" if event.audit and event.kind == "poisoned" else event.kind


def cut_time(event):
    return event.time - (event.ago_ms or 0)


def origin(connection):
    """The time that is 0: when the decisive message was cut."""
    event = connection.decisive
    if event.kind == "resumed":
        event = next((other for other in connection.events()[0] if other.kind == "torn"), event)
    return cut_time(event)


def wait(ms):
    """Long waits are drawn longer, by their logarithm."""
    return 0.35 * math.log10(1 + max(0, ms))


def is_about_a_cut(event):
    return event.kind in ("torn", "poisoned", "closed", "refused") and not is_nested(event) and event.cut is not None


class Timeline:
    def __init__(self, connection):
        self.zero = origin(connection)
        self.whole = 0  # messages so far
        self.cut = None  # the item of the message that is cut now
        self.clock = None
        self.items = []
        events, dropped = connection.events()
        for at, event in enumerate(events):
            if dropped and at == len(connection.head):
                self.items.append(Item("gap", 1.2, above=("", plural(dropped, "event")), below="not shown"))
            self.add(event)
        self.items = shortened(self.items)

    def passed(self, when):
        before = wait(when - self.clock) if self.clock is not None else 0
        self.clock = when
        return before

    def seen(self, when):
        return relative(when - self.zero)

    def cut_seen(self, when):
        return "cut" if when == self.zero else f"cut {self.seen(when)}"

    def add(self, event):
        if is_about_a_cut(event):
            self.add_cut(event)
        elif event.kind == "resumed" and self.cut:
            self.whole = max(self.whole, self.cut.event.message or 0)
            self.cut.whole = True
            self.cut = None
        elif event.kind in ("resumed", "ended"):
            self.add_whole(event.message or 0)
        elif event.kind in ("desync", "off"):
            self.add_whole((event.message or 1) - 1)
        if event.kind != "torn":
            self.add_mark(event)

    def add_whole(self, until):
        if until > self.whole:
            self.items.append(Item("whole", 1.8, above=("", f"{until - self.whole:,} whole")))
            self.whole = until

    def add_cut(self, event):
        """The message that was cut, or more about it."""
        number, when = event.message or 0, cut_time(event)
        if self.cut and (self.cut.event.message or 0) == number:
            if event.kind != "refused":
                self.cut.event, self.cut.below = event, self.cut_seen(when)
            return
        self.add_whole(number - 1)
        name = f"message {number:,}" if number else "message"
        self.cut = Item("cut", 2.9, event, (name, ""), self.cut_seen(when), self.passed(when))
        self.items.append(self.cut)

    def add_mark(self, event):
        what = WORDS.get(shape(event), event.kind)
        extra = size(event.offered) if event.offered is not None else ""
        self.items.append(Item(shape(event), 1.7, event, (extra, what), self.seen(event.time), self.passed(event.time)))


def shortened(items):
    if len(items) <= ITEMS_MOST:
        return items
    first, last = items[:2], items[3 - ITEMS_MOST:]
    hidden = len(items) - len(first) - len(last)
    return [*first, Item("gap", 1.2, above=("", f"{hidden:,} more"), below="not shown"), *last]


def place(items):
    """Where everything is, in per cent of the width; returns the sum of the weights."""
    total = sum(item.before + item.weight for item in items)
    at = 0.0
    for item in items:
        at += item.before
        item.start, item.width = 100 * at / total, 100 * item.weight / total
        at += item.weight
    return total
