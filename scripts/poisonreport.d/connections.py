"""Which events belong to one connection: numbers are reused."""

from collections import OrderedDict, deque

FIRST, LAST = 12, 20  # events kept of each end of a connection
OPEN_MOST = 4096  # connections that may still go on
SLACK = 1000  # ms by which lines of one process may be out of order

# What can still be said about a connection after an event that ends something.
FOLLOWS = {"poisoned": ("refused",), "refused": ("refused",), "desync": ("poisoned",), "off": (), "closed": (), "ended": ()}


def is_nested(event):
    """A handler's write was refused; the connection itself goes on."""
    return event.kind == "refused" and event.verdict == "nested"


def differ(one, other):
    return one is not None and other is not None and one != other


class Connection:
    """The events between the first and the last of one connection, and sums over all of them."""

    def __init__(self):
        self.head = []
        self.tail = deque(maxlen=LAST)
        self.count = self.torn = self.resumed = 0
        self.refusals = 0  # at least so many; not all get a line
        self.last = None  # that says something about the state
        self.peer = self.local = self.message = self.framing = None
        self.decisive = None

    def add(self, event):
        if len(self.head) < FIRST:
            self.head.append(event)
        else:
            self.tail.append(event)
        self.count += 1
        self.torn += event.kind == "torn"
        self.resumed += event.kind == "resumed"
        self.peer, self.local = event.peer or self.peer, event.local or self.local
        self.framing = event.framing or self.framing
        self.message = event.message or self.message
        self.refuse(event)
        self.last = self.last if is_nested(event) else event
        if self.decisive is None or rank(event) >= rank(self.decisive):
            self.decisive = event

    def refuse(self, event):
        if event.audit:
            return
        if is_nested(event) or (event.kind == "poisoned" and event.offered is not None):
            self.refusals += 1
        elif event.kind == "refused" and event.refused is not None:
            poisoned = self.decisive is not None and self.decisive.kind == "poisoned" and self.decisive.offered is not None
            self.refusals = max(self.refusals, event.refused + poisoned)

    def accepts(self, event):
        """Can this event be about the same connection?"""
        if differ(self.peer, event.peer) or differ(self.local, event.local):
            return False
        if event.time + SLACK < self.newest().time:
            return False
        return not self.goes_back(event) and self.may_follow(event)

    def may_follow(self, event):
        last = self.last
        if last is None or last.kind in ("torn", "resumed"):
            return True
        if is_nested(event):
            return last.kind in ("poisoned", "refused")
        return not last.audit and event.kind in FOLLOWS[last.kind]

    def goes_back(self, event):
        """A smaller number than before is another connection's."""
        if self.message is not None and (event.message or 0) < self.message:
            return True
        last = self.last
        return (event.kind == "refused" and last is not None and last.kind == "refused" and not is_nested(event)
                and (event.refused or 0) <= (last.refused or 0))

    def newest(self):
        return self.tail[-1] if self.tail else self.head[-1]

    def events(self):
        """All that was kept, and how many are missing behind the first ones."""
        return [*self.head, *self.tail], self.count - len(self.head) - len(self.tail)

    def is_over(self):
        return self.last is not None and self.last.kind in ("closed", "ended", "off")


def rank(event):
    """Of several events, which one says what became of the connection; of equal ones the last."""
    if event.kind == "poisoned":
        return 7
    if event.kind == "refused":
        return 5 if is_nested(event) else 6
    return {"closed": 4, "desync": 3, "off": 3, "torn": 2, "resumed": 2, "ended": 0}[event.kind]


class Connections:
    """Sorts events into connections and hands each over to `done` when it is over; few are open at a time."""

    def __init__(self, done):
        self.done = done
        self.open = OrderedDict()

    def take(self, event):
        key = (event.pid, event.comm, event.fd)
        connection = self.open.pop(key, None)
        if connection and not connection.accepts(event):
            self.done(connection)
            connection = None
        connection = connection or Connection()
        connection.add(event)
        if connection.is_over() or event.fd is None:
            self.done(connection)
            return
        self.open[key] = connection
        if len(self.open) > OPEN_MOST:
            self.done(self.open.popitem(last=False)[1])

    def finish(self):
        while self.open:
            self.done(self.open.popitem(last=False)[1])
