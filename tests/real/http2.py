"""An HTTP/2 client (cleartext, prior knowledge) that decides itself when it reads; python3-h2 judges every frame."""

import h2.config
import h2.connection
import h2.events
import h2.settings

WINDOW = (1 << 31) - 1
DEFAULT_WINDOW = 65_535


class Http2Client:
    def __init__(self, sock):
        self.sock = sock
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self.bodies = {}
        self.ended = set()
        self.state.initiate_connection()
        self.state.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: WINDOW})
        self.state.increment_flow_control_window(WINDOW - DEFAULT_WINDOW)
        self.flush()

    def flush(self):
        self.sock.sendall(self.state.data_to_send())

    def ask(self, path):
        stream = self.state.get_next_available_stream_id()
        self.state.send_headers(stream, [(":method", "GET"), (":path", path), (":scheme", "http"),
                                         (":authority", "localhost")], end_stream=True)
        self.flush()
        self.bodies[stream] = []
        return stream

    def reset(self, stream):
        self.state.reset_stream(stream)
        self.flush()

    def read(self, size):
        """Reads at most `size` bytes. A frame that does not belong here is an exception out of h2."""
        data = self.sock.recv(size)
        assert data, "the server closed the connection"
        for event in self.state.receive_data(data):
            assert not isinstance(event, h2.events.ConnectionTerminated)
            if isinstance(event, h2.events.ResponseReceived):
                assert dict(event.headers)[b":status"] == b"200"
            elif isinstance(event, h2.events.DataReceived):
                self.bodies[event.stream_id].append(event.data)
            elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                self.ended.add(event.stream_id)
        self.flush()

    def body(self, stream, chunk=4096):
        """Reads on until the stream has ended; returns its body."""
        while stream not in self.ended:
            self.read(chunk)
        return b"".join(self.bodies[stream])


class Http2Upload:
    """The other side: a server that takes one upload."""

    def __init__(self, sock):
        self.sock = sock
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.body = []
        self.state.initiate_connection()
        self.state.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: WINDOW})
        self.state.increment_flow_control_window(WINDOW - DEFAULT_WINDOW)
        self.flush()

    def flush(self):
        self.sock.sendall(self.state.data_to_send())

    def receive(self, answer, chunk=4096):
        """Reads to the end of the request, answers it and returns its body."""
        while True:
            data = self.sock.recv(chunk)
            assert data, "the client closed the connection"
            for event in self.state.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    self.body.append(event.data)
                elif isinstance(event, h2.events.StreamEnded):
                    self.state.send_headers(event.stream_id, [(":status", "200")])
                    self.state.send_data(event.stream_id, answer, end_stream=True)
                    self.flush()
                    return b"".join(self.body)
            self.flush()
