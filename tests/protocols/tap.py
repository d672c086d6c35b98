"""Sits between a real client and a real server and keeps what each of them wrote."""

import contextlib
import selectors
import socket
import subprocess
import threading

from real.free_port import free_port, listens

SECONDS = 30


class Tap:
    """`client` and `server`: for each connection, in the order in which they came, the pieces that this side wrote."""

    def __init__(self, listener, connect):
        self.listener, self.connect = listener, connect
        self.listener.settimeout(SECONDS)
        self.client, self.server = [], []
        self.threads = [threading.Thread(target=self.accept, daemon=True)]

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = self.connect()
                written = [], []
                self.client.append(written[0])
                self.server.append(written[1])
                self.threads.append(threading.Thread(target=pump, args=(client, server, *written), daemon=True))
                self.threads[-1].start()

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(SECONDS)


def pump(client, server, from_client, from_server):
    ways = {client: (server, from_client), server: (client, from_server)}
    with client, server, selectors.DefaultSelector() as selector:
        for end in ways:
            end.settimeout(SECONDS)
            selector.register(end, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(SECONDS):
                other, kept = ways[key.fileobj]
                data = read(key.fileobj)
                if data:
                    kept.append(data)
                    other.sendall(data)
                else:
                    selector.unregister(key.fileobj)
                    with contextlib.suppress(OSError):
                        other.shutdown(socket.SHUT_WR)


def read(end):
    try:
        return end.recv(1 << 16)
    except ConnectionError:
        return b""


def tcp_tap(port):
    return Tap(socket.create_server(("127.0.0.1", 0)), lambda: socket.create_connection(("127.0.0.1", port), SECONDS))


def unix_connected(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(SECONDS)
    connection.connect(str(path))
    return connection


def unix_tap(path, target):
    """Listens at `path`, in front of a server that listens at what target() says."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return Tap(listener, lambda: unix_connected(target()))


def answers_at(path):
    """A socket is there before anybody listens to it."""
    with contextlib.suppress(OSError), unix_connected(path):
        return True
    return False


@contextlib.contextmanager
def running(argv, is_ready, **options):
    """A server, once it is ready."""
    with subprocess.Popen(list(map(str, argv)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, **options) as process:
        try:
            for _ in range(SECONDS * 20):
                if is_ready():
                    break
                with contextlib.suppress(subprocess.TimeoutExpired):
                    raise RuntimeError(f"{argv[0]} ended with status {process.wait(0.05)}")
            else:
                raise RuntimeError(f"{argv[0]} is not ready after {SECONDS} s")
            yield process
        finally:
            process.terminate()
            process.wait(SECONDS)


@contextlib.contextmanager
def listening(argv_of, **options):
    """Its port, for a server with the command argv_of(port)."""
    port = free_port()
    with running(argv_of(port), lambda: listens(port), **options):
        yield port


def run(argv, **options):
    subprocess.run(list(map(str, argv)), check=True, timeout=SECONDS, stdin=subprocess.DEVNULL, capture_output=True,
                   **options)
