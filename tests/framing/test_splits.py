"""Any split of the same bytes gives the same state."""

import random

import pytest

from .library import Framing, State
from .samples import SAMPLES, name

ALL = [("auto", stream) for _, stream in SAMPLES] + [("call", b"abcdefgh"), ("off", b"abc")] + SAMPLES


@pytest.fixture(params=ALL, ids=name)
def sample(request):
    text, stream = request.param
    framing = Framing(text)
    return framing, stream, framing.feed_pieces(stream, range(1, len(stream))).seen()


def test_every_split_in_two_is_byte_by_byte(sample):
    framing, stream, expected = sample
    for cut in range(len(stream) + 1):
        assert framing.feed_pieces(stream, [cut]).seen() == expected, cut


def test_many_pieces_are_byte_by_byte(sample):
    framing, stream, expected = sample
    draw = random.Random(len(stream))
    for _ in range(200):
        cuts = sorted(draw.sample(range(len(stream) + 1), draw.randrange(min(20, len(stream)))))
        assert framing.feed_pieces(stream, cuts).seen() == expected, cuts


def test_every_state_on_the_way_is_the_one_of_its_prefix(sample):
    framing, stream, _ = sample
    state = State()
    for end in range(1, len(stream) + 1):
        framing.feed(state, stream[end - 1:end], len(stream) - end + 1)
        whole = framing.feed(State(), stream[:end], len(stream))
        assert state.seen() == whole.seen(), end


def test_a_piece_of_nothing_changes_nothing(sample):
    framing, stream, _ = sample
    for cut in range(len(stream) + 1):
        state = framing.feed_pieces(stream[:cut])
        before = state.seen()
        assert framing.feed(state, b"", 100).seen() == before
