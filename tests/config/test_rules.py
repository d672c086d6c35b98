"""Which rule guards which endpoint."""

import fnmatch
import itertools
import socket
import struct

import pytest

from .configuration import LIBRARY, good, match, match_and_role


def ipv4(host, port):
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_pton(socket.AF_INET, host) + bytes(8)


def ipv6(host, port, scope=0):
    return (struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 7) + socket.inet_pton(socket.AF_INET6, host)
            + struct.pack("=I", scope))


def vsock(cid, port):
    return struct.pack("=HHII", socket.AF_VSOCK, 0, port, cid) + bytes(4)


def unix(path):
    return struct.pack("=H", socket.AF_UNIX) + (path if isinstance(path, bytes) else path.encode())


UNNAMED = unix("")
HERE = ipv4("10.0.0.1", 40000)
THERE = ipv4("10.0.0.2", 6379)


def guards(matches, type_, **endpoint):
    good(RULES=f"{matches}=call")
    return match(type_, **endpoint) == 0


@pytest.mark.parametrize("matches, expected", [
    ("port:6379", True), ("port:40000", True), ("port:80", False), ("port:1-6378", False), ("port:1-6379", True),
    ("port:6379-6379", True), ("port:6380-39999", False), ("port:80/6379", True), ("port:80/81-7000/9", True),
    ("!port:6379", False), ("!port:80", True), ("port:40000+port:6379", True), ("port:40000+!port:6379", False),
    ("peer:6379", True), ("peer:40000", False), ("!peer:40000", True), ("local:40000", True), ("local:6379", False),
    ("peer:10.0.0.2:6379", True), ("peer:10.0.0.2:6378", False), ("peer:10.0.0.1:6379", False),
    ("peer:10.0.0.2:0-65535", True), ("peer:[::ffff:10.0.0.2]:6379", True), ("peer:[::10.0.0.2]:6379", False),
    ("local:10.0.0.1:40000", True), ("local:10.0.0.2:40000", False), ("!peer:10.0.0.1:6379", True),
    ("peer:10:6379", False), ("type:tcp", True), ("type:unix", False), ("!type:unix", True), ("type:any", True),
    ("type:pipe", False), ("type:vsock", False), ("fd:5", True), ("fd:4/6", False), ("fd:4-6", True), ("!fd:5", False),
    ("!fd:6", True), ("*", True), ("!*", False), ("unix:*", False), ("!unix:*", True), ("type:tcp+fd:5+peer:6379", True),
    ("type:tcp+fd:5+peer:6378", False),
])
def test_tcp(matches, expected):
    assert guards(matches, "tcp", peer=THERE, local=HERE) == expected


@pytest.mark.parametrize("written, host", [
    ("[::1]", "::1"), ("[0:0::1]", "::1"), ("[2001:DB8::5]", "2001:db8:0:0::5"), ("10.0.0.2", "::ffff:10.0.0.2"),
    ("[::ffff:a00:2]", "::ffff:10.0.0.2"), ("[::]", "::"),
])
def test_ipv6(written, host):
    assert guards(f"peer:{written}:80", "tcp", peer=ipv6(host, 80), local=ipv6("::1", 1))
    assert guards(f"peer:{written}:80", "tcp", peer=ipv6(host, 80, scope=3), local=ipv6("::1", 1))
    assert not guards(f"peer:{written}:80", "tcp", peer=ipv6(host, 81), local=ipv6("::1", 1))
    assert not guards(f"peer:{written}:80", "tcp", peer=ipv6("2001::9", 80), local=ipv6(host, 80))


@pytest.mark.parametrize("matches, expected", [
    ("peer:3:1024", True), ("peer:2:1024", False), ("peer:3:1025", False), ("peer:1024", True), ("port:1024", True),
    ("local:4294967295:4294967295", True), ("local:4294967295:0-4294967294", False), ("type:vsock", True), ("*", True),
    ("peer:0.0.0.3:1024", False), ("peer:[::3]:1024", False), ("type:tcp", False),
])
def test_vsock(matches, expected):
    assert guards(matches, "vsock", peer=vsock(3, 1024), local=vsock(0xffffffff, 0xffffffff)) == expected


