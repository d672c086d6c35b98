"""The page: everything that comes from a log is escaped on its way in here."""

import html
import re
from pathlib import Path

from findings import OUTCOMES
from picture import HATCH, legend, picture
from strip import picture as when
from words import brief, duration, plural, relative, size, stamp, story, visible
from timeline import origin

FINDINGS_SHOWN = 40
FINE_SHOWN = 5  # at most, of these
NOTES_SHOWN = 30
LEVELS = ("error", "warn", "info", "debug")
STYLE = Path(__file__).with_name("page.css")

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
"""

ADVICE = {
    "signal": "After a signal has interrupted a write, send the rest first, or close the connection.",
    "timeout": "After a timeout in the middle of a message close the connection and open a new one.",
    "timeout-or-signal": "After a short count send the rest first, or close the connection.",
    "would-block": "A full buffer is no end: keep the rest of the message, send it when the socket is writable, and nothing before it.",
    "cancelled": "Whoever cancels a thread or a task that writes must close its connection.",
    "jumped-over": "Do not jump or throw out of a write call; if it has happened, close the connection.",
    "error": "After an error in the middle of a message close the connection and open a new one.",
    "pause": "Finish a message, or close the connection.",
}
ADVICE_BY_OUTCOME = {
    "nested": "Do not write in a signal handler to a connection that the program may be writing to.",
    "closed": "If the message matters, send it again as a whole on a new connection.",
    "unguarded": "If these bytes are what the program means, another framing is right: poisonframe(1) tries one on a capture.",
    "cut": "A log at level debug says what came then.",
    "resumed": "Nothing to do: this is how a program should go on.",
}


def safe(words):
    return html.escape(visible(str(words)))


def unbroken(words):
    """No end of a line between a number and its unit."""
    return re.sub(r"(?<=\d) (?=(?:[kMGTPE]?B|ms|s|min|h|d)\b)", "\u00a0", words)


def advice(finding, event):
    if finding.outcome in ("through", "refused"):
        return ADVICE.get(event.cut, "")
    if event.kind == "off":
        return "The connection goes on as it would without poisonshim."
    return ADVICE_BY_OUTCOME.get(finding.outcome, "")


def fact(name, value):
    return f"<li>{name} <b>{safe(value)}</b></li>" if value is not None else ""


def facts(connection):
    event = connection.decisive
    written = "each write call is a message" if connection.framing == "call" else connection.framing
    return (f'<ul class="facts">{fact("at", stamp(event.time) + " UTC")}{fact("peer", connection.peer)}'
            f'{fact("local", connection.local)}{fact("framing", written)}{fact("kind", event.type)}{fact("fd", event.fd)}'
            f'{fact("pid", event.pid)}</ul>')


def event_row(event, zero):
    return (f"<tr><td>{stamp(event.time)[11:]}</td><td>{safe(relative(event.time - zero))}</td><td>{safe(event.kind)}</td>"
            f"<td>{safe(brief(event))}</td></tr>")


def events_table(connection):
    events, dropped = connection.events()
    zero = origin(connection)
    rows = [event_row(event, zero) for event in events]
    if dropped:
        rows.insert(len(connection.head), f'<tr><td colspan="4">{plural(dropped, "event")} not shown</td></tr>')
    return (f"<details><summary>{plural(connection.count, 'event')} in the log</summary>"
            '<div class="scroll" tabindex="0" role="group" aria-label="Events"><table class="events"><thead><tr>'
            "<th>UTC</th><th>from the cut</th><th>event</th><th>what happened</th></tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table></div></details>")


def card(connection, outcome, identity):
    return (f'<article class="card {outcome}"><p class="story" id="{identity}">{unbroken(safe(story(connection)))}</p>'
            f"{picture(connection, identity)}{facts(connection)}{events_table(connection)}</article>\n")


def badge(outcome):
    return f'<span class="badge {outcome}">{OUTCOMES[outcome][0]}</span>'


def sums(finding):
    parts = [plural(finding.connections, "connection")]
    if finding.refusals:
        parts.append(f"at least {plural(finding.refusals, 'write')} refused")
    if finding.missing:
        parts.append(f"{size(finding.missing)} of cut messages not sent")
    return ", ".join(parts)


def section(finding, number):
    shown = finding.shown()
    hidden = finding.connections - len(shown)
    cards = "".join(card(one, finding.outcome, f"c{number}-{at}") for at, one in enumerate(shown, 1))
    rest = f'<p class="more">{plural(hidden, "more connection")} of this kind not shown.</p>' if hidden else ""
    why = f", {safe(finding.cause)}" if finding.cause else ""
    return (f'<section class="finding" id="f{number}" aria-labelledby="h{number}"><h3 id="h{number}">{badge(finding.outcome)} '
            f"{safe(finding.program)} → {safe(finding.peer)}{why}</h3>"
            f"<p>{safe(sums(finding))}. {safe(advice(finding, shown[0].decisive))}</p>\n{cards}{rest}</section>\n")


def cell(name, value, kind=""):
    """`name` stands beside the value where there is no room for a table; a value that says nothing is left out there."""
    return f'<td class="{kind if value else "none n"}" data-name="{name}">{value or "–"}</td>'


def row(finding, number):
    return (f'<tr>{cell("outcome", badge(finding.outcome))}'
            f'{cell("program", f"<a href=#f{number}>{safe(finding.program)}</a>", "any")}'
            f'{cell("peer", safe(finding.peer), "any")}{cell("cause", safe(finding.cause), "any")}'
            f'{cell("connections", f"{finding.connections:,}", "n")}'
            f'{cell("refused", f"{finding.refusals:,}" if finding.refusals else "", "n")}'
            f'{cell("not sent", size(finding.missing) if finding.missing else "", "n")}</tr>\n')


def findings_table(findings):
    rows = "".join(row(finding, number) for number, finding in enumerate(findings, 1))
    return ('<div class="sheet"><table class="wide"><thead><tr><th>outcome</th><th>program</th><th>peer</th><th>cause</th>'
            '<th class="n">connections</th><th class="n">writes refused</th><th class="n">bytes not sent</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div>\n")


def chosen(ordered):
    """Those that are shown and those that are not; only a few of what is no fault."""
    faults = [one for one in ordered if one.outcome != "resumed"]
    fine = [one for one in ordered if one.outcome == "resumed"]
    shown = faults[:FINDINGS_SHOWN]
    shown += fine[:min(FINE_SHOWN, FINDINGS_SHOWN - len(shown))]
    return shown, [one for one in ordered if one not in shown]


def findings_part(findings):
    ordered = findings.ordered()
    if not ordered:
        return ""
    shown, rest = chosen(ordered)
    hidden = (f'<p class="more">{plural(len(rest), "more finding")} with '
              f'{plural(sum(one.connections for one in rest), "connection")} not shown.</p>') if rest else ""
    return (f"<h2>What happened, the worst first</h2>\n{when(findings.strip)}{findings_table(shown)}{hidden}"
            f'<h2>How to read the pictures</h2>\n<ul class="legend">{legend()}</ul>\n'
            '<p class="hint">Time goes from left to right, counted from the cut (0); longer waits are drawn longer, by their '
            "logarithm. kB and MB are 1,000 and 1,000,000 bytes. A write that was refused got EPIPE, and not one byte of it was "
            "sent.</p>\n<h2>Connections</h2>\n" + "".join(section(one, at) for at, one in enumerate(shown, 1)))


def count(findings, outcome):
    return sum(one.connections for one in findings.by_key.values() if one.outcome == outcome)


def tiles(findings):
    numbers = [(outcome, count(findings, outcome)) for outcome in OUTCOMES if outcome != "clean"]
    numbers.append(("clean", findings.clean))
    items = [f'<li class="{outcome}"><b>{number:,}</b><span><strong>{OUTCOMES[outcome][0]}</strong><br>{OUTCOMES[outcome][1]}'
             "</span></li>" for outcome, number in numbers if number]
    return f'<ul class="tiles" aria-label="Connections by outcome">{"".join(items)}</ul>\n' if items else ""


def verdict(findings):
    """The whole report in a sentence."""
    through, refused, nested, closed = (count(findings, outcome) for outcome in ("through", "refused", "nested", "closed"))
    if not findings.connections:
        return "There is no event of a connection in this log."
    said = []
    if refused:
        said.append(f"{plural(refused, 'connection')} stopped after a cut message")
    if through:
        said.append(f"{plural(through, 'connection')} went on after a cut message, in mode audit")
    if nested:
        said.append(f"{plural(nested, 'connection')} written by a signal handler in the middle of a write")
    if not said and closed:
        return f"No connection went on after a cut message; {plural(closed, 'was', 'were')} closed inside one."
    return f"{'; '.join(said) or 'No connection went on after a cut message'}."


def about(summary):
    parts = [", ".join(safe(log.name) for log in summary.logs), plural(summary.lines(), "line"),
             plural(summary.count("event"), "event"), plural(summary.findings.connections, "connection"),
             plural(len(summary.pids), "process", "processes") + ("" if summary.pids_all else " or more")]
    if summary.first is not None:
        span = duration(summary.last - summary.first)
        parts.append(f"{stamp(summary.first)[:19]} to {stamp(summary.last)[:19]} UTC ({span})")
    return f'<p class="about">{" · ".join(parts)}</p>\n'


def problems(summary):
    return "".join(f'<p class="problem" role="note">{safe(one)}</p>\n' for one in summary.problems())


def note_order(counted):
    (level, text), number = counted
    return LEVELS.index(level) if level in LEVELS else len(LEVELS), -number, text


def notes(summary):
    if not summary.notes:
        return ""
    ordered = sorted(summary.notes.items(), key=note_order)[:NOTES_SHOWN]
    rows = "".join(f'<tr>{cell("level", safe(level or "–"))}{cell("times", f"{number:,}", "n")}'
                   f'{cell("text", safe(text), "any")}</tr>\n' for (level, text), number in ordered)
    return ('<h2>What the library said about itself</h2>\n<div class="sheet"><table class="wide"><thead><tr><th>level</th>'
            f'<th class="n">times</th><th>text</th></tr></thead><tbody>{rows}</tbody></table></div>\n')


def fuller(summary):
    if summary.has_debug:
        return ""
    return ('<p class="note">This log has no events of level debug: cuts after which the program went on well, and connections that '
            "ended well, are not in it. For the fuller picture run the program with "
            "<code>POISONSHIM_LOG=/path/of/the/log,json,debug</code>.</p>\n")


def page(summary, version):
    style = STYLE.read_text(encoding="ascii")
    title = f"poisonreport: {verdict(summary.findings)}"
    return "".join((
        HEAD.format(title=safe(title), style=style), HATCH,
        f'<header><h1>poisonshim report</h1>\n<p class="verdict">{safe(verdict(summary.findings))}</p>\n', about(summary),
        tiles(summary.findings), problems(summary), "</header>\n<main>\n", findings_part(summary.findings), notes(summary),
        fuller(summary), f"</main>\n<footer>poisonreport {version}; the page needs no network and no script.</footer>\n"
        "</body>\n</html>\n"))
