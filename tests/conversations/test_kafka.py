"""kcat and python3-kafka with the broker that librdkafka has in it. That one knows the port that it tells its clients, so
there is no proxy: it says itself what it receives and sends."""

import re
import sys
from collections import Counter

from real.waiting import wait_until

from .checks import assert_side
from .stage import PROGRAMS

ADDRESS = rb"127\.0\.0\.1:\d+"
PORT = re.compile(rb"bootstrap.servers=127\.0\.0\.1:(\d+)")
LARGE = ["-X", "message.max.bytes=9000000", "-X", "receive.message.max.bytes=99000000"]
LINES = b"".join(b"line %d\n" % number for number in range(500))


class Broker:
    """In a kcat that waits for messages that never come."""

    def __init__(self, stage, guarded):
        self.program = stage.start("kcat", "-C", "-t", "nothing", "-b", "mock", "-X", "test.mock.num.brokers=1", "-X",
                                   "debug=mock", "-X", "log.thread.name=false", rules="type:tcp=kafka" if guarded else None, small_send_buffer=True)
        self.port = int(wait_until(lambda: PORT.search(self.said()), "the broker listens")[1])

    def said(self):
        return self.program.errors_path.read_bytes()

    def seen(self, pattern):
        return Counter(address.decode() for address in re.findall(pattern % ADDRESS, self.said()))

    def received(self):
        return self.seen(rb"Received \w+Request\w+ from (%b)")

    def sent(self):
        return self.seen(rb"Sending \w+Response\w+ to (%b)")


def talk(stage, guarded, *conversations):
    """Returns the broker, and the clients that played one after the other."""
    broker = Broker(stage, guarded)
    rules = f"port:{broker.port}=kafka" if guarded else None
    clients = [stage.play(*[str(word).replace("PORT", str(broker.port)) for word in words], stdin=stdin, rules=rules,
                          small_send_buffer=True) for words, stdin in conversations]
    broker.program.stop()
    return broker, clients


def assert_broker_counted(broker, addresses):
    """The broker announces an answer, and then waits for a while: a consumer may be gone by then."""
    announced = broker.sent()
    named, unnamed = broker.program.counted("peer", addresses)
    assert not unnamed
    for address, (count, framing) in named.items():
        assert (announced[address] - count in (0, 1), framing) == (True, "kafka"), f"{count} of {announced[address]}"


def assert_guarded_well(broker, clients):
    received = broker.received()
    for client in clients:
        addresses = {event["local"] for event in client.guard.events("ended")}
        assert addresses
        assert_side(client, "local", {address: (received[address], "kafka") for address in addresses})
        assert_broker_counted(broker, addresses)
        client.assert_undisturbed()
    broker.program.assert_undisturbed(cut=True)


def test_kcat(stage, big_file):
    kcat = ["kcat", "-q", "-b", "127.0.0.1:PORT", "-t", "topic", "-p", "0", *LARGE]
    script = ([*kcat, "-P"], LINES), ([*kcat, "-P", big_file], b""), ([*kcat, "-C", "-e", "-o", "beginning"], b"")
    _, bare = talk(stage, False, *script)
    broker, clients = talk(stage, True, *script)
    assert [client.outcome() for client in clients] == [client.outcome() for client in bare]
    assert clients[-1].outcome() == (0, LINES + big_file.read_bytes() + b"\n", b"")
    assert_guarded_well(broker, clients)
    clients[1].assert_undisturbed(cut=True)


def test_python_kafka(stage):
    script = [sys.executable, PROGRAMS / "kafka_client.py", "PORT"], b""
    _, bare = talk(stage, False, script)
    broker, clients = talk(stage, True, script)
    assert clients[0].outcome() == bare[0].outcome() == (0, b"0\n1\n100\n5000\n700000\n", b"")
    assert_guarded_well(broker, clients)