@pytest.mark.parametrize("matches, path, expected", [
    ("unix:/run/x.sock", "/run/x.sock", True), ("unix:/run/x.sock", "/run/x.sock2", False),
    ("unix:/run/x.sock", "/run/x.soc", False), ("unix:/run/*", "/run/a/b", True), ("unix:/run/?", "/run/a", True),
    ("unix:/run/?", "/run/", False), ("unix:*", "/a", True), ("unix:*", b"\0abstract", False), ("unix:@*", b"\0abstract", True),
    ("unix:@abs*", b"\0abstract", True), ("unix:@abstract", b"\0abstract", True), ("unix:@abstract", "@abstract", False),
    ("unix:%40abstract", "@abstract", True), ("unix:%40abstract", b"\0abstract", False), ("unix:@", b"\0", True),
    ("unix:@a?b", b"\0a\0b", True), ("unix:@ab", b"\0ab\0", False), ("unix:/a", b"/a\0\0\0", True),
    ("unix:/a%3Db", "/a=b", True), ("unix:/a%2a", "/a*", True), ("unix:/a%2A", "/ab", False), ("unix:/a%3f", "/ab", False),
    ("unix:/a%3F", "/a?", True), ("unix:/a%2B%3b", "/a+;", True), ("unix:/a\\*", "/a\\x", True), ("unix:/a\\*", "/a*", False),
    ("unix:/a%5C", "/a\\", True), ("unix:/a,b", "/a,b", True), ("unix:/a b", "/a b", True), ("unix:/%FF", b"/\xff", True),
    ("unix:" + "x" * 108, "x" * 108, True), ("unix:" + "%2a" * 108, "*" * 108, True),
    ("unix:*", "", False), ("!unix:*", "", True), ("port:1", "/a", False), ("!port:1", "/a", True),
    ("peer:1", "/a", False), ("type:unix", "/a", True), ("*", "/a", True),
])
def test_unix(matches, path, expected):
    assert guards(matches, "unix", peer=unix(path), local=UNNAMED) == expected
    assert guards(matches, "unix", peer=UNNAMED, local=unix(path)) == expected


@pytest.mark.parametrize("type_, matches", [
    ("tcp", "port:80"), ("tcp", "!port:80"), ("tcp", "peer:80"), ("tcp", "!peer:80"), ("tcp", "local:80"),
    ("tcp", "!local:80"), ("tcp", "peer:10.0.0.1:80"), ("tcp", "!peer:10.0.0.1:80"), ("unix", "unix:*"), ("unix", "!unix:*"),
])
def test_an_address_that_is_not_known_matches_no_rule_that_needs_it(type_, matches):
    assert not guards(matches, type_)


def test_one_known_side_is_enough_if_it_matches_and_not_if_it_must_not():
    assert guards("port:6379", "tcp", peer=THERE)
    assert guards("port:40000", "tcp", local=HERE)
    assert not guards("!port:6379", "tcp", peer=THERE)
    assert not guards("!port:80", "tcp", peer=THERE)
    assert guards("!port:80", "tcp", peer=THERE, local=HERE)


KINDS = ["tcp", "unix", "vsock", "pipe", "tty"]


@pytest.mark.parametrize("fd, type_", itertools.product([0, 1, 2, 3], KINDS))
def test_what_must_be_named_is_guarded_only_if_a_rule_names_it(fd, type_):
    """Standard fds and ttys by number, pipes by number or type, the rest by anything that fits."""
    ordinary = fd > 2
    stream = ordinary and type_ in ("tcp", "unix", "vsock")
    expected = {
        "*": stream,
        "!fd:9": stream,
        "!type:any": False,
        "!port:1": stream,
        "type:any": ordinary and type_ != "tty",
        "type:pipe": ordinary and type_ == "pipe",
        "!type:tcp": stream and type_ != "tcp",
        "type:pipe+!fd:3": False,
        f"fd:{fd}": True,
        "fd:0-9": True,
        f"fd:{fd}+*": True,
        "fd:7": False,
        f"fd:{fd}+!type:pipe": type_ != "pipe",
    }
    good(RULES=";".join(f"{matches}=call" for matches in expected))
    addresses = {"peer": {"unix": UNNAMED, "vsock": vsock(1, 2)}.get(type_, THERE),
                 "local": {"unix": UNNAMED, "vsock": vsock(1, 2)}.get(type_, HERE)}
    for matches, guarded in expected.items():
        assert guards(matches, type_, fd=fd, **addresses) == guarded, matches


