"""IMAP, with literals for which the client waits and for which it does not, answers in AUTHENTICATE, STARTTLS."""

import contextlib
import functools
import imaplib
import io
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet.interfaces import ITLSTransport
from twisted.internet.testing import StringTransport
from twisted.mail.imap4 import IAccount, IMAP4Server, LOGINCredentials, MemoryAccount, PLAINCredentials
from zope.interface import implementer

from .. import erlang
from ..tap import SECONDS, Tap, run
from . import Stream

SERIALIZER = "Python's imaplib, isync (mbsync: {n+}); dovecot-imapd, python3-twisted (AUTHENTICATE, STARTTLS)"
PARSER = "python3-twisted: by which byte it replies; of responses imaplib; of TLS erlang:decode_packet/3"

CONFIGURATION = """
base_dir = {0}
mail_location = maildir:~/mail
mail_fsync = never
imap_capability = IMAP4rev1 LITERAL+ IDLE NAMESPACE UIDPLUS
ssl = no
"""
SYNCHRONISED = """
IMAPStore far
Host 127.0.0.1
Port {0}
SSLType None
User nobody
Pass secret

MaildirStore near
Inbox {1}/inbox

Channel all
Far :far:
Near :near:
SyncState *
Sync New
"""

imaplib.Commands.setdefault("IDLE", ("SELECTED",))
MAIL = b"Subject: test\r\n\r\nbody {5}\r\n2 NOOP\r\n"


def give(path):
    """No root has mail."""
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")


@contextlib.contextmanager
def home():
    with tempfile.TemporaryDirectory() as name:
        path = pathlib.Path(name)
        (path / "configuration").write_text(CONFIGURATION.format(path), encoding="ascii")
        give(path)
        give(path / "configuration")
        yield path


def dovecot(path, **options):
    """A session of a user who is known already."""
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.Popen(["/usr/lib/dovecot/imap", "-c", path / "configuration"], stderr=subprocess.DEVNULL,
                            env={"USER": "nobody", "HOME": path}, **user, **options)


def to_dovecot(path):
    ours, theirs = socket.socketpair()
    with theirs:
        dovecot(path, stdin=theirs, stdout=theirs)
    return ours


class Reader(imaplib.IMAP4):
    """Reads responses to any command."""

    class Commands(dict):
        def __contains__(self, tag):
            return True

    def __init__(self, data):  # pylint: disable=super-init-not-called
        self.file = io.BytesIO(data)
        self.debug = 0
        self.tagre = re.compile(rb"(?P<tag>\w+) (?P<type>OK|NO|BAD) (?P<data>.*)")
        self.tagged_commands, self.untagged_responses = self.Commands(), {}
        self._mode_ascii()

    def _log(self, line):
        pass

    def ends(self):
        with contextlib.suppress(self.abort):
            while True:
                self._get_response()
                yield self.file.tell()


@implementer(IRealm)
class Realm:
    def requestAvatar(self, name, *_):
        return IAccount, MemoryAccount(name), lambda: None


class Server(IMAP4Server):
    """Says nothing of what it does not do."""

    timeOut = POSTAUTH_TIMEOUT = None

    def __init__(self, context=None):
        super().__init__({b"PLAIN": PLAINCredentials, b"LOGIN": LOGINCredentials}, context)
        self.portal = Portal(Realm(), [InMemoryUsernamePasswordDatabaseDontUse(name=b"secret")])


@implementer(ITLSTransport)
class Transport:
    """Twisted's, of a thread and a connection."""

    disconnecting = False

    def __init__(self, link):
        self.link = link

    def write(self, data):
        self.link.sendall(data)

    def writeSequence(self, pieces):
        self.write(b"".join(pieces))

    def loseConnection(self):
        self.link.shutdown(socket.SHUT_WR)

    def startTLS(self, context):
        self.link = context.wrap_socket(self.link, server_side=True)


def serve(link, context):
    server, transport = Server(context), Transport(link)
    server.makeConnection(transport)
    with contextlib.suppress(OSError):
        while data := transport.link.recv(1 << 16):
            server.dataReceived(data)
    transport.link.close()


def to_twisted(context):
    ours, theirs = socket.socketpair()
    threading.Thread(target=serve, args=(theirs, context), daemon=True).start()
    return ours


def conversation(connect, speak):
    """Both sides of what speak(port) says there."""
    with Tap(socket.create_server(("127.0.0.1", 0)), connect) as tap:
        speak(tap.listener.getsockname()[1])
    return b"".join(tap.client[0]), b"".join(tap.server[0])


def idle(imap):
    # pylint: disable=protected-access
    tag = imap._command("IDLE")
    imap._get_response()
    imap.send(b"DONE\r\n")
    imap._command_complete("IDLE", tag)


