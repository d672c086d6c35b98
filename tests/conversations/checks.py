"""What must be true of a conversation."""


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
