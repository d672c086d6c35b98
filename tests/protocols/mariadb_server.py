"""A real MariaDB server, in a temporary directory, without grant tables: everybody may come in."""

import contextlib
import os
import pathlib
import shutil
import tempfile

from .tap import listening, run

USER = "mysql"


def as_user():
    """The server refuses to run as root."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


def argv(directory, port):
    return ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={directory}", f"--socket={directory}/socket",
            f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={directory}/pid", "--skip-grant-tables",
            "--skip-innodb", "--default-storage-engine=Aria", "--skip-log-bin", "--local-infile=1",
            f"--ssl-cert={directory}/server.crt", f"--ssl-key={directory}/server.key"]


@contextlib.contextmanager
def mariadb():
    """Its port, and its directory."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        directory = pathlib.Path(name)
        if as_user():
            shutil.chown(directory, USER)
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-subj", "/CN=server", "-keyout", directory / "server.key", "-out", directory / "server.crt"],
            **as_user())
        with listening(lambda port: argv(directory, port), **as_user()) as port:
            yield port, directory
