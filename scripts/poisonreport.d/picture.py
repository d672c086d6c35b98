"""A timeline as SVG. Places are shares of its width, so that text keeps its size on every screen."""

from html import escape

from timeline import Timeline, place
from words import sentence, size, visible

HEIGHT, AXIS, TOP, BOTTOM = 104, 56, 42, 70  # px: the picture, its axis, the edges of a message
NARROW, WIDE = 42, 100  # px that one unit of weight has at least and at most

SHAPES = {
    "resumed": '<circle r="11"/><path class="ink" d="M-5 0l4 4 6-8"/>',
    "poisoned": '<path d="M-5-12h10l7 7v10l-7 7h-10l-7-7v-10z"/><path class="ink" d="M-5-5l10 10M5-5l-10 10"/>',
    "through": '<path d="M0-14l14 14-14 14-14-14z"/><path class="ink" d="M0-7v8M0 5v2"/>',
    "refused": '<path d="M-7-7l14 14M7-7l-14 14"/>',
    "closed": '<path d="M-10-10h20v20h-20z"/><path class="ink" d="M-10 10l20-20"/>',
    "unguarded": '<path d="M0-13l14 24h-28z"/><path class="ink" d="M0-4v7M0 6v2"/>',
    "ended": '<path d="M0-12v24"/>',
    "cut": '<path d="M0-21l5 7-10 7 10 7-10 7 10 7-5 7"/>',
    "gap": '<circle cx="-9" r="2"/><circle r="2"/><circle cx="9" r="2"/>',
}

LEGEND = {
    "whole": "whole messages, all sent", "message": "a cut message: what was sent, where it was cut, what was not sent",
    "later": "a cut message whose rest was sent later",
    "resumed": "the program went on with exactly the rest", "poisoned": "the first write that was refused",
    "refused": "a later write that was refused", "through": "audit mode: it would have been refused",
    "closed": "closed inside a message", "unguarded": "not guarded any more", "ended": "closed between messages",
}

HATCH = ('<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="7" height="7" '
         'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" '
         'width="7" height="7"/><path class="hatch" d="M3.5 0v7"/></pattern></defs></svg>')


def rect(kind, start, width, top=TOP):
    return f'<rect class="{kind}" x="{start:.2f}%" y="{top}" width="{width:.2f}%" height="{BOTTOM - TOP}"/>'


def text(at, y, words, kind="label"):
    return f'<text class="{kind}" x="{at:.2f}%" y="{y}">{escape(words)}</text>' if words else ""


def mark(kind, at, event=None, y=AXIS):
    hint = f"<title>{escape(visible(sentence(event)))}</title>" if event else ""
    return f'<svg class="mark {kind}" x="{at:.2f}%" y="{y}" overflow="visible">{hint}{SHAPES[kind]}</svg>'


def labels(item, at, below_at=None):
    first, second = item.above
    return text(at, 16, first) + text(at, 32, second) + text(at if below_at is None else below_at, 96, item.below, "time")


def draw_whole(item):
    """Three blocks stand for any number."""
    third = item.width / 3
    blocks = [rect("sent", item.start + (at + 0.1) * third, 0.8 * third) for at in range(3)]
    return "".join(blocks) + labels(item, item.start + item.width / 2)


def share(event):
    """Of a message, so that both parts can be seen."""
    return min(0.94, max(0.06, (event.sent or 0) / event.length)) if event.length else 0.5


def draw_cut(item):
    event, start, width = item.event, item.start + item.width * 0.04, item.width * 0.92
    sent = width * share(event)
    progress = f"{'' if event.exact else '≥ '}{size(event.sent or 0)} of {size(event.length) if event.length else '?'}"
    item.above = item.above[0], progress
    return (rect("sent", start, sent) + rect("later" if item.whole else "rest", start + sent, width - sent) + mark("cut", start + sent, event)
            + labels(item, start + width / 2, start + sent))


def draw(item):
    if item.shape == "whole":
        return draw_whole(item)
    if item.shape == "cut":
        return draw_cut(item)
    at = item.start + item.width / 2
    return mark(item.shape, at, item.event) + labels(item, at)


def is_late(items, event):
    """What matters stands in the second half: a narrow screen shows that first."""
    places = [at for at, item in enumerate(items) if item.event is event]
    return bool(places) and places[0] > len(items) / 2


def picture(connection, identity):
    """`identity` is that of the element which says the same in words."""
    items = Timeline(connection).items
    total = place(items)
    end = " end" if is_late(items, connection.decisive) else ""
    return (f'<div class="scroll{end}" tabindex="0" role="group" aria-label="Timeline">'
            f'<svg class="line" role="img" aria-labelledby="{identity}" width="100%" height="{HEIGHT}" '
            f'style="min-width:{total * NARROW:.0f}px;max-width:{total * WIDE:.0f}px">'
            f'<line class="axis" x1="0" x2="100%" y1="{AXIS}" y2="{AXIS}"/>{"".join(map(draw, items))}</svg></div>')


def key(kind):
    if kind == "whole":
        inside = rect("sent", 4, 40, 6) + rect("sent", 52, 40, 6)
    elif kind in ("message", "later"):
        inside = rect("sent", 2, 48, 6) + rect("rest" if kind == "message" else kind, 50, 48, 6) + mark("cut", 50, y=20)
    else:
        inside = mark(kind, 50, y=20)
    return f'<svg class="key" aria-hidden="true" width="48" height="40">{inside}</svg>'


def legend():
    return "".join(f"<li>{key(kind)}<span>{words}</span></li>" for kind, words in LEGEND.items())
