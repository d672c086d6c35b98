"""What a stream can begin with that `auto` knows, from the specifications; shares nothing with the shim's table.

A row is (protocol, side, bytes): side is "client" or "server" if only those begin so, "guess" if a client does and a
server may too, None if both do. Bytes are written in hex, with ranges (00-7f), .. for any, *8 behind one for so many
of them, and text in quotes, where [A-z] is one of the characters between."""

import re

TOKEN = re.compile(r"'([^']*)'(?:\*(\d+))?|([0-9a-f]{2})(?:-([0-9a-f]{2}))?(?:\*(\d+))?|(\.\.)(?:\*(\d+))?|\s+")
CHARACTER = re.compile(r"\[(.)-(.)\]|\\r|\\n|\\0|(.)", re.S)
CONTROLS = {r"\r": 13, r"\n": 10, r"\0": 0}


def characters(text):
    for match in CHARACTER.finditer(text):
        low, high, plain = match.groups()
        if low:
            yield range(ord(low), ord(high) + 1)
        else:
            yield {ord(plain) if plain else CONTROLS[match.group()]}


def opening(pattern):
    """For each byte, which may stand there."""
    allowed, at = [], 0
    while at < len(pattern):
        match = TOKEN.match(pattern, at)
        assert match, pattern[at:]
        text, times, low, high, repeat, any_byte, any_repeat = match.groups()
        if text is not None:
            allowed += list(characters(text)) * int(times or 1)
        elif low:
            allowed += [range(int(low, 16), int(high or low, 16) + 1)] * int(repeat or 1)
        elif any_byte:
            allowed += [range(256)] * int(any_repeat or 1)
        at = match.end()
    return allowed


POSTGRES_OK = r"'R' 00*3 08 00*4 'S' 00*3 .. '[A-z]'*8"
POSTGRES_SCRAM = r"'R' 00*3 17-ff 00*3 0a 'SCRAM-SHA-256'"
STARTUP = "00*3 10-ff 00 03 00 00-02", "00*2 01-27 .. 00 03 00 00-02"
MYSQL_SIZES = "00 00 00 01", "ff ff ff 00", "00 00 00 40", "00 00 10 00"
MYSQL_ANSWER = "20-ff 00 00 01 .. 82-ff .. .. {} 01-ff 00*11"
MONGODB_MESSAGE = "dd 07 00 00 00-03 00 00-01 00 00"
SHORT = "1a-ff 00 00 00 ..*4 00*4", ".. 01-ff 00 00 ..*4 00*4"
STARTUP_REQUEST = "01 00*3 16-ff 00 01-08 00 0b-11"
BITCOINS = ("f9beb4d9 0b110907 1c163f28 0a03cf40 fabfb5da fbc0b6db fdd2c8f1 c0c0c0c0 fcc1b7dc bf0c6bbd e3e1f3e8 "
            "24e92764").split()
DOIP = "01 fe", "02 fd", "03 fc"
PREFACE = r"'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'"

