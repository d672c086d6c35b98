"""What is special to SMTP: what follows DATA, what looks like a command and is none, and how lines may end."""

import pytest

from framing.library import Framing

BEFORE = b"EHLO a\r\nMAIL FROM:<a@a>\r\nRCPT TO:<b@b>\r\n"


def lengths(data, server=False):
    found = Framing("smtp", server).boundaries(data)
    return [end - start for start, end in zip([0, *found], found)]


def behind_data(data, line=b"DATA\r\n"):
    """Lengths of the messages that `data` is, behind DATA."""
    return lengths(BEFORE + line + data)[4:]


@pytest.mark.parametrize("block", [
    b".\r\n", b"Subject: x\r\n\r\ny\r\n.\r\n", b"\r\n.\r\n", b"\r\n\r\n.\r\n", b"x\r\n..\r\n.x\r\n.\r\n",
    b"..\r\n.\r\n", b"\r\n.\r\r\n.\r\n", b"x\n.\n.\r\n\r\n.\r\n", b"x\r.\r\n\r\n.\r\n", b"x\r\r\n.\r\n",
    b".\rx\r\n.\r\n", b".\n\r\n.\r\n", b"\n.\r\n\r\n.\r\n", b".\n.\r\n\r\n.\r\n",
    b"QUIT now\r\n.\r\n", b"QUITE\r\n.\r\n", b"RSET \r\n.\r\n",
    b"R.\r\nx\r\n.\r\n", b"MAIL FROM\r\n.\r\n", b"Mail-From: a\r\n.\r\n", b"R\r\n.\r\n", b"EHLO\r\n.\r\n", b"RCPT\r\n.\r\n",
    b"\x80\0\r\n.\r\n", b"STARTTLS\r\n.\r\n", b"x\r\nQUIT\r\nRSET\r\n.\r\n"])
def test_a_block_ends_with_a_dot_alone_in_a_line(block):
    assert behind_data(block + b"QUIT\r\n") == [len(block), 6]


@pytest.mark.parametrize("command", [
    b"RSET\r\n", b"quit\r\n", b"NOOP\r\n", b"MAIL FROM:<c@c>\r\n", b"rcpt to:<c@c> x\r\n", b"EHLO b\r\n",
    b"HELO b\r\n", b"LHLO b\r\n", b"RSET\n"])
def test_a_client_whose_data_was_refused_goes_on_with_a_command(command):
    assert behind_data(command + b"VRFY x\r\n" + b"QUIT\r\n") == [len(command), 8, 6]


def test_behind_a_block_there_are_commands():
    assert behind_data(b"x\r\n.\r\nHELP\r\nQUIT\r\n") == [6, 6, 6]


def test_data_may_come_again():
    assert behind_data(b"RCPT TO:<c@c>\r\nDATA\r\nx\r\n.\r\nMAIL FROM:<a@a>\r\nDATA\r\n.\r\n") == [15, 6, 6, 17, 6, 3]


def test_a_client_that_ends_lines_with_line_feeds_ends_a_block_so():
    assert behind_data(b"x\n..\n.\nQUIT\n", b"DATA\n") == [7, 5]
    assert behind_data(b"x\r\n.\r\nQUIT\n", b"DATA\n") == [6, 5]
    assert behind_data(b".\nQUIT\n", b"DATA\n") == [2, 5]


@pytest.mark.parametrize("before", [
    b"", b"AUTH LOGIN\r\n", b"MAIL FROM:<a@a>\r\nAUTH LOGIN\r\n", b"DATAX\r\n", b"BDAT\r\n"])
def test_without_a_mail_data_is_an_answer_in_auth(before):
    assert lengths(before + b"DATA\r\nYWI=\r\nQUIT\r\n")[-3:] == [6, 6, 6]


@pytest.mark.parametrize("line", [
    b"DATAX\r\n", b"DAT\r\n", b"XDATA\r\n", b"*\r\n", b"=\r\n", b"\r\n", b"\n", b"YWJj+/==\r\n",
    b"XCLIENT NAME=x\r\n", b"HELP\r\n", b"BURL imap://a LAST\r\n", b"BDATA 5\r\n", b"BDAT x\r\n", b"BDAT\r\n",
    b"BDAT 5x\r\n", b"BDAT -5\r\n", pytest.param(b"YII" * 30000 + b"\r\n", id="long"), b"VRFY \xc3\xbc\r\n",
    b"NOOP DATA\r\n"])
def test_other_lines_are_lines(line):
    assert lengths(BEFORE + line + b"QUIT\r\n")[3:] == [len(line), 6]


@pytest.mark.parametrize("line", [
    b"BDAT 7\r\n", b"bdat 7 LAST\r\n", b"BDAT  7\r\n", b"BDAT 7\n", b"BDAT 0000007 last\r\n"])
def test_a_chunk_is_one_message_with_its_line(line):
    assert behind_data(b"\r\n.\r\nxyQUIT\r\n", line)[-1] == 6
    assert len(behind_data(b"\r\n.\r\nxyQUIT\r\n", line)) == 1


def test_a_chunk_may_be_empty():
    assert behind_data(b"QUIT\r\n", b"BDAT 0 LAST\r\n") == [6]


@pytest.mark.parametrize("reply", [
    b"250 OK\r\n", b"250\r\n", b"250-a\r\n250-b\r\n250 c\r\n", b"250-\r\n250\r\n", b"220-a\n220 b\n", b"354 x\r\n",
    pytest.param(b"250-" + b"x" * 2000 + b"\r\n250 y\r\n", id="long")])
def test_a_reply_of_many_lines_is_one_message(reply):
    assert lengths(reply + b"221 x\r\n", server=True) == [len(reply), 7]


@pytest.mark.parametrize("line", [b"NOOP ", b"x"], ids=["behind a word", "in a word"])
def test_no_line_of_a_client_is_endless(line):
    assert Framing("smtp").feed_pieces(line + b"x" * 140000, [40000]).desync


def test_a_reply_may_be():
    reply = b"250-x\r\n" * 30000 + b"250 y\r\n"
    state = Framing("smtp", server=True).feed_pieces(reply + b"221 ")
    assert (state.messages, state.sent, state.desync) == (1, 4, False)


def test_a_block_is():
    assert behind_data(b"x" * 70000 + b"\r\n.\r\n") == [70005]


def test_tls_begins_at_a_boundary_only():
    framing, record = Framing("smtp"), b"\x16\3\1\0\4\1\0\0\0"
    assert framing.recognised(framing.feed_pieces(b"EHLO a\r\nSTARTTLS\r\n" + record)) == "tls"
    assert framing.recognised(framing.feed_pieces(BEFORE + b"BDAT 9\r\n" + record)) == "smtp"
    assert framing.recognised(framing.feed_pieces(BEFORE + b"DATA\r\nx\r\n" + record + b"\r\n.\r\n")) == "smtp"


def test_a_limit_holds_for_what_was_announced():
    framing = Framing("smtp")
    framing.set_max(100)
    assert not framing.feed_pieces(BEFORE + b"BDAT 90\r\n").desync
    assert framing.feed_pieces(BEFORE + b"BDAT 92\r\n").desync
    assert framing.feed_pieces(BEFORE + b"DATA\r\n" + b"x" * 101).desync
