"""HTTP/1: messages in all the shapes that they come in, and what only the other side could know."""

import contextlib
import http.client
import http.server
import itertools
import threading

import pytest

from framing.library import Framing, message_length

from .recorders import http1
from .tap import SECONDS, run, tcp_tap

GET = b"GET / HTTP/1.1\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
END = b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"
PAGE = OK + b"Content-Length: 4\r\n\r\npage"


def fed(data, server=False):
    framing = Framing("http1", server)
    return framing, framing.feed_pieces(data)


def sized(n):
    return b"Content-Length: %d\r\n" % n


def ends(data, server=False):
    """Every split says the same."""
    framing = Framing("http1", server)
    state, found, states = framing.state(), [], []
    for at in range(len(data)):
        framing.feed(state, data[at:at + 1])
        assert not state.desync, data[:at + 1]
        states.append(state.seen())
        if not state.inside:
            found.append(at + 1)
    for cut in range(len(data)):
        assert framing.feed_pieces(data[:cut + 1]).seen() == states[cut], cut
        assert framing.feed_pieces(data, [cut]).seen() == states[-1], cut
    return found, state


# What a message can look like.

REQUESTS = {
    "lines that end in LF": b"POST / HTTP/1.1\nContent-Length: 3\n\nabc",
    "an empty line in front": END + GET + END,
    "in small letters": b"get / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc",
    "a method of its own": b"X-MY.Method_2 / HTTP/1.1\r\nCONTENT-LENGTH:3\r\n\r\nabc",
    "a method of first and last letters": b"AZ-09 / HTTP/1.1\r\n\r\n",
    "a method like another": b"CONNECTS / HTTP/1.1\r\n\r\n",
    "version 1.0": b"GET / HTTP/1.0\r\n\r\n",
    "a whole address": b"GET http://a.example:80/ HTTP/1.1\r\n\r\n",
    "no path": b"OPTIONS * HTTP/1.1\r\n\r\n",
    "a space in the target": b"GET /a b HTTP/1.1\r\n\r\n",
    "a version in the target": b"GET /a HTTP/1.1 b HTTP/1.1\r\n\r\n",
    "other letters in the target": "GET /ä HTTP/1.1\r\n\r\n".encode(),
    "a folded header": GET + b"A: b\r\n c\r\n\td\r\n" + END,
    "a folded length": GET + b"Content-Length:\r\n 3\r\n\r\nabc",
    "a length of nothing": GET + sized(0) + END,
    "the same length twice": GET + 2 * sized(3) + END + b"abc",
    "the same length in a list": GET + b"Content-Length: 3, 3\r\n\r\nabc",
    "an empty header": GET + b"A:\r\n" + END,
    "a header with a strange name": GET + b"A(b) c@d: e\r\n" + END,
    "a header with strange bytes": GET + b"A: \0\x80\r b\r\n" + END,
    "chunks": GET + CHUNKED + END + b"1\r\na\r\nA\r\n" + b"b" * 10 + b"\r\n00c\r\n" + b"c" * 12 + b"\r\n" + LAST,
    "a size with zeros": GET + CHUNKED + END + b"0003\r\nabc\r\n000\r\n\r\n",
    "an extension": GET + CHUNKED + END + b"3;name=value;other=\"a;b\"\r\nabc\r\n0;last\r\n\r\n",
    "white space behind a size": GET + CHUNKED + END + b"3 \r\nabc\r\n0  \r\n\r\n",
    "chunks in lines of LF": b"PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n",
    "a trailer": GET + CHUNKED + END + b"3\r\nabc\r\n0\r\nContent-Length: 9\r\nA: b\r\n" + END,
    "no chunk": GET + CHUNKED + END + LAST,
    "chunks that look like lines": GET + CHUNKED + END + b"5\r\n0\r\n\r\n\r\n" + LAST,
    "chunks and a length": GET + CHUNKED + sized(999) + END + b"1\r\na\r\n" + LAST,
    "several codings": GET + b"Transfer-Encoding: gzip, chunked\r\n" + END + b"1\r\na\r\n" + LAST,
    "several codings in lines": GET + b"Transfer-Encoding: gzip;q=1\r\n" + CHUNKED + END + b"1\r\na\r\n" + LAST,
    "a coding in capitals": GET + b"TRANSFER-ENCODING:Chunked \r\n" + END + b"1\r\na\r\n" + LAST,
    "a name that begins like another": GET + b"Content-Length-Of: 9\r\nTransfer-Encodings: chunked\r\n" + END,
    "an upgrade that is none": GET + b"Upgrade: h2c\r\n" + END,
}

