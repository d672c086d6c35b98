"""What both demonstrations share: the library under test, the environment of a run, a bound on the time."""

import os
import signal
import sys

LIMIT = 60  # seconds for a whole demonstration; it takes two or three


def library(script):
    """The absolute path of the built library: $SHIM_LIBRARY, else build/libpoisonshim.so beside scripts/."""
    top = os.path.dirname(os.path.dirname(os.path.abspath(script)))
    path = os.path.abspath(os.environ.get("SHIM_LIBRARY") or os.path.join(top, "build", "libpoisonshim.so"))
    if not os.path.isfile(path):
        print(f"{os.path.basename(script)}: {path} is not built: run make first", file=sys.stderr)
        sys.exit(2)
    return path


def preloadable(path, directory):
    """The path, or a link to it in `directory`: the dynamic linker splits LD_PRELOAD at spaces and colons."""
    if not any(character in path for character in " \t\n:"):
        return path
    link = os.path.join(directory, "libpoisonshim.so")
    if not os.path.islink(link):
        os.symlink(path, link)
    return link


def shown(path):
    """The path as a person would type it here."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative


def environment(preload=None, **settings):
    """Ours without any preload or POISONSHIM_* of the caller's, plus the given ones."""
    ours = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD" and not k.startswith("POISONSHIM_")}
    if preload:
        ours["LD_PRELOAD"] = preload
        ours.update(settings)
    return ours


def bounded():
    """From here on the demonstration ends itself after LIMIT seconds, and SIGTERM runs its cleanup too."""

    def late(*_):
        raise TimeoutError(f"the demonstration did not end within {LIMIT} s")

    signal.signal(signal.SIGALRM, late)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    signal.alarm(LIMIT)


def run(main):
    """Runs a demonstration in bounded time; what keeps it from a verdict is told in one line. Returns the exit status."""
    try:
        return main()
    except (OSError, RuntimeError) as error:
        print(f"FAILED: there is no verdict: {error}", file=sys.stderr)
        return 1


def end(process):
    """Ends a child of ours, stopped or running, and collects it."""
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()
