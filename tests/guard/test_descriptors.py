"""The state belongs to the open file description: it follows every duplicate and no number."""

import array
import ctypes
import fcntl
import os
import resource
import socket
import struct
import subprocess
import tempfile

from .guarded import each, guarded
from .streams import (BUFFER, MESSAGE, drain, events, finish, in_child, is_clean, is_guarded, libc, pair, refuses, system_call,
                      tear)

HEADER = struct.pack(">I", len(MESSAGE))

DUPLICATES = {
    "dup": libc.dup,
    "dup2": lambda fd: libc.dup2(fd, 50),
    "dup3": lambda fd: libc.dup3(fd, 50, os.O_CLOEXEC),
    "F_DUPFD": lambda fd: fcntl.fcntl(fd, fcntl.F_DUPFD, 50),
    "F_DUPFD_CLOEXEC": lambda fd: fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 50),
    "fcntl64": lambda fd: libc.fcntl64(fd, fcntl.F_DUPFD, 50),
}


@each("duplicate", DUPLICATES)
@guarded()
def test_poison_is_seen_through_a_duplicate(duplicate):
    writer, peer = pair()
    rest = tear(writer)
    copy = DUPLICATES[duplicate](writer.fileno())
    assert refuses(writer)
    assert refuses(copy, rest)
    assert refuses(DUPLICATES["dup"](copy), rest)
    writer.close()
    assert refuses(copy, rest)
    assert len(events("poisoned")) == 1
    os.close(copy)
    assert not events("closed"), "it was poisoned already"


@each("duplicate", DUPLICATES)
@guarded()
def test_a_cut_message_goes_on_through_a_duplicate(duplicate):
    writer, peer = pair()
    copy = DUPLICATES[duplicate](writer.fileno())
    rest = tear(writer)
    writer.close()
    finish(copy, peer, rest)
    assert is_clean(copy, peer)
    assert refuses(copy) is False


@each("duplicate", DUPLICATES)
@guarded()
def test_a_message_cut_through_a_duplicate_is_cut(duplicate):
    writer, peer = pair()
    copy = DUPLICATES[duplicate](writer.fileno())
    tear(copy)
    assert refuses(writer)
    assert refuses(copy)


@each("duplicate", DUPLICATES)
@guarded(RULES="peer:127.0.0.1:1-65535=call")
def test_duplicates_of_a_socket_that_is_not_connected_yet_share_their_state(duplicate):
    listener = socket.create_server(("127.0.0.1", 0))
    writer = socket.socket()
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    copy = DUPLICATES[duplicate](writer.fileno())
    writer.connect(listener.getsockname())
    peer = listener.accept()[0]
    assert is_clean(copy, peer)
    assert is_clean(writer, peer)
    tear(writer, bytes(8 << 20))
    assert refuses(copy)
    assert refuses(writer)


@guarded()
def test_closing_one_of_two_is_no_end():
    writer, peer = pair()
    copy = writer.dup()
    tear(writer)
    copy.close()
    assert not events("closed")
    writer.close()
    assert len(events("closed")) == 1


@guarded()
def test_dup2_onto_itself_changes_nothing():
    writer, peer = pair()
    tear(writer)
    assert libc.dup2(writer.fileno(), writer.fileno()) == writer.fileno()
    assert refuses(writer)


@guarded()
def test_dup2_over_a_live_stream_means_the_new_one():
    old, old_peer = pair()
    new, new_peer = pair()
    copy = old.dup()
    tear(old)
    os.dup2(new.fileno(), old.fileno())
    assert is_clean(old, new_peer)
    tear(new)
    assert refuses(old)
    assert refuses(copy)


@guarded()
def test_dup2_that_fails_changes_nothing():
    writer, peer = pair()
    tear(writer)
    assert libc.dup2(999, writer.fileno()) == -1
    assert refuses(writer)


@guarded()
def test_poison_is_seen_in_a_forked_child():
    writer, peer = pair()
    tear(writer)
    assert refuses(writer)

    def child():
        assert refuses(writer)
        copy = writer.dup()
        writer.close()
        assert refuses(copy)

    in_child(child)
    assert refuses(writer)


