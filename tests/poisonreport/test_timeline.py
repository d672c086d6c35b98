"""What stands in a picture."""

import pytest

from .logs import closed, connections_of, ended, line, nested, poisoned, refused, resumed, torn


def items_of(*lines):
    from timeline import Timeline
    (connection,) = connections_of(*lines)
    return Timeline(connection).items


def shapes(*lines):
    return [item.shape for item in items_of(*lines)]


def labels(*lines):
    return [(*(words for words in item.above if words), item.below) for item in items_of(*lines)]


def test_a_message_is_cut_and_a_write_refused():
    assert labels(torn(0), poisoned(3000, ago=3000), refused(4000, ago=4000)) == [
        ("2 whole", ""), ("message 3", "cut"), ("14 B", "refused", "+3.0 s"), ("9 B", "refused", "+4.0 s")]


def test_without_the_event_of_the_cut_it_is_where_it_was_in_time():
    assert labels(poisoned(3000, ago=3000)) == labels(torn(0), poisoned(3000, ago=3000))


def test_the_cut_is_where_the_later_event_says():
    """A program waited for room after the cut, and this wait timed out."""
    assert labels(torn(0), poisoned(3000, ago=1000)) == [("2 whole", ""), ("message 3", "cut"), ("14 B", "refused", "+1.0 s")]


def test_messages_between_cuts_are_counted():
    lines = [torn(0, message=1), resumed(5, message=1), torn(9, message=5), resumed(12, message=5), ended(20, message=6)]
    assert labels(*lines) == [
        ("message 1", "cut"), ("went on", "+5 ms"), ("3 whole", ""), ("message 5", "cut +9 ms"), ("went on", "+12 ms"),
        ("1 whole", ""), ("closed", "+20 ms")]


def test_a_message_may_be_cut_twice():
    lines = torn(0), resumed(1), torn(2), poisoned(3)
    assert shapes(*lines) == ["whole", "cut", "resumed", "cut", "poisoned"]
    assert [item.whole for item in items_of(*lines) if item.shape == "cut"] == [True, False]


@pytest.mark.parametrize("lines, expected", [
    ([closed(0)], ["whole", "cut", "closed"]),
    ([poisoned(0, audit=True)], ["whole", "cut", "through"]),
    ([poisoned(0, cut="pause")], ["whole", "cut", "poisoned"]),
    ([line("off")], ["whole", "unguarded"]),
    ([line("desync", message=1)], ["unguarded"]),
    ([line("desync"), poisoned(0, verdict="desync", cut="pause")], ["whole", "unguarded", "cut", "poisoned"]),
    ([nested(0)], ["refused"]),
    ([ended(0)], ["whole", "ended"]),
    ([torn(0, message=1)], ["cut"]),
    ([torn(0, message=None)], ["cut"]),
])
def test_every_event_has_its_shape(lines, expected):
    assert shapes(*lines) == expected


def test_of_many_only_the_first_and_the_last_are_drawn():
    from timeline import ITEMS_MOST
    lines = [make(at * 10, message=at + 1) for at in range(9) for make in (torn, resumed)]
    drawn = items_of(*lines, poisoned(999, message=11))
    assert len(drawn) == ITEMS_MOST
    assert [item.shape for item in drawn[:3]] == ["cut", "resumed", "gap"] and drawn[-1].shape == "poisoned"
    assert drawn[2].above[1] == f"{9 * 2 + 3 - ITEMS_MOST + 1} more"


def test_longer_waits_are_drawn_longer_but_not_in_proportion():
    def before(ms):
        return items_of(torn(0), poisoned(ms, ago=ms))[-1].before

    assert before(0) < before(100) < before(1000) < before(86_400_000) < 10 * before(100)


def test_places_fill_the_width():
    from timeline import place
    items = items_of(torn(0), poisoned(3000, ago=3000))
    place(items)
    assert items[0].start == 0 and items[-1].start + items[-1].width == pytest.approx(100)
    assert all(one.start + one.width <= other.start + 1e-9 for one, other in zip(items, items[1:]))
