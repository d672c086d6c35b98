"""Boundaries are where an independent parser finds them."""

import pytest

from . import reference
from .library import Framing, State, message_length
from .samples import EXACT, RECOGNISED, SAMPLES, SIGNATURE, name


def ends(text, stream):
    return [end for _, end in reference.messages(text, stream)]


@pytest.fixture(params=SAMPLES + [("auto", stream) for _, stream in RECOGNISED], ids=name)
def sample(request):
    return request.param


def test_samples_are_several_messages_or_a_long_one(sample):
    assert len(ends(*sample)) > 1 or sample[0] == "fixed(1k)"


def test_inside_except_behind_a_message(sample):
    text, stream = sample
    framing, state = Framing(text), State()
    for end in range(1, len(stream) + 1):
        framing.feed(state, stream[end - 1:end])
        assert not state.desync
        if text != "auto" or reference.recognise(stream[:end]) != "auto":
            assert state.inside == (end not in ends(text, stream[:end])), end


def test_the_rest_of_a_cut_message_is_what_is_missing_of_it(sample):
    text, stream = sample
    framing = Framing(text)
    all_ends = ends(text, stream)
    for cut in range(1, len(stream)):
        if cut in all_ends or text == "auto":
            continue
        state = framing.feed_pieces(stream[:cut])
        end = min((end for end in all_ends if end > cut), default=len(stream))
        for n in range(cut, len(stream) + 1):
            expected = min(n, end) - cut
            if cut in ends(text, stream[:n]):
                expected = 0  # p[0] tells that the message had ended: ZMTP's greetings
            assert framing.first_boundary(state, stream[cut:n]) == expected, (cut, n)


@pytest.mark.parametrize("sample", EXACT, ids=name)
def test_messages_are_counted_and_measured(sample):
    text, stream = sample
    framing = Framing(text)
    for end in range(1, len(stream) + 1):
        found = ends(text, stream[:end])
        state = framing.feed_pieces(stream[:end])
        assert (state.messages, state.sent) == (len(found), end - max(found, default=0)), end


@pytest.mark.parametrize("sample", [sample for sample in EXACT if "more" not in sample[0]], ids=name)
def test_a_length_that_is_known_is_right(sample):
    text, stream = sample
    framing = Framing(text)
    for start, end in reference.messages(text, stream):
        known = 0
        for cut in range(start + 1, end):
            state = framing.feed_pieces(stream[:cut])
            assert known <= message_length(state) <= end - start, cut
            known = message_length(state) if not state.more else 0
        assert known in (0, end - start)


def test_looking_for_a_boundary_changes_nothing(sample):
    text, stream = sample
    framing = Framing(text)
    for cut in range(len(stream)):
        state = framing.feed_pieces(stream[:cut])
        before = bytes(state)
        framing.first_boundary(state, stream[cut:])
        assert bytes(state) == before


@pytest.mark.parametrize("first", range(256))
def test_a_zmtp_greeting_with_a_mechanism_is_64_bytes(first):
    stream = SIGNATURE + b"\3\0" + bytes([first]) + bytes(51)
    state = Framing("zmtp").feed(State(), stream[:13])
    assert (message_length(state) == 64) == (first in range(ord("A"), ord("Z") + 1))