@guarded()
def test_a_forked_child_knows_what_was_cut():
    writer, peer = pair()
    rest = tear(writer)

    def child():
        assert refuses(writer)

    in_child(child)
    finish(writer, peer, rest)
    assert is_clean(writer, peer)


@guarded()
def test_a_forked_child_may_go_on_with_the_rest():
    writer, peer = pair()
    rest = tear(writer)
    in_child(lambda: finish(writer, peer, rest))


@guarded()
def test_a_forked_child_that_closes_ends_nothing():
    writer, peer = pair()
    tear(writer)
    in_child(writer.close)
    assert not events("closed")
    assert refuses(writer)


@guarded()
def test_a_forked_child_that_closes_inside_its_own_message_says_so():
    writer, peer = pair()
    assert is_clean(writer, peer)

    def child():
        tear(writer)
        writer.close()
        assert len(events("closed")) == 1

    in_child(child)


@guarded()
def test_a_forked_child_guards_its_own_streams():
    def child():
        writer, peer = pair()
        assert is_clean(writer, peer)
        assert is_guarded(writer)
        in_child(lambda: refuses(writer) or os._exit(1))

    in_child(child)


def close_raw(fd):
    system_call("close", fd)


def close_stdio(fd):
    libc.fdopen.restype = ctypes.c_void_p
    libc.fclose(ctypes.c_void_p(libc.fdopen(fd, b"w")))


def close_by_dup2(fd):
    """Another file takes the number, unseen, and goes."""
    with open("/dev/null", encoding="ascii") as null:
        system_call("dup3", null.fileno(), fd, 0)
    close_raw(fd)


CLOSES = {"close": os.close, "syscall": close_raw, "fclose": close_stdio, "unseen-dup2": close_by_dup2}

DIRECTORY = tempfile.TemporaryDirectory()
LISTENER = socket.socket(socket.AF_UNIX)
ADDRESS = DIRECTORY.name + "/listener"


# Each prepares what it needs, outside the numbers in question; what it returns then makes the new fd and its peer.

def high(sock):
    """A number of its own for what this process keeps, without a trace at the old one."""
    number = fcntl.fcntl(sock, fcntl.F_DUPFD, 60)
    sock.close()
    return number


def a_pair():
    def create():
        writer, peer = socket.socketpair()
        return writer.detach(), peer.detach()
    return create


def a_raw_pair():
    return create_pair_raw


def create_pair_raw():
    numbers = (ctypes.c_int * 2)()
    system_call("socketpair", socket.AF_UNIX, socket.SOCK_STREAM, 0, numbers)
    return numbers[0], numbers[1]


def connected(make):
    def prepare():
        def create():
            sock = make()
            sock.connect(ADDRESS)
            return sock.detach(), LISTENER.accept()[0].detach()
        return create
    return prepare


def raw_socket():
    return socket.socket(fileno=system_call("socket", socket.AF_UNIX, socket.SOCK_STREAM, 0))


def accepted(accept):
    def prepare():
        client = socket.socket(socket.AF_UNIX)
        client.connect(ADDRESS)
        peer = high(client)
        return lambda: (accept(LISTENER.fileno()), peer)
    return prepare


def received():
    """An fd that comes through a socket, which no hook sees."""
    ours, theirs = socket.socketpair()
    writer, peer = socket.socketpair()
    ours.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [writer.fileno()]))])
    for sock in (ours, writer):
        sock.close()
    peer, theirs = high(peer), socket.socket(fileno=high(theirs))

    def create():
        ancillary = theirs.recvmsg(1, 64)[1]
        return array.array("i", ancillary[0][2])[0], peer
    return create


CREATES = {
    "socketpair": a_pair,
    "raw-socketpair": a_raw_pair,
    "socket": connected(lambda: socket.socket(socket.AF_UNIX)),
    "raw-socket": connected(raw_socket),
    "accept": accepted(lambda fd: libc.accept(fd, None, None)),
    "accept4": accepted(lambda fd: libc.accept4(fd, None, None, socket.SOCK_CLOEXEC)),
    "raw-accept": accepted(lambda fd: system_call("accept4", fd, None, None, 0)),
    "SCM_RIGHTS": received,
}
UNSEEN = ("raw-socketpair", "raw-socket", "raw-accept", "SCM_RIGHTS")


