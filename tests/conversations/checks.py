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


def assert_counted(proxy, client, server, counted):
    """The guards of both sides, as far as they have one, saw the messages that counted(role, bytes) finds in what the
    proxy kept. That says their number, and what the log shall call their framing."""
    connections = proxy.settled()
    assert connections
    assert_side(client, "local", {connection.client: counted("client", bytes(connection.asked.said))
                                  for connection in connections})
    assert_side(server, "peer", {connection.server: counted("server", bytes(connection.answered.said))
                                 for connection in connections})
