"""MySQL's and MariaDB's protocol, between real clients and a real server."""

import itertools
import subprocess

import pymysql

from .. import tshark
from ..mariadb_server import mariadb
from ..tap import SECONDS, tcp_tap
from . import Stream

SERIALIZER = "python3-pymysql, mariadb-client (libmariadb), mariadb-server"
PARSER = "tshark"
PORT = 3306
ROWS = b"1,one\n2,two\n"
SCRIPT = b"select 1 from (select 1 union all select 2) a; do 1; select " + b"1" * 100 + b" c, repeat('x', 300);"


def plain(port, directory):
    rows = directory / "rows"
    rows.write_bytes(ROWS)
    with pymysql.connect(host="127.0.0.1", port=port, local_infile=True) as connection, connection.cursor() as cursor:
        cursor.execute("select 1, null, repeat('x', 300)")
        connection.ping()
        cursor.execute("create database d")
        cursor.execute("create table d.t (a int, b text)")
        cursor.execute(f"load data local infile '{rows}' into table d.t fields terminated by ','")
        cursor.execute("select * from d.t")


def client(port, script, *options):
    command = ["mariadb", "--no-defaults", "--host=127.0.0.1", f"--port={port}", *options]
    subprocess.run(command, input=script, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL)


SESSIONS = {
    "plain": plain,
    "TLS": lambda port, _: client(port, SCRIPT, "--ssl"),
    "compressed": lambda port, _: client(port, SCRIPT, "--skip-ssl", "--compress"),
    "compressed from a short answer on": lambda port, _: client(port, b"do 1;" + SCRIPT, "--skip-ssl", "--compress"),
}

CONVERSATIONS = {}


def streams():
    with mariadb() as (port, directory), tcp_tap(port) as tap:
        for session in SESSIONS.values():
            session(tap.listener.getsockname()[1], directory)
    for name, one, other in zip(SESSIONS, tap.server, tap.client):
        CONVERSATIONS[name] = one, other[:-1]  # without the goodbye
        yield from (Stream(role, writes, name, recognised="tls" if name == "TLS" else "")
                    for role, writes in zip(("server", "client"), CONVERSATIONS[name]))


def in_turn(name):
    """The server begins."""
    turns = itertools.zip_longest(*([(is_server, write) for write in writes]
                                    for is_server, writes in zip((True, False), CONVERSATIONS[name])))
    return list(filter(None, itertools.chain.from_iterable(turns)))


def totals(line):
    """How long the packets or records are that tshark sees end in a segment."""
    compressed, packets, records = ([int(number) for number in column.split(",") if number]
                                    for column in line.split("\t"))
    if compressed:
        return [7 + length for length in compressed]
    return [4 + length for length in packets] + [5 + length for length in records]


def ends(stream):
    side = "src" if stream.role == "server" else "dst"
    columns = ("mysql.compressed_packet_length", "mysql.packet_length", "tls.record.length")
    out = tshark.run_conversation(in_turn(stream.name), PORT, "-d", f"tcp.port=={PORT},mysql", "-Y",
                                  f"tcp.{side}port == {PORT}", "-T", "fields",
                                  *itertools.chain.from_iterable(("-e", column) for column in columns))
    return list(itertools.accumulate(itertools.chain.from_iterable(map(totals, out.decode().splitlines()))))


WRONG = {
    "a greeting of another version": ("server", b"\x0a\0\0\0\x0b5.5.5-10"),
    "a greeting without end": ("server", b"\0\0\1\0\x0a5.5.5-10"),
    "an answer with another number": ("client", b"\x22\0\0\0\x85\xa2\x3a\0"),
    "an answer that is too short": ("client", b"\3\0\0\1\x85\xa2\x3a"),
    "HTTP": ("client", b"GET / HTTP/1.1\r\n"),
    "text of a server": ("server", b"220 mail.example ESMTP\r\n"),
}
