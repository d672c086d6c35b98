"""redis-server with redis-cli and redis-benchmark."""

import pytest

from real.free_port import start_on_free_port

from . import counts
from .checks import assert_counted, play

CLI = ["redis-cli", "-p", "PORT"]
COMMANDS = b"""
SET key value
SET empty ""
GET none
MSET a 1 b 2 c 3
MGET a b none c
LPUSH list x y z
LRANGE list 0 -1
MULTI
INCR a
HSET hash field value
EXEC
HGETALL hash
EVAL "return {1, {2, {3, {}}}, 'x'}" 0
NOSUCHCOMMAND
PING
"""


def serve(stage, guarded=True, slow=False):
    def launch(port):
        return stage.start("redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no",
                           rules=f"port:{port}=redis" if guarded else None, small_send_buffer=slow)

    return start_on_free_port(launch, lambda started: "eady to accept" in started.output())


def talk(stage, guarded, words, slow, stdin):
    server, address = serve(stage, guarded, slow)
    client, proxy = play(stage, address, words, "redis" if guarded else None, slow, stdin=stdin)
    return client, server, proxy


def both(stage, words, slow=False, stdin=b""):
    """Plays it without guards and with them; returns the guarded client, server and proxy."""
    bare, *_ = talk(stage, False, words, False, stdin)
    client, server, proxy = talk(stage, True, words, slow, stdin)
    assert client.outcome() == bare.outcome()
    assert client.outcome()[0] == 0
    return client, server, proxy


@pytest.mark.parametrize("version, first", [("-2", b"*"), ("-3", b"%")], ids=["RESP2", "RESP3"])
def test_commands(stage, version, first):
    """Beside them redis-cli asks for help on commands, in replies that are too deep for hiredis; but to each request there
    is one reply."""
    client, server, proxy = both(stage, [*CLI, version], stdin=COMMANDS)
    client.assert_undisturbed()
    server.assert_undisturbed()
    [connection] = proxy.connections
    assert connection.answered.said.startswith(first)
    assert_counted(server, lambda *_: counts.redis("client", connection.asked.said), (client, proxy))


def test_big_values(stage, big_file):
    """redis-cli writes a value, the server writes it back three times; its writes are cut and resumed."""
    value = big_file.read_bytes()[:1 << 20]
    client, server, proxy = both(stage, [*CLI, "-x", "EVAL", "return {ARGV[1], {ARGV[1]}, ARGV[1]}", "0"], True, value)
    client.assert_undisturbed()
    server.assert_undisturbed(cut=True)
    assert_counted(server, counts.redis, (client, proxy))


def request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def test_mass_insertion(stage, big_file):
    """redis-cli --pipe does not wait for replies; at the end it sends an empty line, and asks for an echo of random bytes."""
    value = big_file.read_bytes()
    pieces = b"".join(request(b"SET", b"key%d" % at, value[at:at + 9_999]) for at in range(0, len(value), 9_999))
    client, server, proxy = both(stage, [*CLI, "--pipe"], True, pieces)
    client.assert_undisturbed(cut=True)
    server.assert_undisturbed()
    [connection] = proxy.connections
    requests, echo = bytes(connection.asked.said).rsplit(b"\r\n*2\r\n$4\r\nECHO", 1)
    replies = counts.redis("server", connection.answered.said)
    assert replies == (counts.redis("client", requests)[0] + 1, "redis")
    assert_counted(server, lambda role, *_: (replies[0] + (role == "client"), "redis"), (client, proxy))


@pytest.mark.parametrize("slow, kinds", [(False, "ping_inline,ping_mbulk,set,get,lrange_300"), (True, "lrange_300")],
                         ids=["", "slow"])
def test_benchmark(stage, slow, kinds):
    words = ["redis-benchmark", "-p", "PORT", "-q", "-n", "300", "-c", "3", "-P", "100", "-d", "100", "-t", kinds]
    server, address = serve(stage, slow=slow)
    client, proxy = play(stage, address, words, "redis", slow)
    assert client.outcome()[0::2] == (0, b"")
    assert "requests per second" in client.output()
    client.assert_undisturbed()
    server.assert_undisturbed(cut=slow)
    assert_counted(server, counts.redis, (client, proxy))
