"""After EPIPE: the stream is poisoned for good, whatever is tried."""

import ctypes
import os

from . import libc


def nothing_at_all():
    """Calls that carry no byte or cannot be read, each of which a poisoned stream refuses all the same."""
    some = ctypes.create_string_buffer(8)
    iov = (libc.Iovec * 2)(libc.Iovec(None, 0), libc.Iovec(ctypes.addressof(some), 0))
    header = libc.Msghdr(None, 0, None, 0, None, 0, 0)
    bad = 8
    calls = {
        "write(0 bytes)": lambda fd: libc.write(fd, ctypes.addressof(some), 0),
        "write(NULL, 0)": lambda fd: libc.write(fd, None, 0),
        "write(bad pointer)": lambda fd: libc.write(fd, bad, 8),
        "writev(0 vectors)": lambda fd: libc.writev(fd, ctypes.addressof(iov), 0),
        "writev(empty vectors)": lambda fd: libc.writev(fd, ctypes.addressof(iov), 2),
        "writev(NULL, 0)": lambda fd: libc.writev(fd, None, 0),
        "writev(bad pointer)": lambda fd: libc.writev(fd, bad, 1),
        "send(NULL, 0)": lambda fd: libc.send(fd, None, 0, 0),
        "sendto(NULL, 0)": lambda fd: libc.sendto(fd, None, 0, 0, None, 0),
        "sendmsg(no vector)": lambda fd: libc.sendmsg(fd, ctypes.addressof(header), 0),
        "sendmsg(NULL)": lambda fd: libc.sendmsg(fd, None, 0),
        "sendmmsg(0 messages)": lambda fd: libc.sendmmsg(fd, None, 0, 0),
        "sendmmsg(bad pointer)": lambda fd: libc.sendmmsg(fd, bad, 1, 0),
    }
    keep = (some, iov, header)
    return {name: (lambda fd, call=call, keep=keep: as_result(call(fd))) for name, call in calls.items()}


def as_result(value):
    return libc.Result(value, ctypes.get_errno() if value < 0 else 0, 0)


NOTHING = nothing_at_all()


def stay_poisoned(case, everything=False):
    """Poison is terminal: for the right bytes too, for no bytes, through every function and every dup."""
    stream, random = case.stream, case.random
    duplicate = stream.duplicate()
    datas = (case.data[len(stream.model.sent):] or case.sample.other, case.sample.other)
    names = tuple(NOTHING) if everything else random.sample(tuple(NOTHING), 2)
    functions = stream.calls if everything else random.choices(stream.calls, k=2)
    for name in names:
        stream.refuse(name, NOTHING[name], random.choice((stream.writer, duplicate)))
    for name in functions:
        stream.refuse_offer(random.choice(datas), name, random.choice((stream.writer, duplicate)))


def in_a_child(check):
    child = os.fork()
    if not child:
        try:
            check()
            os._exit(0)
        except BaseException as failure:
            print(f"in a forked child: {failure}", flush=True)
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "in a forked child"
