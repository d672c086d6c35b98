"""Every preset finds the boundaries that foreign parsers find in what foreign serializers wrote, in every split."""

import itertools
import random

import pytest

from framing.library import Framing, message_length

from .samples import SAMPLES, WRONG, in_words

COUNT_CALLS = {"line"}  # that end at a boundary, as nothing but a call's last bytes is looked at
EVERY_CUT = 1200  # bytes of a stream up to which every cut is tried


def ends_of(sample):
    return list(itertools.accumulate(map(len, sample.messages)))


def cuts_of(sample, ends):
    """All offsets, or of a long stream those around boundaries and some others."""
    length = len(sample.data)
    if length <= EVERY_CUT:
        return range(length + 1)
    draw = random.Random(length)
    around = {end + shift for end in (0, *ends) for shift in (-1, 0, 1, 2, 5)}
    return sorted(cut for cut in {*draw.sample(range(length), 300), *around, length} if 0 <= cut <= length)


def framing_of(sample):
    """With the options behind the framing, as a rule has them."""
    text, *options = sample.framing.split(",tls=")
    framing = Framing(text, sample.server)
    assert not framing.rest.lstrip(",") or framing.rest.startswith((",unit=", ",max="))
    if ",unit=" in framing.rest:
        framing.set_unit("unit=frame" in framing.rest)
    for option in options:
        framing.set_tls(option)
    return framing


@pytest.fixture(params=SAMPLES, ids=in_words)
def sample(request):
    return request.param


def test_inside_except_behind_a_message(sample):
    framing, state, ends = framing_of(sample), framing_of(sample).state(), set(ends_of(sample))
    data = sample.data
    for at in range(len(data)):
        framing.feed(state, data[at:at + 1])
        assert not state.desync, at + 1
        assert state.inside == (at + 1 not in ends), at + 1
    assert framing.recognised(state) in (sample.recognised, sample.framing)


def test_messages_are_counted_and_measured(sample):
    if sample.preset in COUNT_CALLS:
        pytest.skip("calls are counted")
    framing, ends = framing_of(sample), ends_of(sample)
    for cut in cuts_of(sample, ends):
        state = framing.feed_pieces(sample.data[:cut])
        before = [end for end in ends if end <= cut]
        assert (state.messages, state.sent) == (len(before), cut - max(before, default=0)), cut


def test_every_split_in_two_is_one_piece(sample):
    framing = framing_of(sample)
    expected = framing.feed_pieces(sample.data).seen()
    for cut in cuts_of(sample, ends_of(sample)):
        assert framing.feed_pieces(sample.data, [cut]).seen() == expected, cut


def test_many_pieces_are_one_piece(sample):
    framing, data = framing_of(sample), sample.data
    draw = random.Random(len(data))
    expected = framing.feed_pieces(data).seen()
    for _ in range(100):
        cuts = sorted(draw.sample(range(len(data) + 1), draw.randrange(min(20, len(data)))))
        assert framing.feed_pieces(data, cuts).seen() == expected, cuts


def test_the_states_on_the_way_are_those_of_the_prefixes(sample):
    framing, data = framing_of(sample), sample.data
    state, at = framing.state(), 0
    for cut in cuts_of(sample, ends_of(sample)):
        framing.feed(state, data[at:cut])
        at = cut
        assert state.seen() == framing.feed_pieces(data[:cut]).seen(), cut


def test_what_was_refused_of_a_message_is_compared_to_its_end_at_most(sample):
    framing, ends, data = framing_of(sample), ends_of(sample), sample.data
    for cut in cuts_of(sample, ends)[:-1]:
        state = framing.feed_pieces(data[:cut])
        before = bytes(state)
        end = min((end for end in ends if end > cut), default=len(data))
        assert 0 <= framing.first_boundary(state, data[cut:]) <= end - cut, cut
        assert bytes(state) == before


def test_a_length_that_is_known_is_right(sample):
    framing, ends, data = framing_of(sample), ends_of(sample), sample.data
    for cut in cuts_of(sample, ends):
        state = framing.feed_pieces(data[:cut])
        if state.inside and message_length(state):
            start = max((end for end in ends if end <= cut), default=0)
            end = min((end for end in ends if end > cut), default=None)
            assert end is None or message_length(state) <= end - start, cut


def test_a_next_write_of_the_rest_never_proves_that_the_message_was_given_up(sample):
    framing, data = framing_of(sample), sample.data
    for cut in cuts_of(sample, ends_of(sample))[:-1]:
        state = framing.feed_pieces(data[:cut])
        assert not (state.watch and not state.inside), cut
        for n in (1, 2, 3, 5, 9, 64):
            assert not framing.abandons(state, data[cut:cut + n]), (cut, n)


def test_auto_takes_it_for_nothing_else(sample):
    framing = Framing("auto", sample.server)
    for state in (framing.feed_calls(*sample.writes), framing.feed_pieces(sample.data, range(1, 100))):
        assert framing.recognised(state) in ("auto", "call", sample.recognised, sample.preset)
        assert not state.desync


@pytest.mark.parametrize("preset, what, role, data", WRONG, ids=[f"{preset}: {what}" for preset, what, _, _ in WRONG])
def test_bytes_that_cannot_be_the_protocol_are_seen_in_every_split(preset, what, role, data):
    framing = Framing(preset, role == "server")
    for cut in range(len(data) + 1):
        assert framing.feed_pieces(data, [cut]).desync, cut
