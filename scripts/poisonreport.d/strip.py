"""When it happened: bars over the time of the whole log. Their width grows with it, so that there are only so many."""

from collections import Counter
from html import escape

from words import duration, plural, stamp

BARS_MOST = 96
WIDTHS = [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 86_400, 604_800]  # seconds, each a multiple of the one before
HEIGHT, GROUND = 92, 70  # px: the picture, and where the bars stand
TONES = {"through": "through", "refused": "refused", "nested": "refused", "closed": "closed", "unguarded": "closed", "cut": "cut",
         "resumed": "resumed"}
STACK = ("through", "refused", "closed", "cut", "resumed")  # from the ground up


class Strip:
    """Counts connections by time and outcome."""

    def __init__(self):
        self.width = WIDTHS[0]
        self.bars = {}
        self.low = self.high = None

    def add(self, ms, outcome):
        if outcome not in TONES:
            return
        at = ms // 1000 // self.width
        self.low = at if self.low is None else min(self.low, at)
        self.high = at if self.high is None else max(self.high, at)
        self.bars.setdefault(at, Counter())[TONES[outcome]] += 1
        while self.high - self.low >= BARS_MOST:
            self.widen()

    def widen(self):
        wider = next((width for width in WIDTHS if width > self.width), self.width * 4)
        step, old = wider // self.width, self.bars
        self.width, self.bars = wider, {}
        self.low, self.high = self.low // step, self.high // step
        for at, counts in old.items():
            self.bars.setdefault(at // step, Counter()).update(counts)

    def total(self, at):
        return sum(self.bars[at].values())

    def most(self):
        """Where the highest bar is, and how high."""
        at = max(self.bars, key=lambda one: (self.total(one), -one))
        return at, self.total(at)

    def begin(self, at):
        return at * self.width * 1000


def draw_bar(strip, at, scale):
    share = 100 / (strip.high - strip.low + 1)
    start, top, parts = (at - strip.low) * share, GROUND, []
    for tone in STACK:
        number = strip.bars[at][tone]
        if number:
            height = max(3, number * scale)
            top -= height
            parts.append(f'<rect class="bar {tone}" x="{start + share * 0.08:.2f}%" y="{top:.1f}" width="{share * 0.84:.2f}%" '
                         f'height="{height:.1f}"/>')
    hint = f"{stamp(strip.begin(at))[:19]} UTC: {plural(strip.total(at), 'connection')}"
    return f"<g><title>{hint}</title>{''.join(parts)}</g>"


def picture(strip):
    """Nothing if everything happened at once."""
    if not strip.bars or strip.low == strip.high:
        return ""
    at, number = strip.most()
    scale = (GROUND - 8 - 3 * len(STACK)) / number
    bars = "".join(draw_bar(strip, one, scale) for one in sorted(strip.bars))
    first, last = stamp(strip.begin(strip.low))[:16], stamp(strip.begin(strip.high + 1))[:16]
    said = (f"Connections that were cut or not guarded, in steps of {duration(strip.width * 1000)}; the most, {number:,}, from "
            f"{stamp(strip.begin(at))[:19]} UTC on.")
    return (f'<figure><svg class="strip" role="img" aria-labelledby="when" width="100%" height="{HEIGHT}">{bars}'
            f'<line class="axis" x1="0" x2="100%" y1="{GROUND}" y2="{GROUND}"/><text class="time first" x="0" y="88">{escape(first)}</text>'
            f'<text class="time last" x="100%" y="88">{escape(last)}</text></svg><figcaption id="when">{escape(said)}</figcaption>'
            "</figure>\n")