@each("close", CLOSES)
@each("create", CREATES)
@guarded()
def test_a_reused_number_is_clean(close, create):
    """If neither end of the old nor birth of the new was seen, the first cut is still taken for the old one's."""
    unseen = close != "close" and create in UNSEEN
    LISTENER.bind(ADDRESS)
    LISTENER.listen()
    for state in ("clean", "torn", "poisoned"):
        prepared = CREATES[create]()
        writer, peer = pair()
        assert is_clean(writer, peer)
        if state != "clean":
            tear(writer)
        if state == "poisoned":
            assert refuses(writer)
        old = writer.detach()
        CLOSES[close](old)
        new, new_peer = prepared()
        assert new == old
        assert is_clean(new, new_peer), state
        assert is_guarded(new) or unseen, state
        os.close(new)
        peer.close()
        os.close(new_peer)


@each("close", CLOSES)
@guarded()
def test_the_first_cut_of_an_unseen_connection_is_seen_after_a_cut_in_the_old(close):
    writer, peer = pair()
    tear(writer)
    old = writer.detach()
    CLOSES[close](old)
    new, new_peer = create_pair_raw()
    assert new == old
    assert is_guarded(new)


@each("close", CLOSES)
@guarded()
def test_a_file_under_a_reused_number_is_not_guarded(close):
    writer, peer = pair()
    tear(writer)
    assert refuses(writer)
    old = writer.detach()
    CLOSES[close](old)
    with tempfile.TemporaryFile(buffering=0) as file:
        assert file.fileno() == old
        assert file.write(b"a line\n") == 7


@guarded()
def test_an_unseen_connection_may_begin_with_the_bytes_of_the_old_rest():
    writer, peer = pair()
    rest = tear(writer)
    old = writer.detach()
    close_raw(old)
    new, new_peer = create_pair_raw()
    assert new == old
    assert os.write(new, rest[:100]) == 100
    assert is_clean(new, new_peer)


def reused_unseen(copy):
    """Another connection has the number, and no hook knows."""
    close_raw(copy)
    new, new_peer = create_pair_raw()
    assert new == copy
    return new, new_peer


@guarded()
def test_a_cut_in_an_unseen_connection_is_not_held_against_the_one_that_had_its_number():
    writer, peer = pair()
    new, new_peer = reused_unseen(writer.dup().detach())
    tear(new)
    assert is_clean(writer, peer)
    assert is_guarded(writer)


@guarded()
def test_a_second_cut_in_an_unseen_connection_is_not_held_against_the_one_that_had_its_number():
    """It goes on with what was refused in the other."""
    writer, peer = pair()
    new, new_peer = reused_unseen(writer.dup().detach())
    rest = tear(writer)
    tear(new, rest)
    assert finish(writer, peer, rest) == MESSAGE
    assert is_guarded(writer)
    assert not events("poisoned")[1:]


@each("cuts", [1, 2, 3])
@guarded(FRAMING="packet(4)")
def test_an_unseen_connection_is_innocent_and_guarded_however_often_the_old_was_cut(cuts):
    writer, peer = pair()
    rest = HEADER + MESSAGE
    for _ in range(cuts):
        drain(peer)
        rest = tear(writer, rest)
    new, new_peer = reused_unseen(writer.detach())
    assert os.write(new, b"\0\0\0\1a") == 5
    tear(new, HEADER + MESSAGE)
    assert not events("poisoned")
    assert refuses(new)
    assert [event["message"] for event in events("poisoned")] == [2]


