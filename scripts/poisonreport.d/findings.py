"""Connections with the same program, peer, outcome and cause are one finding; of each the worst are kept."""

import heapq
import itertools
from collections import Counter

from strip import Strip

FINDINGS_MOST = 200  # of each outcome: what is no fault must not crowd out what is
EPHEMERAL = 32768  # ports from here on are nobody's address (Linux' net.ipv4.ip_local_port_range)

# The worst first: a word for badges, and what it is.
OUTCOMES = {
    "through": ("Went through", "mode audit: writes after a cut message that enforce would refuse"),
    "refused": ("Refused", "poisoned: a message was cut, what came after it was refused"),
    "nested": ("Handler refused", "a signal handler wrote inside the call that it interrupted"),
    "closed": ("Closed inside", "closed or shut down inside a message"),
    "unguarded": ("Not guarded", "the guard lost track, and left the connection alone"),
    "cut": ("Cut", "a message was cut; what came then is not in the log"),
    "resumed": ("Cut and resumed", "the program went on with exactly the rest: no fault"),
    "clean": ("Clean", "every message whole"),
}
SEVERITY = {outcome: at for at, outcome in enumerate(OUTCOMES)}

CAUSES = {
    "timeout-or-signal": "timeout or signal",
    "would-block": "full send buffer (non-blocking)",
    "cancelled": "thread cancelled or ended inside the call",
    "jumped-over": "jump or exception out of the call",
    "pause": "stopped between two writes",
}


def outcome(connection):
    event = connection.decisive
    if event.kind in ("poisoned", "refused"):
        return "through" if event.audit else "nested" if event.verdict == "nested" else "refused"
    if event.kind in ("torn", "resumed"):
        return "cut" if connection.last.kind == "torn" else "resumed"
    return {"closed": "closed", "desync": "unguarded", "off": "unguarded", "ended": "clean"}[event.kind]


def cause(connection):
    event = connection.decisive
    if event.kind == "resumed":
        event = next((other for other in reversed(connection.events()[0]) if other.kind == "torn"), event)
    if event.verdict == "nested":
        return "write in a signal handler"
    if event.kind == "desync" or event.verdict == "desync":
        return f"bytes that cannot be {event.framing or 'the framing'}"
    if event.kind == "off":
        return event.reason or "no reason given"
    if event.cut == "error":
        return f"error {event.errno or ''}".strip()
    return CAUSES.get(event.cut, event.cut or "")


def port(address):
    digits = address.rpartition(":")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def peer(connection):
    """The service at the other end; of a server's connections, its own address."""
    event, theirs, ours = connection.decisive, connection.peer, connection.local
    if event.type in ("tcp", "closed", None) and theirs and ours:
        if (port(theirs) or 0) >= EPHEMERAL > (port(ours) or EPHEMERAL):
            return f"clients of {ours}"
    if theirs:
        return theirs
    if ours:
        return f"clients of {ours}" if event.type == "unix" else f"unknown, from {ours}"
    return "unnamed socket" if event.type == "unix" else event.type or "unknown"


class Finding:
    """Sums over the connections of one kind, and the worst of them."""

    def __init__(self, program, at, what, why):
        self.program, self.peer, self.outcome, self.cause = program, at, what, why
        self.connections = self.refusals = self.torn = self.missing = 0
        self.worst = []  # a heap of (badness, Connection)

    def order(self):
        return SEVERITY[self.outcome], -self.connections, -self.refusals, self.program, self.peer, self.cause

    def shown(self):
        return [connection for _, connection in sorted(self.worst, key=lambda pair: pair[0], reverse=True)]


def missing(connection):
    """Bytes of the cut message that the peer has not got."""
    event = connection.decisive
    if event.kind in ("resumed", "ended", "desync", "off"):
        return 0
    return max(0, (event.length or 0) - (event.sent or 0))


class Findings:
    def __init__(self, worst):
        self.most = worst
        self.by_key = {}
        self.kinds = Counter()  # findings by outcome
        self.serial = itertools.count()
        self.clean = self.connections = 0
        self.strip = Strip()

    def add(self, connection):
        self.connections += 1
        what = outcome(connection)
        self.strip.add(connection.decisive.time, what)
        if what == "clean":
            self.clean += 1
            return
        finding = self.find((connection.decisive.comm or "?", peer(connection), what, cause(connection)))
        finding.connections += 1
        finding.refusals += connection.refusals
        finding.torn += connection.torn
        finding.missing += missing(connection)
        self.keep(finding, connection)

    def find(self, key):
        if key not in self.by_key and self.kinds[key[2]] >= FINDINGS_MOST:
            key = "other programs", "other peers", key[2], "other causes"
        if key not in self.by_key:
            self.by_key[key] = Finding(*key)
            self.kinds[key[2]] += 1
        return self.by_key[key]

    def keep(self, finding, connection):
        badness = connection.refusals, missing(connection), connection.torn, -next(self.serial)
        heapq.heappush(finding.worst, (badness, connection))
        if len(finding.worst) > self.most:
            heapq.heappop(finding.worst)

    def ordered(self):
        return sorted(self.by_key.values(), key=Finding.order)
