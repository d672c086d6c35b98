"""SIP over TCP, and RTSP."""

import functools
import re
import socket
import threading

import pycurl

from ..start_lines import StartLine, between_header_lines
from ..tap import free_port, listening, run, tcp_tap
from ..tshark import end_of, pdu_ends, pdus
from . import Stream

SERIALIZER = "sip-tester (sipp), libcurl"
PARSER = "tshark"
SIP, RTSP = 5060, 554
SECONDS = 30


def sipp(*arguments, port):
    return ["sipp", *arguments, "-t", "t1", "-i", "127.0.0.1", "-p", port, "-mp", free_port(), "-nostdin",
            "-skip_rlimit",
            "-timeout", SECONDS]


@functools.cache
def calls():
    """Two calls: what both sides write."""
    with listening(lambda port: sipp("-sn", "uas", port=port)) as port, tcp_tap(port) as tap:
        run(sipp("-sn", "uac", "-m", "2", f"127.0.0.1:{tap.listener.getsockname()[1]}", port=free_port()))
    return max(zip(tap.client, tap.server), key=lambda sides: len(sides[0]))


def answer(connection, kept):
    """A server that agrees to everything."""
    text = b""
    while piece := connection.recv(1 << 16):
        kept.append(piece)
        text += piece
        while b"\r\n\r\n" in text and not re.search(rb"Content-Length: [1-9][0-9]*\r\n\r\n$", text, re.IGNORECASE):
            cseq, text = re.search(rb"CSeq: ([0-9]+)", text)[1], b""
            connection.sendall(b"RTSP/1.0 200 OK\r\nCSeq: %s\r\nSession: 77;timeout=60\r\n"
                               b"Transport: RTP/AVP/TCP;interleaved=0-1\r\nPublic: PLAY\r\n\r\n" % cseq)


def rtsp():
    """What libcurl asks."""
    kept = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        curl, uri = pycurl.Curl(), f"rtsp://127.0.0.1:{listener.getsockname()[1]}/film"
        server = threading.Thread(target=lambda: answer(listener.accept()[0], kept))
        server.start()
        for option, value in ((pycurl.URL, uri), (pycurl.TIMEOUT, SECONDS), (pycurl.NOSIGNAL, 1),
                              (pycurl.WRITEFUNCTION, len), (pycurl.OPT_RTSP_STREAM_URI, uri)):
            curl.setopt(option, value)
        for request in (pycurl.RTSPREQ_OPTIONS, pycurl.RTSPREQ_SETUP, pycurl.RTSPREQ_PLAY, pycurl.RTSPREQ_PAUSE,
                        pycurl.RTSPREQ_TEARDOWN):
            curl.setopt(pycurl.OPT_RTSP_TRANSPORT, "RTP/AVP/TCP;interleaved=0-1")
            curl.setopt(pycurl.OPT_RTSP_REQUEST, request)
            curl.perform()
        curl.close()
        server.join(SECONDS)
    return kept


def streams():
    client, server = calls()
    return [Stream("client", client), Stream("server", server), Stream("client", rtsp(), "rtsp", framing="rtsp")]


def ends(stream):
    """For RTSP, tshark shows each message up to the end of the capture; its fields say more."""
    if stream.name != "rtsp":
        return pdu_ends(stream.data, SIP, "sip", stream.role == "server")
    return [max(map(end_of, filter(lambda field: field.get("size"), message)))
            for message in pdus(stream.data, RTSP, "rtsp", stream.role == "server")]


FIRST_LINE = StartLine(rb"(?:SIP|RTSP)/\d\.\d")


def proves(sent, offered):
    return between_header_lines(sent) and any(FIRST_LINE.begins(offered, response) for response in (False, True))


WRONG = {
    "another version": ("client", b"INVITE sip:bob SIP/2\r\n\r\n"),
    "another protocol's version": ("client", b"GET / HTTP/1.1\r\n\r\n"),
    "a response of another protocol": ("server", b"HTTP/1.1 200 OK\r\n\r\n"),
    "no status": ("server", b"SIP/2.0 OK\r\n\r\n"),
    "a status of four digits": ("server", b"SIP/2.0 2000 OK\r\n\r\n"),
    "a status below 100": ("server", b"SIP/2.0 099 OK\r\n\r\n"),
    "no target": ("client", b"INVITE\r\n\r\n"),
    "a method of another alphabet": ("client", "ПИШИ sip:bob SIP/2.0\r\n\r\n".encode()),
    "a control character in the target": ("client", b"INVITE sip:\tbob SIP/2.0\r\n\r\n"),
    "a method without end": ("client", b"A" * 33),
    "a header without a colon": ("client", b"ACK sip:bob SIP/2.0\r\nCall-ID\r\n\r\n"),
    "two lengths": ("server", b"SIP/2.0 200 OK\r\nl: 3\r\nContent-Length: 4\r\n\r\n"),
    "a line end that is none": ("client", b"\rACK sip:bob SIP/2.0\r\n"),
    "nothing but white space": ("client", b"  \r\n"),
}