RESPONSES = {
    "without a reason": b"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc",
    "with an empty reason": b"HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc",
    "with other letters": "HTTP/1.0 200 Schön\r\nContent-Length: 3\r\n\r\nabc".encode(),
    "no content": b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n",
    "not modified": b"HTTP/1.1 304 Not Modified\r\n" + CHUNKED + END,
    "to wait": b"HTTP/1.1 100 Continue\r\n\r\n",
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",
    "no length of nothing": OK + sized(0) + END,
    "chunks": OK + CHUNKED + END + b"5\r\nHTTP/\r\n" + LAST,
    "a body like a status line": OK + sized(22) + END + b"HTTP/1.1 is a protocol",
    "a body like a status line that is none": OK + sized(22) + END + b"HTTP/1.1 050 a, b, c, ",
    "a body of one letter": OK + sized(1) + END + b"H",
    "a short body like a status line": OK + sized(7) + END + b"HTTP/1.",
    "an offer to upgrade": OK + b"Upgrade: h2,h2c\r\n" + sized(0) + END,
}

SHAPES = [pytest.param(data, server, id=name) for shapes, server in ((REQUESTS, False), (RESPONSES, True))
          for name, data in shapes.items()]

# llhttp refuses these, as it may.
REFUSED = {"in small letters", "a method of its own", "a method of first and last letters", "a method like another",
           "a space in the target",
           "a version in the target", "other letters in the target", "the same length twice",
           "the same length in a list",
           "chunks in lines of LF", "a header with strange bytes", "a header with a strange name", "not modified"}


@pytest.mark.parametrize("data, server", SHAPES)
def test_every_shape_of_a_message_is_measured(data, server):
    once = ends(data, server)[0]
    assert once[-1] == len(data)
    assert len(once) == 1 + data.startswith(END)
    assert ends(2 * data, server)[0] == [*once, *(len(data) + end for end in once)]


@pytest.mark.parametrize("data, server", [shape for shape in SHAPES if shape.id not in REFUSED])
def test_llhttp_measures_the_same(data, server):
    assert http1.llhttp(2 * data, "response" if server else "request", "lenient") == [len(data), 2 * len(data)]


@pytest.mark.parametrize("length", (1, 300, (1 << 62)))
def test_the_length_of_a_message_is_known_from_its_header(length):
    header = OK + sized(length) + END
    assert message_length(fed(header, True)[1]) == len(header) + length


# Responses whose end the server knows and the bytes do not say.

BODIES = {"a length": sized(99), "a short length": sized(5), "the length of a status line": sized(12),
          "the length of a status line and a byte": sized(13), "chunks": CHUNKED, "no length": b"A: b\r\n"}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("second", (PAGE, b"HTTP/1.0 404\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 204 \n\n"))
def test_a_response_to_head_has_no_body(body, second):
    header = OK + body + END
    state = ends(header + second + PAGE, True)[1]
    assert (state.inside, state.messages) == (False, 3)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_server_may_close_behind_the_header(body):
    framing, state = fed(OK + body + END, True)
    assert state.inside
    assert framing.is_open_ended(state)
    assert not framing.is_open_ended(fed(OK + body, True)[1])


@pytest.mark.parametrize("begun", (OK + sized(9) + END + b"a", OK + CHUNKED + END + b"5",
                                   OK + CHUNKED + END + b"1\r\na\r\n",
                                   GET + sized(9) + END, GET + CHUNKED + END))
