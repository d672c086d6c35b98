"""The file that POISONSHIM_CONFIG names."""

import os

import pytest

from .configuration import LEVELS, SINKS, good, load

NAMES = "POLICY, MODE, DEADLINE, SIGPIPE, LOG, STATS, ACTION, WINDOW, RULES, FRAMING"


@pytest.fixture(name="write")
def fixture_write(tmp_path, monkeypatch):
    """Writes the file "conf"; the current directory is its own, so that its name in messages is short."""
    monkeypatch.chdir(tmp_path)

    def write(text):
        (tmp_path / "conf").write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


def test_every_variable_may_stand_in_the_file(write):
    write("# how this program is guarded\n\n"
          "POISONSHIM_POLICY=strict\nPOISONSHIM_MODE=audit\nPOISONSHIM_DEADLINE=5s\nPOISONSHIM_SIGPIPE=1\n"
          "POISONSHIM_LOG=/x,json,debug\nPOISONSHIM_RULES=port:1=call;port:2=line\nPOISONSHIM_FRAMING=packet(4)\n"
          "POISONSHIM_ACTION=reset\nPOISONSHIM_WINDOW=99\n")
    read = good(CONFIG="conf")
    assert {key: read[key] for key in ("strict", "audit", "deadline_ns", "sigpipe", "sink", "path", "json", "level")} == {
        "strict": 1, "audit": 1, "deadline_ns": 5 * 10**9, "sigpipe": 1, "sink": SINKS["file"], "path": "/x", "json": 1,
        "level": LEVELS["debug"]}
    assert [(rule["framing"], rule["action"], rule["window"]) for rule in read["rules"]] == [
        ("call", 2, 99), ("line", 2, 99), ("packet(4)", 2, 99)]


@pytest.mark.parametrize("text", [
    "", "\n", "\n\n# x", "#", "  # indented\n", "\t\r\n", "POISONSHIM_MODE=\n", "POISONSHIM_MODE=  \r\n",
])
def test_a_file_that_sets_nothing_is_good(write, text):
    write(text)
    assert good(CONFIG="conf") == good()


@pytest.mark.parametrize("text", [
    "POISONSHIM_MODE=audit", "POISONSHIM_MODE=audit\n", "POISONSHIM_MODE=audit\r\n", "  POISONSHIM_MODE=audit \t\n",
    "#\nPOISONSHIM_MODE=audit\n#", "POISONSHIM_MODE=\nPOISONSHIM_MODE=audit\n",
])
def test_blanks_around_a_line_do_not_matter(write, text):
    write(text)
    assert good(CONFIG="conf")["audit"] == 1


def test_the_environment_wins(write):
    write("POISONSHIM_MODE=audit\nPOISONSHIM_POLICY=strict\n")
    read = good(CONFIG="conf", MODE="enforce")
    assert (read["audit"], read["strict"]) == (0, 1)


def test_an_empty_variable_in_the_environment_leaves_the_file_in_force(write):
    write("POISONSHIM_MODE=audit\n")
    assert good(CONFIG="conf", MODE="")["audit"] == 1


def test_framing_in_the_environment_is_behind_rules_in_the_file(write):
    write("POISONSHIM_RULES=port:1=call\n")
    assert [rule["framing"] for rule in good(CONFIG="conf", FRAMING="line")["rules"]] == ["call", "line"]


def test_rules_in_the_file_take_the_defaults_of_the_environment(write):
    write("POISONSHIM_RULES=port:1=call\n")
    assert good(CONFIG="conf", ACTION="abort", WINDOW="3")["rules"][0]["window"] == 3


