"""Everything that a page says, gathered in one walk over the logs."""

from collections import Counter

from connections import Connections
from findings import Findings
from words import plural

PIDS_MOST = 100_000
NOTES_MOST = 200
DEBUG = ("torn", "resumed", "ended")


class Summary:
    def __init__(self, worst):
        self.logs = []
        self.unread = []
        self.findings = Findings(worst)
        self.connections = Connections(self.findings.add)
        self.pids = set()
        self.notes = Counter()
        self.first = self.last = None
        self.has_debug = False

    @property
    def pids_all(self):
        return len(self.pids) < PIDS_MOST

    def take(self, log, progress):
        self.logs.append(log)
        for kind, found in log.read(progress):
            if kind == "event":
                self.take_event(found)
            else:
                self.take_note(found)

    def leave_out(self, log, reason):
        self.unread.append(reason)
        if log in self.logs:
            self.logs.remove(log)

    def take_event(self, event):
        self.first = event.time if self.first is None else min(self.first, event.time)
        self.last = event.time if self.last is None else max(self.last, event.time)
        self.has_debug = self.has_debug or event.kind in DEBUG
        if len(self.pids) < PIDS_MOST:
            self.pids.add(event.pid)
        self.connections.take(event)

    def take_note(self, note):
        key = note.level, note.text
        if key in self.notes or len(self.notes) < NOTES_MOST:
            self.notes[key] += 1

    def finish(self):
        self.connections.finish()

    def count(self, kind):
        return sum(log.tallies[kind].count for log in self.logs)

    def lines(self):
        return sum(log.lines for log in self.logs)

    def told(self, kind, one, many):
        """A sentence about lines that are no events, or none."""
        tallies = [log.tallies[kind] for log in self.logs if log.tallies[kind].count]
        if not tallies:
            return []
        name, line = tallies[0].first
        number = sum(tally.count for tally in tallies)
        where = f"{name}, line {line}"
        return [f"{plural(number, one, many)} ({where})." if number == 1 else f"{plural(number, one, many)}; the first is {where}."]

    def problems(self):
        """What a reader must know before believing the numbers."""
        return [
            *(f"Not read: {reason}." for reason in self.unread),
            *(f"Read only in part: {log.trouble}." for log in self.logs if log.trouble),
            *self.told("torn", "line is torn: a process died as it wrote it, or the disk was full",
                       "lines are torn: a process died as it wrote them, or the disk was full"),
            *self.told("text", "line of poisonshim is text and not JSON: its events are missing here",
                       "lines of poisonshim are text and not JSON: their events are missing here"),
            *self.told("foreign", "line is not poisonshim's", "lines are not poisonshim's"),
        ]