def test_nobody_may_close_inside_of_a_body(begun):
    framing, state = fed(begun, True)
    assert state.inside
    assert not framing.is_open_ended(state)


@pytest.mark.parametrize("header", (b"", b"Transfer-Encoding: gzip\r\n", b"Transfer-Encoding: chunked, gzip\r\n",
                                    b"A: b\r\n"))
def test_a_body_of_unknown_length_ends_with_the_stream(header):
    begun = OK + header + END + b"bytes, and " + PAGE
    framing, state = fed(begun, True)
    assert (state.inside, state.messages, state.left, message_length(state)) == (True, 0, 0, 0)
    assert framing.is_open_ended(state)
    assert framing.first_boundary(state, b"whatever is refused") == 19


def test_of_a_refused_response_behind_one_to_head_nothing_must_come():
    framing, state = fed(OK + sized(99) + END, True)
    assert framing.first_boundary(state, PAGE) == 0
    assert framing.first_boundary(state, b"a body" * 20) == 99


@contextlib.contextmanager
def tapped(handler):
    """A server of one connection."""
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server, tcp_tap(server.server_port) as tap:
        threading.Thread(target=server.handle_request, daemon=True).start()
        yield tap, tap.listener.getsockname()[1]


class AnswersHead(http1.Handler):
    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()


def test_a_real_server_answers_head_and_get_in_turn():
    with tapped(AnswersHead) as (tap, port):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        for method in ("GET", "HEAD", "GET", "HEAD", "HEAD", "GET"):
            client.request(method, "/")
            client.getresponse().read()
        client.close()
    state = ends(b"".join(tap.server[0]), True)[1]
    assert (state.inside, state.messages) == (False, 6)


# Requests whose body may never be sent.

EXPECT = b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\n"


@pytest.mark.parametrize("body", (b"a body", b"POST IT ALL", b"GET /", b"A" * 40, b"PUT /a HTTP/1.1 b\r\n",
                                  b"\x16\3\1\0\1\0", b"\r\n",
                                  b"POST /form HTTP/1.1", b"\0"))
def test_a_body_that_was_to_wait_is_a_message(body):
    header = EXPECT + sized(len(body)) + END
    assert ends(header + body + GET + END)[0] == list(itertools.accumulate(map(len, (header, body, GET + END))))


@pytest.mark.parametrize("size", (b"3", b"b", b"00C", b"DEAF", b"9f"))
def test_chunks_that_were_to_wait_are_a_message(size):
    header, body = EXPECT + CHUNKED + END, size + b"\r\n" + b"d" * int(size, 16) + b"\r\n" + LAST
    framing, state = fed(header)
    assert not state.inside
    assert not framing.feed(state, body + GET + END).inside
    assert state.messages == 3
    ends(header + body[:40])


@pytest.mark.parametrize("body", (sized(1000), CHUNKED), ids=("a length", "chunks"))
@pytest.mark.parametrize("instead", (b"PUT /again HTTP/1.1\r\n", b"DELETE / HTTP/1.1\r\n", b"ACL / HTTP/1.1\r\n",
                                     b"BREW / HTTP/1.1\n"))
def test_another_request_may_come_instead_of_a_body_that_was_to_wait(instead, body):
    header, again = EXPECT + body + END, instead + sized(3) + END
    found, state = ends(header + again + b"abc" + GET + END)
    assert found == list(itertools.accumulate(map(len, (header, again + b"abc", GET + END))))


class RefusesOnce(http1.Handler):
    refused = False

    def handle_expect_100(self):
        if self.refused:
            return super().handle_expect_100()
        self.refused = True
        self.send_response(417)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False


@pytest.mark.parametrize("handler, messages", ((http1.Handler, 2), (RefusesOnce, 3)))
def test_curl_sends_the_body_or_another_request(handler, messages):
    with tapped(handler) as (tap, port):
        run(["curl", "-sS", "-H", "Expect: 100-continue", "--expect100-timeout", SECONDS, "-d", "a form" * 20,
             f"http://127.0.0.1:{port}/"])
    (writes,) = tap.client
    found, state = ends(b"".join(writes))
    assert (state.inside, state.messages) == (False, messages)
    assert found == list(itertools.accumulate(map(len, writes)))


