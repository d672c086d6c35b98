"""What a person is told about a configuration that does not parse: where, what stands there, what should."""

import pytest

from .configuration import good, load, load_block

# The framings have their own tests; what they expect is theirs.
FRAMING = load(FRAMING="?").split(", expected ")[1]
MATCH = "a match: port:, peer:, local:, unix:, fd:, type: or *"
ADDRESS = "a numeric address: 10.0.0.1, [::1] or a vsock CID"
PORT = "a port from 0 to 65535"
PORT_OR_ADDRESS = "a port from 0 to 65535, or ADDRESS:PORT"
EQUALS = '"=" and a framing, or "+" and another match'
NEXT_RULE = '"," and an option, ";" and another rule, or end of text'
OPTION = "an option: role=, unit=, tls=, desync=, action= or max="
LOG = 'stderr, syslog, a path with "/" in it, text, json, off, error, warn, info or debug'
DURATION = "a duration above 0: 250ms, 5s, 2m or 1h"
WINDOW = "a number of bytes from 1 to 65536 (64k)"
ACTION = "epipe, shutdown, reset or abort"
FD = "an fd number"
PATH = 'a path, or "@" and an abstract name; *, ? and %XX may stand in it'
ESCAPE = 'two hexadecimal digits from 01 to ff behind "%"'
BYTES = "a number of bytes above 0; k, M or G may follow it"
END = "end of text"

