"""What is one finding, which come first, and how many are shown."""

import re

import pytest

from .logs import closed, connections_of, ended, line, nested, poisoned, refused, report_of, resumed, torn


def finding_of(*lines):
    from findings import cause, outcome, peer
    (connection,) = connections_of(*lines)
    return outcome(connection), cause(connection), peer(connection)


@pytest.mark.parametrize("lines, outcome, cause", [
    ([torn(0), poisoned(1)], "refused", "timeout"),
    ([refused(1)], "refused", "timeout"),
    ([poisoned(1, audit=True, cut="signal")], "through", "signal"),
    ([nested(0)], "nested", "write in a signal handler"),
    ([torn(0), closed(5, cut="error", errno="EIO")], "closed", "error EIO"),
    ([line("desync", framing="tls")], "unguarded", "bytes that cannot be tls"),
    ([line("off", reason="why")], "unguarded", "why"),
    ([torn(0, cut="would-block")], "cut", "full send buffer (non-blocking)"),
    ([torn(0), resumed(1), torn(2, message=9)], "cut", "timeout"),
    ([torn(0), resumed(1), ended(2)], "resumed", "timeout"),
    ([ended(2)], "clean", ""),
])
def test_outcome_and_cause(lines, outcome, cause):
    assert finding_of(*lines)[:2] == (outcome, cause)


@pytest.mark.parametrize("fields, peer", [
    ({}, "10.0.0.7:6379"),
    ({"peer": "10.0.0.9:51000", "local": "10.0.0.3:8080"}, "clients of 10.0.0.3:8080"),
    ({"peer": "10.0.0.9:32768", "local": "10.0.0.3:32767"}, "clients of 10.0.0.3:32767"),
    ({"peer": "10.0.0.9:40000", "local": "10.0.0.3:32768"}, "10.0.0.9:40000"),
    ({"peer": "10.0.0.9:32767", "local": "10.0.0.3:80"}, "10.0.0.9:32767"),
    ({"peer": "[::1]:51000", "local": "[::1]:8080"}, "clients of [::1]:8080"),
    ({"peer": "127.0.0.1:40000", "local": "127.0.0.1:50000"}, "127.0.0.1:40000"),
    ({"type": "unix", "peer": "/run/x.sock", "local": None}, "/run/x.sock"),
    ({"type": "unix", "peer": None, "local": "/run/x.sock"}, "clients of /run/x.sock"),
    ({"type": "unix", "peer": None, "local": None}, "unnamed socket"),
    ({"type": "pipe", "peer": None, "local": None}, "pipe"),
    ({"peer": None}, "unknown, from 10.0.0.3:45222"),
])
def test_a_peer_is_a_service(fields, peer):
    assert finding_of(poisoned(0, **fields))[2] == peer


def rows(page):
    """Outcome, program and number of connections of each row."""
    found = re.findall(r'class="badge (\w+)">[^<]*</span></td>.*?<a href=#f\d+>([^<]*)</a>.*?data-name="connections">([\d,]+)<', page)
    return [(outcome, program, int(number)) for outcome, program, number in found]


def test_the_worst_come_first():
    page = report_of(
        torn(0, pid=1, comm="a"), resumed(1, pid=1, comm="a"), torn(0, pid=2, comm="b"), closed(0, pid=3, comm="c"),
        line("off", pid=4, comm="d"), nested(0, pid=5, comm="e"), poisoned(0, pid=6, comm="f"), poisoned(0, pid=7, comm="g"),
        poisoned(1, pid=8, comm="g"), poisoned(1, pid=9, comm="h", audit=True), ended(0, pid=10, comm="i"))
    assert rows(page) == [("through", "h", 1), ("refused", "g", 2), ("refused", "f", 1), ("nested", "e", 1), ("closed", "c", 1),
                          ("unguarded", "d", 1), ("cut", "b", 1), ("resumed", "a", 1)]


def test_what_a_finding_has_none_of_is_a_dash():
    assert 'data-name="refused">–<' in report_of(poisoned(0, audit=True))
    assert 'data-name="refused">1<' in report_of(poisoned(0))


def test_of_each_finding_the_worst_connections_are_shown_and_the_rest_counted():
    lines = [text for pid in range(1, 8) for text in (poisoned(0, pid=pid), refused(1, pid=pid, number=pid))]
    page = report_of(*lines)
    assert [int(pid) for pid in re.findall(r"pid <b>(\d+)", page)] == [7, 6, 5]
    assert "4 more connections of this kind not shown." in page
    assert "not shown" not in report_of(*lines[:6])


def test_findings_beyond_those_shown_are_counted():
    from page import FINDINGS_SHOWN
    page = report_of(*(poisoned(0, pid=at, comm=f"p{at}") for at in range(FINDINGS_SHOWN + 3)))
    assert len(rows(page)) == FINDINGS_SHOWN
    assert "3 more findings with 3 connections not shown." in page


def test_of_what_is_no_fault_only_a_few_findings_are_shown():
    from page import FINE_SHOWN
    fine = [make(at, pid=at, comm=f"p{at}") for at in range(FINE_SHOWN + 2) for make in (torn, resumed)]
    page = report_of(*fine, poisoned(0, pid=999))
    assert [row[0] for row in rows(page)] == ["refused"] + ["resumed"] * FINE_SHOWN
    assert "2 more findings with 2 connections not shown." in page


def test_what_is_no_fault_does_not_crowd_out_what_is():
    import findings
    kept = findings.Findings(1)
    fine = [make(at, pid=at, comm=f"p{at}") for at in range(findings.FINDINGS_MOST + 9) for make in (torn, resumed)]
    for connection in connections_of(*fine, poisoned(0, pid=9999)):
        kept.add(connection)
    assert kept.ordered()[0].program == "app"


def test_no_more_findings_are_kept_than_fit():
    import findings
    kept = findings.Findings(1)
    for connection in connections_of(*(poisoned(0, pid=at, comm=f"p{at}") for at in range(findings.FINDINGS_MOST + 50))):
        kept.add(connection)
    assert len(kept.by_key) == findings.FINDINGS_MOST + 1
    assert sum(finding.connections for finding in kept.ordered()) == findings.FINDINGS_MOST + 50
    assert kept.by_key["other programs", "other peers", "refused", "other causes"].connections == 50


def test_the_page_begins_with_the_verdict():
    def verdict(*lines):
        return re.search(r'class="verdict">([^<]*)<', report_of(*lines))[1]

    assert verdict() == "There is no event of a connection in this log."
    assert verdict(torn(0), resumed(1)) == "No connection went on after a cut message."
    assert verdict(closed(0)) == "No connection went on after a cut message; 1 was closed inside one."
    assert verdict(poisoned(0), poisoned(0, pid=2, audit=True)) == (
        "1 connection stopped after a cut message; 1 connection went on after a cut message, in mode audit.")
