"""The preloads that are compared: each an environment to start a program in."""

import pathlib
import shutil
import subprocess
import tempfile
from typing import NamedTuple, Optional

import cost

FRAMINGS = ["call", "packet(4)", "line", "http2", "redis"]
SECONDS = 10
NOT_OURS = {"_", "SHLVL", "PWD"}  # variables that launching anything changes

# 127.0.0.1 is where we write: it shall be reached, not proxied.
PROXYCHAINS = "localnet 127.0.0.0/255.0.0.0\n[ProxyList]\nsocks4 127.0.0.1 9\n"
TORSOCKS = "AllowOutboundLocalhost 1\nAllowInbound 1\n"
TRICKLE = "100000000"  # KB/s: it shall count, not wait


class Variant(NamedTuple):
    name: str
    kind: str  # "bare", "forward", "poisonshim", "other"
    added: dict  # to the environment
    framing: Optional[str] = None

    def environment(self):
        return {**cost.environment(None), **self.added}


class Missing(Exception):
    """A launcher or a library that is not installed."""


def launched(*launcher):
    """What a launcher puts into the environment of what it starts."""
    if not shutil.which(launcher[0]):
        raise Missing(f"no program {launcher[0]}")
    before = cost.environment(None)
    done = subprocess.run([*launcher, "env", "-0"], env=before, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          check=False, timeout=SECONDS, stdin=subprocess.DEVNULL)
    after = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if "=" in entry)
    added = {name: value for name, value in after.items() if before.get(name) != value and name not in NOT_OURS}
    if "LD_PRELOAD" not in added:
        raise Missing(f"{launcher[0]} preloads nothing")
    return added


def library(name):
    """The loader finds libraries by name; that this one is there has to be looked up."""
    found = next(pathlib.Path("/usr/lib").glob(f"*/{name}"), None)
    if not found:
        raise Missing(f"no library {name}")
    return {"LD_PRELOAD": str(found)}


class Others:
    """Debian's other preloads, as their launchers load them. Their settings are in a directory that is removed."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.missing = []

    def setting(self, name, text):
        path = self.directory / name
        path.write_text(text, encoding="ascii")
        return str(path)

    def socket_wrapper(self):
        sockets = self.directory / "sockets"
        sockets.mkdir(exist_ok=True)
        return {**library("libsocket_wrapper.so"), "SOCKET_WRAPPER_DIR": str(sockets),
                "SOCKET_WRAPPER_DEFAULT_IFACE": "10", "SOCKET_WRAPPER_MTU": "32768"}

    def makers(self):
        return {
            "socket_wrapper idle": lambda: library("libsocket_wrapper.so"),
            "socket_wrapper active": self.socket_wrapper,
            "trickle": lambda: launched("trickle", "-s", "-d", TRICKLE, "-u", TRICKLE),
            "libfiu": lambda: launched("fiu-run", "-x", "-f", ""),
            "proxychains4": lambda: launched("proxychains4", "-q", "-f", self.setting("proxychains.conf", PROXYCHAINS)),
            "torsocks": lambda: {**launched("torsocks"), "TORSOCKS_CONF_FILE": self.setting("torsocks.conf", TORSOCKS)},
            "libfaketime": lambda: launched("faketime", "-f", "+0"),
        }

    def all(self):
        for name, make in self.makers().items():
            try:
                yield Variant(name, "other", make())
            except Missing as missing:
                self.missing.append(f"{name} left out: {missing}")


def ours():
    yield Variant("bare", "bare", {})
    yield Variant("forward", "forward", {"LD_PRELOAD": str(cost.LIBRARIES["forward"])})
    for framing in FRAMINGS:
        yield guarded(framing)


def guarded(framing):
    return Variant(f"poisonshim {framing}", "poisonshim",
                   {"LD_PRELOAD": str(cost.LIBRARIES["poisonshim"]), "POISONSHIM_FRAMING": framing}, framing)


def all_variants():
    """The variants, what is missing, and the directory that has to live as long as they do."""
    directory = tempfile.TemporaryDirectory(prefix="bench-")  # pylint: disable=consider-using-with
    others = Others(directory.name)
    found = [*ours(), *others.all()]
    return found, others.missing, directory
