"""SMTP with DATA and BDAT, LMTP."""

import asyncio
import atexit
import contextlib
import functools
import io
import logging
import os
import pathlib
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile

from aiosmtpd.controller import UnixSocketController
from aiosmtpd.handlers import Sink
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, AuthResult

from .. import tshark
from ..programs import DIRECTORY
from ..tap import SECONDS, Tap, run, unix_tap
from . import Stream

SERIALIZER = "Python's smtplib, Perl's Net::SMTP (BDAT), swaks (pipelining); exim4, python3-aiosmtpd (LMTP)"
PARSER = "python3-aiosmtpd, of BDAT exim4: by which byte they reply; of replies smtplib; of TLS tshark"
PORT = 25

CONFIGURATION = r"""
primary_hostname = host.example
spool_directory = {0}
keep_environment =
log_file_path = {0}/%slog
pipelining_advertise_hosts = *
chunking_advertise_hosts = *
auth_advertise_hosts = *
smtp_enforce_sync = false
acl_smtp_rcpt = recipients
begin acl
recipients:
  deny recipients = nobody@b.example
  discard
begin routers
nowhere:
  driver = redirect
  data = :blackhole:
begin authenticators
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = User Name : Password
  server_condition = true
"""

MAIL = "Subject: test\r\n\r\n.\r\n..\r\nQUIT\r\n. not yet\r\nlast"


logging.getLogger("mail.log").setLevel(logging.ERROR)
KEPT = contextlib.ExitStack()
atexit.register(KEPT.close)


@functools.cache
def configuration():
    directory = pathlib.Path(KEPT.enter_context(tempfile.TemporaryDirectory()))
    if os.geteuid() == 0:
        shutil.chown(directory, "Debian-exim", "Debian-exim")
    path = directory / "configuration"
    path.write_text(CONFIGURATION.format(directory), encoding="ascii")
    return path


def exim(**options):
    """A session that delivers nothing."""
    return subprocess.Popen(["exim4", "-C", configuration(), "-bs"], stderr=subprocess.DEVNULL, **options)


