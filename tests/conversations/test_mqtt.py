"""mosquitto with mosquitto_pub and mosquitto_sub."""

import pytest

from real.free_port import start_on_free_port

from . import counts
from .checks import assert_counted, play

WORDS = ["-h", "127.0.0.1", "-p", "PORT"]
LINES = b"".join(b"line %d\n" % number * (number % 3) for number in range(60))


def serve(stage, guarded, slow):
    def launch(port):
        configuration = stage.directory / f"mosquitto{port}.conf"
        configuration.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
        return stage.start("mosquitto", "-c", configuration, rules=f"port:{port}=mqtt" if guarded else None, small_send_buffer=slow)

    return start_on_free_port(launch, lambda started: " running" in started.errors())


def talk(stage, guarded, file, slow=False):
    """Publishes lines, and a file that stays; fetches the file. Returns the server, and each client with its proxy."""
    server, address = serve(stage, guarded, slow)
    framing = "mqtt" if guarded else None
    lines = ["mosquitto_pub", *WORDS, "-V", "mqttv5", "-t", "lines", "-q", "2", "-l"]
    store = ["mosquitto_pub", *WORDS, "-t", "file", "-q", "1", "-r", "-f", file]
    fetch = ["mosquitto_sub", *WORDS, "-t", "#", "-q", "2", "-C", "1"]
    return server, [play(stage, address, lines, framing, slow, stdin=LINES),
                    play(stage, address, store, framing, slow), play(stage, address, fetch, framing, slow)]


@pytest.mark.parametrize("slow", [False, True], ids=["", "slow"])
def test_publish_and_subscribe(stage, big_file, slow):
    _, bare = talk(stage, False, big_file)
    server, guarded = talk(stage, True, big_file, slow)
    assert [client.outcome() for client, _ in guarded] == [client.outcome() for client, _ in bare]
    store, fetch = guarded[1:]
    assert fetch[0].outcome() == (0, big_file.read_bytes() + b"\n", b"")
    store[0].assert_undisturbed(cut=slow)
    server.assert_undisturbed(cut=slow)
    for client, _ in guarded:
        client.assert_undisturbed()
    assert_counted(server, counts.mqtt, *guarded)