PATTERNS = [
    ("tls", None, "16 03 01-04 00-40 .. 01-02 00"), ("tls", None, "15 03 01-04 00 02"),
    ("http2", "client", PREFACE),
    *(("http2", "server", f"00 00 {6 * count:02x} 04 00*6 01-10") for count in range(1, 43)),
    ("http2", "server", "00 00 00 04 00*5  00 00 00 04 01 00*4"),
    ("http2", "server", "00 00 00 04 00*5  00 00 04 08 00*5"),
    ("zmtp", None, "ff 00*6 00-01 .. 7f"),
    ("http1", "server", r"'HTTP/1.[0-1] [1-5][0-9][0-9] '"), ("http1", "server", r"'HTTP/1.[0-1] [1-5][0-9][0-9]\r'"),
    ("sip", None, "'SIP/2.0 [1-6][0-9][0-9] '"),
    ("content-length", None, "'Content-Length: [1-9]'"),
    *(("smtp", "client", f"'{word} [0-z]'") for word in ("EHLO", "ehlo", "LHLO", "lhlo")),
    ("stomp", "client", r"'STOMP\n[a-z]'"),
    *(("stomp", "client", rf"'CONNECT\n{name}:'") for name in ("accept-version", "heart-beat", "host", "login", "passcode")),
    *(("stomp", "server", rf"'CONNECTED\n{name}:'") for name in ("heart-beat", "server", "session", "version")),
    *(("octet-counting", None, f"'{length} <{priority}>1 2'")
      for length in ("[1-9][0-9]", "[1-9][0-9][0-9]", "[1-9][0-9][0-9][0-9]")
      for priority in ("[0-9]", "[1-9][0-9]", "1[0-9][0-9]")),
    *(("redis", "guess", rf"'*{count}\r\n${length}\r\n[A-z][A-z]'")
      for count in ("[1-9]", "[1-9][0-9]") for length in ("[2-9]", "1[0-9]")),
    ("redis", "server", r"'%[1-9]\r\n$6\r\nserver\r\n'"),
    *(("postgres", "client", rf"{start} '{name}\0'")
      for start in STARTUP for name in ("user", "database", "client_encoding")),
    ("postgres", "client", "00 00 00 08 04 d2 16 2f-30"), ("postgres", "client", "00 00 00 10 04 d2 16 2e"),
    *(("postgres", "server", f"{refused} {answer}") for refused in ("", "'N'", "'NN'")
      for answer in (POSTGRES_OK, POSTGRES_SCRAM)),
    ("postgres", "server", "'S' 16 03 01-04 00-40 .. 02 00"),
    *(("mysql", "server", f"20-ff 00 00 00 0a '{version}'") for version in ("[1-9].[0-9].", "[1-9].[0-9][0-9]",
                                                                         "[1-9][0-9].[0-9]")),
    *(("mysql", "client", MYSQL_ANSWER.format(size)) for size in MYSQL_SIZES),
    ("mongodb", None, f"{SHORT[0]} {MONGODB_MESSAGE} 05-ff .. 00"),
    ("mongodb", None, f".. 01-ff 00 00 ..*8 {MONGODB_MESSAGE} ..*2 00"),
    *(("mongodb", None, f"{start} d4 07 00 00 .. 00*3 'admi'") for start in SHORT),
    *(row for protocol, versions, answers in (("cql4", "03-04", "83-84"), ("cql5", "05", "85")) for row in [
        (protocol, "client", f"{versions} 00-13 00 .. {STARTUP_REQUEST} '[A-_]'*11"),
        (protocol, "client", f"{versions} 00-10 00 .. 05 00*4  {versions} 00-13 00 .. {STARTUP_REQUEST} '[A-_]'*2"),
        *((protocol, "server", f"{answers} 00-10 00 .. 06 00 00 {length} 00 01-20 00 0b-1a '[A-_]'*11")
          for length in ("00 11-ff", "01-04 .."))]),
    ("nats", "server", "'INFO {\"'"), ("nats", "client", "'CONNECT {\"'"),
    *(("tds", side, f"{kind} 01 00 14-ff 00 00 00-01 00  00 00 0b-3f 00 06  01 00 11-45 00 01")
      for side, kind in (("client", "12"), ("server", "04"))),
    *(("mqtt", "client", f"10 {length} {name}") for name in ("00 04 'MQTT'", "00 06 'MQIsdp'")
      for length in ("0c-7f", "80-ff 01-7f")),
    ("mqtt", "client", "10 80-ff*2 01-7f 00 04 'MQTT'"),
    ("amqp", None, "'AMQP' 00 00 09 01"), ("amqp", "server", "01 00*4 .. .. 00 0a 00 0a 00 09"),
    ("amqp1", None, "'AMQP' 00 01 00 00"), ("amqp1", None, "'AMQP' 02-03 01 00 00"),
    ("kafka", "client", "00*3 0b-ff 00 12 00 00-04 00*3 00-03 00 01-7f '[A-z]'"),
    ("thrift", None, "00 00 .. .. 80 01 00 01-04 00*3 01-7f '[A-z]'"),
    ("ldap", "client", "30 0c-7f 02 01 00-7f 60 07-7f 02 01 03 04"),
    ("ldap", "client", "30 81 80-ff 02 01 00-7f 60 07-7f 02 01 03 04"),
    ("ldap", "client", "30 81 80-ff 02 01 00-7f 60 81 80-ff 02 01 03 04"),
    ("ldap", "client", "30 82 01-ff .. 02 01 00-7f 60 82 .. .. 02 01 03 04"),
    ("ldap", "client", "30 84 00 00 .. .. 02 01 00-7f 60 84 00 00 .. .. 02 01 03 04"),
    ("ldap", "client", "30 1d 02 01 00-7f 77 18 80 16 '1.3.6.1.4.1.146'"),
    ("ldap", "client", "30 14-7f 02 01 00-7f 63 0f-7f 04 00 0a 01 00 0a 01 00-03 02 01"),
    ("ldap", "server", "30 81 80-ff 02 01 00-7f 61 81 80-ff 0a 01 00-7f 04"),
    ("ldap", "server", "30 84 00 00 .. .. 02 01 00-7f 61 84 00 00 .. .. 0a 01 00-7f 04"),
    *(("ldap", "server", f"30 0c-7f 02 01 00-7f {answer} 07-7f 0a 01 00-7f 04") for answer in ("61", "78")),
    *(("sunrpc", "client", f"80 00 00 28-ff ..*4 00*4 00 00 00 02 {program} 00*3 01-09")
      for program in ("00 01 86-87 ..", "20-3f ..*3")),
    ("fastcgi", "client", "01 01 00 01-ff 00 08 00 00 00 01-03 00-01 00*5"),
    ("giop", None, "'GIOP' 01 00-03 00-07 00-07"),
    ("dbus", "client", r"00 'AUTH [A-Z][A-Z][A-Z]'"),
    ("netbios", "client", "81 00 00 44 20 '[A-P]'*19"),
    ("netbios", "server", "82 00*3 00 00 .. .. fe-ff 'SMB'"), ("netbios", None, "00 00 .. .. fe-ff 'SMB'"),
    ("tpkt", None, "03 00 00 0e-ff 09-fe e0 00 00 .. .. 00 c0-c2 01-10"),
    ("tpkt", None, "03 00 00 0e-ff 09-fe d0 ..*4 00 c0-c2 01-10"),
    ("bgp", None, "ff*16 00-10 .. 01 04"),
    ("diameter", None, "01 00 00-03 .. 80 00 01 01 00*4 ..*8 00 00 01 08"),
    ("diameter", None, "01 00 00-03 .. 00-20 00 01 01 00*4 ..*8 00 00 01 08-0c"),
    *(("doip", "client", f"{version} 00 05 00*3 07-0b ..*3 00*4") for version in DOIP),
    *(("doip", "server", f"{version} 00 06 00*3 09-0d ..*4 00-11 00*4") for version in DOIP),
    *(("bitcoin", None, f"{magic[:2]} {magic[2:4]} {magic[4:6]} {magic[6:]} 'version' 00*5 55-ff 00-01 00 00")
      for magic in BITCOINS),
]

