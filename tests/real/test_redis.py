"""redis-server, redis-cli and redis-benchmark."""

import subprocess

import pytest

from .free_port import start_on_free_port
from .slow_reader import SlowReader, accept, connect, digest, drain, listen, wait_until_blocked

pytestmark = pytest.mark.parametrize("guard", ["bare", "default", "call", "strict"], indirect=True)

BIG = 1 << 20


def serve(start, small_send_buffer):
    def launch(port):
        return start("redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no",
                     small_send_buffer=small_send_buffer)

    program, program.address = start_on_free_port(launch, lambda started: "eady to accept" in started.output())
    return program


@pytest.fixture
def server(start):
    return serve(start, small_send_buffer=True)


@pytest.fixture
def fast_server(start):
    return serve(start, small_send_buffer=False)


def assert_stopped_well(server):
    assert (server.stop(), server.errors()) == (0, "")
    complaints = [line for line in server.output().splitlines() if "rror" in line or "roken pipe" in line]
    assert not complaints


def cli(start, server, *words, stdin=None):
    _, port = server.address
    return start("redis-cli", "-p", port, *words, stdin=stdin, small_send_buffer=False)


def command(*words):
    parts = [word if isinstance(word, bytes) else word.encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


def bulk(value):
    return b"$%d\r\n%b\r\n" % (len(value), value)


def test_pipelined_replies_to_slow_reader(guard, start, server, payload):
    value = payload.read_bytes()[:BIG]
    gets = 10
    with connect(server.address) as client:
        client.sendall(command("SET", "big", value) + (command("GET", "big") + command("PING")) * gets)
        assert drain(client, 5) == b"+OK\r\n"
        wait_until_blocked(client, server)
        guard.assert_loaded(server)
        expected = (bulk(value) + b"+PONG\r\n") * gets
        assert digest(drain(SlowReader(client, server), len(expected))) == digest(expected)
    assert_stopped_well(server)
    guard.assert_undisturbed(short_writes=True)


def test_client_on_the_fd_of_one_that_went_away(guard, server, payload):
    value = payload.read_bytes()
    with connect(server.address) as client:
        client.sendall(command("SET", "big", value) + command("GET", "big"))
        wait_until_blocked(client, server)
    with connect(server.address) as client:
        client.sendall(command("GET", "big"))
        wait_until_blocked(client, server)
        assert digest(drain(SlowReader(client, server), len(bulk(value)))) == digest(bulk(value))
    assert_stopped_well(server)
    guard.assert_undisturbed(short_writes=True, allowed=["closed"])


def test_redis_cli_stores_and_fetches_a_big_value(guard, start, fast_server, payload):
    with open(payload, "rb") as value:
        store = cli(start, fast_server, "-x", "SET", "big", stdin=value)
        store.assert_ended_well()
    assert store.output() == "OK\n"
    fetch = cli(start, fast_server, "--raw", "GET", "big")
    fetch.assert_ended_well()
    assert digest(fetch.output_path.read_bytes()) == digest(payload.read_bytes() + b"\n")
    guard.assert_loaded(fast_server)
    assert_stopped_well(fast_server)
    guard.assert_undisturbed()


def test_redis_cli_mass_insertion_to_slow_server(guard, start, payload, tmp_path):
    """redis-cli --pipe writes without blocking and asks for an echo of a random word at the end."""
    value = payload.read_bytes()
    commands = tmp_path / "commands"
    commands.write_bytes(b"".join(command("SET", f"key{at}", value[at:at + 300_000])
                                  for at in range(0, len(value), 300_000)))
    expected = commands.read_bytes()
    with listen() as listener, open(commands, "rb") as stdin:
        program = start("redis-cli", "-p", listener.getsockname()[1], "--pipe", stdin=stdin)
        with accept(listener) as peer:
            wait_until_blocked(peer, program)
            guard.assert_loaded(program)
            assert digest(drain(SlowReader(peer, program), len(expected))) == digest(expected)
            echo = drain(peer, len(command("ECHO", "x" * 20)) + 2).removeprefix(b"\r\n")
            word = echo.split(b"\r\n")[4]
            peer.sendall(b"+OK\r\n" * expected.count(b"$3\r\nSET\r\n") + bulk(word))
            program.assert_ended_well()
    assert "errors: 0, replies: 28" in program.output()
    guard.assert_undisturbed(short_writes=True)


def test_redis_benchmark(guard, start, fast_server):
    """It goes away when it has counted enough, without reading the last replies."""
    _, port = fast_server.address
    benchmark = start("redis-benchmark", "-p", port, "-q", "-n", 1000, "-c", 20, "-P", 16, "-d", 2000,
                      "-t", "set,get,lrange_100", small_send_buffer=False)
    benchmark.assert_ended_well()
    assert benchmark.output().count("requests per second") == 4
    guard.assert_loaded(fast_server)
    assert_stopped_well(fast_server)
    guard.assert_undisturbed(allowed=["closed"])
