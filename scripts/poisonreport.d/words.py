"""Numbers and events in words."""

import re
from datetime import datetime, timezone

UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")

CALL_LEFT = {
    "cancelled": "when its thread was cancelled or ended inside the write call",
    "jumped-over": "when a jump or an exception left the write call",
}

CUTS = {
    "signal": "by a signal",
    "timeout": "by a timeout",
    "timeout-or-signal": "by a timeout or a signal (the kernel does not say which)",
    "would-block": "by a full send buffer (non-blocking)",
}

REMARKS = {
    "strict": "policy strict does not let the program go on after that",
    "deadline": "the message was over its deadline",
    "no-return": "the call never returned, so nobody knows how much it sent",
    "nested": "a signal handler wrote in the middle of the call that it interrupted",
    "not-ended": "the program began another message inside this one",
    "not-sent": "the program ended the message before all of it was sent",
    "given-up": "the program gave the message up",
}


def size(count):
    """14 B, 710 kB, 2.80 MB: three digits."""
    unit, scaled = 0, float(count)
    while scaled >= 999.5 and unit < len(UNITS) - 1:
        unit, scaled = unit + 1, scaled / 1000
    digits = 0 if unit == 0 or scaled >= 99.95 else 1 if scaled >= 9.995 else 2
    return f"{scaled:.{digits}f} {UNITS[unit]}"


