"""The C client of NATS, and a server."""

import contextlib
import ctypes

from .tap import listening

LIBRARY = ctypes.CDLL("libnats.so.3.4")
POINTER, TEXT, NUMBER = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
MILLISECONDS = 20000
for function, arguments in {
        "Connection_ConnectTo": [ctypes.POINTER(POINTER), TEXT], "Connection_Destroy": [POINTER],
        "Connection_Publish": [POINTER, TEXT, TEXT, NUMBER],
        "Connection_PublishRequest": [POINTER, TEXT, TEXT, TEXT, NUMBER],
        "Connection_PublishMsg": [POINTER, POINTER], "Connection_FlushTimeout": [POINTER, ctypes.c_int64],
        "Connection_SubscribeSync": [ctypes.POINTER(POINTER), POINTER, TEXT],
        "Connection_QueueSubscribeSync": [ctypes.POINTER(POINTER), POINTER, TEXT, TEXT],
        "Subscription_NextMsg": [ctypes.POINTER(POINTER), POINTER, ctypes.c_int64],
        "Subscription_AutoUnsubscribe": [POINTER, NUMBER], "Subscription_Unsubscribe": [POINTER],
        "Msg_Create": [ctypes.POINTER(POINTER), TEXT, TEXT, TEXT, NUMBER], "MsgHeader_Set": [POINTER, TEXT, TEXT],
        "Msg_GetDataLength": [POINTER], "Msg_GetData": [POINTER], "Msg_Destroy": [POINTER],
}.items():
    getattr(LIBRARY, f"nats{function}").argtypes = arguments
LIBRARY.natsMsg_GetData.restype = POINTER
LIBRARY.natsConnection_Destroy.restype = LIBRARY.natsMsg_Destroy.restype = None


def call(name, *arguments):
    status = getattr(LIBRARY, f"nats{name}")(*arguments)
    assert not status, f"{name}: {status}"


def made(name, *arguments):
    pointer = POINTER()
    call(name, pointer, *arguments)
    return pointer


class Client:
    def __init__(self, connection):
        self.connection = connection

    def subscribe(self, subject, group=None):
        if group:
            return made("Connection_QueueSubscribeSync", self.connection, subject, group)
        return made("Connection_SubscribeSync", self.connection, subject)

    def publish(self, subject, body, reply=None, **header):
        if header:
            message = made("Msg_Create", subject, reply, body, len(body))
            for key, value in header.items():
                call("MsgHeader_Set", message, key.encode(), value)
            call("Connection_PublishMsg", self.connection, message)
            LIBRARY.natsMsg_Destroy(message)
        elif reply:
            call("Connection_PublishRequest", self.connection, subject, reply, body, len(body))
        else:
            call("Connection_Publish", self.connection, subject, body, len(body))

    def flush(self):
        """All that was sent before has arrived."""
        call("Connection_FlushTimeout", self.connection, MILLISECONDS)


@contextlib.contextmanager
def connected(port):
    connection = made("Connection_ConnectTo", b"nats://127.0.0.1:%d" % port)
    try:
        yield Client(connection)
    finally:
        LIBRARY.natsConnection_Destroy(connection)


def received(subscription):
    message = made("Subscription_NextMsg", subscription, MILLISECONDS)
    data = ctypes.string_at(LIBRARY.natsMsg_GetData(message), LIBRARY.natsMsg_GetDataLength(message))
    LIBRARY.natsMsg_Destroy(message)
    return data


@contextlib.contextmanager
def server():
    """Its port."""
    with listening(lambda port: ["nats-server", "-a", "127.0.0.1", "-p", port]) as port:
        yield port