def connect():
    """A session as from inetd; it wants the internet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname(), SECONDS)
        theirs, _ = listener.accept()
    with theirs:
        exim(stdin=theirs, stdout=theirs)
    return ours


def read_reply(file):
    """By smtplib; None at the end."""
    client = smtplib.SMTP()
    client.file = file
    with contextlib.suppress(smtplib.SMTPServerDisconnected):
        return client.getreply()
    return None


def reply_ends(data):
    file, found = io.BytesIO(data), []
    while read_reply(file):
        found.append(file.tell())
    return found


@functools.cache
def replies(data):
    """How many replies exim has for these bytes, but for the greeting and the complaint that they end."""
    with exim(stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        said, _ = server.communicate(data, SECONDS)
    return len(reply_ends(said)) - 1 - (b"\r\n421 " in said)


def request_ends(data):
    """By which byte there is another reply, found by halving."""
    def first(count, low):
        high = len(data)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if replies(data[:middle]) >= count else (middle + 1, high)
        return low
    found = [0]
    for count in range(1, replies(data) + 1):
        found.append(first(count, found[-1] + 1))
    return found[1:]


def talk(smtp):
    """Two mails, one to nobody, so that the second DATA is refused."""
    smtp.ehlo("client.example")
    smtp.login("name", "secret", initial_response_ok=False)
    smtp.sendmail("a@a.example", ["b@b.example", "nobody@b.example"], MAIL)
    smtp.sendmail("a@a.example", "b@b.example", ".")
    smtp.mail("a@a.example")
    smtp.rcpt("nobody@b.example")
    with contextlib.suppress(smtplib.SMTPDataError):
        smtp.data(MAIL)
    smtp.rset()
    smtp.quit()


def tcp_tap():
    return Tap(socket.create_server(("127.0.0.1", 0)), connect)


def conversation(speak):
    """Both sides of what speak(port) says to exim."""
    with tcp_tap() as tap:
        speak(tap.listener.getsockname()[1])
    return b"".join(tap.client[0]), b"".join(tap.server[0])


def by_smtplib(port):
    with smtplib.SMTP("127.0.0.1", port, timeout=SECONDS) as smtp:
        talk(smtp)


def over_tls(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", port, timeout=SECONDS) as smtp:
        smtp.starttls(context=context)
        smtp.noop()


def by_net_smtp(port):
    run(["perl", DIRECTORY / "smtp_chunks.pl", port])


def by_swaks(port):
    run(["swaks", "--server", "127.0.0.1", "--port", port, "--to", "b@b.example,c@b.example", "--from", "a@a.example",
         "--pipeline", "--helo", "client.example", "--body", ".\nshort"])


class Handler(Sink):
    async def handle_RCPT(self, _, __, envelope, address, ___):
        if address.startswith("nobody"):
            return "550 nobody"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def accept(*_):
    return AuthResult(success=True)


class Lmtp(UnixSocketController):
    def factory(self):
        return LMTP(Handler())


def by_lmtp():
    """Both sides of what smtplib says to aiosmtpd."""
    with tempfile.TemporaryDirectory() as directory:
        controller = Lmtp(Handler(), f"{directory}/server")
        controller.start()
        try:
            with unix_tap(f"{directory}/tap", lambda: f"{directory}/server") as tap:
                with smtplib.LMTP(f"{directory}/tap", local_hostname="client.example", timeout=SECONDS) as lmtp:
                    lmtp.sendmail("a@a.example", ["b@b.example", "c@b.example"], MAIL)
                    lmtp.sendmail("a@a.example", "b@b.example", "")
        finally:
            controller.stop()
    return b"".join(tap.client[0]), b"".join(tap.server[0])


class Transport(asyncio.Transport):
    """Knows when the server wrote."""

    def __init__(self):
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.wrote = False

    def write(self, data):
        self.wrote = True

    def is_closing(self):
        return False

    def close(self):
        pass


async def settle():
    for _ in range(30):
        await asyncio.sleep(0)


async def reacted(server, data):
    """By which bytes aiosmtpd writes a reply."""
    transport, found = Transport(), []
    server.connection_made(transport)
    for at in range(len(data)):
        await settle()
        transport.wrote = False
        server.data_received(data[at:at + 1])
        await settle()
        if transport.wrote:
            found.append(at + 1)
    return found


async def heard(stream):
    options = {"loop": asyncio.get_running_loop(), "auth_require_tls": False, "authenticator": accept}
    server = (LMTP if stream.name == "LMTP" else SMTP)(Handler(), **options)
    return await reacted(server, stream.data[:plain(stream)])


def plain(stream):
    """How much of it is before TLS."""
    return stream.data.index(b"\x16\3") if stream.name == "TLS" else len(stream.data)


def records(stream):
    at, data = plain(stream), stream.data
    for length in tshark.lengths(data[at:], PORT, "tls.record.length", stream.role == "server", "tls"):
        at += 5 + length
        yield at


@functools.cache
def conversations():
    return {"": conversation(by_smtplib), "chunks": conversation(by_net_smtp), "pipelined": conversation(by_swaks),
            "TLS": conversation(over_tls), "LMTP": by_lmtp()}


def streams():
    return [Stream(role, [data], name, in_matrix=name in ("", "chunks"), recognised="tls" if name == "TLS" else "")
            for name, both in conversations().items() for role, data in zip(("client", "server"), both)]


def ends(stream):
    if stream.role == "server":
        found = reply_ends(stream.data[:plain(stream)])
    elif stream.name == "chunks":
        found = request_ends(stream.data)
    else:
        found = asyncio.run(heard(stream))
    return found + (list(records(stream)) if stream.name == "TLS" else [])


WRONG = {
    "a request of a header field": ("client", b"Subject: x\r\n"),
    "a request of HTTP": ("client", b"GET / HTTP/1.1\r\nHost: a.example\r\n"),
    "a binary request": ("client", b"\x00\x00\x00\x10" + bytes(16)),
    "a request behind another": ("client", b"RSET\r\n\x00\x00"),
    "a reply of HTTP": ("server", b"HTTP/1.1 200 OK\r\n"),
    "a reply of four digits": ("server", b"2200 x\r\n"),
    "a reply of two digits": ("server", b"22 x\r\n"),
    "a second line without a code": ("server", b"250-a\r\nb\r\n"),
}
