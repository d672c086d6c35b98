"""A session of GnuTLS, without a network."""

import ctypes
import errno

LIBRARY = ctypes.CDLL("libgnutls.so.30")
POINTER = ctypes.c_void_p
TRANSFER = ctypes.CFUNCTYPE(ctypes.c_ssize_t, POINTER, POINTER, ctypes.c_size_t)
ROLES = {"server": 1, "client": 2}
NONBLOCKING = 1 << 3
CERTIFICATE, PEM, SHUT_WR = 1, 1, 1
AGAIN = -28
HANDSHAKE_STEPS = 20
for function, arguments in {
        "certificate_allocate_credentials": [ctypes.POINTER(POINTER)],
        "certificate_set_x509_key_file": [POINTER, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int],
        "init": [ctypes.POINTER(POINTER), ctypes.c_uint],
        "priority_set_direct": [POINTER, ctypes.c_char_p, POINTER],
        "credentials_set": [POINTER, ctypes.c_int, POINTER],
        "transport_set_push_function": [POINTER, TRANSFER], "transport_set_pull_function": [POINTER, TRANSFER],
        "transport_set_errno": [POINTER, ctypes.c_int],
        "handshake": [POINTER], "record_send": [POINTER, ctypes.c_char_p, ctypes.c_size_t],
        "bye": [POINTER, ctypes.c_int],
}.items():
    getattr(LIBRARY, f"gnutls_{function}").argtypes = arguments
LIBRARY.gnutls_record_send.restype = ctypes.c_ssize_t


def call(function, *arguments):
    result = getattr(LIBRARY, f"gnutls_{function}")(*arguments)
    assert result >= 0 or result == AGAIN, f"{function}: {result}"
    return result


class Session:
    """`writes` is what it would have written, `other` who gets it."""

    def __init__(self, role, priorities, certificate):
        self.session, self.credentials, self.writes, self.incoming = POINTER(), POINTER(), [], bytearray()
        self.other = None
        call("init", self.session, ROLES[role] | NONBLOCKING)
        call("priority_set_direct", self.session, priorities.encode(), None)
        call("certificate_allocate_credentials", self.credentials)
        if role == "server":
            path = str(certificate).encode()
            call("certificate_set_x509_key_file", self.credentials, path, path, PEM)
        call("credentials_set", self.session, CERTIFICATE, self.credentials)
        self.functions = TRANSFER(self.push), TRANSFER(self.pull)
        LIBRARY.gnutls_transport_set_push_function(self.session, self.functions[0])
        LIBRARY.gnutls_transport_set_pull_function(self.session, self.functions[1])

    def push(self, _, data, count):
        self.writes.append(ctypes.string_at(data, count))
        self.other.incoming += self.writes[-1]
        return count

    def pull(self, _, data, count):
        if not self.incoming:
            LIBRARY.gnutls_transport_set_errno(self.session, errno.EAGAIN)
            return -1
        piece = bytes(self.incoming[:count])
        del self.incoming[:count]
        ctypes.memmove(data, piece, len(piece))
        return len(piece)


def pair(priorities, certificate):
    client, server = (Session(role, priorities, certificate) for role in ("client", "server"))
    client.other, server.other = server, client
    waiting = [client, server]
    for _ in range(HANDSHAKE_STEPS):
        waiting = [peer for peer in waiting if call("handshake", peer.session) == AGAIN]
    assert not waiting
    return client, server


def conversation(priorities, certificate, lengths):
    peers = pair(priorities, certificate)
    for length in lengths:
        for peer in peers:
            call("record_send", peer.session, bytes(length), length)
    for peer in peers:
        call("bye", peer.session, SHUT_WR)
    return [peer.writes for peer in peers]
