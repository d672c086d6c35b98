"""The framing code as a library, without the shim around it."""

import ctypes
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SHIM_BUILD", REPOSITORY / "build"))
LIBRARY = ctypes.CDLL(str(BUILD / "libframing_test.so"))

HEAD_MAX = 24
PROOF_MAX = 64


class State(ctypes.Structure):
    """struct framing_state of shim/framing/framing.h."""

    _pack_ = 4
    _fields_ = [("left", ctypes.c_uint64), ("sent", ctypes.c_uint64), ("messages", ctypes.c_uint32),
                ("have", ctypes.c_uint16), ("phase", ctypes.c_uint8),
                ("parser", ctypes.c_uint8, 7), ("server", ctypes.c_uint8, 1), ("inside", ctypes.c_bool),
                ("more", ctypes.c_uint8), ("desync", ctypes.c_bool), ("watch", ctypes.c_bool),
                ("head", ctypes.c_uint8 * HEAD_MAX)]

    def seen(self):
        """All that makes a difference to what comes next; nothing does once it is desynchronised."""
        if self.desync:
            return "desync"
        return (self.inside, self.left, self.sent, self.have, self.phase, self.parser, self.more, self.watch)


LIBRARY.driver_framing_size.restype = LIBRARY.driver_state_size.restype = ctypes.c_size_t


class Opening(ctypes.Structure):
    """struct opening of shim/framing/openings.h."""

    _fields_ = [("protocol", ctypes.c_int), ("side", ctypes.c_int), ("length", ctypes.c_uint8), ("step", ctypes.c_uint8),
                ("low", ctypes.c_uint8 * (HEAD_MAX + 1)), ("high", ctypes.c_uint8 * (HEAD_MAX + 1))]


LIBRARY.driver_opening.restype = ctypes.POINTER(Opening)
LIBRARY.framing_is_call.restype = ctypes.c_bool
LIBRARY.framing_is_call.argtypes = [ctypes.c_void_p, ctypes.POINTER(State)]
for name in ("framing_obeys", "framing_is_begun"):
    getattr(LIBRARY, name).restype = ctypes.c_bool
for name in ("framing_obeys", "framing_is_begun", "framing_begin", "framing_end"):
    getattr(LIBRARY, name).argtypes = [ctypes.c_void_p, ctypes.POINTER(State)]
LIBRARY.driver_set_unit.argtypes = [ctypes.c_void_p, ctypes.c_bool]
LIBRARY.driver_set_unit.restype = None
LIBRARY.driver_set_tls.argtypes = [ctypes.c_void_p, ctypes.c_int]
LIBRARY.driver_set_tls.restype = ctypes.c_bool
LIBRARY.framing_abandons.argtypes = [ctypes.c_void_p, ctypes.POINTER(State), ctypes.c_char_p, ctypes.c_size_t]
LIBRARY.framing_abandons.restype = ctypes.c_bool
LIBRARY.framing_is_open_ended.argtypes = [ctypes.c_void_p, ctypes.POINTER(State)]
LIBRARY.framing_is_open_ended.restype = ctypes.c_bool
LIBRARY.framing_skip.restype = ctypes.c_uint64
LIBRARY.framing_skip.argtypes = [ctypes.c_void_p, ctypes.POINTER(State), ctypes.c_uint64, ctypes.c_uint64]
LIBRARY.framing_count.restype = ctypes.c_bool
LIBRARY.framing_count.argtypes = [ctypes.c_void_p, ctypes.POINTER(State), ctypes.c_uint64]
LIBRARY.driver_parse.restype = ctypes.c_bool
LIBRARY.framing_first_boundary.restype = ctypes.c_size_t
LIBRARY.framing_message_length.restype = ctypes.c_uint64
LIBRARY.framing_recognised.restype = ctypes.c_char_p
FEED_ARGUMENTS = [ctypes.c_void_p, ctypes.POINTER(State), ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]
LIBRARY.framing_feed.argtypes = LIBRARY.framing_first_boundary.argtypes = FEED_ARGUMENTS
LIBRARY.framing_feed.restype = None
LIBRARY.framing_message_length.argtypes = [ctypes.POINTER(State)]
LIBRARY.framing_recognised.argtypes = [ctypes.c_void_p, ctypes.POINTER(State)]
LIBRARY.driver_parse.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t),
                                 ctypes.POINTER(ctypes.c_char_p)]
