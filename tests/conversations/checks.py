"""Plays conversations, and says what must be true of them."""

from .proxy import Proxy


def play(stage, address, argv, framing=None, slow=False, **options):
    """Plays a client, guarded if it has a framing, against the server at `address` through a proxy, whose port is PORT in
    the client's words."""
    with Proxy(address, slow) as proxy:
        words = [str(word).replace("PORT", str(proxy.port)) for word in argv]
        rules = framing and f"port:{proxy.port}={framing}"
        client = stage.play(*words, rules=rules, small_send_buffer=slow, **options)
        proxy.settled()
    return client, proxy


def assert_side(actor, end, expected):
    """expected: {address: (messages, framing)} of the connections, as the proxy and another parser saw them."""
    if actor.guard.active:
        named, unnamed = actor.counted(end, set(expected))
        assert named == {address: expected[address] for address in named}
        assert sorted(unnamed) == sorted(expected[address] for address in expected.keys() - named.keys())


def assert_counted(server, counted, *conversations):
    """The guards of both sides, as far as they have one, saw the messages that counted(role, bytes, the other side's bytes)
    finds in what the proxies kept. That says their number, and what the log shall call their framing. A conversation is
    (client, proxy); all that the server had with a guard must be among them."""
    answered = {}
    for client, proxy in conversations:
        connections = proxy.settled()
        assert connections
        asked = {}
        for connection in connections:
            said = bytes(connection.asked.said), bytes(connection.answered.said)
            asked[connection.client] = counted("client", *said)
            answered[connection.server] = counted("server", *reversed(said))
        assert_side(client, "local", asked)
    assert_side(server, "peer", answered)
