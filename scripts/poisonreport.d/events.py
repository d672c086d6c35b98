"""One line of a log in, what it is out."""

import calendar
import json
import re

KINDS = ("torn", "resumed", "poisoned", "refused", "closed", "desync", "off", "ended")
NUMBERS = ("fd", "message", "sent", "length", "ago_ms", "offered", "refused")
TEXTS = ("type", "cut", "errno", "verdict", "bytes", "reason", "comm", "framing", "peer", "local")
MOST = 2**64
TEXT_MOST = 300  # characters
BEGIN = re.compile(rb'\{\s*"time"\s*:\s*"')
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z")
TEXT_LINE = re.compile(rb"(?:^|[Z:] |>)poisonshim\[\d+\] ")


class Event:
    """What one line says about a connection; None where it does not say it."""

    __slots__ = ("kind", "time", "pid", "audit", "exact", *NUMBERS, *TEXTS)


class Note:
    """What one line says that is not about a connection."""

    __slots__ = ("level", "text")


def number(value):
    return value if type(value) is int and 0 <= value < MOST else None


def text(value):
    return value[:TEXT_MOST] if isinstance(value, str) and value else None


def milliseconds(stamp):
    """Since 1970; None if it is no time."""
    found = TIME.fullmatch(stamp) if isinstance(stamp, str) else None
    if not found:
        return None
    *date, thousandths = map(int, found.groups())
    try:
        return calendar.timegm(date) * 1000 + thousandths
    except ValueError:
        return None


def note(read):
    made = Note()
    made.level, made.text = text(read.get("level")), text(read.get("text"))
    return made if made.level and made.text and "pid" in read else None


def event(read):
    made = Event()
    made.kind, made.time, made.pid = read["event"], milliseconds(read.get("time")), number(read.get("pid"))
    if made.kind not in KINDS or made.time is None or made.pid is None:
        return None
    made.audit, made.exact = read.get("audit") is True, read.get("sent_exact") is not False
    for names, check in ((NUMBERS, number), (TEXTS, text)):
        for name in names:
            value = read.get(name)
            setattr(made, name, value if value is None else check(value))
    return made


def understood(piece):
    """What a piece of a line is, and the Event or Note that was made of it."""
    try:
        read = json.loads(piece.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return "torn", None
    kind, make = ("event", event) if "event" in read else ("note", note)
    made = make(read)
    return (kind, made) if made else ("foreign", None)


def pieces(line):
    """Where a process died in the middle of a line the next one goes on in it: each piece from its beginning."""
    found = [at.start() for at in BEGIN.finditer(line)]
    return [line[begin:end].rstrip() for begin, end in zip(found, [*found[1:], len(line)])]


def sort(line):
    """Pairs of "event", "note", "torn", "text" or "foreign" and the Event or Note; none for an empty line."""
    found = [understood(piece) for piece in pieces(line)]
    if found or not line.strip():
        return found
    return [("text" if TEXT_LINE.search(line) else "foreign", None)]