VALUES = [
    ("POLICY", "rezume", 1, '"rezume"', "resume or strict"),
    ("POLICY", "STRICT", 1, '"STRICT"', "resume or strict"),
    ("POLICY", "strictly", 1, '"strictly"', "resume or strict"),
    ("POLICY", "strict ", 7, '" "', END),
    ("POLICY", "strict,resume", 7, '","', END),
    ("MODE", "on", 1, '"on"', "enforce or audit"),
    ("SIGPIPE", "yes", 1, '"yes"', "0 or 1"),
    ("SIGPIPE", "2", 1, '"2"', "0 or 1"),
    ("SIGPIPE", "01", 1, '"01"', "0 or 1"),
    ("DEADLINE", "0s", 1, '"0s"', DURATION),
    ("DEADLINE", "s", 1, '"s"', DURATION),
    ("DEADLINE", "-5s", 1, '"-5s"', DURATION),
    ("DEADLINE", "5", 2, END, "a unit: ms, s, m or h"),
    ("DEADLINE", "5ns", 2, '"ns"', "a unit: ms, s, m or h"),
    ("DEADLINE", "1.5s", 2, '".5s"', "a unit: ms, s, m or h"),
    ("DEADLINE", "5s5s", 2, '"s5s"', "a unit: ms, s, m or h"),
    ("DEADLINE", "5s 5s", 3, '" "', END),
    ("DEADLINE", "5124096h", 1, '"5124096h"', "a duration of less than 584 years"),
    ("DEADLINE", "99999999999999999999s", 1, '"99999999999999999999s"', DURATION),
    ("ACTION", "kill", 1, '"kill"', ACTION),
    ("ACTION", "reset,abort", 6, '","', END),
    ("WINDOW", "0", 1, '"0"', WINDOW),
    ("WINDOW", "65537", 1, '"65537"', WINDOW),
    ("WINDOW", "65k", 1, '"65k"', WINDOW),
    ("WINDOW", "x", 1, '"x"', WINDOW),
    ("WINDOW", "16kb", 4, '"b"', END),
    ("LOG", "stdout", 1, '"stdout"', LOG),
    ("LOG", "json,", 6, END, LOG),
    ("LOG", ",json", 1, '","', LOG),
    ("LOG", "json, text", 6, '" "', LOG),
    ("LOG", "json,/a,stderr", 9, '"stderr"', "at most one of stderr, syslog and a path"),
    ("LOG", "stderr,/a", 8, '"/a"', "at most one of stderr, syslog and a path"),
    ("LOG", "text,json", 6, '"json"', "at most one of text and json"),
    ("LOG", "info,off", 6, '"off"', "at most one of off, error, warn, info and debug"),
    ("LOG", "json,/" + "x" * 4095, 6, '"/xxxxxxxxxxxxxxxxxxxxxxx..."', "a path of at most 4095 bytes"),
    ("STATS", "x" * 4096, 1, '"xxxxxxxxxxxxxxxxxxxxxxxx..."', "a directory, with at most 4095 bytes in its name"),
    ("FRAMING", "lenght-field(offset=1)", 1, '"lenght-field("', FRAMING),
    ("FRAMING", "call;line", 5, '";"', '"," and an option, or end of text'),
    ("FRAMING", "call,", 6, END, OPTION),
    ("FRAMING", "call,rule=client", 6, '"rule"', OPTION),
    ("FRAMING", "call,role=peer", 11, '"peer"', "client or server: which side the program is"),
    ("FRAMING", "http2,unit=block", 12, '"block"', "frame or message: which of the two may not be cut"),
    ("FRAMING", "line,tls=yes", 10, '"yes"', "sniff, off or start: whether TLS begins at a boundary, never, or at once"),
    ("FRAMING", "explicit,tls=sniff", 14, '"sniff"',
     "no tls=sniff here: in this framing a message may begin as TLS does"),
    ("FRAMING", "packet(-4),tls=sniff", 16, '"sniff"',
     "no tls=sniff here: in this framing a message may begin as TLS does"),
    ("FRAMING", "skip(8)", 7, '")"', '")>" and what comes behind the skipped bytes'),
    ("FRAMING", "skip(0)>line", 6, '"0"', "how many bytes to skip, 1 or more, with k, M or G for units"),
    ("FRAMING", "off>line", 5, '"line"', "nothing behind a framing without messages of its own"),
    ("FRAMING", "line>line>line>line>line", 21, '"line"', "at most 4 stages"),
    ("FRAMING", "call,desync=maybe", 13, '"maybe"', "off or poison"),
    ("FRAMING", "call,action=kill", 13, '"kill"', ACTION),
    ("FRAMING", "call,max=0", 10, '"0"', BYTES),
    ("FRAMING", "call,max=5T", 11, '"T"', '"," and an option, or end of text'),
    ("FRAMING", "call,max=", 10, END, BYTES),
    ("FRAMING", "call,max=18446744073709551616", 10, '"18446744073709551616"', BYTES),
    ("FRAMING", "call,max=18014398509481984k", 10, '"18014398509481984k"', BYTES),
    ("RULES", "port:6379=lenght-field(offset=1)", 11, '"lenght-field("', FRAMING),
    ("RULES", ";", 2, END, MATCH),
    ("RULES", "redis=call", 1, '"redis"', MATCH),
    ("RULES", "!!port:1=call", 2, '"!port:1"', MATCH),
    ("RULES", "port:1+=call", 8, '"="', MATCH),
    ("RULES", "port:1", 7, END, EQUALS),
    ("RULES", "port:1 =call", 7, '" "', EQUALS),
    ("RULES", "port:1=", 8, END, FRAMING),
    ("RULES", "*call", 2, '"call"', EQUALS),
    ("RULES", "*=call=line", 7, '"="', NEXT_RULE),
    ("RULES", "*=call port:1=line", 8, '"port:1"', NEXT_RULE),
    ("RULES", "*=call;;x", 9, '"x"', MATCH),
    ("RULES", "*=call\nx", 8, '"x"', MATCH),
    ("RULES", "*=call,unit=frame", 13, '"frame"', "no unit= here: in this framing every frame is a message"),
    ("RULES", "*=call,desync=;", 15, '";"', "off or poison"),
    ("RULES", "port:=call", 6, '"="', PORT),
    ("RULES", "port:http=call", 6, '"http"', PORT),
    ("RULES", "port:65536=call", 6, '"65536"', PORT),
    ("RULES", "port:1-=call", 8, '"="', PORT),
    ("RULES", "port:1-65536=call", 8, '"65536"', PORT),
    ("RULES", "port:9-8=call", 8, '"8"', "an end of the range that is not below its start"),
    ("RULES", "port:1/=call", 8, '"="', PORT),
    ("RULES", "port:1,2=call", 7, '","', EQUALS),
    ("RULES", "port:" + "/".join("1" * 17) + "=call", 38, '"1"', "at most 16 numbers and ranges in one match"),
    ("RULES", "peer:=call", 6, '"="', PORT_OR_ADDRESS),
    ("RULES", "peer:70000=call", 6, '"70000"', PORT_OR_ADDRESS),
    ("RULES", "peer:localhost:80=call", 6, '"localhost:80"', ADDRESS),
    ("RULES", "peer:localhost=call", 6, '"localhost"', ADDRESS),
    ("RULES", "local:db.example.com:80=call", 7, '"db.example.com:80"', ADDRESS),
    ("RULES", "peer:10.0.0.256:80=call", 6, '"10.0.0.256:80"', ADDRESS),
    ("RULES", "peer:10.0.0.1=call", 14, '"="', '":" and a port behind the address'),
    ("RULES", "peer:10.0.0.1:=call", 15, '"="', PORT),
    ("RULES", "peer:10.0.0.1:65536=call", 15, '"65536"', PORT),
    ("RULES", "peer::80=call", 6, '":80"', ADDRESS),
    ("RULES", "peer:::1:80=call", 6, '"::1:80"', ADDRESS),
    ("RULES", "peer:[::1=call", 6, '"[::1"', ADDRESS),
    ("RULES", "peer:[::1", 10, END, '"]" behind the IPv6 address'),
    ("RULES", "peer:[10.0.0.1]:80=call", 6, '"[10.0.0.1]:80"', ADDRESS),
    ("RULES", "peer:[fe80::1%eth0]:80=call", 6, '"[fe80::1%eth0]:80"', ADDRESS),
    ("RULES", "peer:[::1]80=call", 11, '"80"', '":" and a port behind the address'),
    ("RULES", "peer:[" + "0" * 60 + "]:1=call", 6, '"[00000000000000000000000..."', ADDRESS),
    ("RULES", "peer:4294967296:1=call", 6, '"4294967296:1"', ADDRESS),
    ("RULES", "peer:3:4294967296=call", 8, '"4294967296"', "a vsock port from 0 to 4294967295"),
    ("RULES", "unix:=call", 6, '"="', PATH),
    ("RULES", "unix:", 6, END, PATH),
    ("RULES", "unix:/a%2=call", 9, '"2"', ESCAPE),
    ("RULES", "unix:/a%zz=call", 9, '"zz"', ESCAPE),
    ("RULES", "unix:/a%00=call", 9, '"00"', ESCAPE),
    ("RULES", "unix:/a%", 9, END, ESCAPE),
    ("RULES", "unix:" + "x" * 109 + "=call", 114, '"x"', "a path of at most 108 bytes"),
    ("RULES", "fd:=call", 4, '"="', FD),
    ("RULES", "fd:-1=call", 4, '"-1"', FD),
    ("RULES", "fd:2147483648=call", 4, '"2147483648"', FD),
    ("RULES", "type:udp=call", 6, '"udp"', "tcp, unix, vsock, pipe or any"),
    ("RULES", "type:tty=call", 6, '"tty"', "tcp, unix, vsock, pipe or any"),
    ("RULES", "+".join("*******") + "=call", 13, '"*"', "at most 6 matches in one rule"),
    ("RULES", ";".join(["*=call"] * 65), 449, '"*"', "at most 64 rules, POISONSHIM_FRAMING among them"),
    # How what was found is shown.
    ("MODE", "a" * 24, 1, f'"{"a" * 24}"', "enforce or audit"),
    ("MODE", "a" * 25, 1, f'"{"a" * 24}..."', "enforce or audit"),
    ("MODE", '"audit"', 1, r'"\"audit\""', "enforce or audit"),
    ("MODE", "a\\b", 1, r'"a\\b"', "enforce or audit"),
    ("MODE", "\n", 1, r'"\n"', "enforce or audit"),
    ("MODE", b"\x01\x7f\xe2\x80\x9c", 1, r'"\x01\x7f\xe2\x80\x9c"', "enforce or audit"),
    ("MODE", "\t,", 1, r'"\x09"', "enforce or audit"),
]


