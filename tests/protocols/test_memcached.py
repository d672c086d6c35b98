"""What is special to memcached: which lines have a block, which replies have many lines, the binary protocol."""

import pytest

from framing.library import Framing


def ends(data, server=False):
    return Framing("memcached", server).boundaries(data)


@pytest.mark.parametrize("request_", [
    b"set key 0 0 4\r\n\r\n\r\n\r\n", b"add key 0 0 0\r\n\r\n", b"replace key 1 -1 3 noreply\r\nabc\r\n",
    b"append k 0 0 1\r\nx\r\n",
    b"prepend k 0 0 1 noreply\r\nx\r\n", b"cas k 0 0 2 99\r\nxy\r\n", b"cas k 0 0 2 99 noreply\r\nxy\r\n",
    b"ms k 2 T0 F5\r\nxy\r\n",
    b"set  key  0  0  4 \r\nabcd\r\n", b"set key 0 0 4\nabcd\r\n", b"set " + b"k" * 250 + b" 0 0 1\r\n5\r\n",
    b"ms a2V5 1 b\r\nx\r\n",
    b"get 1 2 3 4 5 6\r\n", b"gets a\r\n", b"gat 5 a b\r\n", b"incr a 5\r\n", b"delete a\r\n", b"touch a 10\r\n",
    b"mn\r\n",
    b"mg a s5 v\r\n", b"md a q\r\n", b"me a\r\n", b"flush_all 0 noreply\r\n", b"verbosity 1\r\n", b"quit\r\n", b"\r\n",
    b"setx a 0 0 5\r\n", b"replaced a 0 0 5\r\n", b"cache_memlimit 64\r\n", b"se\r\n", b"set\r\n", b"set a 0 0\r\n",
    b"set a 0 0 -1\r\n",
    b"set a 0 0 5x\r\n", b"ms a S100\r\n", b"ms a\r\n", b"get 5\n"])
def test_a_request_is_a_line_and_its_block(request_):
    assert ends(request_ + b"get a\r\n") == [len(request_), len(request_) + 7]


@pytest.mark.parametrize("reply", [
    b"STORED\r\n", b"END\r\n", b"VALUE a 0 2\r\n\r\n\r\nEND\r\n",
    b"VALUE a 0 0\r\n\r\nVALUE b 32 3 77\r\nEND\r\nEND\r\n", b"42\r\n",
    b"VALUE a 0 1\r\nx\r\nSERVER_ERROR out of memory\r\n", b"STAT pid 1\r\nSTAT x 5\r\nEND\r\n", b"VERSION 1.6\r\n",
    b"HD\r\n",
    b"VA 2 f0 s2\r\nxy\r\n", b"VA 0\r\n\r\n", b"EN\r\n", b"ME a exp=-1\r\n",
    b"CONFIG cluster 0 6\r\n1\na|b|\r\nEND\r\n", b"OK\r\n",
    b"key=a/b%20 exp=-1 la=0\r\n", b"CLIENT_ERROR bad data chunk\r\n", b"NOT_FOUND\r\n", b"VALUES 5 5 5\r\n",
    b"VAL 5 5 5\r\n"])
def test_a_reply_is_its_values_and_the_line_behind(reply):
    assert ends(reply + b"STORED\r\n", server=True) == [len(reply), len(reply) + 8]


@pytest.mark.parametrize("server, magic", [(False, b"\x80"), (True, b"\x81")])
def test_the_binary_protocol_is_known_by_its_first_byte(server, magic):
    framing = Framing("memcached", server)
    state = framing.feed_pieces(magic + bytes(11) + bytes(12))
    assert framing.recognised(state) == "memcached-binary"
    assert not state.inside and not state.desync


@pytest.mark.parametrize("data", [b"set a 0 0 1\r\n\x80\r\n", b"set \x80 0 0 1\r\nx\r\n", b"set a 0 0 1\r\n\x16\r\n"])
def test_no_byte_inside_a_request_is_a_first_one(data):
    framing = Framing("memcached")
    assert framing.recognised(framing.feed_pieces(data)) == "memcached"


def test_tls_may_begin_at_a_boundary():
    framing = Framing("memcached")
    assert framing.recognised(framing.feed_pieces(b"\x16\3\1\0\4\1\0\0\0")) == "tls"


def test_a_limit_holds_for_what_was_announced():
    framing = Framing("memcached")
    framing.set_max(100)
    assert not framing.feed_pieces(b"set a 0 0 83\r\n").desync
    assert framing.feed_pieces(b"set a 0 0 87\r\n").desync
