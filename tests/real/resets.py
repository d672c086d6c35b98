"""An HTTP/2 client that resets streams while the server is blocked on them."""

from .http2 import Http2Client
from .slow_reader import connect, digest, peer_queues, wait_until_blocked
from .waiting import wait_until

ROUNDS = 12
MIDDLE = 200_000


def reset_while_blocked(client, program, number):
    """Asks for /big, lets the server get stuck in it at a place that depends on `number`, and resets the stream. Returns
    the stream of /middle, asked for in the same breath."""
    unwanted = client.ask("/big")
    wait_until_blocked(client.sock, program)
    for _ in range(number):
        client.read(3_001)
    wait_until_blocked(client.sock, program)
    wanted = client.ask("/middle")
    client.reset(unwanted)
    wait_until(lambda: peer_queues(client.sock)[1] == 0, f"{program.argv} has read the reset")
    wait_until_blocked(client.sock, program)
    return wanted


def reset_streams(address, program, big):
    """Every answer that the client still wants must be right, on one connection: /middle holds the first MIDDLE bytes of
    `big`."""
    with connect(address) as sock:
        client = Http2Client(sock)
        for number in range(ROUNDS):
            wanted = reset_while_blocked(client, program, number)
            assert digest(client.body(wanted)) == digest(big[:MIDDLE])
        assert digest(client.body(client.ask("/big"))) == digest(big)
