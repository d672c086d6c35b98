"""First lines of messages, as bytes that prove that the message before was given up."""

import re

SEEN = 64  # bytes of a write
METHOD = rb"[A-Z_-]{1,32} "
TARGET = rb"[A-Za-z0-9/*\[][^\x00-\x20\x7f]*"


class StartLine:
    def __init__(self, version):
        self.request = re.compile(METHOD + TARGET + b" " + version + rb" *[\r\n]")
        self.response = re.compile(version + rb" [1-9]\d\d[ \r\n]")

    def begins(self, offered, response):
        """True if a whole line, or more than can be seen of one with a path, begins there."""
        seen = offered[:SEEN]
        if response:
            return bool(self.response.match(seen))
        path = rb"/[^\x00-\x20\x7f]*"
        return bool(self.request.match(seen) or (len(seen) == SEEN and re.fullmatch(METHOD + path, seen)))


def between_header_lines(sent):
    """`sent` is the first line of a message, and some of its header."""
    return sent.endswith(b"\n") and sent.strip() and not re.search(rb"\n\r?\n", sent)