def by_imaplib(port):
    with imaplib.IMAP4("127.0.0.1", port, SECONDS) as imap:
        imap.append("INBOX", r"(\Seen)", None, MAIL)
        imap.append("INBOX", None, None, b"x" * 9)
        imap.select()
        imap.literal = b"folder"
        imap.xatom("SUBSCRIBE")
        imap.fetch("1:2", "(FLAGS BODY[])")
        imap.fetch("1", "(BODY[HEADER] BODY[]<0.3>)")
        idle(imap)
        imap.noop()


def by_mbsync(port):
    with tempfile.TemporaryDirectory() as name:
        for directory in ("cur", "new", "tmp"):
            (pathlib.Path(name) / "inbox" / directory).mkdir(parents=True)
        for each in range(2):
            path = pathlib.Path(name) / "inbox/new" / f"{each}.host"
            path.write_text(f"Subject: {each}\n\n{'body ' * each}\n", encoding="ascii")
        os.utime(path.parent, (1, 1))  # else it waits
        configuration = pathlib.Path(name) / "configuration"
        configuration.write_text(SYNCHRONISED.format(port, name), encoding="ascii")
        run(["mbsync", "-c", configuration, "-a"], env={"HOME": name})


def by_answers(port):
    with imaplib.IMAP4("127.0.0.1", port, SECONDS) as imap:
        answers = [b"name", b"secret"]
        imap.authenticate("LOGIN", lambda _: answers.pop(0))
        imap.subscribe("none")
        imap.noop()


def over_tls(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with imaplib.IMAP4("127.0.0.1", port, SECONDS) as imap:
        imap.starttls(context)
        imap.login("name", "secret")
        imap.noop()


@functools.cache
def server_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as name:
        key, certificate = f"{name}/key", f"{name}/certificate"
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
             "/CN=localhost", "-keyout", key, "-out", certificate])
        context.load_cert_chain(certificate, key)
    return context


def with_dovecot(speak):
    with home() as path:
        return conversation(lambda: to_dovecot(path), speak)


@functools.cache
def conversations():
    return {"": with_dovecot(by_imaplib), "not waiting": with_dovecot(by_mbsync),
            "answers": conversation(lambda: to_twisted(None), by_answers),
            "TLS": conversation(lambda: to_twisted(server_context()), over_tls)}


def streams():
    return [Stream(role, [data], name, in_matrix=name == "", recognised="tls" if name == "TLS" else "")
            for name, both in conversations().items() for role, data in zip(("client", "server"), both)]


class Selected(Server):
    """Takes all that it knows, and does nothing. What it does not know is that {n+} is a literal, too."""

    def lineReceived(self, line):
        super().lineReceived(re.sub(rb"\+}$", b"}", line))

    def lookupCommand(self, cmd):
        _, *arguments = super().lookupCommand(cmd)
        return [self.do_IDLE.__func__ if cmd == b"IDLE" else done, *arguments]


def done(server, tag, *_, **__):
    server.sendPositiveResponse(tag)


def reacted(server, data):
    """By which bytes twisted writes something that is not a request to go on with a literal."""
    transport = StringTransport()
    server.makeConnection(transport)
    for at in range(len(data)):
        transport.clear()
        server.dataReceived(data[at:at + 1])
        if transport.value() and not transport.value().startswith(b"+ Ready"):
            yield at + 1


def records(data, at):
    return [at + end for end in erlang.packet_ends("ssl_tls", data[at:])]


def ends(stream):
    plain = stream.data.index(b"\x16\3") if stream.name == "TLS" else len(stream.data)
    data = stream.data[:plain]
    if stream.role == "server":
        found = list(Reader(data).ends())
    else:
        server = Server() if stream.name in ("answers", "TLS") else Selected()
        server.state = "unauth" if stream.name in ("answers", "TLS") else "select"
        found = list(reacted(server, data))
    return found + records(stream.data, plain)


WRONG = {
    "a request of HTTP": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "a request of SMTP": ("client", b"MAIL FROM:<a@a.example>\r\n"),
    "a request of Redis": ("client", b"*1\r\n$4\r\nPING\r\n"),
    "a request of JSON": ("client", b'{"a": 1}\n'),
    "a binary request": ("client", b"\x00\x00\x00\x10" + bytes(16)),
    "a binary request behind a line": ("client", b"a NOOP\r\n\x00\x00"),
    "a tag alone": ("client", b"a.1\r\n"),
    "no command behind a tag": ("client", b"a \r\n"),
    "a response of HTTP": ("server", b"HTTP/1.1 200 OK\r\n"),
    "a reply of SMTP": ("server", b"220 a.example ESMTP\r\n"),
    "a reply of POP3": ("server", b"+OK ready\r\n"),
    "a tagged response without a status": ("server", b"* OK a\r\na BYE b\r\n"),
    "an empty line": ("server", b"* OK a\r\n\r\n"),
    "an asterisk alone": ("server", b"*\r\n"),
}
