"""curl over HTTP/1.1, with a node server and nginx."""

import pytest

from real.nginx import Nginx

from . import counts
from .checks import assert_counted, play
from .stage import PROGRAMS

NEXT = ["--next", "--silent", "--show-error", "--noproxy", "*", "--ipv4", "--http1.1"]
URL = "http://localhost:PORT"
HEAD = ["--head", "--output", "/dev/null", "--write-out", "%{http_code}\n"]


def script(*requests):
    """Words of one curl that makes them, one after the other."""
    words = [word for request in requests for word in [*NEXT, *request]]
    return ["curl", *words[1:]]


def assert_same(bare, guarded):
    assert guarded.outcome() == bare.outcome()
    assert guarded.outcome()[0] == 0


def node(stage, requests, slow=False, framing="http1"):
    """Plays it without guards and with them."""
    def talk(framing, slow):
        server = stage.start("node", PROGRAMS / "http_server.js", rules=framing and f"type:tcp={framing}",
                             small_send_buffer=slow)
        return server, *play(stage, ("127.0.0.1", int(server.line())), script(*requests), framing, slow)

    _, bare, _ = talk(None, False)
    server, client, proxy = talk(framing, slow)
    assert_same(bare, client)
    assert_counted(server, counts.http1, (client, proxy))
    return server, client


def assert_quiet(*actors, cut=False):
    for actor in actors:
        actor.assert_undisturbed(cut=cut)


DOWNLOADS = [[f"{URL}/{path}"] for path in ("0", "1", "70000", "chunked/0", "chunked/1", "chunked/300000", "end/30000")]
OTHERS = [[*HEAD, f"{URL}/{path}"] for path in ("0", "5", "chunked/300000")] + [
    ["--data", "name=value", f"{URL}/form"], ["--header", "Expect: 100-continue", "--data", "x" * 100, f"{URL}/form"],
    ["--header", "Transfer-Encoding: chunked", "--data", "x" * 2000, f"{URL}/form"], [f"{URL}/5"], [f"{URL}/5"]]


@pytest.mark.parametrize("framing", ["http1", "auto"])
def test_downloads_from_node(stage, framing):
    assert_quiet(*node(stage, DOWNLOADS, framing=framing))


@pytest.mark.parametrize("framing", ["http1", "auto"])
def test_other_requests_to_node(stage, framing):
    assert_quiet(*node(stage, OTHERS, framing=framing))


def test_a_connection_that_ends_with_a_response_to_head(stage):
    assert_quiet(*node(stage, [[f"{URL}/5"], [*HEAD, f"{URL}/700"]]))


def test_a_body_that_is_not_wanted(stage, big_file):
    assert_quiet(*node(stage, [["--upload-file", big_file, f"{URL}/unwanted"], [f"{URL}/5"]]))


def test_downloads_from_node_by_a_slow_reader(stage):
    server, client = node(stage, [[f"{URL}/{1 << 21}"], [f"{URL}/chunked/{1 << 21}"], [f"{URL}/7"]], slow=True)
    assert_quiet(client)
    assert_quiet(server, cut=True)


def test_uploads_to_a_slow_reader(stage, big_file):
    server, client = node(stage, [["--upload-file", big_file, f"{URL}/file"],
                                  ["--header", "Transfer-Encoding: chunked", "--upload-file", big_file, f"{URL}/file"]],
                          slow=True)
    assert_quiet(client, cut=True)
    assert_quiet(server)


NGINX = "log_not_found off; if_modified_since before; gzip on; gzip_types text/plain; default_type text/plain;"
FROM_NGINX = [[f"{URL}/big", f"{URL}/small", f"{URL}/none", f"{URL}/big"], ["--compressed", f"{URL}/text"],
              ["--range", "5-9999", f"{URL}/big"], ["--range", "5-9,20-2999", f"{URL}/big"],
              ["--time-cond", "tomorrow", f"{URL}/small"], [f"{URL}/small"]]


@pytest.fixture
def root(tmp_path, big_file):
    """What nginx serves."""
    (tmp_path / "text").write_text("text " * 50_000)
    (tmp_path / "small").write_text("small")
    (tmp_path / "big").symlink_to(big_file)
    return tmp_path


@pytest.mark.parametrize("sendfile, slow", [("on", False), ("off", False), ("off", True)],
                         ids=["sendfile", "no sendfile", "slow"])
def test_nginx(stage, root, sendfile, slow):
    def talk(framing, slow):
        def start(*argv, small_send_buffer):
            return stage.start(*argv, rules=framing and f"type:tcp={framing}", small_send_buffer=small_send_buffer)

        server = Nginx(start, root / f"nginx-{framing}", root, sendfile=sendfile, small_send_buffer=slow, more=NGINX)
        client, proxy = play(stage, server.address, script(*FROM_NGINX), framing, slow)
        server.assert_stopped_well()
        return client, server.program, proxy

    bare, *_ = talk(None, False)
    client, server, proxy = talk("http1", slow)
    assert_same(bare, client)
    assert_quiet(client)
    assert_quiet(server, cut=slow)
    assert_counted(server, counts.http1, (client, proxy))
