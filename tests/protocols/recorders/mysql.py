"""MySQL's and MariaDB's protocol, in the clear and as it goes over to TLS."""

import functools
import itertools
import os
import pathlib
import tempfile

import pymysql

from ..tap import answers, free_port, run, running, tcp_tap
from ..tshark import lengths, pdu_ends
from . import Stream

SERIALIZER = "python3-pymysql, mariadb-client, mariadb-server"
PARSER = "tshark"
PORT = 3306
SSL_REQUEST, RECORD_HEADER = 36, 5  # bytes

SERVER_OPTIONS = ("--no-defaults", "--user=root", "--skip-networking=0", "--bind-address=127.0.0.1", "--skip-log-bin",
                  "--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M", "--skip-grant-tables")


def talk(port):
    connection = pymysql.connect(host="127.0.0.1", port=port, user="root")
    with connection, connection.cursor() as cursor:
        for statement in ("SELECT 1", f"SELECT '{'x' * 90}'", "DO 1", "SELECT 2 WHERE 0", "SELECT 3"):
            cursor.execute(statement)
            cursor.fetchall()


@functools.cache
def conversations():
    """(client, server) in the clear, and over TLS."""
    with tempfile.TemporaryDirectory() as directory:
        data, port = pathlib.Path(directory) / "data", free_port()
        run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root", "--skip-test-db",
             "--auth-root-authentication-method=normal"])
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
             "/CN=localhost", "-days", "2", "-keyout", f"{directory}/key", "-out", f"{directory}/certificate"])
        server = ["mariadbd", *SERVER_OPTIONS, f"--datadir={data}", f"--port={port}", f"--socket={directory}/socket",
                  f"--pid-file={directory}/pid", f"--ssl-cert={directory}/certificate", f"--ssl-key={directory}/key"]
        with running(server, lambda: answers(port)), tcp_tap(port) as tap:
            tapped = tap.listener.getsockname()[1]
            talk(tapped)
            run(["mariadb", "--no-defaults", "--protocol=tcp", "-h127.0.0.1", f"-P{tapped}", "--ssl", "-uroot", "-eSELECT 1"],
                env={**os.environ, "MYSQL_HISTFILE": "/dev/null"})
    return list(zip(tap.client, tap.server, strict=True))


def streams():
    clear, secret = conversations()
    return [Stream("client", clear[0]), Stream("server", clear[1]),
            Stream("client", secret[0], "to TLS", recognised="tls", in_matrix=False),
            Stream("server", secret[1], "to TLS", recognised="tls", in_matrix=False)]


def ends(stream):
    server = stream.role == "server"
    if not stream.name:
        return pdu_ends(stream.data, PORT, "mysql", server)
    first = pdu_ends(stream.writes[0], PORT, "mysql", True)[0] if server else SSL_REQUEST
    records = lengths(stream.data[first:], 443, "tls.record.length", server)
    return list(itertools.accumulate((first, *(RECORD_HEADER + length for length in records))))


def proves(sent, offered):
    """A command inside of a packet that goes on."""
    return sent[:3] == b"\xff\xff\xff" and offered[3:4] == b"\0"


GREETING = b"\5\0\0\0\x0a8.0\0"
RESPONSE = b"\x20\0\0\1" + bytes(32)
WRONG = {
    "a first packet with another number": ("client", b"\5\0\0\2abcde"),
    "a greeting of another protocol": ("server", b"\5\0\0\0\x0babcd"),
    "a handshake response that is too short": ("client", b"\x1f\0\0\1" + bytes(31)),
    "a number out of turn": ("client", RESPONSE + b"\1\0\0\7a"),
    "a server's number out of turn": ("server", GREETING + b"\1\0\0\x09a"),
    "HTTP": ("server", b"HTTP/1.1 200 OK\r\n"),
}