@pytest.mark.parametrize("fd, type_", itertools.product([0, 1, 2, 3], KINDS))
def test_a_framing_for_everything_means_stream_sockets(fd, type_):
    good(FRAMING="call")
    assert match(type_, fd=fd) == (0 if fd > 2 and type_ in ("tcp", "unix", "vsock") else None)


def test_the_first_rule_that_matches_wins():
    good(RULES="port:1=call;port:6379=line;port:6379=packet(4)", FRAMING="call")
    assert match("tcp", peer=THERE, local=HERE) == 1
    assert match("tcp", peer=HERE, local=HERE) == 3


def test_off_leaves_alone_and_ends_the_search():
    good(RULES="port:6379=off;*=call")
    assert match("tcp", peer=THERE, local=HERE) is None
    assert match("tcp", peer=HERE, local=HERE) == 1


def test_without_a_matching_rule_nothing_is_guarded():
    good(RULES="port:80=call")
    assert match("tcp", peer=THERE, local=HERE) is None


def test_globs_agree_with_fnmatch_on_every_short_text():
    """Python's fnmatch is the second opinion; its brackets do not occur here."""
    for length in range(5):
        for glob in map("".join, itertools.product("ab*?", repeat=length)):
            for name in map("".join, itertools.chain(*(itertools.product("ab", repeat=n) for n in range(5)))):
                assert LIBRARY.driver_glob(glob.encode(), name.encode(), len(name)) == fnmatch.fnmatchcase(name, glob)


ROLES = [
    ("port:6379", {"peer": THERE, "local": HERE}, "client"),
    ("port:40000", {"peer": THERE, "local": HERE}, "server"),
    ("port:1-65535", {"peer": THERE, "local": HERE}, "client"),
    ("port:1-65535", {"peer": THERE, "local": HERE, "accepted": True}, "server"),
    ("peer:6379", {"peer": THERE, "local": HERE, "accepted": True}, "client"),
    ("peer:10.0.0.2:6379", {"peer": THERE, "local": HERE}, "client"),
    ("local:40000", {"peer": THERE, "local": HERE}, "server"),
    ("!local:1", {"peer": THERE, "local": HERE}, "client"),
    ("!local:1", {"peer": THERE, "local": HERE, "accepted": True}, "server"),
    ("type:tcp+local:40000", {"peer": THERE, "local": HERE}, "server"),
    ("*", {"peer": THERE, "local": HERE}, "client"),
    ("*", {"peer": THERE, "local": HERE, "accepted": True}, "server"),
    ("fd:5", {"peer": THERE, "local": HERE}, "client"),
    ("unix:/run/a", {"peer": unix("/run/a"), "local": UNNAMED}, "client"),
    ("unix:/run/a", {"peer": UNNAMED, "local": unix("/run/a")}, "server"),
    ("unix:/run/*", {"peer": unix("/run/a"), "local": unix("/run/b"), "accepted": True}, "server"),
]


@pytest.mark.parametrize("matches, endpoint, role", ROLES)
def test_the_role_is_the_side_that_the_rule_names_or_else_who_connected(matches, endpoint, role):
    good(RULES=f"{matches}=call")
    assert match_and_role("unix" if "unix" in matches else "tcp", **endpoint) == (0, role)


@pytest.mark.parametrize("role", ["client", "server"])
@pytest.mark.parametrize("matches, endpoint, _", ROLES)
def test_a_role_that_is_given_is_the_role(matches, endpoint, _, role):
    good(RULES=f"{matches}=call,role={role}")
    assert match_and_role("unix" if "unix" in matches else "tcp", **endpoint) == (0, role)
