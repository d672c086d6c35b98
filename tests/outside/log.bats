#!/usr/bin/env bats
# Where the log goes and what stands in it, as a person meets it.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

abandon() {
	guarded "$@" /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
}

setup() {
	log=$BATS_TEST_TMPDIR/log
}

@test "log: by default a sentence on stderr" {
	run -0 --separate-stderr abandon
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr =~ ^poisonshim\[[0-9]+\]\ python3:\ poisoned:\ fd\ [0-9]+\ unix\ socketpair/unnamed,\ framing\ call,\ message\ 1: ]]
	[[ $stderr =~ :\ [0-9]+\ of\ 1048576\ bytes\ sent,\ cut\ by\ would-block ]]
	[[ $stderr == *"a write of 15 bytes that is not the rest was refused with EPIPE"* ]]
}

@test "log: a file, and nothing on stderr" {
	run -0 --separate-stderr abandon POISONSHIM_LOG="$log"
	[ -z "$stderr" ]
	[ "$(wc -l <"$log")" -eq 1 ]
	[[ $(cat "$log") =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\ poisonshim ]]
	abandon POISONSHIM_LOG="$log"
	[ "$(wc -l <"$log")" -eq 2 ]
}

@test "log: JSON lines" {
	run -0 abandon POISONSHIM_LOG="$log,json,debug"
	[ "$(wc -l <"$log")" -eq 3 ]
	/usr/bin/python3 -c '
import json, sys
start, torn, poisoned = [json.loads(line) for line in open(sys.argv[1])]
assert start["level"] == "info" and "framing" not in start
assert torn["event"] == "torn" and poisoned["event"] == "poisoned"
assert poisoned["length"] == 1 << 20 and poisoned["offered"] == 15
assert poisoned["cut"] == "would-block" and not poisoned["audit"]
' "$log"
}

@test "log: off is silent, and still refuses" {
	run -0 --separate-stderr abandon POISONSHIM_LOG=off
	[ "$output" = EPIPE ]
	[ -z "$stderr" ]
}

@test "log: audit says what it would do" {
	run -0 --separate-stderr abandon POISONSHIM_MODE=audit
	[ "$output" = unguarded ]
	[[ $stderr == *"would be refused with EPIPE"* ]]
}

@test "log: a file that cannot be opened is told on stderr, and the lines go there" {
	run -0 --separate-stderr abandon POISONSHIM_LOG=/none/log
	[ "$output" = EPIPE ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ ${stderr_lines[0]} == *ENOENT*/none/log* ]]
	[[ ${stderr_lines[1]} == *poisoned* ]]
}

@test "log: a harmless program leaves no line at any level but info" {
	run -0 guarded POISONSHIM_LOG="$log,debug" sh -c 'seq 1000 | tail -1'
	run -1 grep -E 'torn|poisoned|refused|closed|desync|off:' "$log"
}
