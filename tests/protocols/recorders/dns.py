"""DNS over TCP, RFC 1035 section 4.2.2."""

import dns.message
import dns.query
import dns.rrset

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-dnspython"
PARSER = "tshark"
PORT = 53


class Pipe:
    """What dnspython writes to a connection."""

    def __init__(self):
        self.writes = []

    def send(self, data):
        self.writes.append(bytes(data))
        return len(data)


def written(messages):
    pipe = Pipe()
    for message in messages:
        dns.query.send_tcp(pipe, message)
    return pipe.writes


def streams():
    queries = [dns.message.make_query(name, "A") for name in ("a.example", "long." * 20 + "example", "b.example")]
    answers = list(map(dns.message.make_response, queries))
    for answer in answers:
        answer.answer.append(dns.rrset.from_text(answer.question[0].name, 60, "IN", "TXT", "x" * 50))
    return [Stream("client", written(queries)), Stream("server", written(answers))]


def ends(stream):
    return pdu_ends(stream.data, PORT, "dns", server=stream.role == "server")


WRONG = {}
