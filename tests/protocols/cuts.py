"""What must be true of a stream cut at every byte, whatever the protocol."""


def check_every_cut(framing, messages):
    """Byte by byte, in one piece and in two: at every cut those messages are counted that are whole, and no other."""
    data = b"".join(messages)
    for cut in range(len(data) + 1):
        state = framing.feed_pieces(data[:cut], range(cut))
        whole = max(n for n in range(len(messages) + 1) if len(b"".join(messages[:n])) <= cut)
        assert not state.desync, cut
        assert (state.messages, state.inside) == (whole, len(b"".join(messages[:whole])) != cut), cut
        assert framing.feed_pieces(data[:cut]).seen() == state.seen(), cut
        assert framing.feed_pieces(data[:cut], [cut // 2]).seen() == state.seen(), cut
