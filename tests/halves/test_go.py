"""A Go program with C parts: make halves-go."""

import socket
import threading

import pytest

from guard import process

PROGRAM = process.PROGRAMS.parent / "halves" / "half"
SCENES = {
    "a_tail": ({"FRAMING": "call"}, bytes(64 << 20) + b"a new message"),
    "bodies": ({"FRAMING": "packet(4),desync=poison,max=1k"}, b"\0\0\0\6sixsix" * 8),
}


class Peer(threading.Thread):
    """Reads all that comes."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(process.PATIENCE)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.came = b""

    def run(self):
        connection = self.listener.accept()[0]
        connection.settimeout(process.PATIENCE)
        parts = []
        while part := connection.recv(1 << 20):
            parts.append(part)
        self.came = b"".join(parts)


@pytest.mark.skipif(not PROGRAM.exists(), reason="Go is 450 MB: make halves-go")
@pytest.mark.parametrize("scene", SCENES)
def test_the_c_parts_are_not_refused_for_what_the_go_parts_sent(tmp_path, scene):
    variables, meant = SCENES[scene]
    peer = Peer()
    peer.start()
    ended = process.run(tmp_path, [PROGRAM, peer.address, scene], **variables).check()
    peer.join(process.PATIENCE)
    assert peer.came == meant
    assert [event["event"] for event in ended.events() if event["event"] != "torn"] == ["off"]
    assert "went past the guard" in ended.events("off")[0]["reason"]
