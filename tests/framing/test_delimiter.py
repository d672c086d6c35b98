"""Delimiters against a matcher that tries everything: the first one that is complete ends the message."""

from itertools import combinations, product

import pytest

from .library import Framing, State

WORDS = ["".join(letters) for n in (1, 2, 3) for letters in product("ab", repeat=n)]
STREAMS = ["".join(letters).encode() for letters in product("ab", repeat=9)]


def unfinished(delimiters, stream):
    """How long the message is that `stream` ends in, and how many came before."""
    message, count = b"", 0
    for byte in stream:
        message += bytes([byte])
        if any(message.endswith(delimiter) for delimiter in delimiters):
            message, count = b"", count + 1
    return len(message), count


@pytest.mark.parametrize("count", [1, 2])
def test_delimiters_of_two_letters_in_every_stream(count):
    for words in combinations(WORDS, count):
        framing = Framing(f"delimiter({'|'.join(words)})")
        delimiters = [word.encode() for word in words]
        for stream in STREAMS:
            length, _ = unfinished(delimiters, stream)
            state = framing.feed(State(), stream)
            assert (state.inside, state.sent) == (length > 0, length), (words, stream)


@pytest.mark.parametrize("words", [("a",), ("ab",), ("aa",), ("aba",), ("aab", "ba"), ("b", "abb"), ("aba", "bab")])
def test_delimiters_of_two_letters_in_every_split(words):
    framing = Framing(f"delimiter({'|'.join(words)})")
    delimiters = [word.encode() for word in words]
    for stream in STREAMS:
        length, _ = unfinished(delimiters, stream)
        for cut in range(len(stream) + 1):
            assert framing.feed_pieces(stream, [cut]).sent == length, (words, stream, cut)


@pytest.mark.parametrize("words", combinations(WORDS[:6], 2))
def test_the_rest_of_a_cut_message_ends_with_the_first_delimiter(words):
    framing = Framing(f"delimiter({'|'.join(words)})")
    delimiters = [word.encode() for word in words]
    for stream in STREAMS[::5]:
        for cut in range(1, len(stream)):
            state = framing.feed(State(), stream[:cut])
            if not state.inside:
                continue
            found = [end for end in range(cut + 1, len(stream) + 1)
                     if unfinished(delimiters, stream[:end])[0] == 0]
            expected = min(found, default=len(stream)) - cut
            assert framing.first_boundary(state, stream[cut:]) == expected, (words, stream, cut)


@pytest.mark.parametrize("text", ["delimiter(aba|bb)", "delimiter(a|ab)", "delimiter(aa)"])
def test_delimiters_that_overlap_are_counted(text):
    framing = Framing(text)
    delimiters = text[len("delimiter("):-1].encode().split(b"|")
    for stream in STREAMS:
        assert framing.feed(State(), stream).messages == unfinished(delimiters, stream)[1], stream


@pytest.mark.parametrize("text", ["delimiter(aba|bb)", "delimiter(bb|aba)", r"delimiter(\n)"])
@pytest.mark.parametrize("length", [*range(250, 262), *range(508, 518), 5000])
def test_a_long_message_ends_with_its_delimiter(text, length):
    framing = Framing(text)
    for delimiter in (b"\n",) if "n" in text else (b"aba", b"bb"):
        stream = b"x" * length + delimiter
        assert framing.first_boundary(State(), stream + b"bbaba\n") == len(stream)
        state = framing.feed(State(), stream + b"y")
        assert (state.messages, state.sent) == ("n" not in text, 1)
        assert not framing.feed(State(), stream).inside


def test_line_counts_writes_that_end_a_line():
    assert Framing("line").feed_calls(b"a\nb\nc\n", b"d", b"e\n").messages == 2


def test_the_beginning_of_a_line_is_found_in_the_last_4096_bytes():
    line = Framing("line")
    assert line.feed(State(), b"a\n" + b"b" * 4095).sent == 4095
    assert line.feed(State(), b"a\n" + b"b" * 4096).sent == 4098
    state = line.feed(State(), b"a\n" + b"b" * 100000)
    assert not line.feed(state, b"\n").inside


def test_a_line_longer_than_max_is_a_desync():
    framing = Framing("line")
    framing.set_max(4)
    assert not framing.feed_pieces(b"abc\nabc\nab").desync
    for cut in range(12):
        assert framing.feed_pieces(b"a\nabcd\nab\nabc", [cut]).desync


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_line_may_end_in_either_way(ending):
    assert Framing("line").feed(State(), b"GET a" + ending).inside is False
    assert Framing(r"delimiter(\r\n)").feed(State(), b"GET a" + ending).inside is (ending == b"\n")
