"""What a configuration that parses means."""

import itertools

import pytest

from .configuration import ACTIONS, LEVELS, SINKS, good, load, load_block, shown

AUTO = {"framing": "auto", "class": "auto", "max": 0, "window": 4096, "action": ACTIONS["epipe"],
        "desync_poisons": 0, "matches": 1, "role": 0, "stages": 1, "frames": 0, "sniffs_tls": 0}
DEFAULTS = {"audit": 0, "strict": 0, "sigpipe": 0, "deadline_ns": 0, "sink": SINKS["stderr"], "json": 0,
            "level": LEVELS["warn"], "path": "", "stats": "", "need_addresses": 0, "rules": [AUTO]}


def test_an_empty_environment_guards_every_stream_with_auto():
    assert load_block() is None
    assert shown() == DEFAULTS


def test_other_variables_do_not_matter():
    assert load_block("POISONSHI=1", "POISONSHIM=1", "XPOISONSHIM_MODE=1", "POISONSHIM_MODE", "=", "") is None
    assert shown() == DEFAULTS


@pytest.mark.parametrize("name", ["CONFIG", "POLICY", "MODE", "DEADLINE", "SIGPIPE", "LOG", "STATS", "ACTION", "WINDOW", "RULES",
                                  "FRAMING"])
def test_an_empty_variable_is_not_set(name):
    assert good(**{name: ""}) == DEFAULTS


def test_the_first_of_two_entries_for_one_variable_counts_as_for_getenv():
    assert load_block("POISONSHIM_MODE=audit", "POISONSHIM_MODE=enforce") is None
    assert shown()["audit"] == 1


@pytest.mark.parametrize("variables, expected", [
    ({"POLICY": "resume"}, {"strict": 0}),
    ({"POLICY": "strict"}, {"strict": 1}),
    ({"MODE": "enforce"}, {"audit": 0}),
    ({"MODE": "audit"}, {"audit": 1}),
    ({"SIGPIPE": "0"}, {"sigpipe": 0}),
    ({"SIGPIPE": "1"}, {"sigpipe": 1}),
    ({"DEADLINE": "250ms"}, {"deadline_ns": 250 * 10**6}),
    ({"DEADLINE": "5s"}, {"deadline_ns": 5 * 10**9}),
    ({"DEADLINE": "2m"}, {"deadline_ns": 120 * 10**9}),
    ({"DEADLINE": "1h"}, {"deadline_ns": 3600 * 10**9}),
    ({"DEADLINE": "5124095h"}, {"deadline_ns": 5124095 * 3600 * 10**9}),
    ({"LOG": "stderr"}, {"sink": SINKS["stderr"]}),
    ({"LOG": "syslog"}, {"sink": SINKS["syslog"]}),
    ({"LOG": "/var/log/shim"}, {"sink": SINKS["file"], "path": "/var/log/shim"}),
    ({"LOG": "./shim.log"}, {"sink": SINKS["file"], "path": "./shim.log"}),
    ({"LOG": "text/json"}, {"sink": SINKS["file"], "path": "text/json"}),
    ({"LOG": "off.d/stderr,json"}, {"sink": SINKS["file"], "path": "off.d/stderr", "json": 1}),
    ({"LOG": "/" + "x" * 4094}, {"sink": SINKS["file"], "path": "/" + "x" * 4094}),
    ({"LOG": "text"}, {"json": 0}),
    ({"STATS": "/run/poisonshim"}, {"stats": "/run/poisonshim"}),
    ({"STATS": "here, too"}, {"stats": "here, too"}),
    ({"STATS": "/" + "x" * 4094}, {"stats": "/" + "x" * 4094}),
    ({"LOG": "json"}, {"json": 1}),
] + [({"LOG": level}, {"level": number}) for level, number in LEVELS.items()])
def test_a_value(variables, expected):
    assert good(**variables) == DEFAULTS | expected


@pytest.mark.parametrize("words", itertools.permutations(["/a", "json", "debug"]))
def test_the_words_of_log_stand_in_any_order(words):
    assert good(LOG=",".join(words)) == DEFAULTS | {"sink": SINKS["file"], "path": "/a", "json": 1,
                                                    "level": LEVELS["debug"]}


@pytest.mark.parametrize("action", ACTIONS)
def test_action_is_the_default_of_every_rule_wherever_it_stands(action):
    for order in itertools.permutations([f"POISONSHIM_ACTION={action}", "POISONSHIM_RULES=port:1=call",
                                         "POISONSHIM_FRAMING=line", "POISONSHIM_WINDOW=77"]):
        assert load_block(*order) is None
        rules = shown()["rules"]
        assert [rule["action"] for rule in rules] == [ACTIONS[action]] * 2
        assert [rule["window"] for rule in rules] == [77] * 2


