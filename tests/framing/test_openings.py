"""What framing `auto` knows streams by is certain: no two openings fit the same bytes, and nothing else has them."""

import itertools
import random
import struct

import pytest

from .library import Framing, openings
from .openings import METHODS, OPENINGS, recognise

AUTO = {False: Framing("auto"), True: Framing("auto", server=True)}
SIDES = [None, "client", "server", "guess"]


def recognised(data, server=False):
    auto = AUTO[server]
    return auto.recognised(auto.feed_pieces(data))


def allowed(row):
    """Per byte, which may stand there; one list for each value that the step lets through."""
    bytes_ = [range(low, high + 1) for low, high in zip(row.low, row.high)][:row.length]
    if row.step == 1:
        return [bytes_]
    return [[*bytes_[:2], {value}, *bytes_[3:]] for value in bytes_[2] if value % row.step == 0]


ROWS = [(row.protocol, SIDES[row.side], bytes_) for row in openings() for bytes_ in allowed(row)]
LINES = [bytes(map(min, bytes_)) for protocol, _, bytes_ in ROWS if protocol == 0]


def as_sets(side, bytes_):
    return side, tuple(frozenset(values) for values in bytes_)


def test_the_table_is_what_the_specifications_say():
    found = sorted((as_sets(side, bytes_) for protocol, side, bytes_ in ROWS if protocol != 0), key=repr)
    assert found == sorted((as_sets(side, bytes_) for _, side, bytes_ in OPENINGS), key=repr)
    assert sorted(LINES) == sorted(method + b" *" for method in METHODS)


def test_no_two_openings_fit_the_same_bytes():
    for (_, _, one), (_, _, other) in itertools.combinations(ROWS, 2):
        assert any(not set(here) & set(there) for here, there in zip(one, other)), (one, other)


def test_no_opening_is_shorter_than_five_bytes_that_are_certain():
    for _, _, bytes_ in OPENINGS:
        assert sum(len(values) <= 16 for values in bytes_) >= 5


@pytest.mark.parametrize("protocol, side, bytes_", OPENINGS)
def test_an_opening_is_recognised_with_its_last_byte(protocol, side, bytes_):
    draw = random.Random(len(bytes_))
    streams = [bytes(map(min, bytes_)), bytes(map(max, bytes_)),
               *(bytes(draw.choice(list(values)) for values in bytes_) for _ in range(10))]
    for data, server in itertools.product(streams, (False, True)):
        assert recognise(data, server) == (protocol if (side, server) != ("guess", True) else "call")
        state = AUTO[server].feed(AUTO[server].state(), data[:-1])
        assert AUTO[server].recognised(state) == recognise(data[:-1], server)
        AUTO[server].feed(state, data[-1:])
        if side != "guess" or not server:
            assert AUTO[server].recognised(state) in (protocol, "tls")  # PostgreSQL goes on with TLS
        if side in ("client", "server"):
            assert state.server == (side == "server")
        elif side is None:
            assert state.server == server