@guarded()
def test_an_unseen_connection_that_is_cut_in_the_bytes_of_the_old_rest_is_never_refused():
    """The first cut of another message is still taken for the old one's, the next is its own."""
    writer, peer = pair()
    rest = tear(writer)
    new, new_peer = reused_unseen(writer.detach())
    rest = tear(new, rest)
    drain(new_peer)
    assert os.write(new, rest[:100]) == 100
    assert not refuses(new)
    assert not is_guarded(new)
    assert not events("poisoned")
    drain(new_peer)
    assert is_guarded(new)


@each("numbers", [1, 2])
@guarded(FRAMING="packet(4)")
def test_an_unseen_connection_met_inside_a_message_is_left_alone(numbers):
    writer, peer = pair()
    assert os.write(writer.fileno(), b"\0\0\0\1a") == 5
    new, new_peer = reused_unseen(writer.dup().detach() if numbers == 2 else writer.detach())
    rest = tear(new, b"\0\4\0\0" + bytes(1 << 18))
    finish(new, new_peer, rest)
    assert os.write(new, b"\0\0\0\1a") == 5
    off, = events("off")
    assert off["fd"] == new and "before the guard knew it" in off["reason"]
    assert numbers == 1 or os.write(writer.fileno(), b"\0\0\0\1a") == 5


@guarded()
def test_subprocess_leaves_the_streams_of_its_parent():
    torn, torn_peer = pair()
    poisoned, poisoned_peer = pair()
    clean, clean_peer = pair()
    rest = tear(torn)
    tear(poisoned)
    assert refuses(poisoned)
    subprocess.run(["/bin/true"], check=True, close_fds=True)
    subprocess.run(["/bin/true"], check=True, close_fds=False)
    assert os.waitpid(os.posix_spawn("/bin/true", ["true"], os.environ, file_actions=[
        (os.POSIX_SPAWN_CLOSE, torn.fileno()), (os.POSIX_SPAWN_DUP2, clean.fileno(), poisoned.fileno())]), 0)[1] == 0
    assert os.system("true") == 0
    assert refuses(poisoned)
    finish(torn, torn_peer, rest)
    assert is_clean(torn, torn_peer)
    assert is_guarded(clean)


@guarded()
def test_a_write_inherited_by_exec_is_a_new_life():
    """The table does not survive exec; the peer's bytes do."""
    writer, peer = pair()
    script = f"import os; os.write({writer.fileno()}, b'a whole one'); os.write({writer.fileno()}, b'another')"
    subprocess.run(["/usr/bin/python3", "-I", "-S", "-c", script], check=True, pass_fds=[writer.fileno()])
    assert drain(peer) == b"a whole oneanother"


@guarded()
def test_half_close_inside_a_message_is_said_once():
    writer, peer = pair()
    tear(writer)
    writer.shutdown(socket.SHUT_WR)
    assert len(events("closed")) == 1
    writer.close()
    assert len(events("closed")) == 1


@guarded()
def test_half_close_for_reading_is_no_end():
    writer, peer = pair()
    rest = tear(writer)
    writer.shutdown(socket.SHUT_RD)
    assert not events("closed")
    finish(writer, peer, rest)
    assert is_clean(writer, peer)


@guarded()
def test_a_half_close_is_not_inherited_by_the_next():
    for count in (1, 2, 3):
        writer, peer = pair()
        tear(writer)
        writer.shutdown(socket.SHUT_WR)
        writer.close()
        assert len(events("closed")) == 2 * count - 1
        writer, peer = pair()
        tear(writer)
        writer.close()
        assert len(events("closed")) == 2 * count


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


@guarded()
def test_a_closed_stream_leaves_no_memory_behind():
    def use(times):
        for _ in range(times):
            writer, peer = socket.socketpair()
            writer.send(b"whole")
            writer.close()
            peer.close()

    use(1000)
    before = resident_bytes()
    use(10000)
    assert resident_bytes() - before < 10000 * 64


@guarded(FRAMING="call")
def test_where_address_space_is_short_a_connection_is_guarded_all_the_same():
    with open("/proc/self/statm", encoding="ascii") as statm:
        most = int(statm.read().split()[0]) * resource.getpagesize() + (1 << 20)
    writer, _peer = pair()
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    tear(writer)
    assert refuses(writer)
