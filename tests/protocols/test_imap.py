"""What is special to IMAP: what a literal is, what follows one that was refused, COMPRESS, a line that was given up."""

import zlib

import pytest

from framing.library import Framing


def lengths(data, server=False):
    framing = Framing("imap", server)
    found = framing.boundaries(data)
    assert framing.feed_pieces(data).messages == len(found)
    return [end - start for start, end in zip([0, *found], found)]


@pytest.mark.parametrize("request_", [
    b"A1 NOOP\r\n", b"1 noop\n", b"1.23 UID FETCH 1:* (FLAGS)\r\n", b"DONE\r\n", b"*\r\n", b"\r\n", b"YWJj+/==\r\n",
    b"A1 LOGIN a {3}\r\nb\r\n\r\n", b"A1 LOGIN a {3+}\r\nb\r\n\r\n", b"A1 LOGIN {0}\r\n {0+}\r\n\r\n",
    b"A1 X {2}\nab\n",
    b"A1 LOGIN {1}\r\na {000000000000000001+}\r\nb\r\n", b"A1 APPEND a {3}\r\nA1 \r\n",
    b"A1 APPEND a {4+}\r\n{3}\r c\r\n",
    b"A1 APPEND a ~{5}\r\n\0\r\n{9 (\\Seen) ~{1+}\r\n\0\r\n", b"A1 APPEND a CATENATE (URL \"u\" TEXT {1}\r\nx)\r\n",
    b"A1 LOGIN a \"b{5}\"\r\n", b"A1 LOGIN a \"{5}\r\n" b"12345\"\r\n", b"A1 X {5} \r\n", b"A1 X {}\r\n",
    b"A1 X {5{}\r\n", b"A1 X-2.a_b c\r\n", b"A1 X {+}\r\n",
    b"A1 X {5-}\r\n", b"A1 X {5++}\r\n", b"A1 X {5}\r\r\n", b"A1 X {-5}\r\n", b"A1 X 5}\r\n", b"A1 X {5\r\n",
    b"A1 X {{1}\r\na\r\n",
    b"A1 X {9{1}\r\na\r\n", b"A1 X {9}{1+}\r\na\r\n", b"A1 X {5+}+}\r\n", b"A1 X {1x}\r\n", b"A1 X {1}x\r\n",
    b"A1 X {00000000000000000001}\r\n", b"A1 X {999999999999999999999}\r\n",
    pytest.param(b"YII" * 30000 + b"\r\n", id="a long answer"),
    pytest.param(b"A1 UID FETCH " + b"1," * 90000 + b"1 {1}\r\na\r\n", id="a long line")])
def test_a_command_is_a_line_with_its_literals(request_):
    assert lengths(request_ + b"A2 LOGOUT\r\n") == [len(request_), 11]


@pytest.mark.parametrize("response", [
    b"* OK ready\r\n", b"* 5 EXISTS\r\n", b"* LIST (\\Noselect) \"/\" {3}\r\na\r\n\r\n", b"* SEARCH\r\n",
    b"+ \r\n", b"+\r\n",
    b"+ YWJj\r\n", b"A1 OK done\r\n", b"a1 no done\r\n", b"1.2 BAD x\r\n", b"A1 OK\r\n", b"* X-GM {0}\r\n\r\n",
    b"* 1 FETCH (BODY[] {4}\r\n* 2  BODY[1] ~{1}\r\n\0 X NIL)\r\n", b"#1 OK x\r\n"])
def test_a_response_is_a_line_with_its_literals(response):
    assert lengths(response + b"* BYE x\r\n", server=True) == [len(response), 9]


@pytest.mark.parametrize("byte", [b"(", b")", b"{", b"%", b'"', b"\\", b"*", b"\t", b"\x7f", b"\xc3"])
def test_a_tag_has_no_such_byte(byte):
    for data in (byte + b"a NOOP\r\n", b"a" + byte + b" NOOP\r\n"):
        assert Framing("imap").feed_pieces(data).desync


def test_no_word_is_endless():
    assert Framing("imap").feed_pieces(b"x" * 140000, [40000]).desync


REFUSED = b"A0 APPEND none {300}\r\n"


def ends_of_commands(data, before=REFUSED):
    """Where messages are counted behind a literal that was refused."""
    framing, found = Framing("imap"), []
    state = framing.feed_pieces(before)
    for at in range(len(data)):
        messages = state.messages
        framing.feed(state, data[at:at + 1])
        assert not state.desync
        if state.messages > messages:
            found.append((at + 1, state.sent))
    return found


@pytest.mark.parametrize("command, known_at", [
    (b"A1 CREATE none\r\n", 9), (b"A1 NOOP\r\n", 7), (b"A10 noop\r\n", 8), (b"A1 AUTHENTICATE PLAIN\r\n", 15),
    (b"A1 LOGIN a {1}\r\nx\r\n", 8)])
