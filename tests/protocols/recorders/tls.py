"""TLS 1.2 and 1.3 records."""

import itertools
import pathlib
import ssl
import subprocess
import tempfile

from .. import gnutls
from ..tshark import lengths
from . import Stream

SERIALIZER = "OpenSSL, GnuTLS"
PARSER = "tshark"
PORT, HEADER = 443, 5
SECONDS = 30


class Peer:
    """OpenSSL, without a network; `writes` is what it would have written."""

    def __init__(self, context, server):
        self.incoming, self.outgoing, self.writes = ssl.MemoryBIO(), ssl.MemoryBIO(), []
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=server)

    def flush(self, other):
        data = self.outgoing.read()
        if data:
            self.writes.append(data)
            other.incoming.write(data)
        return bool(data)

    def shake_hands(self, other):
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.flush(other)

    def write(self, data, other):
        self.tls.write(data)
        self.flush(other)

    def close(self, other):
        try:
            self.tls.unwrap()
        except ssl.SSLError:  # the other's data has not been read
            pass
        self.flush(other)


def contexts(version, certificate):
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.minimum_version = client.maximum_version = version
    return client, server


def by_openssl(version, certificate, sizes):
    client_context, server_context = contexts(version, certificate)
    client, server = Peer(client_context, False), Peer(server_context, True)
    while client.shake_hands(server) | server.shake_hands(client):
        pass
    for size in sizes:
        client.write(bytes(size), server)
        server.write(bytes(size), client)
    client.close(server)
    server.close(client)
    return client.writes, server.writes


def make_certificate(path):
    """Key and certificate in one file."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=localhost", "-days", "2", "-keyout", path, "-out", path.with_suffix(".crt")],
                   check=True, capture_output=True, timeout=SECONDS)
    with open(path, "ab") as both:
        both.write(path.with_suffix(".crt").read_bytes())


def streams():
    small, large = (100, 1, 30), (1, 16384, 16385, 50000, 5)
    with tempfile.TemporaryDirectory() as directory:
        certificate = pathlib.Path(directory) / "certificate.pem"
        make_certificate(certificate)
        tls12, tls13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
        conversations = {
            "1.2": by_openssl(tls12, certificate, small), "1.3": by_openssl(tls13, certificate, small),
            "1.2 large": by_openssl(tls12, certificate, large), "1.3 large": by_openssl(tls13, certificate, large),
            **{f"{version} GnuTLS": gnutls.conversation(f"NORMAL:-VERS-TLS-ALL:+VERS-TLS{version}", certificate, small)
               for version in ("1.2", "1.3")},
        }
    return [Stream(role, writes, name, in_matrix=name == "1.2")
            for name, conversation in conversations.items() for role, writes in zip(("client", "server"), conversation)]


def ends(stream):
    records = lengths(stream.data, PORT, "tls.record.length", stream.role == "server", "tls")
    return list(itertools.accumulate(HEADER + length for length in records))


HELLO = b"\x16\3\1\0\5\1\0\0\1a"

WRONG = {
    "an HTTP request": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "a record of no type below": ("client", b"\x13\3\3\0\1a"),
    "a record of no type above": ("server", HELLO + b"\x19\3\3\0\1a"),
    "another major version": ("client", b"\x16\2\0\0\5\1\0\0\1a"),
    "a record that is too long": ("server", HELLO + b"\x17\3\3\x48\1"),
    "plain text": ("client", HELLO + b"QUIT\r\n"),
}
