"""Just enough of an HTTP/1.1 client to read slowly what a server sends."""

from .slow_reader import drain


def ask(sock, path, close=False):
    connection = "close" if close else "keep-alive"
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\n\r\n".encode())


def read_line(sock):
    line = b""
    while not line.endswith(b"\r\n"):
        byte = sock.recv(1)
        assert byte, f"end of stream after {line!r}"
        line += byte
    return line[:-2].decode()


def read_head(sock):
    """The status line and the header fields, their names in lower case."""
    status = read_line(sock)
    fields = {}
    while line := read_line(sock):
        name, value = line.split(":", 1)
        fields[name.lower()] = value.strip()
    return status, fields


def read_chunks(sock):
    body = []
    while size := int(read_line(sock), 16):
        body.append(drain(sock, size))
        assert read_line(sock) == ""
    assert read_line(sock) == ""
    return b"".join(body)


def read_body(sock, expected_status=200):
    status, fields = read_head(sock)
    assert status.split()[1] == str(expected_status)
    if fields.get("transfer-encoding") == "chunked":
        return read_chunks(sock)
    return drain(sock, int(fields["content-length"]))
