"""A headless Chromium, told what to do through a pair of pipes (the DevTools protocol); it reaches no network."""

import base64
import json
import os
import select
import shutil
import signal
import struct
import subprocess
import zlib

PATIENCE = 60  # seconds
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-default-apps", "--host-resolver-rules=MAP * ~NOTFOUND",
            "--disable-dev-shm-usage", "--remote-debugging-pipe"]


def program():
    return shutil.which("chromium")


class Chromium:
    """with Chromium(directory) as browser: the profile is kept in the directory."""

    def __init__(self, directory):
        self.directory = directory
        self.buffer = b""
        self.serial = 0
        self.events = []  # since the last load

    def __enter__(self):
        theirs, self.commands = os.pipe()
        self.answers, ours = os.pipe()
        command = [program(), *SWITCHES, f"--user-data-dir={self.directory}", "about:blank"]
        # The protocol wants the numbers 3 and 4; one of the pipes may have one of them, so that both are moved out of the way first.
        script = f'exec {{in}}<&{theirs} {{out}}>&{ours}; exec "$@" 3<&"$in" 4>&"$out"'
        environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD" and not name.startswith("POISONSHIM_")}
        with open(os.path.join(self.directory, "stderr"), "wb") as stderr:
            self.process = subprocess.Popen(["bash", "-c", script, "bash", *command], pass_fds=(theirs, ours), env=environment,
                                            stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr, start_new_session=True)
        os.close(theirs)
        os.close(ours)
        try:
            self.attach()
        except BaseException:
            self.__exit__()
            raise
        return self

    def attach(self):
        targets = self.ask("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in targets if one["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.page(f"{domain}.enable")

    def __exit__(self, *_):
        os.close(self.commands)
        os.close(self.answers)
        os.killpg(self.process.pid, signal.SIGKILL)  # a session of its own
        self.process.wait()

    def receive(self):
        while b"\0" not in self.buffer:
            assert select.select([self.answers], [], [], PATIENCE)[0], "Chromium says nothing"
            part = os.read(self.answers, 1 << 20)
            assert part, "Chromium ended"
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, session=None, **parameters):
        self.serial += 1
        message = {"id": self.serial, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        while (answer := self.receive()).get("id") != self.serial:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def page(self, method, **parameters):
        return self.ask(method, self.session, **parameters)

    def load(self, path, width=1280, dark=False, media="", script=True):
        """Loads a file and waits until it is there; its requests and complaints are in `events`."""
        self.page("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.page("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.page("Emulation.setScriptExecutionDisabled", value=not script)
        self.events = []
        self.page("Page.navigate", url=f"file://{path}")
        while not self.heard("Page.loadEventFired"):
            self.events.append(self.receive())

    def heard(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]

    def requests(self):
        return [event["request"]["url"] for event in self.heard("Network.requestWillBeSent")]

    def complaints(self):
        """What a console would show."""
        return [*self.heard("Log.entryAdded"), *self.heard("Runtime.consoleAPICalled"), *self.heard("Runtime.exceptionThrown"),
                *self.heard("Page.javascriptDialogOpening")]

    def tell(self, expression):
        """The value of an expression in the page."""
        result = self.page("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def screenshot(self, clip, scale=1):
        shot = self.page("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip | {"scale": scale})
        return base64.b64decode(shot["data"])

    def whole(self, scale=1):
        """A picture of the page from its beginning to its end."""
        width, height = self.tell("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        return self.screenshot({"x": 0, "y": 0, "width": width, "height": height}, scale)

    def pdf(self):
        return base64.b64decode(self.page("Page.printToPDF", printBackground=False)["data"])


def chunks(data):
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8:at + 8 + length]
        at += length + 12


def unfiltered(rows, width, depth):
    """Lines of bytes, each undone by the filter that its first byte names."""
    before = bytes(width * depth)
    for at in range(0, len(rows), width * depth + 1):
        kind, line = rows[at], bytearray(rows[at + 1:at + 1 + width * depth])
        for i, value in enumerate(line):
            left = line[i - depth] if i >= depth else 0
            corner = before[i - depth] if i >= depth else 0
            line[i] = (value + predicted(kind, left, before[i], corner)) & 255
        before = bytes(line)
        yield before


def predicted(kind, left, up, corner):
    if kind == 4:
        guess = left + up - corner
        return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
    return (0, left, up, (left + up) // 2)[kind]


def pixels(png):
    """Width, height and the lines of a PNG with 8 bits a colour, each a list of tuples."""
    parts = list(chunks(png))
    width, height, bits, colour = struct.unpack_from(">IIBB", dict(parts)[b"IHDR"])
    assert bits == 8 and colour in (2, 6)
    depth = 3 if colour == 2 else 4
    rows = zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT"))
    lines = [[tuple(line[at:at + 3]) for at in range(0, len(line), depth)] for line in unfiltered(rows, width, depth)]
    return width, height, lines
