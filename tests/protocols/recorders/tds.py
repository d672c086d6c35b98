"""SQL Server's protocol and Sybase's, between clients and a server that knows no SQL."""

import functools
import itertools
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile

import pytds

from .. import tshark
from ..tap import SECONDS, run
from ..tds_server import BLOCK, NOT_SUPPORTED, OFF, ON, Server
from . import Stream

SERIALIZER = "python3-tds, FreeTDS (tsql)"
PARSER = "tshark"
PORT = 1433
END = 1
TSQL = b"select 1\ngo\nselect " + b"2" * 300 + b"\ngo\nselect 3\ngo\nexit\n"


def make_certificate(directory):
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=server", "-keyout", directory / "key", "-out", directory / "certificate"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # as it must be where the records begin inside of packets
    context.load_cert_chain(directory / "certificate", directory / "key")
    return context


def pytds_talks(address, encryption, certificate):
    options = {} if encryption == NOT_SUPPORTED else {
        "cafile": str(certificate), "validate_host": False, "enc_login_only": encryption == OFF}
    client = socket.create_connection(address, SECONDS)
    connection = pytds.connect("server", user="u", password="p", sock=client, blocksize=BLOCK, autocommit=True, **options)
    with client, connection, connection.cursor() as cursor:
        for statement, parameters in (("do", ()), ("select %s", ("x" * 10,)), ("select " + "1" * 50, ()), ("end", ())):
            cursor.execute(statement, parameters)
        columns = [pytds.Column(name, type=pytds.tds_types.IntType()) for name in "ab"]
        cursor.copy_to(data=[(row, row) for row in range(9)], table_or_view="t", columns=columns)
        cursor.execute("last")


def tsql_talks(version, address, *_):
    host, port = address
    argv = ["tsql", "-H", host, "-p", str(port), "-U", "u", "-P", "p"]
    subprocess.run(argv, input=TSQL, env={**os.environ, "TDSVER": version}, check=True, capture_output=True, timeout=SECONDS)


KINDS = {
    "not encrypted": (NOT_SUPPORTED, pytds_talks), "login encrypted": (OFF, pytds_talks), "encrypted": (ON, pytds_talks),
    "FreeTDS": (OFF, functools.partial(tsql_talks, "7.4")), "Sybase": (NOT_SUPPORTED, functools.partial(tsql_talks, "5.0")),
}


@functools.cache
def conversations():
    """What is kept of each server."""
    servers = {}
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as listener:
        directory = pathlib.Path(name)
        context = make_certificate(directory)
        listener.settimeout(SECONDS)
        for kind, (encryption, talk) in KINDS.items():
            servers[kind] = Server(listener, encryption, context)
            servers[kind].start()
            talk(listener.getsockname(), encryption, directory / "certificate")
            servers[kind].join(SECONDS)
    return servers


def streams():
    for name, role in itertools.product(KINDS, ("client", "server")):
        writes = [piece.data for piece in getattr(conversations()[name], role)]
        yield Stream(role, writes, name, in_matrix=name not in ("FreeTDS", "Sybase"))


def pieces_of(stream):
    return getattr(conversations()[stream.name], stream.role)


def together(stream, kind):
    return b"".join(piece.data for piece in pieces_of(stream) if piece.kind == kind)


def packets(stream):
    """The messages that TDS packets make: how long they are."""
    columns = tshark.run(together(stream, "tds"), PORT, stream.role == "server", "-d", f"tcp.port=={PORT},tds", "-T",
                         "fields", "-e", "tds.length", "-e", "tds.status").decode().strip().split("\t")
    length = 0
    for more, status in zip(*(column.split(",") for column in columns)):
        length += int(more)
        if int(status, 0) & END:
            yield length
            length = 0


def records(stream):
    data = together(stream, "tls")
    if data:
        for length in tshark.lengths(data, PORT, "tls.record.length", stream.role == "server", "tls"):
            yield 5 + length


def ends(stream):
    """Both kinds, in the order in which they were written."""
    lengths = {"tds": packets(stream), "tls": records(stream)}
    found, at = [], 0
    for kind, group in itertools.groupby(pieces_of(stream), lambda piece: piece.kind):
        end = at + sum(len(piece.data) for piece in group)
        while at < end:
            at += next(lengths[kind])
            found.append(at)
    return found


def proves(sent, offered):
    """A packet of another type, between those of a message."""
    while len(sent) >= 8 and int.from_bytes(sent[2:4], "big") <= len(sent):
        kind, sent = sent[0], sent[int.from_bytes(sent[2:4], "big"):]
    return not sent and len(offered) >= 8 and offered[0] in (1, 2, 3, 4, 7, 8, *range(14, 19)) and offered[0] != kind


WRONG = {
    "a type that is none": ("client", b"\x13\1\0\x09\0\0\1\0x"),
    "no type": ("client", b"\0\1\0\x09\0\0\1\0x"),
    "a status that is none": ("client", b"\1\x81\0\x09\0\0\1\0x"),
    "a length without its header": ("server", b"\4\1\0\7\0\0\1\0"),
    "another type inside of a message": ("client", b"\1\0\0\x09\0\0\1\0x\3\1\0\x09\0\0\2\0y"),
    "a TLS record inside of a message": ("client", b"\1\0\0\x09\0\0\1\0x\x17\3\3\0\1y"),
    "a record that is too long": ("client", b"\x16\3\1\x60\0"),
    "a record of another version": ("client", b"\x16\2\1\0\1x"),
    "an SMP packet without its header": ("client", b"S\1\0\0\x0f\0\0\0"),
    "HTTP": ("client", b"GET / HTTP/1.1\r\n"),
}
