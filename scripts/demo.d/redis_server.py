"""A redis-server of our own on a socket in a directory of our own, which can be stopped and asked."""

import os
import signal
import socket
import subprocess

import guard

SOCKET = "redis.sock"  # relative to the directory: the path of a socket has to be short


class RedisServer:
    def __init__(self, directory):
        self.directory = directory
        options = ["--port", "0", "--unixsocket", SOCKET, "--save", "", "--appendonly", "no", "--daemonize", "no"]
        self.process = subprocess.Popen(
            ["redis-server", *options, "--logfile", ""],
            cwd=directory,
            env=guard.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def __enter__(self):
        try:
            self.wait_until_ready()
        except BaseException:
            guard.end(self.process)
            raise
        return self

    def __exit__(self, *_):
        guard.end(self.process)

    def wait_until_ready(self):
        said = []
        for line in self.process.stdout:
            said.append(line.decode(errors="replace"))
            if "ready to accept connections" in said[-1]:
                return
        raise RuntimeError("redis-server did not start:\n" + "".join(said))

    def stop(self):
        """Stops the process; returns when it has stopped."""
        os.kill(self.process.pid, signal.SIGSTOP)
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            self.process.returncode = status
            raise RuntimeError("redis-server ended")

    def go_on(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def get(self, key):
        """The value of a key, None if there is none, on a connection of our own."""
        with socket.socket(socket.AF_UNIX) as sock:
            here = os.open(".", os.O_RDONLY)
            try:
                os.chdir(self.directory)
                sock.connect(SOCKET)
            finally:
                os.fchdir(here)
                os.close(here)
            sock.sendall(f"GET {key}\r\n".encode())
            with sock.makefile("rb") as answer:
                length = int(answer.readline()[1:])
                return answer.read(length) if length >= 0 else None