FILLERS = [
    b"\0", b"\1", b"\xff", b"\x80", b"ab", b"\n", b"\r\n", b"\0\1", b"\1\0", b"\0\0\0\1", b"\1\0\0\0",
    bytes(range(256)), b"hello, world\n", b'{"method": "get", "id": 1}\n', b"\x0a\x05hello\x10\x01\x18\x96\x01",
    b"GET key", b"1.2.3.4", b"version", b"<?xml version=\"1.0\"?>", b"\x82\xa3key\xa5value", b"\x05\0\0\0\0",
    b"\0\3\0\0", b"user\0name\0",
]
PAYLOADS = [filler * (320 // len(filler) + 1) for filler in FILLERS]


@pytest.mark.parametrize("width, order", [(1, "big"), *itertools.product((2, 4, 8), ("big", "little"))])
@pytest.mark.parametrize("counts_itself", [False, True])
@pytest.mark.parametrize("server", [False, True])
def test_no_protocol_of_ones_own_with_a_length_is_recognised(width, order, counts_itself, server):
    for length, payload in itertools.product(range(256 if width == 1 else 301), PAYLOADS):
        body = payload[:max(length - width, 0) if counts_itself else length]
        frame = length.to_bytes(width, order) + body
        assert recognised((frame * 25)[:50], server) in ("call", "auto"), frame[:30]


@pytest.mark.parametrize("header", ["<BBH", ">BBH", "<HH", ">HH", "<II", ">II", ">HI", "<HI", ">IHH", "<IHH", ">BI", "<BI",
                                    ">QI", "<QI", ">IIII", "<IIII"])
def test_no_header_of_ones_own_is_recognised(header):
    """Length, type, number and so on, all small."""
    count = len(struct.unpack(header, bytes(struct.calcsize(header))))
    for values in itertools.product((0, 1, 2, 3, 4, 5, 8, 16, 17, 100, 255), repeat=count):
        for payload in (bytes(24), b"hello, world, this is text", b'{"id": 1, "text": "hello"}'):
            assert recognised(struct.pack(header, *values) + payload) in ("call", "auto"), values


def test_random_bytes_are_not_recognised():
    draw = random.Random(1)
    for _ in range(50_000):
        assert recognised(draw.randbytes(32)) == "call"


TEXTS = [
    b"hello\n", b"SSH-2.0-OpenSSH_9.2p1\r\n", b"GET /x\r\n", b"GET key\r\n", b"PING\r\n", b"INFO server\r\n",
    b"220 mail ESMTP\r\n", b"HELO there\r\n", b"* OK IMAP4rev1\r\n", b"+OK POP3\r\n", b"+PONG\r\n", b"-ERR no\r\n",
    b"$5\r\nhello\r\n", b":1\r\n", b"*0\r\n", b"*-1\r\n", b"*1\r\n:1\r\n", b"NOTICE * :hello\r\n", b"USER me\r\n",
    b"set key 0 0 5\r\nvalue\r\n", b"get key\r\n", b"VALUE key 0 5\r\nvalue\r\n", b"STORED\r\n", b"OK\n",
    b"OK 53cf5d447f0aacb4db69853cf5d447f0\r\n", b'{"a": 1}\n', b"<?xml version='1.0'?><stream:stream>",
    b"<13>Oct 11 a: b\n", b"OPTIONS rtsp://127.0.0.1/ RTSP/1.0\r\nCSeq: 1\r\n\r\n", b"RTSP/1.0 200 OK\r\n",
    b"ICY 200 OK\r\n", b"OPTIONS icap://a/b ICAP/1.0\r\n\r\n", b"ICAP/1.0 200 OK\r\n",
    b"SOURCE /live HTTP/1.0\r\n\r\n", b"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n",
    b"CONNECT\nname: me\n\n", b"GET / HTTP/1.1\n\n", b"GET / HTTP/2.0\r\n", b"GET / HTTP/0.9\r\n",
    b"GET / HTTP/1.1 \r\n", b"GET /a b HTTP/1.1\r\n", b"GET  / HTTP/1.1\r\n", b"GET\t/ HTTP/1.1\r\n",
    b"get / HTTP/1.1\r\n", b"GET /\x7f HTTP/1.1\r\n", b"GET /\0 HTTP/1.1\r\n", b"GET {} HTTP/1.1\r\n",
    b"GETS / HTTP/1.1\r\n", b"HTTP/1.1 OK\r\n", b"HTTP/2 200 OK\r\n", b"HTTP/1.1 2000\r\n", b"SIP/3.0 200 OK\r\n",
    b"INVITE sip:a SIP/1.0\r\n", b"Content-Length:10\r\n\r\n", b"Content-Type: a\r\n\r\n", b"Host: a\r\n\r\n",
    b"M-SEARCH * HTTP/1.1\r\n", b"59:hello", b"59 hello\n", b"59 <13>Oct 11 a\n", b"AMQP\1\1\0\x0a",
]


@pytest.mark.parametrize("data", TEXTS)
def test_text_that_is_no_certain_opening_is_calls(data):
    data += data if len(data) < 24 else b""
    for server in (False, True):
        assert recognised(data, server) == "call" == recognise(data, server)


def test_an_array_of_strings_is_a_command_only_if_a_client_writes_it():
    command = b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n"
    assert (recognised(command), recognised(command, server=True)) == ("redis", "call")


REQUESTS = [
    ("http1", b"GET / HTTP/1.1\r\n"), ("http1", b"POST http://a/b?c=%20 HTTP/1.0\r\n"),
    ("http1", b"OPTIONS * HTTP/1.1\r\n"), ("http1", b"CONNECT [::1]:443 HTTP/1.1\r\n"),
    ("http1", b"NOTIFY /event HTTP/1.1\r\n"), ("http1", b"GET /\xc3\xa9 HTTP/1.1\r\n"),
    ("http1", b"GET /HTTP/1.1 HTTP/1.1\r\n"), ("sip", b"NOTIFY sip:a@b SIP/2.0\r\n"),
    ("sip", b"INVITE sip:a@b SIP/2.0\r\n"), ("http1", b"PROPPATCH /" + b"x" * 300 + b" HTTP/1.1\r\n"),
]
REST = b"Host: a\r\nContent-Length: 3\r\n\r\nabcGE"


@pytest.mark.parametrize("protocol, line", REQUESTS)
@pytest.mark.parametrize("server", [False, True])
def test_a_request_is_recognised_by_the_end_of_its_line_in_every_split(protocol, line, server):
    data, framing, auto = line + REST, Framing(protocol), AUTO[server]
    for end in range(1, len(data) + 1):
        state = auto.feed_pieces(data[:end])
        assert auto.recognised(state) == ("auto" if end < len(line) else protocol) == recognise(data[:end]), end
    for first, second in itertools.combinations(range(min(len(data), 60) + 1), 2):
        for state in (auto.feed_pieces(data, [first, second]),
                      auto.feed_calls(data[:first], data[first:second], data[second:])):
            expected = framing.feed_pieces(data)
            assert bytes(state.head) == bytes(expected.head)
            assert (state.messages, state.sent, state.left) == (expected.messages, expected.sent, expected.left)
            state.parser = 0
            assert state.seen() == expected.seen(), (first, second)
    assert state.server == (server if protocol == "sip" else False)


@pytest.mark.parametrize("protocol, line", REQUESTS)
def test_the_rest_of_a_request_whose_line_was_cut_is_known(protocol, line):
    data = line + REST
    for cut in range(1, len(data) - 2):
        state = AUTO[False].feed(AUTO[False].state(), data[:cut], offered=len(data))
        assert AUTO[False].first_boundary(state, data[cut:]) == len(data) - 2 - cut, (protocol, cut)


def test_an_upgrade_is_followed():
    data = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + b"\x81\x81abcdx"
    assert recognised(data) == "websocket"


@pytest.mark.parametrize("excess", [0, 1, 2, 20])
def test_a_line_of_more_than_64_kib_is_calls_in_every_split(excess):
    line = b"GET /".ljust(65535 - 11 + excess, b"x") + b" HTTP/1.1\r\n"
    expected = "call" if excess else "http1"
    for cut in (0, 1, 10, 30, 65520, 65533, 65534, 65535, len(line)):
        state = AUTO[False].feed_pieces(line, [cut] if cut else [])
        assert AUTO[False].recognised(state) == expected == recognise(line), cut
        assert expected == "call" or state.sent == len(line)


def test_a_line_that_goes_on_is_undecided_up_to_64_kib():
    line = b"GET /".ljust(65536, b"x")
    for cut in (0, 1, 30, 65534):
        for length, expected in ((65534, "auto"), (65535, "auto"), (65536, "call")):
            state = AUTO[False].feed_pieces(line[:length], [cut])
            assert AUTO[False].recognised(state) == expected == recognise(line[:length])


def test_stages_before_it_count_as_messages():
    data = b"x\nGET / HTTP/1.1\r\n\r\n"
    framing = Framing("line>auto")
    for cut in range(len(data)):
        state = framing.feed_pieces(data, [cut])
        assert (framing.recognised(state), state.messages, state.inside) == ("http1", 2, False)


def test_a_limit_is_the_recognised_protocols_too():
    framing = Framing("auto")
    framing.set_max(10)
    for length, desync in ((9, False), (11, True)):
        data = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % length
        for cut in range(len(data)):
            assert framing.feed_pieces(data, [cut]).desync == desync, cut


def test_what_it_gives_up_leaves_nothing_behind():
    for data in (b"GET /a b", b"GET /a\r\n", b"\x10\x10\0\5"):
        state = AUTO[False].feed_calls(*(data[at:at + 1] for at in range(len(data))))
        assert (AUTO[False].recognised(state), state.have, state.phase) == ("call", 0, 0)
