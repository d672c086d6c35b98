"""curl and a node server over HTTP/2, in cleartext and inside TLS."""

import pytest

from . import counts
from .checks import assert_counted, play
from .stage import PROGRAMS

CURL = ["curl", "--silent", "--show-error", "--noproxy", "*", "--ipv4"]
SIZES = (0, 1, 16_384, 20_000, 29_999, 1_000_003)


def both(stage, framing, words, certificate=(), slow=False):
    """Plays it without a guard and with one, and returns what the guarded client said."""
    script = ["node", PROGRAMS / "http2_server.js", *certificate]

    def talk(framing, slow):
        server = stage.start(*script, rules=framing and f"type:tcp={framing}", small_send_buffer=slow)
        return server, *play(stage, ("127.0.0.1", int(server.line())), [*CURL, *words], framing, slow)

    _, bare, _ = talk(None, False)
    server, client, proxy = talk(framing, slow)
    assert client.outcome() == bare.outcome()
    client.assert_undisturbed()
    server.assert_undisturbed(cut=slow)
    assert_counted(server, getattr(counts, framing), (client, proxy))
    return client.outcome()


@pytest.mark.parametrize("slow", [False, True], ids=["", "slow"])
def test_downloads(stage, slow):
    """Each on a connection of its own: curl 7.88 cannot use one twice with prior knowledge."""
    urls = [f"http://host{size}/{size}" for size in SIZES]
    words = ["--http2-prior-knowledge", "--connect-to", "::127.0.0.1:PORT", *urls]
    status, output, _ = both(stage, "http2", words, slow=slow)
    assert (status, len(output)) == (0, sum(SIZES))


def test_upload(stage, big_file):
    words = ["--http2-prior-knowledge", "--upload-file", big_file, "http://localhost:PORT/"]
    assert both(stage, "http2", words) == (0, b"%d bytes\n" % big_file.stat().st_size, b"")


@pytest.mark.parametrize("slow", [False, True], ids=["", "slow"])
def test_downloads_over_tls(stage, certificate, slow):
    words = ["--http2", "--cacert", certificate, *(f"https://localhost:PORT/{size}" for size in SIZES)]
    status, output, _ = both(stage, "tls", words, [certificate], slow)
    assert (status, len(output)) == (0, sum(SIZES))
