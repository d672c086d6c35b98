"""pika_client.py PORT: sends messages through a queue to itself."""

import sys

import pika

BODIES = [b"x" * size for size in (0, 1, 1000, 131_072, 131_065, 2_000_003)] + [b"many"] * 50

connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", int(sys.argv[1]), heartbeat=0))
channel = connection.channel()
channel.queue_declare("queue", auto_delete=True)
channel.confirm_delivery()
for body in BODIES:
    channel.basic_publish("", "queue", body, pika.BasicProperties(headers={"length": len(body)}))
for _, properties, body in channel.consume("queue", inactivity_timeout=20):
    print(len(body), properties.headers["length"])
    if body == BODIES[-1]:
        BODIES.pop()
    if BODIES[-1] != b"many":
        break
channel.cancel()
connection.close()