def test_what_was_to_wait_and_is_nothing_is_no_message():
    assert ends(EXPECT + sized(0) + END + GET + END)[0] == [len(EXPECT + sized(0) + END),
                                                            len(EXPECT + sized(0) + END + GET + END)]


def test_inside_of_a_body_that_was_to_wait_its_rest_must_come():
    framing, state = fed(EXPECT + sized(10) + END)
    assert framing.first_boundary(state, b"0123456789" + GET + END) == 10
    framing, state = fed(EXPECT + sized(10) + END + b"0123")
    assert framing.first_boundary(state, b"456789" + GET + END) == 6


# What a stream becomes.

SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\0\0\0\4\0\0\0\0\0"
FRAME = b"\x82\2"  # unmasked, and masked:
MASKED = b"\x82\x82\1\2\3\4ab"
RECORD = b"\x16\3\1\0\2ab"

BECOMES = {
    "a server's WebSocket": (True, SWITCH + b"Upgrade: websocket\r\n" + END, FRAME + b"ab", "websocket"),
    "WebSocket in capitals": (True, SWITCH + b"upgrade: WebSocket/13\r\n" + END, FRAME + b"ab", "websocket"),
    "a server's HTTP/2": (True, SWITCH + b"Upgrade: h2c\r\n" + END, SETTINGS, "http2"),
    "a server's TLS": (True, SWITCH + b"Upgrade: TLS/1.0, HTTP/1.1\r\n" + END, RECORD, "tls"),
    "a server's something": (True, SWITCH + b"Upgrade: tcp\r\n" + END, b"\r\nbytes", "call"),
    "a server's something unsaid": (True, SWITCH + END, b"bytes", "call"),
    "a client's WebSocket": (False, GET + b"Upgrade: websocket\r\n" + END, MASKED, "websocket"),
    "a client's fragment": (False, GET + b"Upgrade: websocket\r\n" + END, b"\1" + MASKED[1:] + b"\x80\x80abcd",
                            "websocket"),
    "a client's compressed fragment": (False, GET + b"Upgrade: websocket\r\n" + END,
                                       b"A" + MASKED[1:] + b"\x80\x80abcd", "websocket"),
    "a client's WebSocket behind a body": (False, GET + b"Upgrade: foo, websocket\r\n" + sized(2) + END + b"ab",
                                           MASKED, "websocket"),
    "a client's HTTP/2": (False, GET + b"Upgrade: h2c\r\nHTTP2-Settings: a\r\n" + END, PREFACE + SETTINGS, "http2"),
    "a client's something": (False, GET + b"Upgrade: tcp\r\n" + END, b"ls -l\n", "call"),
    "a client's TLS": (False, GET + b"Upgrade: TLS/1.2\r\n" + END, RECORD, "tls"),
    "TLS in a tunnel": (False, b"CONNECT a.example:443 HTTP/1.1\r\n" + END, RECORD, "tls"),
    "SSH in a tunnel": (False, b"CONNECT a.example:22 HTTP/1.1\r\n" + END, b"SSH-2.0-OpenSSH\r\n", "call"),
    "IMAP in a tunnel": (False, b"CONNECT a.example:143 HTTP/1.1\r\n" + END, b"A LOGIN a b\r\n", "call"),
    "lines in a tunnel": (False, b"CONNECT a.example:9 HTTP/1.1\r\n" + END, b"\rabc", "call"),
    "HTTP in a tunnel": (False, b"CONNECT a.example:80 HTTP/1.1\r\n" + END, GET + END, "http1"),
    "HTTP/2 in a tunnel": (False, b"CONNECT a.example:80 HTTP/1.1\r\n" + END, PREFACE + SETTINGS, "http2"),
    "HTTP/2 from the first byte": (False, b"", PREFACE + SETTINGS, "http2"),
    "a server's HTTP/2 from the first byte": (True, b"", SETTINGS, "http2"),
    "TLS from the first byte": (False, b"", RECORD, "tls"),
    "another request, as the upgrade was refused": (False, GET + b"Upgrade: websocket\r\n" + END,
                                                    b"ACL / HTTP/1.1\r\n\r\n", "http1"),
    "another response, as a tunnel was refused": (True, b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n" + END, PAGE,
                                                  "http1"),
}


