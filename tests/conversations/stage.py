"""Programs on a stage: bare or guarded, each in a directory of its own."""

import json
import os
import pwd
import shutil
import tempfile
from pathlib import Path

from real.guard import BUILD, Guard
from real.program import Program
from real.waiting import wait_until

PROGRAMS = Path(__file__).parent / "programs"
CLOSE_AT_EXIT = BUILD / "libcloseatexit.so"


class Actor(Program):
    """`rules` as POISONSHIM_RULES has them, None: bare. `stdin` is what it shall read."""

    def __init__(self, argv, directory, rules=None, small_send_buffer=False, stdin=b"", user=None, **variables):
        self.guard = Guard("bare" if rules is None else rules, directory / "poisonshim.log")
        self.unnamed = 0
        self.guard.variables = {"POISONSHIM_RULES": rules}
        environment = self.guard.environment(small_send_buffer)
        if self.guard.active:
            assert CLOSE_AT_EXIT.exists()
            environment["LD_PRELOAD"] += f" {CLOSE_AT_EXIT}"
        environment |= {"HOME": str(directory), "LC_ALL": "C.UTF-8", **variables}
        (directory / "input").write_bytes(stdin)
        with open(directory / "input", "rb") as file:
            super().__init__(argv, environment, directory, file, user)

    def outcome(self):
        """What a caller of the program gets."""
        status = self.finish()
        return status, self.output_path.read_bytes(), self.errors_path.read_bytes()

    def counted(self, end, addresses):
        """What the guard counted on the connections whose `end` (local, peer) has one of these addresses: {address:
        (messages, framing)}, and a list for those whose addresses the kernel had forgotten when they ended."""
        def ended():
            counts = [(event[end], (event["message"] or 0, event["framing"])) for event in self.guard.events("ended")]
            named = {address: count for address, count in sorted(counts, key=str) if address in addresses}
            unnamed = [count for address, count in counts if address is None and count[0]][self.unnamed:]
            return len(named) + len(unnamed) >= len(addresses) and (named, unnamed)

        named, unnamed = wait_until(ended, f"{self.argv[0]} has ended its connections")
        self.unnamed += len(unnamed)
        return named, unnamed

    def assert_undisturbed(self, cut=False):
        """Nothing was refused, and what was cut was resumed; with `cut` there was something to resume."""
        self.guard.assert_undisturbed(short_writes=cut)
        broken = set()
        for event in self.guard.events():
            stream = event["pid"], event["local"], event["peer"]
            {"torn": broken.add, "resumed": broken.discard}.get(event["event"], lambda _: None)(stream)
        assert not broken, json.dumps(self.guard.events(), indent=1)


class Stage:
    """The directories can be reached by other users: some servers insist on one."""

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="stage"))
        self.directory.chmod(0o711)
        self.actors = []

    def home(self, name, user=None):
        directory = self.directory / name
        directory.mkdir()
        if user:
            shutil.chown(directory, user)
        return directory

    def start(self, *argv, user=None, **options):
        directory = self.home(f"{len(self.actors)}-{Path(argv[0]).name}", user)
        self.actors.append(Actor(argv, directory, user=user, **options))
        return self.actors[-1]

    def play(self, *argv, **options):
        """Starts a program and waits for its end."""
        actor = self.start(*argv, **options)
        actor.finish()
        return actor

    def clear_away(self):
        for actor in self.actors:
            actor.clear_away()
        shutil.rmtree(self.directory, ignore_errors=True)


def unprivileged(user):
    """The user that a server insists on when it would not run as root; None: whoever we are is good enough."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam(user).pw_name
