"""Guards in Python that stand where the shim stands: the model itself, and wrong ones that the matrix must catch."""

import errno

from .libc import Result
from .model import Model
from .stream import Stream


class Blind(Model):
    """Never poisons."""

    def refuses(self, data):
        return False


class Strict(Model):
    """Poisons whatever follows a cut, the rest of the message too."""

    def refuses(self, data):
        self.poisoned |= bool(self.tail)
        return self.poisoned


class Forgetful(Model):
    """Clears its poison when nothing is written."""

    def refuses(self, data):
        self.poisoned &= bool(data)
        return super().refuses(data)


class FirstByte(Model):
    """Compares one byte."""

    def refuses(self, data):
        self.tail = self.tail[:1]
        return super().refuses(data)


class Lengths(Model):
    """Wants the rest in one piece."""

    def refuses(self, data):
        self.poisoned |= bool(data and self.tail and len(data) < len(self.tail))
        return super().refuses(data)


class WholeCall(Model):
    """Wants everything back that a call offered, the whole messages behind the cut one too."""

    def accept(self, offers, count):
        super().accept(offers, count)
        if self.tail:
            self.tail = b"".join(offers)[count:]


class CutAtZero(Model):
    """Wants a message back of which no byte went out."""

    def accept(self, offers, count):
        super().accept(offers, count)
        if not count:
            self.tail = b"".join(offers)


class FedWithOffered(Model):
    """Believes that everything offered went out."""

    def accept(self, offers, count):
        super().accept(offers, len(b"".join(offers)))


class LosesTailOnRefusal(Model):
    """Forgets the tail when a resume is refused again."""

    def longer(self, refused, known):
        return refused


GUARDS = {"model": Model, "blind": Blind, "strict": Strict, "forgetful": Forgetful, "first byte": FirstByte,
          "lengths": Lengths, "whole call": WholeCall, "cut at zero": CutAtZero, "fed with offered": FedWithOffered,
          "loses tail": LosesTailOnRefusal}


def stream_class(name):
    class Simulated(Stream):
        """The calls of the driver, through a guard of ours."""

        def begin(self):
            super().begin()
            self.guard = GUARDS[name](self.sample)

        def perform(self, description, call, fd=None, offers=(b"",)):
            if self.guard.refuses(b"".join(offers)):
                self.trace.append(f"{description} = -1 EPIPE (simulated)")
                return Result(-1, errno.EPIPE, 0)
            result = super().perform(description, call, fd, offers)
            self.guard.accept(offers, result.count)
            return result

    return Simulated
