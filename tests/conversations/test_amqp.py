"""RabbitMQ with python3-pika. The server takes some seconds to start and serves all; only the client is played bare too."""

import sys
from pathlib import Path

import pytest

from real.free_port import free_port, listens, start_on_free_port

from . import counts
from .checks import assert_counted, play
from .stage import PROGRAMS

CLIENT = [sys.executable, PROGRAMS / "pika_client.py", "PORT"]
PATIENCE = 60.0  # a busy machine may need that
CONFIGURATION = "listeners.tcp.1 = 127.0.0.1:{port}\nloopback_users = none\nlog.file = false\nlog.console = true\n"


def start_names(house):
    """Erlang's server of names, which a node would start for itself and leave behind. Returns its port."""
    def launch(port):
        return house.start("epmd", "-port", port, "-address", "127.0.0.1")

    return start_on_free_port(launch, lambda started: listens(int(started.argv[2])))[1][1]


@pytest.fixture(scope="module")
def server(house):
    home = house.home("rabbitmq")
    (home / "plugins").write_text("[].")
    [program] = Path("/usr/lib/rabbitmq/lib").glob("*/sbin/rabbitmq-server")
    names = start_names(house)

    def launch(port):
        (home / "rabbitmq.conf").write_text(CONFIGURATION.format(port=port))
        return house.start(
            program, rules=f"port:{port}=amqp", small_send_buffer=True, ERL_EPMD_PORT=str(names),
            RABBITMQ_CONFIG_FILE=str(home / "rabbitmq.conf"), RABBITMQ_MNESIA_BASE=str(home), RABBITMQ_LOG_BASE=str(home),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(home / "plugins"), RABBITMQ_NODENAME="test@localhost",
            RABBITMQ_DIST_PORT=str(free_port()), RABBITMQ_PID_FILE=str(home / "pid"),
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 +sbwt none")

    def is_ready(started):
        return "Server startup complete" in started.output()

    program, program.address = start_on_free_port(launch, is_ready, PATIENCE)
    return program


@pytest.mark.parametrize("slow", [False, True], ids=["", "slow"])
def test_publish_and_consume(stage, server, slow):
    bare, _ = play(stage, server.address, CLIENT)
    client, proxy = play(stage, server.address, CLIENT, "amqp", slow)
    assert client.outcome() == bare.outcome()
    assert client.output().startswith("0 0\n1 1\n") and client.outcome()[0] == 0
    client.assert_undisturbed(cut=slow)
    server.assert_undisturbed(cut=slow)
    assert_counted(server, counts.amqp, (client, proxy))
