"""Logs to make reports of: lines as shim/report_json.c writes them, and the program that reads them."""

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone

from guard.process import REPOSITORY, bare_environment

PROGRAM = REPOSITORY / "scripts/poisonreport"
PARTS = REPOSITORY / "scripts/poisonreport.d"
PATIENCE = 60
NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)

if str(PARTS) not in sys.path:
    sys.path.append(str(PARTS))

DEFAULTS = {
    "pid": 100, "audit": False, "fd": 5, "type": "tcp", "message": 3, "sent": 400_000, "length": 1_000_000, "sent_exact": True,
    "cut": None, "errno": None, "ago_ms": None, "verdict": None, "offered": None, "refused": None, "bytes": None, "reason": None,
    "comm": "app", "framing": "redis", "peer": "10.0.0.7:6379", "local": "10.0.0.3:45222",
}
CUT = {"cut": "timeout", "ago_ms": 0}


def fields(event, at=0, **given):
    """The object of one event, `at` milliseconds after noon."""
    stamp = (NOON + timedelta(milliseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return {"time": stamp, "event": event} | DEFAULTS | given


def line(event, at=0, **given):
    return json.dumps(fields(event, at, **given), separators=(",", ":"))


def torn(at=0, **given):
    return line("torn", at, **CUT | given)


def resumed(at=0, **given):
    return line("resumed", at, **{"sent": 0, "length": None} | given)


def poisoned(at=0, ago=0, **given):
    return line("poisoned", at, **{"cut": "timeout", "ago_ms": ago, "verdict": "not-the-rest", "offered": 14} | given)


def refused(at=0, ago=0, number=1, **given):
    return line("refused", at, **{"cut": "timeout", "ago_ms": ago, "verdict": "not-the-rest", "offered": 9, "refused": number} | given)


def closed(at=0, ago=0, **given):
    return line("closed", at, **{"cut": "timeout", "ago_ms": ago} | given)


def ended(at=0, **given):
    return line("ended", at, **{"sent": 0, "length": None} | given)


def nested(at=0, **given):
    return line("refused", at, **{"verdict": "nested", "offered": 40, "refused": 1, "sent": 0, "length": None} | given)


def note(text, level="info"):
    return json.dumps({"time": fields("")["time"], "pid": 100, "comm": "app", "level": level, "text": text}, separators=(",", ":"))


def event_of(text):
    """The Event that poisonreport makes of a line."""
    from events import sort
    ((kind, event),) = sort(text.encode())
    assert kind == "event"
    return event


def connections_of(*lines):
    """The connections that poisonreport finds in lines, as they end."""
    from connections import Connections
    found = []
    connections = Connections(found.append)
    for text in lines:
        connections.take(event_of(text))
    connections.finish()
    return found


def kinds(connection):
    return [event.kind for event in connection.events()[0]]


def run(*arguments, status=0, stdin=b""):
    """What poisonreport says: the page and its complaints."""
    process = subprocess.run([sys.executable, PROGRAM, *arguments], input=stdin, capture_output=True, env=bare_environment(),
                             timeout=PATIENCE, check=False)
    assert process.returncode == status, process.stderr.decode()
    return process.stdout.decode(), process.stderr.decode()


def report_of(*lines, status=0):
    """The page of these lines."""
    return run("-", status=status, stdin="".join(text + "\n" for text in lines).encode())[0]
