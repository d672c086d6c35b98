"""A real PostgreSQL server, in a temporary directory."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from .tap import SECONDS, free_port, run, running

USER = "postgres"
HBA = """local all all trust
host all word 127.0.0.1/32 scram-sha-256
host all,replication all 127.0.0.1/32 trust
"""


def program(name):
    return max(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))


def as_user():
    """The server refuses to run as root."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


def make_certificate(directory):
    """A key that others can read is refused."""
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=server", "-keyout", directory / "server.key", "-out", directory / "server.crt"], **as_user())
    (directory / "server.key").chmod(0o600)


def make_cluster(directory):
    run([program("initdb"), "-D", directory / "data", "-U", USER, "--no-sync", "--no-instructions", "--no-locale"],
        **as_user())
    (directory / "data/pg_hba.conf").write_text(HBA, encoding="ascii")
    make_certificate(directory / "data")


def is_ready(port):
    """It listens long before it lets anybody in."""
    asked = subprocess.run([program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)], check=False, timeout=SECONDS)
    return asked.returncode == 0


@contextlib.contextmanager
def postgres():
    """Its port and the path of its socket. User postgres needs no password, a user `word` does; TLS is off, but there is a certificate."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        directory = pathlib.Path(name)
        if as_user():
            shutil.chown(directory, USER)
        make_cluster(directory)
        port = free_port()
        server = [program("postgres"), "-D", directory / "data", "-p", port, "-h", "127.0.0.1", "-k", directory, "-F",
                  "-c", "shared_buffers=1MB"]
        with running(server, lambda: is_ready(port), **as_user()):
            yield port, str(directory / f".s.PGSQL.{port}")