@pytest.mark.parametrize("text, error", [
    ("\n\nPOISONSHIM_MODE=on\n", 'conf line 3: POISONSHIM_MODE, column 1: found "on", expected enforce or audit'),
    ("POISONSHIM_RULES=port:6379=lenght-field(1)",
     'conf line 1: POISONSHIM_RULES, column 11: found "lenght-field(", expected a framing'),
    ("POISONSHIM_RULES=port:1=call # comment",
     'conf line 1: POISONSHIM_RULES, column 13: found "#", expected "," and an option, ";" and another rule, or end of text'),
    ("#\nhello\n", 'conf line 2, column 1: found "hello", expected NAME=VALUE, or a comment behind "#"'),
    ("  POISONSHIM_MODE", 'conf line 1, column 3: found "POISONSHIM_MODE", expected NAME=VALUE, or a comment behind "#"'),
    ("POISONSHIM_MODE=audit\nPOISONSHIM_MODE=enforce",
     'conf line 2, column 1: found "POISONSHIM_MODE", expected each variable once'),
    ("POISONSHIM_MODE =audit",
     f'conf line 1: found "POISONSHIM_MODE ", expected POISONSHIM_ and one of {NAMES}; did you mean POISONSHIM_MODE?'),
    ("POISONSHIM_CONFIG=other", f'conf line 1: found "POISONSHIM_CONFIG", expected POISONSHIM_ and one of {NAMES}'),
    ("MODE=audit", f'conf line 1: found "MODE", expected POISONSHIM_ and one of {NAMES}'),
    ("=audit", f'conf line 1: found "", expected POISONSHIM_ and one of {NAMES}'),
    ("POISONSHIM_RULEZ=", f'conf line 1: found "POISONSHIM_RULEZ", expected POISONSHIM_ and one of {NAMES}; '
                          "did you mean POISONSHIM_RULES?"),
    (b"POISONSHIM_MODE=au\0dit", 'conf line 1: POISONSHIM_MODE, column 1: found "au\\x00dit", expected enforce or audit'),
    (b"POISONSHIM_LOG=/a\0b", 'conf line 1: POISONSHIM_LOG, column 1: found "/a\\x00b", expected a path of at most 4095'),
    (b"POISONSHIM_RULES=unix:/a\0b=call",
     'conf line 1: POISONSHIM_RULES, column 8: found "\\x00b", expected a path of at most 108 bytes'),
    (b"\xef\xbb\xbfPOISONSHIM_MODE=audit", 'conf line 1: found "\\xef\\xbb\\xbfPOISONSHIM_MODE", expected'),
])
def test_a_mistake_names_file_line_variable_and_column(write, text, error):
    write(text)
    told = load(CONFIG="conf")
    assert told[:len(error)] == error
    assert "\n" not in told


def test_a_mistake_in_the_environment_does_not_name_the_file(write):
    write("POISONSHIM_POLICY=strict")
    assert load(CONFIG="conf", MODE="on") == 'POISONSHIM_MODE, column 1: found "on", expected enforce or audit'


def test_a_value_that_the_environment_replaces_is_not_read(write):
    write("POISONSHIM_MODE=on")
    assert good(CONFIG="conf", MODE="audit")["audit"] == 1


def test_a_missing_file_is_an_error_that_names_it(tmp_path):
    assert load(CONFIG=f"{tmp_path}/none.conf").endswith('none.conf" (ENOENT), expected a file that can be opened')


def test_a_directory_is_an_error():
    assert load(CONFIG="/") == 'POISONSHIM_CONFIG, column 1: found "/" (EISDIR), expected a file that can be read'


def test_a_long_name_is_cut_but_the_error_is_whole():
    assert load(CONFIG="/x" * 3000) == (
        f'POISONSHIM_CONFIG, column 1: found "{"/x" * 64}..." (ENAMETOOLONG), expected a file that can be opened')


def test_a_file_of_64_kib_is_read(write):
    write(b"POISONSHIM_MODE=audit\n" + b"#" * (65536 - 22))
    assert good(CONFIG="conf")["audit"] == 1


def test_a_longer_file_is_an_error(write):
    write(b"POISONSHIM_MODE=audit\n" + b"#" * (65537 - 22))
    assert load(CONFIG="conf") == 'POISONSHIM_CONFIG, column 1: found "conf", expected a file of at most 65536 bytes'


def test_an_endless_file_is_an_error():
    assert load(CONFIG="/dev/zero").endswith("expected a file of at most 65536 bytes")


def test_a_pipe_is_read_to_its_end():
    reader, writer = os.pipe()
    os.write(writer, b"POISONSHIM_MODE=audit\n")
    os.close(writer)
    try:
        assert good(CONFIG=f"/dev/fd/{reader}")["audit"] == 1
    finally:
        os.close(reader)


def test_the_file_is_closed_again(write):
    write("POISONSHIM_MODE=audit")
    before = os.listdir("/proc/self/fd")
    good(CONFIG="conf")
    assert os.listdir("/proc/self/fd") == before
