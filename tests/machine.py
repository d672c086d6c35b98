"""The machine under test. Its programs are started as they are, or through SHIM_RUNNER, the words of an emulator or a
loader for another machine (scripts/machines)."""

import os
import sys

RUNNER = os.environ.get("SHIM_RUNNER", "").split()
PYTHON = os.environ.get("SHIM_PYTHON", "/usr/bin/python3")
EMULATED = bool(RUNNER) and "qemu" in RUNNER[0]
MUSL = os.environ.get("SHIM_LIBC") == "musl"


def command(argv):
    return [*RUNNER, *map(str, argv)]


def preload(*libraries):
    """Environment that preloads libraries into the program, and not into the emulator."""
    words = " ".join(map(str, libraries))
    return {"QEMU_SET_ENV": f"LD_PRELOAD={words}"} if EMULATED else {"LD_PRELOAD": words}


NO_EMULATED_WIPE = "the emulator ignores MADV_WIPEONFORK: a child that no fork handler sees has its parent's memory"
NO_SHARED_MEMORY = "the emulator makes no children that share memory"
NO_AUTODISARM = "the emulator refuses SS_AUTODISARM"
NO_SEND_TIMEOUT = "the emulator takes SO_SNDTIMEO_NEW, which 64 bit times need, for an int"
NO_EXCEPTIONS = "there is no C++ library for musl here"
NO_LOST_COUNT = "musl cancels a write only while nothing of it was sent: no count is lost"
NO_RAW_EXIT = "musl's list of threads does not survive one that ends by a raw system call"

NO_RANGES = "musl has no function that closes a range"

MISSING_IN_EMULATION = {
    "a_child_that_no_library_made": NO_EMULATED_WIPE,
    "a_cloned_child_in_our_memory": NO_SHARED_MEMORY,
    "an_autodisarmed_stack_above_the_normal_one_is_no_jump": NO_AUTODISARM,
}
MISSING_IN_32_BIT_EMULATION = {
    "a_send_timeout_ends_the_wait": NO_SEND_TIMEOUT,
}
MISSING_IN_MUSL = {
    "exception": NO_EXCEPTIONS,
    "deferred-cancel": NO_LOST_COUNT,
    "cancel-with-cleanup": NO_LOST_COUNT,
    "raw-exit-in-a-handler": NO_RAW_EXIT,
    "close_range": NO_RANGES,
    "closefrom": NO_RANGES,
}


def missing():
    """Names of scenes and bodies that cannot be played here, with the reason."""
    names = MISSING_IN_MUSL if MUSL else {}
    if EMULATED:
        names = MISSING_IN_EMULATION | (MISSING_IN_32_BIT_EMULATION if "aarch64" not in RUNNER[0] else {})
    return names


def skip_what_is_missing(argv):
    for reason in filter(None, map(missing().get, map(str, argv))):
        import pytest
        pytest.skip(reason)


def skip_what_the_emulator_cannot(bare):
    """What ends badly without the guard says nothing of it."""
    if EMULATED and bare.returncode:
        import pytest
        pytest.skip(f"the emulator itself: {bare.stderr.strip().splitlines()[-1]}")


CALLS = ("write", "close", "dup3", "socket", "connect", "accept4", "socketpair", "clone")
NUMBERS = {
    "x86_64": (1, 3, 292, 41, 42, 288, 53, 56),
    "i386": (4, 6, 330, 359, 362, 364, 360, 120),
    "aarch64": (64, 57, 24, 198, 203, 242, 199, 220),
    "arm": (4, 6, 358, 281, 283, 366, 288, 120),
}


def architecture():
    """Of this process: a 32 bit program may run on a 64 bit kernel."""
    name = os.uname().machine
    if sys.maxsize < 1 << 32:
        return "arm" if name.startswith(("arm", "aarch64")) else "i386"
    return name


SYSTEM_CALLS = dict(zip(CALLS, NUMBERS[architecture()]))
"""Numbers of system calls."""
