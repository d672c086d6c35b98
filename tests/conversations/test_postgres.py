"""PostgreSQL with psql and pgbench, in cleartext and inside TLS."""

import os
import re
import shutil
from pathlib import Path

import pytest

from real.free_port import start_on_free_port

from . import counts
from .checks import assert_counted, play
from .stage import unprivileged

[BINARIES] = Path("/usr/lib/postgresql").glob("*/bin")
DATABASE = ["-h", "localhost", "-p", "PORT", "-U", "tester"]
PSQL = ["psql", "-X", "-a", *DATABASE, "postgres"]
PGBENCH = ["pgbench", *DATABASE, "-n", "-c", "2"]

SCRIPT = """
create temp table t (number int, text text);
insert into t select n, repeat('x', n) from generate_series(1, 300) n;
select count(*), sum(length(text)) from t;
select * from t where number < 40;
wrong;
begin; select 1; select 2 \\; select 3; rollback;
listen channel; notify channel, 'hello';
do $$ begin raise notice 'notice'; end $$;
\\copy t from 'FILE' with (format csv, delimiter '~', null '')
\\copy (select * from t where number < 20) to stdout
select 1 / 0;
prepare statement as select $1::text; execute statement('x');
select repeat('long', 500000) as long;
"""
ROWS = b"".join(b"%d~row%d\n" % (number, number) for number in range(2_000, 30_000))


@pytest.fixture(scope="module")
def cluster(house, certificate):
    """The directory of a database."""
    user = unprivileged("postgres")
    home = house.home("cluster", user)
    actor = house.play(BINARIES / "initdb", "-D", home / "data", "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync",
                       user=user)
    assert actor.outcome()[0] == 0, actor.outcome()
    for name in ("server.key", "server.crt"):
        shutil.copy(certificate, home / "data" / name)
        (home / "data" / name).chmod(0o600)
        shutil.chown(home / "data" / name, user or os.geteuid())
    return home


@pytest.fixture(scope="module")
def tables(house, cluster):
    """pgbench's."""
    initialise = [*PGBENCH[:-2], "-i", "postgres"]
    assert talk(house, cluster, None, initialise, tls=False)[0].outcome()[0] == 0


def serve(stage, cluster, framing):
    def launch(port):
        return stage.start(BINARIES / "postgres", "-D", cluster / "data", "-c", "listen_addresses=127.0.0.1", "-k", cluster,
                           "-p", port, "-c", "fsync=off", "-c", "ssl=on", user=unprivileged("postgres"),
                           rules=framing and f"port:{port}={framing}", small_send_buffer=True)

    return start_on_free_port(launch, lambda started: "ready to accept" in started.errors())


def talk(stage, cluster, framing, words, tls, slow=False):
    server, address = serve(stage, cluster, framing)
    client, proxy = play(stage, address, words, framing, slow,
                         PGSSLMODE="require" if tls else "disable")
    assert server.stop() == 0
    return client, server, proxy


def assert_guarded_well(client, server, proxy, slow=False):
    client.assert_undisturbed(cut=slow)
    server.assert_undisturbed(cut=slow)
    assert_counted(server, counts.postgres, (client, proxy))


def without_processes(outcome):
    status, output, errors = outcome
    return status, re.sub(rb"PID \d+", b"PID", output), errors


@pytest.mark.parametrize("framing, slow", [("postgres", False), ("postgres", True), ("auto", True)], ids=["", "slow", "auto"])
@pytest.mark.parametrize("tls", [False, True], ids=["", "TLS"])
def test_psql(stage, cluster, tmp_path, tls, framing, slow):
    rows, script = tmp_path / "rows", tmp_path / "script"
    rows.write_bytes(ROWS)
    script.write_text(SCRIPT.replace("FILE", str(rows)))
    words = [*PSQL, "-f", script]
    bare, *_ = talk(stage, cluster, None, words, tls)
    guarded = talk(stage, cluster, framing, words, tls, slow)
    assert without_processes(guarded[0].outcome()) == without_processes(bare.outcome())
    assert_guarded_well(*guarded, slow)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("mode, tls", [("simple", False), ("prepared", False), ("extended", True)])
def test_pgbench(stage, cluster, mode, tls):
    guarded = talk(stage, cluster, "postgres", [*PGBENCH, "-t", "20", "-M", mode, "postgres"], tls)
    status, output, errors = guarded[0].outcome()
    assert (status, errors) == (0, b"")
    assert b"processed: 40/40" in output
    assert_guarded_well(*guarded)