LIBRARY.driver_set_max.argtypes = [ctypes.c_void_p, ctypes.c_uint64]
LIBRARY.driver_set_max.restype = None
LIBRARY.driver_opening.argtypes = [ctypes.c_size_t]
assert LIBRARY.driver_state_size() == ctypes.sizeof(State)


class Wrong(Exception):
    """A framing that does not parse: what was expected, and the column (from 1) where it was not found."""

    def __init__(self, expected, column):
        super().__init__(f"column {column}: expected {expected}")
        self.expected, self.column = expected, column


class Framing:
    def __init__(self, text, server=False):
        self.server = server
        self.struct = ctypes.create_string_buffer(LIBRARY.driver_framing_size())
        at, expected = ctypes.c_size_t(), ctypes.c_char_p()
        if not LIBRARY.driver_parse(text.encode(), self.struct, at, expected):
            raise Wrong(expected.value.decode(), at.value + 1)
        self.rest = text.encode()[at.value:].decode()

    def state(self):
        """At the start of a stream."""
        return State(server=self.server)

    def set_unit(self, frames):
        LIBRARY.driver_set_unit(self.struct, frames)

    def set_tls(self, word):
        assert LIBRARY.driver_set_tls(self.struct, ("off", "sniff", "start").index(word))

    def set_max(self, count):
        """As the option max= of a rule does."""
        LIBRARY.driver_set_max(self.struct, count)

    def feed(self, state, data, offered=None):
        LIBRARY.framing_feed(self.struct, state, data, len(data), len(data) if offered is None else offered)
        return state

    def feed_pieces(self, data, cuts=()):
        """The state after `data` in pieces that end at `cuts`; all of it is one call."""
        state = self.state()
        for start, end in zip([0, *cuts], [*cuts, len(data)]):
            self.feed(state, data[start:end], len(data) - start)
        return state

    def feed_calls(self, *calls):
        state = self.state()
        for call in calls:
            self.feed(state, call)
        return state

    def skip(self, state, count, offered):
        """Bytes that were sent and cannot be seen; returns how many of them need not be."""
        return LIBRARY.framing_skip(self.struct, state, count, offered)

    def count(self, state, count):
        """Bytes that nobody need see; False if somebody must, and then nothing is counted."""
        return LIBRARY.framing_count(self.struct, state, count)

    def boundaries(self, data):
        """Offsets of the boundaries in `data`, byte by byte."""
        state, found = self.state(), []
        for at in range(len(data)):
            self.feed(state, data[at:at + 1])
            assert not state.desync, at
            if not state.inside:
                found.append(at + 1)
        return found

    def first_boundary(self, state, data):
        return LIBRARY.framing_first_boundary(self.struct, state, data, len(data), len(data))

    def abandons(self, state, data):
        """True if a next write of `data` proves that the message was given up; False too where nothing is watched."""
        return LIBRARY.framing_abandons(self.struct, state, data, min(len(data), PROOF_MAX))

    def is_open_ended(self, state):
        return LIBRARY.framing_is_open_ended(self.struct, state)

    def is_call(self, state):
        return LIBRARY.framing_is_call(self.struct, state)

    def recognised(self, state):
        return LIBRARY.framing_recognised(self.struct, state).decode()


def openings():
    """The rows of the table by which `auto` knows streams."""
    row = 0
    while LIBRARY.driver_opening(row):
        yield LIBRARY.driver_opening(row).contents
        row += 1


def message_length(state):
    return LIBRARY.framing_message_length(state)
