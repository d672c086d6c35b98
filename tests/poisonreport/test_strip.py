"""Bars over the time of a log."""

import re

import pytest

from .logs import NOON, ended, poisoned, report_of, resumed, torn


def strip_of(*seconds):
    from strip import Strip
    made = Strip()
    for second in seconds:
        made.add(int((NOON.timestamp() + second) * 1000), "refused")
    return made


@pytest.mark.parametrize("last, width", [(0, 1), (95, 1), (96, 5), (479, 5), (480, 15), (86_400, 3600), (86_400 * 365, 604_800),
                                         (86_400 * 365 * 50, 604_800 * 64)])
def test_bars_grow_wider_with_the_time(last, width):
    from strip import BARS_MOST
    made = strip_of(0, last, 0)
    assert made.width == width and made.high - made.low < BARS_MOST
    assert sum(counts.total() for counts in made.bars.values()) == 3


def test_nothing_is_lost_when_bars_grow():
    made = strip_of(*range(0, 5000, 7), *range(-4000, 0, 13))
    assert sum(counts.total() for counts in made.bars.values()) == len(range(0, 5000, 7)) + len(range(-4000, 0, 13))
    begins = [made.begin(at) for at in made.bars]
    assert min(begins) <= (NOON.timestamp() - 4000) * 1000 < min(begins) + made.width * 1000


def test_the_caption_says_when_most_happened():
    page = report_of(poisoned(0), *(poisoned(60_000 + pid, pid=pid) for pid in range(2, 9)))
    assert "in steps of 1 s; the most, 7, from 2026-11-25 12:01:00 UTC on." in page


def test_each_outcome_has_its_colour_and_what_was_clean_none():
    page = report_of(poisoned(0), torn(5000, pid=2), resumed(5001, pid=2), ended(9000, pid=3))
    assert re.findall('class="bar (\\w+)"', page) == ["refused", "resumed"]


def test_one_moment_needs_no_bars():
    assert 'class="strip"' not in report_of(poisoned(0), poisoned(1, pid=2))
