"""OpenLDAP's server with its clients, in cleartext and with StartTLS."""

import base64

import pytest

from real.free_port import listens, start_on_free_port

from . import counts
from .checks import assert_counted, play

CONFIGURATION = """
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {home}/pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {certificate}
sizelimit unlimited
sockbuf_max_incoming_auth 9000000
database mdb
maxsize 90000000
suffix "dc=example"
rootdn "cn=admin,dc=example"
rootpw secret
directory {home}
dbnosync
"""
BASE = "dn: dc=example\nobjectClass: dcObject\nobjectClass: organization\no: example\ndc: example\n\n"
ENTRY = "dn: cn=person{0},dc=example\nobjectClass: person\ncn: person{0}\nsn: {0}\ndescription:: {1}\n\n"
PEOPLE = "".join(ENTRY.format(number, base64.b64encode(b"x" * (1 + number)).decode()) for number in range(150))
BIG = ENTRY.format("big", base64.b64encode(b"y" * 2_000_000).decode())
ADMIN = ["-D", "cn=admin,dc=example", "-w", "secret"]
COMMON = ["-x", "-H", "ldap://127.0.0.1:PORT"]


def script(tls):
    """(words, what they read) of clients, one after the other."""
    common = [*COMMON, *["-ZZ"] * tls]
    return [(["ldapadd", *common, *ADMIN, "-c"], BASE + PEOPLE + BASE + BIG),
            (["ldapsearch", *common, "-LLL", "-b", "dc=example", "-E", "pr=40/noprompt", "(!(sn=big))"], ""),
            (["ldapsearch", *common, "-LLL", "-b", "dc=example", "-o", "ldif-wrap=no", "sn=big"], ""),
            (["ldapdelete", *common, *ADMIN, "cn=person7,dc=example", "cn=nobody,dc=example"], ""),
            (["ldapwhoami", *common], "")]


def serve(stage, certificate, guarded, slow):
    home = stage.home(f"data{len(stage.actors)}")
    (home / "slapd.conf").write_text(CONFIGURATION.format(home=home, certificate=certificate))

    def launch(port):
        return stage.start("slapd", "-f", home / "slapd.conf", "-h", f"ldap://127.0.0.1:{port}", "-d", "256",
                           rules=f"port:{port}=ldap" if guarded else None, small_send_buffer=slow)

    def is_ready(started):
        """It says that it starts before it listens."""
        return "slapd starting" in started.errors() and listens(int(started.argv[4].rpartition(":")[2]))

    return start_on_free_port(launch, is_ready)


def talk(stage, certificate, guarded, tls, slow=False):
    server, address = serve(stage, certificate, guarded, slow)
    framing = "ldap" if guarded else None
    return server, [play(stage, address, words, framing, slow, stdin=read.encode(), LDAPTLS_REQCERT="never")
                    for words, read in script(tls)]


@pytest.mark.parametrize("tls, slow", [(False, False), (False, True), (True, False)], ids=["", "slow", "StartTLS"])
def test_clients(stage, certificate, tls, slow):
    _, bare = talk(stage, certificate, False, tls)
    server, guarded = talk(stage, certificate, True, tls, slow)
    assert [client.outcome() for client, _ in guarded] == [client.outcome() for client, _ in bare]
    assert [client.outcome()[0] for client, _ in guarded] == [68, 0, 0, 32, 0]
    server.assert_undisturbed(cut=slow)
    for client, _ in guarded:
        client.assert_undisturbed()
    assert_counted(server, counts.ldap, *guarded)
