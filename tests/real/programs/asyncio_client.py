"""asyncio_client.py HOST PORT FILE: writes a file to a stream, in one write and then in many."""

import asyncio
import sys


async def main(host, port, path):
    with open(path, "rb") as file:
        data = file.read()
    half = len(data) // 2
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(data[:half])
    await writer.drain()
    for start in range(half, len(data), 100_000):
        writer.write(data[start:start + 100_000])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    print("sent")


asyncio.run(main(*sys.argv[1:]))
