"""Progress, and what is kept of a log that never ends."""

import io

from .logs import note, poisoned, report_of


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Raw:
    def tell(self):
        return 30

    def seekable(self):
        return True


def shown(stream, clock=None):
    from reading import Progress
    progress = Progress(stream)
    progress.next = clock or progress.next
    progress.show("log", Raw(), 120)
    progress.end()
    return stream.getvalue()


def test_progress_is_shown_on_a_terminal_and_wiped_away():
    assert shown(Terminal(), clock=-1) == "\r\x1b[Kpoisonreport: log 25 %\r\x1b[K"


def test_progress_is_shown_now_and_then():
    assert "log" not in shown(Terminal())


def test_no_progress_in_a_file():
    assert shown(io.StringIO(), clock=-1) == ""


def test_what_the_library_said_is_counted():
    page = report_of(note("b"), note("b"), note("out of memory: new connections are not guarded", "warn"), poisoned(0))
    assert page.index("out of memory") < page.index(">b<")
    assert ">2</td>" in page


def test_only_so_many_different_notes_are_kept():
    from summary import NOTES_MOST, Summary

    from events import note as made
    summary = Summary(1)
    for at in range(NOTES_MOST + 9):
        summary.take_note(made({"pid": 1, "level": "info", "text": str(at)}))
    assert len(summary.notes) == NOTES_MOST


def test_only_so_many_processes_are_counted():
    import summary

    from .logs import event_of
    made = summary.Summary(1)
    made.pids = set(range(-summary.PIDS_MOST, 0))
    made.take_event(event_of(poisoned(0)))
    assert len(made.pids) == summary.PIDS_MOST and not made.pids_all