@pytest.mark.parametrize("server, before, after, what", BECOMES.values(), ids=BECOMES)
def test_what_comes_next_tells_what_the_stream_is_now(server, before, after, what):
    framing = Framing("http1", server)
    assert not framing.feed_pieces(before).inside
    for cut in range(len(before + after)):
        state = framing.feed_pieces(before + after, [cut])
        assert not state.desync, cut
        assert not state.inside, cut
        assert framing.recognised(state) == what, cut


def test_a_tunnel_through_a_server_is_a_body_without_end():
    framing, state = fed(b"HTTP/1.1 200 Connection established\r\n\r\n" + RECORD, True)
    assert framing.is_open_ended(state)


def test_sniffing_can_be_forbidden():
    framing = Framing("http1")
    framing.set_tls("off")
    assert framing.feed_pieces(RECORD).desync


def test_a_client_of_websocket_that_breaks_the_protocol_is_lost():
    assert fed(GET + b"Upgrade: websocket\r\n" + END + b"\x83" + MASKED[1:])[1].desync
    assert fed(GET + b"Upgrade: websocket\r\n" + END + b"GET /\r\n")[1].desync


# What proves that a message was given up.

BEGUN_REQUESTS = (GET, GET + b"Host: a\r\n", GET + CHUNKED + END, GET + CHUNKED + END + b"1\r\na",
                  GET + CHUNKED + END + b"1\r\na\r\n",
                  GET + CHUNKED + END + b"0\r\n", GET + CHUNKED + END + b"0\r\nA: b\r\n")
BEGUN_RESPONSES = (OK, OK + b"Server: a\r\n", OK + CHUNKED + END + b"1\r\na", OK + CHUNKED + END + b"1\r\na\r\n",
                   OK + CHUNKED + END + b"0\r\n")


@pytest.mark.parametrize("sent", BEGUN_REQUESTS)
@pytest.mark.parametrize("offered", (GET, b"DELETE / HTTP/1.1\n", b"FACE * HTTP/1.0\r\n",
                                     b"POST http://a/ HTTP/1.1\r\nA: b\r\n",
                                     b"GET /" + b"long" * 30))
def test_a_request_begins_where_a_line_or_a_chunk_must(sent, offered):
    framing, state = fed(sent)
    assert state.watch
    assert framing.abandons(state, offered)
    assert http1.client_proves(sent, offered)


@pytest.mark.parametrize("sent", BEGUN_RESPONSES)
@pytest.mark.parametrize("offered", (OK, b"HTTP/1.0 500 \r\n", b"HTTP/1.1 500\r\n", PAGE))
def test_a_response_begins_where_a_line_or_a_chunk_must(sent, offered):
    framing, state = fed(sent, True)
    assert state.watch
    assert framing.abandons(state, offered)
    assert http1.server_proves(sent, offered)


@pytest.mark.parametrize("sent", BEGUN_REQUESTS)
@pytest.mark.parametrize("offered", (b"", b"5\r\nabcde\r\n", b"face;x HTTP/1.1\r\n", b"FACE ;/ HTTP/1.1\r\n",
                                     b"DEAD\r\n", b"\r\n", LAST,
                                     b"GET: / HTTP/1.1\r\n", b" GET / HTTP/1.1\r\n", b"GET / HTTP/1.1",
                                     b"GET / HTTP/2.0\r\n", OK,
                                     b"GET long" + b"long" * 30, b"\0" * 64))
def test_what_may_go_on_in_a_request_proves_nothing(sent, offered):
    framing, state = fed(sent)
    assert not framing.abandons(state, offered)
    assert not http1.client_proves(sent, offered)


