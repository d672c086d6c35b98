"""tls_server.py MODE CERTIFICATE FILE: prints its port, then sends a file to one TLS client.

socket   ssl.SSLSocket with a timeout: OpenSSL writes to the socket itself
asyncio  records are made in memory and sent by asyncio
"""

import asyncio
import socket
import ssl
import sys

mode, certificate, path = sys.argv[1:]

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate)
with open(path, "rb") as file:
    data = file.read()
listener = socket.create_server(("127.0.0.1", 0))


def serve():
    connection, _ = listener.accept()
    connection.settimeout(60)
    with context.wrap_socket(connection, server_side=True) as tls:
        tls.sendall(data)
        tls.unwrap()


async def serve_asyncio():
    done = asyncio.Event()

    async def answer(_, writer):
        writer.write(data)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        done.set()

    async with await asyncio.start_server(answer, sock=listener, ssl=context):
        await done.wait()


print(listener.getsockname()[1], flush=True)
if mode == "asyncio":
    asyncio.run(serve_asyncio())
else:
    serve()
