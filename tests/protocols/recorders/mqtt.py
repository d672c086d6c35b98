"""MQTT 3.1, 3.1.1 and 5."""

import functools

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ..tap import SECONDS, listening, tcp_tap
from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-paho-mqtt, mosquitto"
PARSER = "tshark"
PORT = 1883

VERSIONS = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5": mqtt.MQTTv5}


def talk(version, port):
    client = mqtt.Client(client_id="me", protocol=version)
    messages = []
    client.on_message = lambda _client, _data, message: messages.append(message.topic)
    client.connect("127.0.0.1", port, keepalive=60)
    client.loop_start()
    properties = None
    if version == mqtt.MQTTv5:
        properties = Properties(PacketTypes.PUBLISH)
        properties.UserProperty = ("a", "property")
    for qos, size in ((0, 0), (1, 5), (2, 120), (0, 200)):
        client.publish("a/topic", b"x" * size, qos, properties=properties).wait_for_publish(SECONDS)
    client.subscribe("a/#", qos=1)
    client.publish("a/b", "to myself", qos=1, properties=properties).wait_for_publish(SECONDS)
    client.unsubscribe("a/#")
    client.publish("c", "the last one", qos=2).wait_for_publish(SECONDS)
    client.disconnect()
    client.loop_stop()


@functools.cache
def conversations():
    """The writes of both sides, for each version."""
    with listening(lambda port: ["mosquitto", "-p", port]) as port, tcp_tap(port) as tap:
        for version in VERSIONS.values():
            talk(version, tap.listener.getsockname()[1])
    return dict(zip(VERSIONS, zip(tap.client, tap.server, strict=True), strict=True))


def streams():
    return [Stream(role, writes, name, in_matrix=name != "3.1") for name, sides in conversations().items()
            for role, writes in zip(("client", "server"), sides)]


def ends(stream):
    return pdu_ends(stream.data, PORT, "mqtt", stream.role == "server")


CONNECT = b"\x10\x0c\0\4MQTT\4\2\0\x3c\0\0"
CONNACK = b"\x20\2\0\0"
WRONG = {
    "a client that does not begin with CONNECT": ("client", b"\x30\5\0\1aaa"),
    "a server that does not begin with CONNACK": ("server", b"\x90\3\0\1\0"),
    "packet type 0": ("client", CONNECT + b"\0\0"),
    "a length of 5 bytes": ("client", CONNECT + b"\x30\x80\x80\x80\x80\1"),
    "SUBSCRIBE without its flags": ("client", CONNECT + b"\x80\0"),
    "PUBREL with a flag of PUBLISH": ("client", CONNECT + b"\x63\2\0\1"),
    "quality of service 3": ("server", CONNACK + b"\x36\0"),
    "flags where none are": ("server", CONNACK + b"\xd1\0"),
}
