"""Which events are about one connection."""

import pytest

from .logs import closed, connections_of, ended, kinds, line, nested, poisoned, refused, resumed, torn


def sorted_out(*lines):
    return [kinds(connection) for connection in connections_of(*lines)]


def test_a_whole_life_is_one_connection():
    assert sorted_out(torn(0), resumed(5), torn(9, message=7), resumed(10, message=7), ended(20, message=9)) == [
        ["torn", "resumed", "torn", "resumed", "ended"]]
    assert sorted_out(torn(0), poisoned(5), refused(6, number=1), refused(7, number=2)) == [["torn", "poisoned", "refused", "refused"]]


@pytest.mark.parametrize("end", [ended, closed])
def test_a_number_is_another_connection_after_its_end(end):
    assert sorted_out(torn(0), end(5), torn(9)) == [["torn", end(0).split('"')[7]], ["torn"]]


def test_a_poisoned_connection_only_has_refused_writes():
    assert sorted_out(torn(0), poisoned(5), torn(9), resumed(10)) == [["torn", "poisoned"], ["torn", "resumed"]]
    assert sorted_out(poisoned(5), poisoned(9)) == [["poisoned"], ["poisoned"]]
    assert sorted_out(poisoned(5), ended(9)) == [["poisoned"], ["ended"]]


def test_after_audit_and_off_and_desync_nothing_comes():
    assert sorted_out(poisoned(5, audit=True), refused(9)) == [["poisoned"], ["refused"]]
    assert sorted_out(line("off", reason="x"), torn(9)) == [["off"], ["torn"]]
    assert sorted_out(line("desync"), torn(9)) == [["desync"], ["torn"]]
    assert sorted_out(line("desync"), poisoned(0, verdict="desync"), refused(2)) == [["desync", "poisoned", "refused"]]


@pytest.mark.parametrize("field, value", [("pid", 101), ("fd", 6), ("comm", "other"), ("peer", "10.0.0.8:6379"),
                                          ("local", "10.0.0.3:45223"), ("peer", "/run/x.sock")])
def test_another_process_number_or_name_is_another_connection(field, value):
    assert len(sorted_out(torn(0), poisoned(1, **{field: value}))) == 2


@pytest.mark.parametrize("field", ["peer", "local"])
def test_a_name_that_is_not_known_any_more_is_none_of_another(field):
    assert len(sorted_out(torn(0), poisoned(1, **{field: None}), refused(2))) == 1


def test_message_numbers_only_grow():
    assert len(sorted_out(torn(0, message=4), torn(9, message=3))) == 2
    assert len(sorted_out(torn(0, message=4), torn(9, message=4))) == 1
    assert len(sorted_out(torn(0, message=4), ended(9, message=None))) == 2


def test_counts_of_refused_writes_only_grow():
    assert len(sorted_out(refused(0, number=4), refused(1, number=8))) == 1
    assert len(sorted_out(refused(0, number=4), refused(1, number=1))) == 2


def test_a_log_of_another_day_is_another_connection():
    assert len(sorted_out(torn(100_000), poisoned(0))) == 2
    assert len(sorted_out(torn(500), poisoned(0))) == 1  # two threads, out of order


def test_what_a_handler_wrote_ends_nothing():
    assert sorted_out(nested(0), torn(1), nested(2), poisoned(3), nested(4), refused(5)) == [
        ["refused", "torn", "refused", "poisoned", "refused", "refused"]]
    assert len(sorted_out(line("off"), nested(1))) == 2


def test_events_without_a_number_stand_alone():
    assert sorted_out(closed(0, fd=None), closed(1, fd=None)) == [["closed"], ["closed"]]
    assert sorted_out(torn(0, fd=None), torn(1, fd=None)) == [["torn"], ["torn"]]


def test_of_a_long_connection_both_ends_are_kept_and_all_is_counted():
    lines = [make(at * 10, message=at + 1) for at in range(500) for make in (torn, resumed)]
    (connection,) = connections_of(*lines, poisoned(9999, message=501))
    events, dropped = connection.events()
    assert len(events) + dropped == connection.count == 1001 and len(events) < 50
    assert events[0].message == 1 and events[-1].message == 501
    assert (connection.torn, connection.resumed) == (500, 500)


def test_only_so_many_stay_open():
    from connections import OPEN_MOST, Connections

    from .logs import event_of
    found = []
    connections = Connections(found.append)
    for at in range(OPEN_MOST + 10):
        connections.take(event_of(torn(at, pid=at)))
    assert len(connections.open) == OPEN_MOST and len(found) == 10
    assert found[0].decisive.pid == 0


def test_refused_writes_are_counted_once_each():
    def refusals(*lines):
        return connections_of(*lines)[0].refusals

    assert refusals(poisoned(0)) == 1
    assert refusals(poisoned(0), refused(1, number=1), refused(2, number=8)) == 9
    assert refusals(poisoned(0, offered=None, verdict="strict"), refused(2, number=2)) == 2
    assert refusals(refused(2, number=4)) == 4
    assert refusals(nested(0)) == 1
    assert refusals(poisoned(0, audit=True)) == 0
