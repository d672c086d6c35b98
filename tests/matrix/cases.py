"""What is done to a stream that is cut at one offset. Every case is a function of a Case; its name says what must
hold, an AssertionError says that it did not."""

import errno

from .aftermath import in_a_child, stay_poisoned
from .model import message_ends

CUT_ERRORS = (errno.EAGAIN, errno.EINTR, errno.ENOBUFS, errno.ENOMEM)


class Case:
    """A sample, an offset to cut it at, and a stream to do it on."""

    def __init__(self, sample, offset, stream):
        self.sample = sample
        self.data = b"".join(sample.messages)
        self.offset = offset
        self.stream = stream
        self.random = stream.random
        self.abandoned = False

    def error(self):
        return self.random.choice(CUT_ERRORS)

    # How a program hands a stream over, as lists of calls.

    def calls(self):
        return self.random.choice((self.message_a_call, self.one_call, self.halves))()

    def message_a_call(self):
        return list(self.sample.messages)

    def one_call(self):
        return [self.data]

    def halves(self):
        """Header and body, say, in calls of their own. Not the first message for `auto`: before it knows better, it
        takes calls for messages."""
        first, *rest = self.sample.messages
        parts = [part for message in rest for part in self.split_in_two(message)]
        return [first, *parts] if self.sample.framing == "auto" else [*self.split_in_two(first), *parts]

    def split_in_two(self, message):
        at = int(self.random.random() * len(message))
        return [part for part in (message[:at], message[at:]) if part]

    def cut(self, calls):
        """Makes the calls up to the one that holds the offset, which the kernel cuts there."""
        stream, at = self.stream, 0
        number = 1
        while at + len(calls[number - 1]) < self.offset:
            at += len(calls[number - 1])
            number += 1
        last = calls[number - 1]
        error = self.error()
        if self.offset < at + len(last):
            stream.faults.plan(stream.writer, number, self.offset - at, error, 0)
        for call in calls[:number - 1]:
            stream.deliver(call, planned=True)
        stream.deliver(last, self.offset - at, error, planned=True)
        return last[self.offset - at:]

    # What the peer makes of it.

    def check_peer(self, meant):
        """Whole messages, at most one cut one behind them, and all of it was meant."""
        got, counted = self.stream.received(), len(self.stream.model.sent)
        assert meant.startswith(got), f"the peer got {got!r}"
        assert len(got) == counted, f"{counted} bytes were counted, {len(got)} came"
        if self.sample.protocol != "call":
            whole = tuple(end for end in message_ends(self.sample.protocol, meant) if end <= len(got))
            assert message_ends(self.sample.protocol, got) == whole

    def finish(self, data):
        """Offers `data`; what must happen says the model."""
        if not self.stream.model.refuses(data):
            self.stream.deliver(data)
            return False
        self.stream.refuse_offer(data)
        return True

    def give_up(self, data):
        """Goes on with `data` instead of the rest; the stream must be poisoned for good, or must not be at all."""
        sent = self.stream.model.sent
        self.abandoned = bool(self.stream.model.tail)
        if self.finish(data):
            stay_poisoned(self)
            self.check_peer(sent)
            assert len(sent) == len(self.stream.model.sent)
        else:
            self.check_peer(sent + data)


def resumes(case):
    """Goes on exactly where it was cut, in random pieces through random functions, cut again and again."""
    stream, random = case.stream, case.random
    rest = case.cut(case.calls())
    at = case.offset
    while at < len(case.data):
        stream.refused_again(case.data[at:])
        length = random.choice((1, len(rest), len(rest) + 20, random.randint(1, len(case.data) - at)))
        piece = case.data[at:at + max(length, 1)]
        taken = random.choice((len(piece), random.randint(0, len(piece))))
        stream.deliver(piece, taken, case.error())
        at += taken
        rest = rest[taken:]
    case.check_peer(case.data)
    assert len(stream.model.sent) == len(case.data)


def abandons(case, instead):
    rest = case.cut(case.calls())
    if case.random.random() < 0.3:
        case.stream.refused_again(rest)
    case.give_up(instead(case, rest))


def abandons_late(case, instead):
    """Resumes for a while first."""
    rest = case.cut([case.data])
    if len(rest) > 1:
        length = case.random.randint(1, len(rest))
        taken = case.random.randrange(length)
        case.stream.deliver(rest[:length], taken, case.error())
        case.offset += taken
        rest = rest[taken:]
    case.give_up(instead(case, rest))