def duration(ms):
    if ms < 1000:
        return f"{ms} ms"
    if ms < 60_000:
        return f"{ms / 1000:.1f} s" if ms < 9950 and ms % 1000 else f"{round(ms / 1000)} s"
    minutes, hours, days = ms // 60_000, ms // 3_600_000, ms // 86_400_000
    if minutes < 60:
        return two(minutes, "min", ms // 1000 % 60, "s")
    return two(hours, "h", minutes % 60, "min") if hours < 24 else two(days, "d", hours % 24, "h")


def two(count, unit, rest, smaller):
    return f"{count} {unit} {rest} {smaller}" if rest else f"{count} {unit}"


def rough(ms):
    """In one unit."""
    for most, unit, name in ((1000, 1, "ms"), (100_000, 1000, "s"), (6_000_000, 60_000, "min"), (172_800_000, 3_600_000, "h")):
        if ms < most:
            return f"{ms / unit:.{0 if unit == 1 or ms >= 9.95 * unit else 1}f} {name}"
    return f"{ms / 86_400_000:.1f} d"


def relative(ms):
    """A time as seen from the cut."""
    return f"{'+' if ms >= 0 else '−'}{rough(abs(ms))}"


def stamp(ms):
    made = datetime.fromtimestamp(ms / 1000, timezone.utc)
    return made.strftime("%Y-%m-%d %H:%M:%S.") + f"{ms % 1000:03d}"


def plural(count, one, many=None):
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def capital(sentence):
    return sentence[:1].upper() + sentence[1:]


def subject(event):
    """What was cut: "message 3 (redis) of 8.39 MB"."""
    what = "write call" if event.framing == "call" else "message"
    what += f" {event.message}" if event.message else ""
    what += f" ({event.framing})" if event.framing not in (None, "call", "auto") else ""
    return f"{what} of {size(event.length)}" if event.length else f"{what} of unknown length"


def sent(event):
    return size(event.sent or 0) + ("" if event.exact else " or more")


def bytes_shown(event):
    """In hexadecimal, and as text where it is text."""
    digits = event.bytes or ""
    read = bytes(int(pair, 16) for pair in re.findall("[0-9a-f]{2}", digits))
    words = "".join(chr(one) if 32 <= one < 127 else "." for one in read)
    spoken = f" (“{words}”)" if len(read) >= 4 and words.count(".") * 4 <= len(read) else ""
    return (read.hex(" ") or "…") + spoken


def cut_by(event):
    if event.cut == "error":
        return f"by the error {event.errno or 'of a call'}"
    return CUTS.get(event.cut, f"by “{event.cut}”")


def cut(event):
    """What was cut, by what, and where."""
    if event.cut is None:
        return f"{subject(event)} was not whole, with {sent(event)} sent"
    if event.cut == "pause":
        return f"{subject(event)} stopped at {sent(event)} between two write calls"
    if event.cut in CALL_LEFT:
        return f"{subject(event)} was cut at {sent(event)} {CALL_LEFT[event.cut]}"
    return f"{subject(event)} was cut {cut_by(event)} at {sent(event)}"


def later(event):
    if event.cut in (None, "pause") or event.ago_ms is None:
        return "then"
    return f"{duration(event.ago_ms)} later" if event.ago_ms else "less than 1 ms later"


def offered(event):
    if event.offered is not None:
        return f"a write of {size(event.offered)}"
    return "another message" if event.kind == "refused" else "the next write"


def fate(event, where=""):
    if event.audit:
        return f"would have been refused{where} (mode audit: it went through)"
    return f"was refused{where}" if event.offered is not None or event.kind == "refused" else f"will be refused{where}"


def which(event):
    """More about the write that was refused."""
    if event.verdict == "not-the-rest":
        return " that is not the rest"
    return " that begins another message" if event.verdict == "abandoned" else ""


def remark(event):
    if event.verdict == "desync":
        return f"; {bytes_shown(event)} cannot be {event.framing or 'this framing'} (desync=poison)"
    if event.verdict in (None, "not-the-rest", "abandoned"):
        return ""
    return f"; {REMARKS.get(event.verdict, f'verdict “{event.verdict}”')}"


def poisoned(event):
    return f"{cut(event)}{remark(event)}; {later(event)} {offered(event)}{which(event)} {fate(event, ' on the same connection')}"


def refused(event):
    if event.verdict == "nested":
        rest = "" if event.audit else "; the interrupted call went on"
        return f"{offered(event)} by a signal handler, inside the write call that it interrupted, {fate(event)}{rest}"
    return f"{cut(event)}; {later(event)} {offered(event)} on the poisoned connection {fate(event)}"


def closed(event):
    missing = f"the last {size(event.length - event.sent)}" if (event.length or 0) > (event.sent or 0) else "the rest"
    return f"{cut(event)}; {later(event)} the connection was closed or shut down: the peer never gets {missing}"


def desync(event):
    end = "" if event.verdict == "desync" else ": not guarded any more"
    start = f"after {sent(event)} the bytes" if event.sent else "the bytes"
    return f"{start} {bytes_shown(event)} cannot be {event.framing or 'this framing'}{end}"


def ended(event):
    return f"closed or shut down at the end of a message, after {plural(event.message or 0, 'whole message')}"


SENTENCES = {
    "torn": cut,
    "resumed": lambda event: "the program went on with exactly the rest",
    "poisoned": poisoned,
    "refused": refused,
    "closed": closed,
    "desync": desync,
    "off": lambda event: f"not guarded any more: {event.reason or 'no reason given'}",
    "ended": ended,
}


def sentence(event):
    return capital(SENTENCES[event.kind](event))


def brief(event):
    """Without what the line before it has said."""
    if event.kind == "refused" and event.verdict != "nested":
        number = f", number {event.refused + 1}" if event.refused else ""
        return capital(f"{offered(event)} on the poisoned connection {fate(event)}{number}")
    return sentence(event)


def more(connection):
    """What the decisive event does not say."""
    event = connection.decisive
    if event.kind == "poisoned" and not event.audit:
        count = connection.refusals - (event.offered is not None)
        after = connection.newest().time - event.time
        within = f"in the next {duration(after)}" if after > 0 else "at once"
        return f" At least {plural(count, 'more write was', 'more writes were')} refused {within}." if count else ""
    if event.kind == "torn":
        return " What the program did then is not in the log."
    if event.kind == "refused" and event.verdict != "nested":
        return " The line that says why is not in the log."
    return ""


def story(connection):
    """The sentence that a developer needs."""
    event = connection.decisive
    if event.kind == "resumed":
        return resumptions(connection)
    return f"{sentence(event)}.{more(connection)}"


def resumptions(connection):
    cuts = [event for event in connection.events()[0] if event.kind == "torn"]
    if connection.resumed == 1 and len(cuts) == 1:
        waited = max(0, connection.decisive.time - cuts[0].time)
        return f"{sentence(cuts[0])}; {duration(waited)} later the program went on with exactly the rest."
    return f"Cut {plural(connection.torn, 'time')}; each time the program went on with exactly the rest."


def visible(words):
    """What cannot be seen, and what would turn the direction of the text, by its number."""
    if words.isprintable():
        return words
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" if ord(one) < 256 else f"\\u{ord(one):04x}" for one in words)