@pytest.mark.parametrize("text, window", [("1", 1), ("16", 16), ("64k", 65536), ("65536", 65536), ("1k", 1024)])
def test_window(text, window):
    assert [rule["window"] for rule in good(WINDOW=text, RULES="port:1=call;*=line")["rules"]] == [window] * 2


@pytest.mark.parametrize("framing, window", [("call", 16), ("auto", 4096), ("line", 4096), ("packet(4)", 4096),
                                             ("fixed(7)", 4096), ("off", 4096)])
def test_the_window_fits_the_framing_where_none_is_given(framing, window):
    assert good(FRAMING=framing)["rules"][0]["window"] == window


@pytest.mark.parametrize("text, expected", [
    ("call", {"class": "call"}),
    ("line,desync=off", {"class": "delimiter"}),
    ("line,role=server", {"role": 2}), ("line,role=client", {"role": 1}), ("line,role=client,role=server", {"role": 2}),
    ("http2,unit=frame", {"frames": 1}), ("http2,unit=frame,unit=message", {"frames": 0}),
    ("skip(8)>http2,unit=frame", {"frames": 1, "stages": 2}), ("skip(8)>packet(4),max=9", {"stages": 2}),
    ("line,tls=sniff", {"sniffs_tls": 1}), ("packet(4),tls=sniff", {"sniffs_tls": 1}), ("call,tls=off", {"sniffs_tls": 0}),
    ("line,desync=poison", {"class": "delimiter", "desync_poisons": 1}),
    ("packet(4),max=100", {"max": 100}),
    ("packet(4),max=3k", {"max": 3 << 10}),
    ("packet(4),max=16M", {"max": 16 << 20}),
    ("packet(4),max=2G", {"max": 2 << 30}),
    ("packet(4),action=reset", {"action": ACTIONS["reset"]}),
    ("packet(4),action=abort,max=1,desync=poison", {"action": ACTIONS["abort"], "max": 1, "desync_poisons": 1}),
    ("packet(4),desync=poison,desync=off", {"desync_poisons": 0}),
    ("length-field(offset=1,length=4),max=9,action=shutdown", {"max": 9, "action": ACTIONS["shutdown"]}),
])
def test_options(text, expected):
    for rule in (good(FRAMING=text)["rules"][0], good(RULES=f"*={text}")["rules"][0]):
        assert rule | expected == rule


def test_rules_come_first_and_framing_is_the_last_rule():
    assert [(rule["framing"], rule["matches"]) for rule in
            good(RULES="port:6379=packet(4);type:unix+!fd:3=line", FRAMING="call")["rules"]] == [
        ("packet(4)", 1), ("line", 2), ("call", 1)]


def test_rules_alone_leave_the_rest_alone():
    assert [rule["framing"] for rule in good(RULES="port:6379=call")["rules"]] == ["call"]


@pytest.mark.parametrize("text", [
    "port:1=call;port:2=line", "port:1=call\nport:2=line", "port:1=call\n\n;;port:2=line\n",
    "\n  port:1=call\n\tport:2=line ; \n", "port:1=call ; port:2=line;",
])
def test_rules_are_separated_by_semicolons_or_newlines(text):
    assert [rule["framing"] for rule in good(RULES=text)["rules"]] == ["call", "line"]


def test_separators_inside_the_arguments_of_a_framing_are_its_own():
    rules = good(RULES=r'port:1=length-field(offset=1,length=2,adjustment=-3),max=5;*=line')["rules"]
    assert [(rule["class"], rule["max"]) for rule in rules] == [("length-field", 5), ("delimiter", 0)]


@pytest.mark.parametrize("text, need", [
    ("*=call", 0), ("fd:3=call", 0), ("type:tcp=call", 0), ("fd:3=call;*=call", 0),
    ("port:1=call", 1), ("peer:1=call", 1), ("local:1=call", 1), ("unix:/x=call", 1), ("fd:3=call;!port:1=call", 1),
])
def test_addresses_are_asked_for_only_if_a_rule_looks_at_them(text, need):
    assert good(RULES=text)["need_addresses"] == need


def test_sixty_four_rules_are_read():
    assert len(good(RULES=";".join(f"port:{n}=call" for n in range(1, 65)))["rules"]) == 64
    assert len(good(RULES=";".join(f"port:{n}=call" for n in range(1, 64)), FRAMING="call")["rules"]) == 64


def test_nothing_is_guarded_after_an_error():
    assert load(RULES="port:1=call;port:2=cal")
    assert shown()["rules"] == []
