"""LDAP, and what follows a bind that installs a security layer, or StartTLS."""

import contextlib
import functools
import pathlib
import tempfile

import ldap3

from .. import erlang
from ..tap import listening, run, tcp_tap
from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-ldap3, ldap-utils, slapd"
PARSER = "tshark; erlang:decode_packet/3 for a security layer and TLS"
PORT = 389

ADMIN, SECRET = "cn=admin,dc=test", "secret"
CONFIGURATION = """
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
sasl-host localhost
authz-regexp uid=([^,]*),cn=digest-md5,cn=auth cn=$1,dc=test
TLSCertificateFile {path}/certificate
TLSCertificateKeyFile {path}/key
pidfile {path}/pid
database mdb
suffix dc=test
rootdn {admin}
rootpw {secret}
directory {path}
"""
ENTRIES = f"""
dn: dc=test
objectClass: dcObject
objectClass: organization
dc: test
o: test

dn: {ADMIN}
objectClass: person
cn: admin
sn: admin
userPassword: {SECRET}
"""


@contextlib.contextmanager
def slapd():
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory)
        run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout",
             path / "key", "-out", path / "certificate"])
        configuration, entries = path / "slapd.conf", path / "entries"
        configuration.write_text(CONFIGURATION.format(path=path, admin=ADMIN, secret=SECRET), encoding="ascii")
        entries.write_text(ENTRIES, encoding="ascii")
        run(["slapadd", "-f", configuration, "-l", entries])
        with listening(lambda port: ["slapd", "-d", "0", "-f", configuration, "-h", f"ldap://127.0.0.1:{port}"]) as port:
            yield port


def talk(port):
    server = ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE)
    with ldap3.Connection(server, ADMIN, SECRET) as connection:
        connection.add("cn=someone,dc=test", "person", {"sn": "x" * 150, "description": ["y" * 300, "z"]})
        connection.modify("cn=someone,dc=test", {"sn": [(ldap3.MODIFY_REPLACE, ["short"])]})
        connection.search("dc=test", "(|(cn=a*)(sn=short))", attributes=["*"])
        connection.compare("cn=someone,dc=test", "sn", "other")
        connection.extend.standard.who_am_i()
        connection.delete("cn=someone,dc=test")
        connection.search("dc=test", "(cn=admin)", attributes=["cn"])


def search(port, *options):
    run(["ldapsearch", "-LLL", "-o", "nettimeout=20", "-H", f"ldap://localhost:{port}", "-b", "dc=test", *options],
        env={"LDAPTLS_REQCERT": "never"})


@functools.cache
def conversations():
    """The writes of both sides, for each way."""
    with slapd() as port, tcp_tap(port) as tap:
        tapped = tap.listener.getsockname()[1]
        talk(tapped)
        search(tapped, "-x")
        search(tapped, "-Y", "DIGEST-MD5", "-U", "admin", "-w", SECRET, "-O", "minssf=56")
        search(tapped, "-x", "-ZZ")
    return dict(zip(("ldap3", "ldapsearch", "layer", "TLS"), zip(tap.client, tap.server, strict=True), strict=True))


def streams():
    return [Stream(role, writes, name, in_matrix=name != "TLS", recognised="tls" if name == "TLS" else "")
            for name, sides in conversations().items() for role, writes in zip(("client", "server"), sides)]


LATER = {"layer": (2, 4), "TLS": (1, "ssl_tls")}  # messages of LDAP, and what comes behind them


def ends(stream):
    plain, kind = LATER.get(stream.name, (None, None))
    found = pdu_ends(stream.data, PORT, "ldap", stream.role == "server")[:plain]
    if kind:
        found += [found[-1] + end for end in erlang.packet_ends(kind, stream.data[found[-1]:])]
    return found


BIND = b"\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0"
WRONG = {
    "no SEQUENCE": ("client", BIND + b"\x31\1a"),
    "an indefinite length": ("server", b"\x30\x80"),
    "a length of 5 bytes": ("client", b"\x30\x85\0\0\0\0\5"),
    "a security layer before a bind": ("client", b"\0\0\0\5abcde"),
    "no security layer any more": ("server", BIND + b"\0\0\0\1a" + BIND),
    "a line of text": ("client", b"GET / HTTP/1.1\r\n"),
}
