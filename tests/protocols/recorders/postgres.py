"""PostgreSQL's protocol 3. The server is a real one; it answers a request for encryption with a byte in a write of its
own."""

import contextlib
import io
import select
import socket
import time

import pg8000
import psycopg2
import psycopg2.extras

from .. import tshark
from ..postgres_server import postgres
from ..tap import SECONDS, tcp_tap
from . import Stream

SERIALIZER = "libpq (python3-psycopg2), python3-pg8000, postgresql"
PARSER = "tshark"
PORT = 5432
SSL_REQUEST, GSSENC_REQUEST = (bytes([0, 0, 0, 8, 4, 0xd2, 0x16, code]) for code in (0x2f, 0x30))
SCRIPT = ("", "create temp table t (a int, b text)", "listen l; notify l, 'x'", "do $$begin raise notice 'x'; end$$",
          "wrong", "select 1, null, repeat('x', 300)", "create role word login password 'secret'")


@contextlib.contextmanager
def connected(port, autocommit=True, **options):
    options = {"user": "postgres", "dbname": "postgres", "sslmode": "disable", "gssencmode": "disable", **options}
    with contextlib.closing(psycopg2.connect(host="127.0.0.1", port=port, **options)) as connection:
        if autocommit:
            connection.autocommit = True
        yield connection


def simple(port):
    with connected(port, sslmode="prefer") as connection, connection.cursor() as cursor:
        for query in SCRIPT:
            with contextlib.suppress(psycopg2.ProgrammingError):
                cursor.execute(query)


def password(port):
    with connected(port, user="word", password="secret") as connection, connection.cursor() as cursor:
        cursor.execute("select 1")


def copy(port):
    with connected(port) as connection, connection.cursor() as cursor:
        cursor.execute(SCRIPT[1])
        cursor.copy_expert("copy t from stdin", io.StringIO("1\tone\n2\ttwo\n"), 9)
        with contextlib.suppress(psycopg2.DataError):
            cursor.copy_expert("copy t from stdin", io.StringIO("x"))
        cursor.copy_expert("copy t to stdout", io.StringIO())
        cursor.execute("select 1")


def functions(port):
    with connected(port, autocommit=False) as connection:
        connection.lobject(0, "wb").write(b"x" * 40)


def extended(port):
    with contextlib.closing(pg8000.connect("postgres", "127.0.0.1", port=port, database="postgres")) as connection:
        cursor = connection.cursor()
        cursor.execute("select %s, generate_series(1, 105)", (None,))
        cursor.fetchall()


def replication(port):
    factory = psycopg2.extras.PhysicalReplicationConnection
    with connected(port, autocommit=False, connection_factory=factory) as connection:
        cursor = connection.cursor()
        cursor.execute("IDENTIFY_SYSTEM")
        cursor.start_replication(start_lsn=cursor.fetchone()[2])
        cursor.send_feedback(force=True, reply=True)
        while not cursor.read_message() and select.select([cursor], [], [], SECONDS / 10)[0]:
            pass
        cursor.send_feedback(force=True)


SESSIONS = (simple, password, copy, functions, extended, replication)


def switch_tls_on(port):
    with connected(port) as connection, connection.cursor() as cursor:
        cursor.execute("alter system set ssl = on")
        cursor.execute("select pg_reload_conf()")


def encrypted(port):
    """As soon as the server has seen that it can."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(psycopg2.OperationalError), connected(port, sslmode="require"):
            return
    raise TimeoutError("no TLS")


def refused(path):
    """What the server writes to a client that asks for GSSAPI, then for TLS, then for neither."""
    startup = b"\0\3\0\0user\0postgres\0\0"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        connection.connect(path)
        for request in (GSSENC_REQUEST, SSL_REQUEST):
            connection.sendall(request)
            yield connection.recv(1)
        connection.sendall((len(startup) + 4).to_bytes(4, "big") + startup + b"X\0\0\0\4")
        yield b"".join(iter(lambda: connection.recv(1 << 16), b""))


def streams():
    with postgres() as (port, path), tcp_tap(port) as tap:
        tapped = tap.listener.getsockname()[1]
        for session in SESSIONS:
            session(tapped)
        answers = list(refused(path))
        switch_tls_on(port)
        encrypted(tapped)
    names = [session.__name__ for session in SESSIONS]
    recorded = [Stream(role, writes, name) for role in ("client", "server")
                for name, writes in zip(names, getattr(tap, role))]
    return [*recorded, Stream("server", answers, "refused"),
            Stream("client", tap.client[-1], "TLS", recognised="tls"),
            Stream("server", tap.server[-1], "TLS", recognised="tls")]


def before_the_rest(stream):
    """The ends of requests for TLS and of answers of one byte."""
    if stream.role == "client":
        return [8] if stream.name == "TLS" else []
    return list(range(1, 1 + sum(len(write) == 1 for write in stream.writes[:2])))


def rest_ends(stream, rest):
    if stream.name != "TLS":
        return tshark.pdu_ends(rest, PORT, "pgsql", stream.role == "server")
    lengths = tshark.lengths(rest, PORT, "tls.record.length", stream.role == "server", "tls")
    return [sum(lengths[:n]) + 5 * n for n in range(1, len(lengths) + 1)]


def ends(stream):
    before = before_the_rest(stream)
    at = max(before, default=0)
    return before + [at + end for end in rest_ends(stream, stream.data[at:])]


STARTUP = b"\0\0\0\x17\0\3\0\0user\0postgres\0\0"
READY = b"R\0\0\0\x08\0\0\0\0"

WRONG = {
    "a version that is not 3": ("client", b"\0\0\0\x09\0\2\0\0\0"),
    "a start message that is too long": ("client", b"\0\0\x30\0\0\3\0\0"),
    "a start message that is too short": ("client", b"\0\0\0\x07\0\3\0\0"),
    "a request for TLS with more in it": ("client", b"\0\0\0\x09\4\xd2\x16\x2f"),
    "a type that no client sends": ("client", STARTUP + b"T\0\0\0\4"),
    "a length that does not count itself": ("client", STARTUP + b"Q\0\0\0\3"),
    "a length beyond 2 GiB": ("client", STARTUP + b"Q\x80\0\0\0"),
    "HTTP": ("client", b"GET / HTTP/1.1\r\n"),
    "a token without a request": ("client", b"\0\0\0\x14\x60\x82\1\0"),
    "a type that no server begins with": ("server", b"Z\0\0\0\5I"),
    "a type that no server sends": ("server", READY + b"Q\0\0\0\5x"),
    "a token that is too long": ("server", b"G\0\2\0\0"),
}
