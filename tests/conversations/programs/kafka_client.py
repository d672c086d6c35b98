"""kafka_client.py PORT: stores messages with python3-kafka, and fetches them."""

import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

BODIES = [b"x" * size for size in (0, 1, 100, 5_000, 700_000)]

server = f"127.0.0.1:{sys.argv[1]}"
producer = KafkaProducer(bootstrap_servers=server, linger_ms=0)
for body in BODIES:
    producer.send("python", body, partition=0).get(20)
producer.close()

consumer = KafkaConsumer(bootstrap_servers=server, consumer_timeout_ms=20_000, enable_auto_commit=False)
consumer.assign([TopicPartition("python", 0)])
consumer.seek_to_beginning()
for body in BODIES:
    print(len(next(consumer).value))
consumer.close()