def test_the_framings_are_listed():
    assert FRAMING.startswith("a framing: the name of a protocol (poisonshim-framing(7) lists them), auto, call, ")


@pytest.mark.parametrize("name, value, column, found, expected", VALUES)
def test_the_message_names_variable_column_what_stands_there_and_what_should(name, value, column, found, expected):
    assert load(**{name: value}) == f"POISONSHIM_{name}, column {column}: found {found}, expected {expected}"


def test_a_framing_variable_behind_sixty_four_rules_is_one_too_many():
    assert load(RULES=";".join(["*=call"] * 64), FRAMING="line") == (
        'POISONSHIM_FRAMING, column 1: found "line", expected at most 64 rules, POISONSHIM_FRAMING among them')


NAMES = "CONFIG, POLICY, MODE, DEADLINE, SIGPIPE, LOG, STATS, ACTION, WINDOW, RULES, FRAMING"


@pytest.mark.parametrize("name, found, hint", [
    ("POISONSHIM_RULEZ", None, "RULES"),
    ("POISONSHIM_RULE", None, "RULES"),
    ("POISONSHIM_RULSE", None, "RULES"),
    ("POISONSHIM_rules", None, "RULES"),
    ("POISONSHIM_FRAMMING", None, "FRAMING"),
    ("POISONSHIM_SIG_PIPE", None, "SIGPIPE"),
    ("POISONSHIM_LOGS", None, "LOG"),
    ("POISONSHIM_POLICIES", None, None),
    ("POISONSHIM_STAT", None, "STATS"),
    ("POISONSHIM_STATISTICS", None, None),
    ("POISONSHIM_", None, None),
    ("POISONSHIM_" + "X" * 5000, "POISONSHIM_XXXXXXXXXXXXX...", None),
    ("POISONSHIM_\n", "POISONSHIM_\\n", None),
])
def test_an_unknown_variable_is_an_error_that_lists_the_known_ones(name, found, hint):
    guess = f"; did you mean POISONSHIM_{hint}?" if hint else ""
    assert load_block(f"{name}=1") == f'environment: found "{found or name}", expected POISONSHIM_ and one of {NAMES}{guess}'