def test_a_client_whose_literal_was_refused_goes_on_with_a_command(command, known_at):
    data = command + b"A2 NOOP\r\n"
    assert ends_of_commands(data) == [(known_at + 1, known_at + 1), (len(command), 0), (len(data), 0)]


def test_a_client_that_counts_in_digits_goes_on_so():
    assert len(ends_of_commands(b"10 NOOP\r\n", b"9 APPEND none {300}\r\n")) == 2


@pytest.mark.parametrize("literal", [
    b"B1 NOOP\r\n", b"A1 NOPE\r\n", b"A1 NOOPS\r\n", b"A1 NOOP.\r\n", b"A1: NOOP\r\n", b"A1 5\r\n", b" NOOP\r\n",
    b"Received: x\r\n", b"A1  NOOP\r\n", b"A\r\nNOOP \r\n", b"A" * 40 + b" NOOP\r\n", b"5 NOOP\r\n"])
def test_what_looks_otherwise_is_the_literal(literal):
    rest = b"x" * (300 - len(literal))
    assert ends_of_commands(literal + rest + b"\r\n" + b"A9 NOOP\r\n") == [(302, 0), (311, 0)]


def test_a_client_that_does_not_wait_is_not_refused():
    assert ends_of_commands(b"A1 NOOP\r\n" + b"x" * 291 + b"\r\n", b"A0 APPEND none {300+}\r\n") == [(302, 0)]


def test_a_command_that_is_cut_is_one_in_every_split():
    framing, data = Framing("imap"), REFUSED + b"A1 CREATE none\r\nA2 NOOP\r\n"
    expected = framing.feed_pieces(data).seen()
    for first in range(len(data)):
        for second in range(first, len(data), 3):
            assert framing.feed_pieces(data, [first, second]).seen() == expected


def test_what_cannot_be_seen_is_no_command():
    framing = Framing("imap")
    state = framing.feed_pieces(REFUSED + b"A1 NO")
    assert framing.skip(state, 20, 20) == 20
    framing.feed(state, b"OP\r\n" + b"x" * 271)
    assert (state.messages, state.inside) == (0, True)
    framing.feed(state, b"\r\n")
    assert (state.messages, state.inside) == (1, False)