OPENINGS = [(protocol, side, opening(pattern)) for protocol, side, pattern in PATTERNS]

METHODS = [word.encode() for word in (
    "GET HEAD POST PUT DELETE OPTIONS PATCH TRACE CONNECT COPY LOCK MKCOL MOVE PROPFIND PROPPATCH PURGE REPORT SEARCH "
    "UNLOCK UNSUBSCRIBE ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY PUBLISH REFER REGISTER SUBSCRIBE UPDATE").split()]
TARGET = re.compile(rb"(?:%s) [*-z][!-~\x80-\xff]*" % b"|".join(METHODS))
VERSIONS = {b" HTTP/1.0\r\n": "http1", b" HTTP/1.1\r\n": "http1", b" SIP/2.0\r\n": "sip"}
LINE_MAX = 65535


def recognise_line(data):
    """The same of a request by the end of its first line."""
    if any((method + b" ").startswith(data) for method in METHODS):
        return "auto"
    match = TARGET.match(data)
    if not match:
        return "call"
    for version, protocol in VERSIONS.items():
        if data[match.end():].startswith(version) and match.end() + len(version) <= LINE_MAX:
            return protocol
        if version.startswith(data[match.end():]) and len(data) <= LINE_MAX:
            return "auto"
    return "call"


def recognise(data, server=False):
    """What `auto` sees in the first bytes: a protocol, "call", or "auto" as long as they may still become one."""
    seen = recognise_line(data)
    for protocol, side, allowed in OPENINGS:
        if side == "guess" and server:
            continue
        if all(byte in bytes_ for byte, bytes_ in zip(data, allowed)):
            if len(data) >= len(allowed):
                return protocol
            seen = "auto"
    return seen