@pytest.mark.parametrize("sent", BEGUN_RESPONSES)
@pytest.mark.parametrize("offered", (b"", b"5\r\nabcde\r\n", LAST, b"\r\n", b"HTTP/1.1: 200 OK\r\n", b"HTTP/1.1 200",
                                     b"HTTP/1.1 2000 OK",
                                     b"HTTP/1.1 OK\r\n", b"http/1.1 200 OK\r\n", GET))
def test_what_may_go_on_in_a_response_proves_nothing(sent, offered):
    framing, state = fed(sent, True)
    assert not framing.abandons(state, offered)
    assert not http1.server_proves(sent, offered)


@pytest.mark.parametrize("sent", (b"", PAGE, OK[:-1], OK + b"Server: a", OK + sized(5) + END,
                                  OK + sized(5) + END + b"abc",
                                  OK + CHUNKED + END, OK + CHUNKED + END + b"1", OK + CHUNKED + END + b"5\r\nabc",
                                  OK + CHUNKED + END + b"1\r\na\r", OK + END, OK + END + b"abc\r\n"))
def test_in_other_places_a_response_proves_nothing(sent):
    framing, state = fed(sent, True)
    assert not framing.abandons(state, OK)
    assert not http1.server_proves(sent, OK)


@pytest.mark.parametrize("sent, offered, server", (
    (OK + sized(99) + END + OK + b"A: b\r\n", OK, True),
    (OK + sized(99) + END + OK + sized(0) + END + OK + CHUNKED + END + b"1\r\na\r\n", OK, True),
    (EXPECT + sized(999) + END + GET + b"A: b\r\n", GET, False),
    (EXPECT + CHUNKED + END + b"DELETE / HTTP/1.1\r\nA: b\r\n", GET, False),
    (GET + b"Upgrade: tcp\r\n" + END + GET + b"A: b\r\n", GET, False)))
def test_what_may_have_been_a_body_proves_nothing_any_more(sent, offered, server):
    framing = Framing("http1", server)
    for cut in range(len(sent)):
        state = framing.feed_pieces(sent, [cut])
        assert (state.inside, state.watch) == (True, False)
        assert not framing.abandons(state, offered)


# Bytes that cannot be seen, and limits.


@pytest.mark.parametrize("begun, left", ((OK + sized(20) + END, 20), (OK + sized(20) + END + b"HTTP/", 15),
                                         (GET + sized(20) + END, 20),
                                         (EXPECT + sized(20) + END, 20), (EXPECT + sized(20) + END + b"GET /", 15)))
def test_a_body_need_not_be_seen(begun, left):
    framing, state = fed(begun)
    assert framing.skip(state, left - 1, left) == left - 1
    assert (state.inside, state.left) == (True, 1)
    assert framing.skip(state, 100, 100) == 1
    assert not state.inside
    assert not framing.feed(state, GET + END).desync


def test_a_body_without_end_need_not_be_seen():
    framing, state = fed(OK + END, True)
    assert framing.skip(state, 1 << 40, 1 << 40) == 1 << 40
    assert (state.inside, framing.is_open_ended(state)) == (True, True)


def test_the_bytes_of_a_chunk_need_not_be_seen_and_its_end_must():
    framing, state = fed(OK + CHUNKED + END + b"5\r\n", True)
    assert framing.skip(state, 7, 7) == 5
    assert framing.skip(state, 2, 2) == 0
    assert framing.abandons(state, OK)
    framing.feed(state, END + LAST)
    assert (state.inside, state.messages) == (False, 1)


@pytest.mark.parametrize("begun", (b"", GET, OK + CHUNKED + END, GET + CHUNKED + END + b"1"))
def test_what_is_no_body_must_be_seen(begun):
    framing, state = fed(begun)
    assert framing.skip(state, 100, 100) == 0


@pytest.mark.parametrize("data", (OK + sized(6) + END, GET + CHUNKED + END + b"6\r\n"))
def test_a_limit_is_for_a_body_or_a_chunk(data):
    for limit, lost in ((5, True), (6, False)):
        framing = Framing("http1")
        framing.set_max(limit)
        assert framing.feed_pieces(data).desync == lost