def message_at(case):
    """Index of the message that holds the offset."""
    at = 0
    for number, message in enumerate(case.sample.messages):
        at += len(message)
        if case.offset < at:
            return number
    return 0


def another_message(case, rest):
    return case.sample.other


def next_message(case, rest):
    return (*case.sample.messages, case.sample.other)[message_at(case) + 1]


def same_message(case, rest):
    return case.sample.messages[message_at(case)]


def same_message_and_more(case, rest):
    return b"".join(case.sample.messages[message_at(case):])


def one_byte_wrong(case, rest):
    if not rest:
        return case.sample.other
    at = case.random.choice((0, len(rest) - 1, case.random.randrange(len(rest))))
    return rest[:at] + bytes([rest[at] ^ 1 << case.random.randrange(8)]) + rest[at + 1:]


def one_byte_late(case, rest):
    return rest[1:] + case.sample.other


def one_byte_early(case, rest):
    return case.data[max(case.offset - 1, 0):]


def single_wrong_byte(case, rest):
    return bytes([rest[0] ^ 0x55]) if rest else case.sample.other


def noise(case, rest):
    return case.random.randbytes(case.random.randint(1, 40))


INSTEAD = (another_message, next_message, same_message, same_message_and_more, one_byte_wrong, one_byte_late,
           one_byte_early, single_wrong_byte, noise)


def stops_uncut(case):
    """Stops inside a message of which nothing was refused: nothing proves that what follows is not its rest."""
    calls = case.random.choice(([case.data[:case.offset]], case.split_in_two(case.data[:case.offset])))
    for call in calls:
        case.stream.deliver(call)
    other = noise(case, b"")
    case.stream.deliver(other)
    case.check_peer(case.data[:case.offset] + other)


def drops_whole_messages(case):
    """nginx: finishes the cut message, drops the messages behind it that the same call offered, sends another."""
    rest = case.cut([case.data])
    end = case.stream.model.messages.next_end(case.stream.model.sent, [rest], 0)
    finish, other = case.data[case.offset:end], case.sample.other
    while finish and case.random.random() < 0.5:
        taken = case.random.randint(0, len(finish) - 1)
        case.stream.deliver(finish, taken, case.error())
        finish = finish[taken:]
    for call in ([finish + other] if case.random.random() < 0.5 else [finish, other]):
        case.stream.deliver(call)
    case.check_peer(case.data[:end] + other)


def splits_vector(case, at):
    """writev in two vectors split at `at`, cut anywhere; goes on the same way or with something else."""
    data = case.data
    case.stream.deliver(data, case.offset, case.error(), "writev", pieces=[data[:at], data[at:]])
    if case.random.random() < 0.5:
        case.give_up(case.sample.other)
        return
    rest = data[case.offset:]
    at = max(at - case.offset, 0)
    case.stream.deliver(rest, name="writev", pieces=[rest[:at], b"", rest[at:]])
    case.check_peer(data)


def byte_a_vector(case):
    data = case.data
    case.stream.deliver(data, case.offset, case.error(), "writev", pieces=[data[i:i + 1] for i in range(len(data))])
    rest = data[case.offset:]
    case.stream.deliver(rest, name="writev", pieces=[rest[i:i + 1] for i in range(len(rest))] or [b""])
    case.check_peer(data)


def batch(case, resume):
    """sendmmsg of all messages, cut anywhere."""
    parts = case.random.choice((case.message_a_call, case.halves))()
    case.stream.deliver(case.data, case.offset, case.error(), "sendmmsg", messages=parts)
    if not resume:
        case.give_up(case.sample.other)
        return
    case.stream.deliver(case.data[case.offset:], name="sendmmsg", messages=rest_of(parts, case.offset))
    case.check_peer(case.data)


def rest_of(parts, count):
    rest = []
    for part in parts:
        rest.append(part[count:])
        count = max(count - len(part), 0)
    return [part for part in rest if part] or [b""]


def poisoned_everywhere(case):
    """All of it, in a forked child too."""
    rest = case.cut([case.data])
    wrong = single_wrong_byte(case, rest)
    before = case.stream.duplicate()
    case.stream.model.refuses(wrong)
    case.stream.refuse_offer(wrong)
    stay_poisoned(case, everything=True)
    case.stream.refuse_offer(rest, fd=before)
    in_a_child(lambda: stay_poisoned(case, everything=True))
    case.check_peer(case.data[:case.offset])
