"""Real servers on loopback, each in a directory of its own, bare or guarded; and what a client's run says of its speed."""

import csv
import json
import re
import shutil
import signal
from pathlib import Path
from typing import NamedTuple

from protocols import postgres_server
from real.free_port import start_on_free_port
from real.program import Program

NGINX = """
{user}
daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;
events {{ }}
http {{
    access_log off; sendfile {sendfile}; keepalive_requests 100000000;
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
    server {{ listen 127.0.0.1:{port}; root {home}; }}
}}
"""


def nginx(home, port, sendfile="on"):
    (home / "index.html").write_text("x" * 1000, encoding="ascii")
    (home / "nginx.conf").write_text(NGINX.format(home=home, port=port, sendfile=sendfile,
                                                  user="user root;" if is_root() else ""), encoding="ascii")
    return ["nginx", "-e", home / "error.log", "-c", home / "nginx.conf"]


def redis(_home, port):
    return ["redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"]


def postgres(home, port):
    if not (home / "data").exists():
        if is_root():
            shutil.chown(home, postgres_server.USER)
        postgres_server.make_cluster(home)
    return [postgres_server.program("postgres"), "-D", home / "data", "-p", port, "-h", "127.0.0.1", "-k", home, "-F"]


def iperf3(_home, port):
    return ["iperf3", "-s", "-B", "127.0.0.1", "-p", port]


def listens(port):
    """Without a connection, which a server that counts them, or serves one at a time, would take for a client."""
    sockets = (line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:])
    return any((socket[1], socket[3]) == (f"0100007F:{port:04X}", "0A") for socket in sockets)


def is_root():
    return bool(postgres_server.as_user())


class Pair(NamedTuple):
    """A server and its client."""

    name: str
    framing: str
    unit: str
    serve: object  # home, port -> command
    client: object  # port, is it quick -> command
    speed: object  # what the client printed -> units a second
    once: object = lambda port: []  # a command that fills the server
    user: str = ""
    needs: tuple = ()  # programs, beside the client
    ready: str = ""  # what the server says when it is
    stop: int = signal.SIGTERM


def redis_client(pipeline, requests):
    return lambda port, quick: ["redis-benchmark", "-p", port, "-t", "set,get", "-P", pipeline, "-n",
                                2000 if quick else requests, "--csv"]


def redis_speed(text):
    """SET and GET together: requests over the time that both took."""
    speeds = [float(row[1]) for row in csv.reader(text.splitlines()) if row and row[0] in ("SET", "GET")]
    return len(speeds) / sum(1 / speed for speed in speeds)


def wrk_client(port, _quick):
    return ["wrk", "-t", "1", "-c", "16", "-d", "1s", f"http://127.0.0.1:{port}/"]


def wrk_speed(text):
    if "Non-2xx" in text:
        raise RuntimeError(text)
    return float(re.search(r"Requests/sec: +([\d.]+)", text)[1])


def pgbench_client(port, quick):
    return ["pgbench", "-h", "127.0.0.1", "-p", port, "-U", postgres_server.USER, "-n", "-S", "-c", "4", "-t",
            50 if quick else 1500, "postgres"]


def pgbench_once(port):
    return ["pgbench", "-h", "127.0.0.1", "-p", port, "-U", postgres_server.USER, "-i", "-q", "postgres"]


def pgbench_speed(text):
    return float(re.search(r"^tps = ([\d.]+)", text, re.MULTILINE)[1])


class Busy(Exception):
    """Try again."""


def iperf3_client(port, quick):
    return ["iperf3", "-c", "127.0.0.1", "-p", port, "-J", "-n", "20M" if quick else "3G"]


def iperf3_speed(text):
    """The server turns a client away while it still clears up after the one before."""
    if "error" in json.loads(text):
        raise Busy(json.loads(text)["error"])
    return json.loads(text)["end"]["sum_received"]["bits_per_second"] / 8e9


PAIRS = [
    Pair("redis-benchmark -P 1", "redis", "requests/s", redis, redis_client(1, 30000), redis_speed, needs=("redis-server",)),
    Pair("redis-benchmark -P 64", "redis", "requests/s", redis, redis_client(64, 500000), redis_speed, needs=("redis-server",)),
    Pair("wrk, nginx", "http1", "requests/s", nginx, wrk_client, wrk_speed, needs=("nginx",)),
    Pair("pgbench -S", "postgres", "transactions/s", postgres, pgbench_client, pgbench_speed, pgbench_once,
         postgres_server.USER, ready="ready to accept connections", stop=signal.SIGINT),
    Pair("iperf3", "call", "GB/s", iperf3, iperf3_client, iperf3_speed),
]


class Server:
    """A running one. What it wrote is in its directory."""

    def __init__(self, pair, home, environment):
        self.pair, self.home, self.port = pair, Path(home), None
        self.user = pair.user if pair.user and is_root() else None
        self.program, _ = start_on_free_port(lambda port: self.launch(port, environment), self.is_ready)

    def launch(self, port, environment):
        self.port = port
        return Program(self.pair.serve(self.home, port), environment, self.home, user=self.user)

    def is_ready(self, program):
        return listens(self.port) and self.pair.ready in program.errors() + program.output()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.popen.send_signal(self.pair.stop)
        try:
            self.program.finish()
        finally:
            self.program.clear_away()
