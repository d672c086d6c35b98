"""Counts the system calls of real servers and their clients."""

import functools
import re
import tempfile
from collections import Counter
from pathlib import Path

import cost
import servers
import variants

REDIS = next(pair for pair in servers.PAIRS if pair.serve is servers.redis)
NGINX = next(pair for pair in servers.PAIRS if pair.serve is servers.nginx)
ENOUGH = 200  # requests, so that what a process does once is less than one of each
MOST_SECONDS = 8


def traced(command, added, table):
    """strace itself stays bare."""
    inside = [word for name, value in added.items() for word in ("-E", f"{name}={value}")]
    return ["strace", "-f", "-I", "2", "-c", "-U", "name,calls", "-o", table, *inside, *command]


def counts(table):
    rows = re.findall(r"^(\w+) +(\d+)$", table.read_text(encoding="ascii"), re.MULTILINE)
    return Counter({name: int(calls) for name, calls in rows if name != "total"})


def run(pair, is_guarded, client):
    """What the client printed, its system calls, and the server's, for one run of the client."""
    added = variants.guarded(pair.framing).added if is_guarded else {}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        wrapped = pair._replace(serve=lambda where, port: traced(pair.serve(where, port), added, home / "server"))
        with servers.Server(wrapped, home, cost.environment(None)) as server:
            printed = cost.run(traced(client(server.port), added, home / "client"), cost.environment(None))
        return printed, counts(home / "client"), counts(home / "server")


def redis_calls(is_guarded, requests):
    _, *sides = run(REDIS, is_guarded, lambda port: ["redis-benchmark", "-p", port, "-t", "set,get", "-c", "1", "-n", requests,
                                                     "--csv"])
    return sides


def of_one(calls, requests):
    """What a process does once, or once in a while, is none of a request."""
    return {name: round(count / requests) for name, count in calls.items() if round(count / requests)}


@functools.lru_cache(maxsize=None)
def redis(is_guarded, more=400):
    """Name -> calls of one SET and one GET, of the client and of the server."""
    fewer, many = redis_calls(is_guarded, 100), redis_calls(is_guarded, 100 + more)
    return [of_one({name: some[name] - few[name] for name in some}, more) for few, some in zip(fewer, many)]


@functools.lru_cache(maxsize=None)
def nginx(is_guarded, sendfile):
    """Name -> calls of one request, of wrk and of nginx."""
    pair = NGINX._replace(serve=functools.partial(servers.nginx, sendfile=sendfile))
    seconds, requests = 1, 0
    while requests < ENOUGH and seconds <= MOST_SECONDS:
        printed, *sides = run(pair, is_guarded, lambda port, duration=seconds: [
            "wrk", "-t", "1", "-c", "1", "-d", f"{duration}s", f"http://127.0.0.1:{port}/"])
        requests = int(re.search(r"(\d+) requests in", printed)[1])
        seconds *= 2
    assert requests >= ENOUGH
    return [of_one(side, requests) for side in sides]