def test_an_unknown_variable_is_an_error_even_if_it_is_empty():
    assert load_block("POISONSHIM_RULEZ=").startswith('environment: found "POISONSHIM_RULEZ"')


def edits(word):
    """Every text one edit away from the word."""
    for i in range(len(word) + 1):
        yield word[:i] + "#" + word[i:]
        if i < len(word):
            yield word[:i] + word[i + 1:]
            yield word[:i] + "#" + word[i + 1:]


@pytest.mark.parametrize("word", NAMES.split(", "))
def test_every_name_with_two_wrong_letters_is_recognised(word):
    for once in set(edits(word)):
        for twice in set(edits(once)):
            if twice in NAMES.split(", "):
                continue
            assert "did you mean POISONSHIM_" in load_block(f"POISONSHIM_{twice}=1")


def test_the_first_mistake_in_reading_order_is_told():
    assert load(RULES="x", MODE="y", FRAMING="z").startswith("POISONSHIM_MODE")


def test_a_good_configuration_after_an_error_is_read():
    assert load(MODE="x")
    assert good(MODE="audit")["audit"] == 1


@pytest.mark.parametrize("value", [bytes([c]) for c in range(1, 256)])
def test_no_byte_breaks_the_message(value):
    for name in NAMES.split(", ")[1:]:
        error = load(**{name: value})
        assert error is None or (error.isprintable() and len(error) < 512)
