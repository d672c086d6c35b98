"""MariaDB's server with its client, in cleartext, inside TLS and compressed."""

import os

import pytest

from real.free_port import start_on_free_port

from . import counts
from .checks import assert_counted, play

CLIENT = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", "PORT", "-u", "root", "--batch", "--force", "--local-infile",
          "--max-allowed-packet=64M"]
FAST = ["--innodb-log-file-size=4M", "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0", "--sync-frm=0"]
FULL = (1 << 24) - 1  # bytes of a packet that goes on in the next

SCRIPT = """
create database d; use d;
create table t (number int, text longtext);
insert into t select seq, repeat('x', seq) from seq_1_to_300;
select count(*), sum(length(text)) from t;
select * from t where number < 40;
wrong;
select 1; select 2; do 1;
load data local infile 'FILE' into table t fields terminated by '~';
select count(*), sum(number) from t;
prepare statement from 'select ?, ?'; set @one = 'one'; execute statement using @one, @one; deallocate prepare statement;
select 'the end';
drop database d;
"""
ROWS = b"".join(b"%d~row%d\n" % (number, number) for number in range(2_000, 90_000))
# Four packets, of which one is in the middle of a statement, and one behind a value is empty.
LONG = "select length('%s'); select repeat('y', %d);" % ("x" * FULL, FULL - 4)
MODES = {"plain": (["--skip-ssl"], counts.mysql), "TLS": (["--ssl"], counts.mysql),
         "compressed": (["--skip-ssl", "--compress"], counts.mysql_compressed)}


@pytest.fixture(scope="module")
def tables(house):
    """The directory of the server's data."""
    home = house.home("mariadb")
    actor = house.play("mariadb-install-db", "--no-defaults", f"--datadir={home}/data", "--skip-test-db",
                       "--auth-root-authentication-method=normal", *FAST, *as_root())
    assert actor.outcome()[0] == 0, actor.outcome()
    return home


def as_root():
    return ["--user=root"] if os.geteuid() == 0 else []


def serve(stage, home, certificate, guarded):
    def launch(port):
        return stage.start("mariadbd", "--no-defaults", f"--datadir={home}/data", "--bind-address=127.0.0.1", f"--port={port}",
                           f"--socket={home}/socket", f"--pid-file={home}/pid", *FAST,
                           f"--ssl-cert={certificate}", f"--ssl-key={certificate}", "--max-allowed-packet=64M",
                           *as_root(),
                           rules=f"port:{port}=mysql" if guarded else None, small_send_buffer=True)

    return start_on_free_port(launch, lambda started: "ready for connections" in started.errors())


def talk(stage, home, certificate, guarded, words, script, slow=False):
    server, address = serve(stage, home, certificate, guarded)
    client, proxy = play(stage, address, words, "mysql" if guarded else None, slow, stdin=script.encode())
    assert server.stop() == 0
    return client, server, proxy


def both(stage, home, certificate, words, script, counted, slow=False):
    """Plays it without guards and with them."""
    bare, *_ = talk(stage, home, certificate, False, words, script)
    client, server, proxy = talk(stage, home, certificate, True, words, script, slow)
    assert client.outcome() == bare.outcome()
    client.assert_undisturbed()
    server.assert_undisturbed(cut=slow)
    assert_counted(server, counted, (client, proxy))


@pytest.mark.parametrize("mode", MODES)
def test_statements(stage, tables, certificate, tmp_path, mode):
    (tmp_path / "rows").write_bytes(ROWS)
    options, counted = MODES[mode]
    both(stage, tables, certificate, [*CLIENT, *options], SCRIPT.replace("FILE", str(tmp_path / "rows")), counted)


def test_messages_longer_than_a_packet(stage, tables, certificate):
    both(stage, tables, certificate, [*CLIENT, "--skip-ssl"], LONG, counts.mysql, slow=True)
