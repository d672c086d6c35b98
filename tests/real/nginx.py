"""nginx with everything it touches in a directory of its own."""

import os
import signal
from pathlib import Path

from .free_port import start_on_free_port

CONFIGURATION = """
{user}
daemon off;
master_process {master};
worker_processes 1;
pid {home}/pid;
error_log {home}/error.log info;
events {{ }}
http {{
    access_log {home}/access.log;
    client_body_temp_path {home}/client_body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    sendfile {sendfile};
    server {{
        listen 127.0.0.1:{port} {options};
        {more}
        root {root};
    }}
}}
"""


class Nginx:
    """A running server: its program and the address it listens on."""

    def __init__(self, start, home, root, *, sendfile="off", master="off", options="", more="",
                 small_send_buffer=True):
        self.home = Path(home)
        self.home.mkdir(exist_ok=True)
        user = "user root;" if os.geteuid() == 0 else ""

        def launch(port):
            path = self.home / "nginx.conf"
            path.write_text(CONFIGURATION.format(home=home, root=root, port=port, user=user, master=master,
                                                 sendfile=sendfile, options=options, more=more))
            return start("nginx", "-e", self.home / "error.log", "-c", path, small_send_buffer=small_send_buffer)

        self.program, self.address = start_on_free_port(launch, lambda _: self.is_ready(master))

    def is_ready(self, master):
        """The pid file is written when the sockets listen; a master then starts its worker."""
        try:
            process = int((self.home / "pid").read_text())
            children = Path(f"/proc/{process}/task/{process}/children").read_text()
        except (FileNotFoundError, ValueError):
            return False
        return master == "off" or bool(children)

    def complaints(self, clients_vanished):
        """What the error log says at level warn and above, and at any level about broken pipes."""
        lines = (self.home / "error.log").read_text().splitlines()
        return [line for line in lines
                if any(f"[{level}]" in line for level in ("warn", "error", "crit", "alert", "emerg"))
                or "roken pipe" in line and not clients_vanished]

    def assert_stopped_well(self, clients_vanished=False):
        assert (self.program.stop(signal.SIGQUIT), self.program.errors()) == (0, "")
        assert self.complaints(clients_vanished) == []
