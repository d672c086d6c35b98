"""The little of SVG that the charts need. Colours are Okabe and Ito's, which everybody tells apart."""

from xml.sax.saxutils import escape, quoteattr

COLOURS = {"bare": "#999999", "forward": "#56b4e9", "poisonshim": "#0072b2", "other": "#e69f00"}
MORE_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"]
INK, FAINT = "#222222", "#dddddd"


def attributes(names):
    return "".join(f" {name.rstrip('_').replace('_', '-')}={quoteattr(number(value))}" for name, value in names.items())


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


class Picture:
    def __init__(self, width, height, title):
        self.width, self.height, self.parts = width, height, []
        self.text(16, 26, title, size=17, weight="bold")

    def element(self, name, words=None, **names):
        self.parts.append(f"<{name}{attributes(names)}" + (f">{escape(words)}</{name}>" if words is not None else "/>"))

    def text(self, x, y, words, size=12, anchor="start", weight="normal", fill=INK, **more):
        self.element("text", words, x=x, y=y, font_size=size, text_anchor=anchor, font_weight=weight, fill=fill, **more)

    def line(self, x1, y1, x2, y2, stroke=INK, width=1.0, **more):
        self.element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, **more)

    def save(self, path):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
                f'height="{self.height}" font-family="sans-serif" role="img">\n'
                f'<rect width="{self.width}" height="{self.height}" fill="white"/>\n')
        path.write_text(head + "\n".join(self.parts) + "\n</svg>\n", encoding="utf-8")


def legend(picture, x, y, entries):
    """(words, colour) side by side."""
    for words, colour in entries:
        picture.element("rect", x=x, y=y - 10, width=12, height=12, fill=colour)
        picture.text(x + 17, y, words)
        x += 17 + 7 * len(words) + 22
