"""What must happen on a stream, computed from the definition (DESIGN.md, section 3) and from nothing else: the oracle
of the cut matrix, and a guard to try the driver on."""

from functools import lru_cache

from framing import reference


@lru_cache(maxsize=1 << 14)
def parse(protocol, data):
    """Offsets behind the whole messages in `data`, and whether they were all that the bytes can be: a desync."""
    try:
        return tuple(end for _, end in reference.messages(protocol, data)), False
    except reference.Desync as desync:
        return tuple(end for _, end in desync.messages), True


def message_ends(protocol, data):
    return parse(protocol, data)[0]


class Parsed:
    """Messages as the bytes say."""

    def __init__(self, protocol):
        self.protocol = protocol

    def next_end(self, sent, offers, count):
        """The first boundary at or behind the point that `count` bytes of the offers reach; None: not among them.
        Where the framing is lost there is nothing to be inside of, and every point is one."""
        data = sent + b"".join(offers)
        point = len(sent) + count
        if parse(self.protocol, data[:point])[1]:
            return point
        return next((end for end in (0, *message_ends(self.protocol, data)) if end >= point), None)


class Called:
    """Framing `call`: what one call offers is a message, except for the rest of a cut one; each message of a sendmmsg
    is a call of its own."""

    def __init__(self):
        self.end = 0

    def next_end(self, sent, offers, count):
        point = at = len(sent)
        ends = [self.end]
        for offer in offers:
            at += len(offer)
            if at > self.end:
                ends.append(at)
        self.end = next(end for end in (*ends, at) if end >= point + count)
        return self.end


class Model:
    """One stream: `refuses` before a call, `accept` after one that was let through."""

    def __init__(self, protocol, window):
        self.messages = Called() if protocol == "call" else Parsed(protocol)
        self.window = window
        self.sent = b""
        self.tail = b""
        self.poisoned = False

    def refuses(self, data):
        shared = min(len(data), len(self.tail))
        self.poisoned |= data[:shared] != self.tail[:shared]
        return self.poisoned

    def accept(self, offers, count):
        """The kernel took `count` bytes of what the call offered: one item, or one for each message of sendmmsg."""
        data = b"".join(offers)
        end = self.messages.next_end(self.sent, offers, count)
        self.sent += data[:count]
        refused = data[count:] if end is None else data[count:count + end - len(self.sent)]
        self.tail = self.longer(refused[:self.window], self.tail[count:])

    def longer(self, refused, known):
        """A refused resume keeps the tail, a longer offer extends it."""
        return known if len(known) > len(refused) else refused
