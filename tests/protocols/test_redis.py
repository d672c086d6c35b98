"""What is special to Redis: which bytes prove that a request was given up, replies of RESP3, replication."""

import pytest

from framing.library import Framing

REQUEST = b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n"


def ends(data, server):
    return Framing("redis", server).boundaries(data)


def abandons(sent, offered, server=False):
    framing = Framing("redis", server)
    return framing.abandons(framing.feed_pieces(sent), offered)


@pytest.mark.parametrize("sent", [
    b"*2\r\n", b"*2\r\n$3\r\nGET\r\n", b"*2\r\n$3\r\nGET", b"*2\r\n$3\r\nGET\r\n$3\r\nkey"])
@pytest.mark.parametrize("offered", [REQUEST, b"*1\r\n", b"*1\r\n$", b"*1024\r\n$1000"])
def test_a_request_where_an_item_or_its_end_must_come_is_a_proof(sent, offered):
    assert abandons(sent, offered)


@pytest.mark.parametrize("sent", [
    b"*", b"*2", b"*2\r", b"*2\r\n$", b"*2\r\n$3\r\n", b"*2\r\n$3\r\nGE", b"*2\r\n$3\r\nGET\r", b"", REQUEST, b"PING",
    b"*1\r\n$7\r\n\r\n*1\r\n"])
def test_where_anything_may_come_nothing_is_a_proof(sent):
    assert not abandons(sent, REQUEST)


@pytest.mark.parametrize("offered", [
    b"$3\r\nkey\r\n", b"\r\n", b"*", b"*1", b"*1\r", b"*\r\n", b"*1\r\n+", b"PING\r\n", b"*x\r\n"])
def test_what_is_no_request_is_no_proof(offered):
    assert not abandons(b"*2\r\n$3\r\nGET\r\n", offered)


def test_a_server_may_begin_an_array_inside_of_one():
    assert not abandons(b"*2\r\n", b"*1\r\n$1\r\nx\r\n", server=True)


@pytest.mark.parametrize("reply", [
    b"+OK\r\n", b"-ERR no\r\n", b":-1\r\n", b"$-1\r\n", b"*-1\r\n", b"*0\r\n", b"%0\r\n", b"_\r\n", b"#f\r\n",
    b",inf\r\n",
    b"(-99999999999999999999999999\r\n", b"!5\r\nERR x\r\n", b"=5\r\ntxt:x\r\n", b"$0\r\n\r\n", b"$2\r\n\r\n\r\n",
    b"\n",
    b">2\r\n+message\r\n%1\r\n+k\r\n*0\r\n", b"*2\r\n*2\r\n*0\r\n*1\r\n*-1\r\n~1\r\n_\r\n",
    b"%2\r\n+a\r\n*2\r\n:1\r\n:2\r\n+b\r\n%1\r\n$1\r\nx\r\n$-1\r\n",
    b"|1\r\n+ttl\r\n:60\r\n$5\r\nvalue\r\n", b"*2\r\n|1\r\n+ttl\r\n:60\r\n:1\r\n:2\r\n",
    b"|1\r\n+k\r\n|0\r\n*0\r\n+OK\r\n",
])
def test_a_reply_is_one_message_with_all_that_it_contains(reply):
    assert ends(reply + b"+OK\r\n", server=True) == [len(reply), len(reply) + 5]


@pytest.mark.parametrize("request_", [b"PING\r\n", b"PING\n", b"\n", b"\r\n", b'set "a b" \'c\'\r\n', b"*0\r\n",
                                      b"*-1\r\n", b"  get key\r\n", b"*1\r\n$0\r\n\r\n", b"x" * 60000 + b"\n"])
def test_a_request_is_an_array_or_a_line(request_):
    assert ends(request_ + REQUEST, server=False) == [len(request_), len(request_) + len(REQUEST)]


def test_no_line_is_longer_than_a_server_takes():
    framing = Framing("redis")
    assert framing.feed_pieces(b"x" * 70000).desync
    assert not Framing("redis", server=True).feed_pieces(b"+" + b"x" * 70000).desync


SYNC = b"+FULLRESYNC 5d3ca1504b5170e2adf57411d23d9f4d2f8effe0 0\r\n"


def test_a_data_set_ends_without_a_line_end():
    assert ends(SYNC + b"\n$5\r\nREDIS*1\r\n$4\r\nPING\r\n$1\r\nx\r\n", server=True) == [56, 57, 66, 80, 87]


def test_a_data_set_that_nothing_announced_ends_where_a_request_begins():
    framing = Framing("redis", server=True)
    state = framing.feed_pieces(b"$5\r\nREDIS")
    assert state.inside and state.messages == 0
    framing.feed(state, b"*1\r\n$4\r\nPING\r\n")
    assert not state.inside and state.messages == 2


@pytest.mark.parametrize("before", [b"", SYNC, SYNC + b"\n\n"])
def test_behind_a_data_set_of_unknown_length_each_call_is_a_message(before):
    framing = Framing("redis", server=True)
    state = framing.feed_pieces(before + b"$EOF:" + b"0123456789" * 4 + b"\r\n")
    assert framing.is_call(state) and not state.inside
    framing.feed(state, b"REDIS0010...", 100)
    assert state.inside and not state.desync


@pytest.mark.parametrize("before", [b"*1\r\n" + SYNC, b"+FULLRESYNCS 0\r\n$1\r\nx\r\n", b"-FULLRESYNC 0\r\n"])
def test_only_the_reply_itself_announces_a_data_set(before):
    state = Framing("redis", server=True).feed_pieces(before + b"$5\r\nREDIS")
    assert state.inside and not state.desync


def test_tls_may_begin_at_a_boundary():
    framing = Framing("redis")
    hello = b"\x16\3\1\0\4\1\0\0\0"
    assert framing.recognised(framing.feed_pieces(hello)) == "tls"
    assert framing.recognised(framing.feed_pieces(REQUEST + hello)) == "tls"


def test_a_limit_holds_for_what_was_announced():
    framing = Framing("redis")
    framing.set_max(100)
    assert not framing.feed_pieces(b"*1\r\n$80\r\n").desync
    assert framing.feed_pieces(b"*1\r\n$92\r\n").desync
