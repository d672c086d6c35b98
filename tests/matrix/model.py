"""What must happen on a stream, computed from the definition (DESIGN.md, section 3) and from nothing else: the oracle
of the cut matrix, and a guard to try the driver on."""

from functools import lru_cache

from framing import reference


def parse_known(messages, data):
    """As parse() does, of a stream made of these messages, none of which begins another."""
    ends, at = [], 0
    while at < len(data):
        message = next((message for message in messages if data.startswith(message, at)), None)
        if not message:
            return tuple(ends), not any(message.startswith(data[at:]) for message in messages)
        at += len(message)
        ends.append(at)
    return tuple(ends), False


@lru_cache(maxsize=1 << 14)
def parse(protocol, data):
    """Offsets behind the whole messages in `data`, and whether they were all that the bytes can be: a desync.
    `protocol` is a name, or all messages that there are."""
    if not isinstance(protocol, str):
        return parse_known(protocol, data)
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

    def unfinished(self, sent):
        """What was sent of a message whose end was not."""
        return sent[max(message_ends(self.protocol, sent), default=0):]

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

    def unfinished(self, _):
        return b""

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
    """One stream: `refuses` before a call, `accept` after one that was let through. `proves` says whether bytes begin
    another message inside of one; `frames`, where frames of others may come between, what the frames are."""

    def __init__(self, sample):
        self.messages = Called() if sample.protocol == "call" else Parsed(sample.protocol)
        self.compared = Parsed(sample.frames) if sample.frames else self.messages
        self.window = sample.window
        self.sent = b""
        self.tail = b""
        self.poisoned = False
        self.proves = sample.proves

    def is_proof(self, data):
        """The tail is spent, and yet `data` begins another message."""
        unfinished = self.messages.unfinished(self.sent) if self.proves and not self.tail else b""
        return bool(unfinished) and self.proves(unfinished, data)

    def refuses(self, data):
        shared = min(len(data), len(self.tail))
        self.poisoned |= data[:shared] != self.tail[:shared] or self.is_proof(data)
        return self.poisoned

    def accept(self, offers, count):
        """The kernel took `count` bytes of what the call offered: one item, or one for each message of sendmmsg."""
        data = b"".join(offers)
        end = self.messages.next_end(self.sent, offers, count)
        if self.compared is not self.messages:
            end = self.compared.next_end(self.sent, offers, count)
        self.sent += data[:count]
        refused = data[count:] if end is None else data[count:count + end - len(self.sent)]
        self.tail = self.longer(refused[:self.window], self.tail[count:])

    def longer(self, refused, known):
        """A refused resume keeps the tail, a longer offer extends it."""
        return known if len(known) > len(refused) else refused
