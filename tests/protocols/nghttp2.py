"""A session of libnghttp2, without a network."""

import ctypes

LIBRARY = ctypes.CDLL("libnghttp2.so.14")
LIBRARY.nghttp2_session_mem_send.restype = LIBRARY.nghttp2_session_mem_recv.restype = ctypes.c_ssize_t
POINTER = ctypes.c_void_p
for function, arguments in {
        "session_callbacks_new": [ctypes.POINTER(POINTER)], "session_del": [POINTER],
        "session_client_new": [ctypes.POINTER(POINTER), POINTER, POINTER],
        "session_server_new": [ctypes.POINTER(POINTER), POINTER, POINTER],
        "session_mem_send": [POINTER, ctypes.POINTER(POINTER)],
        "session_mem_recv": [POINTER, ctypes.c_char_p, ctypes.c_size_t],
        "submit_settings": [POINTER, ctypes.c_uint8, POINTER, ctypes.c_size_t],
        "submit_request": [POINTER, POINTER, POINTER, ctypes.c_size_t, POINTER, POINTER],
        "submit_response": [POINTER, ctypes.c_int32, POINTER, ctypes.c_size_t, POINTER],
        "submit_push_promise": [POINTER, ctypes.c_uint8, ctypes.c_int32, POINTER, ctypes.c_size_t, POINTER],
        "submit_ping": [POINTER, ctypes.c_uint8, ctypes.c_char_p],
        "submit_origin": [POINTER, ctypes.c_uint8, POINTER, ctypes.c_size_t],
        "submit_window_update": [POINTER, ctypes.c_uint8, ctypes.c_int32, ctypes.c_int32],
        "submit_goaway": [POINTER, ctypes.c_uint8, ctypes.c_int32, ctypes.c_uint32, POINTER, ctypes.c_size_t],
}.items():
    getattr(LIBRARY, f"nghttp2_{function}").argtypes = arguments


class Header(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("value", ctypes.c_char_p), ("name_length", ctypes.c_size_t),
                ("value_length", ctypes.c_size_t), ("flags", ctypes.c_uint8)]


class Origin(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char_p), ("length", ctypes.c_size_t)]


def headers(pairs):
    return (Header * len(pairs))(*(Header(name, value, len(name), len(value), 0) for name, value in pairs)), len(pairs)


class Session:
    """`writes` is what it would have written."""

    def __init__(self, role):
        callbacks, self.session, self.writes = POINTER(), POINTER(), []
        assert LIBRARY.nghttp2_session_callbacks_new(callbacks) == 0
        assert getattr(LIBRARY, f"nghttp2_session_{role}_new")(self.session, callbacks, None) == 0

    def submit(self, what, *arguments):
        assert getattr(LIBRARY, f"nghttp2_submit_{what}")(self.session, *arguments) >= 0, what

    def flush(self, other):
        """Hands over what there is to send; False if there was nothing."""
        piece, before = POINTER(), len(self.writes)
        while (count := LIBRARY.nghttp2_session_mem_send(self.session, piece)) > 0:
            self.writes.append(ctypes.string_at(piece, count))
            assert LIBRARY.nghttp2_session_mem_recv(other.session, self.writes[-1], count) == count
        assert count == 0
        return len(self.writes) > before