def deflated(data):
    """As zlib does it, with a flush behind."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflater.compress(data) + deflater.flush(zlib.Z_SYNC_FLUSH)


COMPRESS = [(False, b"1 COMPRESS DEFLATE\r\n"), (False, b"a.b compress deflate\r\n"), (True,
    b"1 OK Begin compression\r\n"),
            (True, b"* OK ready\r\nA1 OK DEFLATE active\r\n")]


@pytest.mark.parametrize("server, before", COMPRESS)
@pytest.mark.parametrize("plain", [
    b"2 NOOP\r\n", b"12 SELECT \"INBOX\"\r\n", b"* 5 EXISTS\r\n", b"a2 OK done\r\n", b"pqrs.tuv NOOP\r\n",
    b"0002 UID FETCH 1:* (FLAGS)\r\n", b"* 1 FETCH (" + b"FLAGS (\\Seen) UID 17 " * 40 + b")\r\n", bytes(range(256)) * 3])
def test_what_is_compressed_behind_compress_is_calls(server, before, plain):
    framing, data = Framing("imap", server), deflated(plain)
    for cut in range(len(data)):
        state = framing.feed_pieces(before + data, [len(before) + cut])
        assert not state.desync and framing.recognised(state) == "call", cut
    assert not state.inside


def test_compressed_bytes_that_look_like_the_begin_of_a_line_are_a_message_of_their_own():
    framing, data = Framing("imap"), b"1 COMPRESS DEFLATE\r\n" + b"2R\xf0s"
    assert framing.feed_pieces(data).messages == framing.feed_calls(data[:-3], data[-3:]).messages == 3
    assert framing.recognised(framing.feed_pieces(b"1 COMPRESS DEFLATE\r\nab\r\n")) == "call"


@pytest.mark.parametrize("server, before", COMPRESS)
def test_a_server_may_refuse_to_compress(server, before):
    after = b"* 5 EXISTS\r\n2 OK x\r\n" if server else b"2 NOOP\r\n3 LOGOUT\r\n"
    state = Framing("imap", server).feed_pieces(before + after)
    assert Framing("imap", server).recognised(state) == "imap"
    assert (state.inside, state.desync) == (False, False)


@pytest.mark.parametrize("server, before, data", [
    (False, b"1 COMPRESS DEFLATE\r\n2 NOOP\r\n", b"\xd2R"), (False, b"1 NOOP\r\n", b"\xd2R"), (True,
    b"* OK ready\r\n", b"\xd2R"),
    (True, b"1 OK x\r\n* 1 EXISTS\r\n", b"\xd2R"), (True, b"1 NO x\r\n", b"\xd2R"), (True,
    b"1 OK x\r\n+ idling\r\n", b"\xd2R")])
def test_elsewhere_compressed_bytes_are_no_imap(server, before, data):
    assert Framing("imap", server).feed_pieces(before + data).desync


def given_up(before, data, server=False):
    framing = Framing("imap", server)
    return framing.abandons(framing.feed_pieces(before), data)


LITERAL = b"A1 APPEND a {8}\r\nTo: x\r\n\r"
FETCHED = b"* 1 FETCH (BODY[] {3}\r\nabc"


@pytest.mark.parametrize("before, data, server", [
    (LITERAL, b"A2 NOOP\r\n", False), (LITERAL, b"12.b_-9 fetch 1", False), (b"A1 APPEND a {1+}\r\nA",
    b"A2 NOOP\r\n", False),
    (b"A0 LOGIN {4}\r\nname {300}\r\nA1 APPEND a {8}\r\nTo: x\r\n\r", b"A2 NOOP\r\n", False),
    (b"A1 APPEND a {8}\r\nTo: x\r\n\r (\\Seen) {2+}\r\nab", b"A2 NOOP\r\n", False),
    (FETCHED, b"* 2 FETCH (FLAGS ())\r\n", True), (FETCHED, b"* BYE x\r\n", True), (FETCHED,
    b"A2 OK done\r\n", True)])
def test_a_command_directly_behind_a_literal_proves_that_the_line_was_given_up(before, data, server):
    assert given_up(before, data, server)


@pytest.mark.parametrize("before, data, server", [
    (LITERAL, b"\r\n", False), (LITERAL, b" (\\Seen) {1}\r\n", False), (LITERAL, b")\r\n", False), (LITERAL,
    b"A2", False),
    (LITERAL, b"A2 ", False), (LITERAL, b"A2 5", False), (LITERAL, b"* 2 FETCH", False), (LITERAL[:-1],
    b"A2 NOOP\r\n", False),
    (LITERAL + b" ", b"A2 NOOP\r\n", False), (LITERAL + b"\r\n", b"A2 NOOP\r\n", False),
    (b"A1 NOOP {8}\r\nA2 CHEC", b"A3 NOOP\r\n", False), (b"A1 LOGIN {4}\r\nname", b"A3 NOOP\r\n", False),
    (b"A1 LOGIN {9}\r\nB2 NOOP\r\n", b"A3 NOOP\r\n", False), (b"A1 LOGIN {9}\r\nA2 XYZZ\r\n", b"A3 NOOP\r\n", False),
    (b"#1 LOGIN {9}\r\n#2 NOOP\r\n", b"#3 NOOP\r\n", False), (b"#1 LOGIN {9}\r\n#2 NOOP\r\n", b"A3 NOOP\r\n", False),
    (b"A1 LOGIN {4}\r\nname {1}\r\n:", b"A2 NOOP\r\n", False), (b"A1 LOGIN {40}\r\n" + b"A" * 40,
    b"A2 NOOP\r\n", False),
    (b"A1 LOGIN {0}\r\n", b"A2 NOOP\r\n", False), (b"A1 APPEND a {8+}\r\n", b"A2 NOOP\r\n", False),
    (FETCHED, b" BODY[1] NIL)\r\n", True), (FETCHED, b")\r\n", True), (FETCHED, b"* (", True),
    (b"* OK see {3}\r\nabc", b"* BYE x\r\n", True), (b"* BYE see {3}\r\nabc", b"* BYE x\r\n", True),
    (b"* PREAUTH {3}\r\nabc", b"* BYE x\r\n", True), (b"A1 NO no {3}\r\nabc", b"* BYE x\r\n", True),
    (b"+ say {3}\r\nabc", b"* BYE x\r\n", True)])
def test_nothing_else_proves_it(before, data, server):
    assert not given_up(before, data, server)


def test_tls_begins_at_a_boundary_only():
    framing, record = Framing("imap"), b"\x16\3\1\0\4\1\0\0\0"
    assert framing.recognised(framing.feed_pieces(b"A1 STARTTLS\r\n" + record)) == "tls"
    assert framing.recognised(framing.feed_pieces(b"A1 APPEND a {9}\r\n" + record)) == "imap"


def test_a_limit_holds_for_what_was_announced():
    framing = Framing("imap")
    framing.set_max(100)
    assert not framing.feed_pieces(b"A1 APPEND a {80}\r\n").desync
    assert framing.feed_pieces(b"A1 APPEND a {90}\r\n").desync
    assert framing.feed_pieces(b"A1 COMPRESS DEFLATE" + b" " * 90).desync
