#!/usr/bin/env bats
# poisonreport makes a page of logs, and says what is wrong with them.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

poisonreport() {
	timeout 60 "$top/scripts/poisonreport" "$@"
}

# event EVENT [FIELD...]: a line; the fields in JSON come last, and win.
event() {
	local kind=$1
	shift
	printf '{"time":"2026-11-25T12:00:00.000Z","pid":7,"event":"%s","audit":false,"fd":5,"type":"tcp","message":3,"sent":400,' "$kind"
	printf '"length":1000,"sent_exact":true,"cut":"timeout","ago_ms":0,"verdict":"not-the-rest","offered":14,"comm":"app",'
	printf '"framing":"redis","peer":"10.0.0.7:6379","local":"10.0.0.3:4522"%s}\n' "${*/#/,}"
}

setup() {
	log=$BATS_TEST_TMPDIR/log
	event poisoned >"$log"
}

@test "poisonreport: the page of a guarded program's log, on the standard output or in a file" {
	guarded POISONSHIM_LOG="$log.real,json,debug" /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	run -0 --separate-stderr poisonreport "$log.real"
	[ -z "$stderr" ]
	[[ $output == '<!doctype html>'*'</html>' ]]
	[[ $output == *'Write call 1 of 1.05'*'MB was cut by a full send buffer (non-blocking) at '*'a write of 15'*' that is not the rest was refused'* ]]
	run -0 poisonreport -o "$BATS_TEST_TMPDIR/page" "$log.real"
	[ -z "$output" ]
	cmp "$BATS_TEST_TMPDIR/page" <(poisonreport "$log.real")
}

@test "poisonreport: several logs, gzip and the standard input are read as one" {
	event refused '"refused":1' | gzip >"$log.gz"
	run -0 --separate-stderr poisonreport "$log" "$log.gz" - < <(event refused '"refused":2' | gzip)
	[ -z "$stderr" ]
	[[ $output == *'3 events'*'1 connection '* ]]
	[[ $output == *'At least 2 more writes were refused'* ]]
}

@test "poisonreport: no events are a page that says so" {
	: >"$log"
	run -0 --separate-stderr poisonreport "$log"
	[[ $output == *'There is no event of a connection in this log.'* ]]
	[[ $output == *'POISONSHIM_LOG=/path/of/the/log,json,debug'* ]]
	[ -z "$stderr" ]
}

@test "poisonreport: without events of level debug it says how to get them" {
	run -0 poisonreport "$log"
	[[ $output == *'no events of level debug'*'POISONSHIM_LOG=/path/of/the/log,json,debug'* ]]
	event torn >>"$log"
	run -0 poisonreport "$log"
	[[ $output != *'no events of level debug'* ]]
}

@test "poisonreport: a log of text is refused, with what to do" {
	rm "$log"
	guarded POISONSHIM_LOG="$log,text" /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	run -1 --separate-stderr poisonreport "$log"
	[ -z "$output" ]
	[ "$stderr" = "poisonreport: $log, line 1: a log of text; expected JSON, from POISONSHIM_LOG=/path/of/the/log,json,debug" ]
	guarded /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py" 2>"$log.stderr"
	run -1 --separate-stderr poisonreport "$log.stderr"
	[[ $stderr == *'a log of text'* ]]
}

@test "poisonreport: lines of text in a log of JSON are counted" {
	echo 'poisonshim[12] app: torn: fd 5' >>"$log"
	run -0 --separate-stderr poisonreport "$log"
	[ "$stderr" = "poisonreport: 1 line of poisonshim is text and not JSON: its events are missing here ($log, line 2)." ]
	[[ $output == *'is text and not JSON'* ]]
}

@test "poisonreport: torn lines are counted, and the object behind a torn one is read" {
	{
		event poisoned '"pid":8' | head -c 90
		event poisoned '"pid":9'
		event poisoned '"pid":10' | head -c 90
	} >>"$log"
	run -0 --separate-stderr poisonreport "$log"
	[ "$stderr" = "poisonreport: 2 lines are torn: a process died as it wrote them, or the disk was full; the first is $log, line 2." ]
	[[ $output == *'2 lines are torn'* ]]
	[[ $output == *'2 events'* ]]
}

@test "poisonreport: two objects on a line are two events" {
	(tr -d '\n' <"$log" && cat "$log") >"$log.2"
	run -0 --separate-stderr poisonreport "$log.2"
	[ -z "$stderr" ]
	[[ $output == *'1 line '*'2 events'* ]]
}

@test "poisonreport: lines of other programs and of other JSON are counted and left out" {
	printf '%s\n' 'hello' '{"time":"2026-11-25T12:00:00.000Z","msg":"hello"}' '{"time":"2026-11-25T12:00:00.000Z","pid":1,"event":"login"}' \
		'{"time":"yesterday","pid":1,"event":"torn"}' '{"time":"2026-13-45T12:00:00.000Z","pid":1,"event":"torn"}' '' >>"$log"
	run -0 --separate-stderr poisonreport "$log"
	[ "$stderr" = "poisonreport: 5 lines are not poisonshim's; the first is $log, line 2." ]
	[[ $output == *'1 event '* ]]
}

@test "poisonreport: what syslog and journals put in front does not matter" {
	{
		printf 'Nov 25 12:00:00 host poisonshim[7]: '
		event poisoned
		printf '<27>poisonshim[8]: '
		event poisoned '"pid":8'
	} >"$log"
	run -0 --separate-stderr poisonreport "$log"
	[ -z "$stderr" ]
	[[ $output == *'2 events'* ]]
}

@test "poisonreport: values of a wrong kind are unknown" {
	event poisoned '"message":-1' '"sent":"x"' '"length":1e99' '"offered":[1]' '"peer":{"a":1}' '"framing":3' '"fd":true' '"comm":null' >"$log"
	run -0 --separate-stderr poisonreport "$log"
	[ -z "$stderr" ]
	[[ $output == *'Message of unknown length was cut by a timeout at 0'* ]]
	[[ $output != *'fd <b>'* ]]
}

@test "poisonreport: a line without an end, numbers without one and deep nesting" {
	{
		printf '{"time":"2026-11-25T12:00:00.000Z","pid":%05000d}\n' 1
		printf '{"time":"2026-11-25T12:00:00.000Z","x":%s\n' "$(printf '[%.0s' {1..50000})"
		head -c 3M /dev/zero | tr '\0' '{'
	} >"$log"
	event poisoned | cat "$log" <(echo) - >"$log.2"
	run -0 --separate-stderr poisonreport "$log.2"
	[[ $stderr == *'2 lines are torn'*"1 line is not poisonshim's"*'line 3'* ]]
	[[ $output == *'1 event '* ]]
}

@test "poisonreport: a file that cannot be read is told, the others are shown" {
	run -1 --separate-stderr poisonreport "$BATS_TEST_TMPDIR/none" "$log" "$BATS_TEST_TMPDIR"
	[ "${stderr_lines[0]}" = "poisonreport: $BATS_TEST_TMPDIR/none: No such file or directory" ]
	[ "${stderr_lines[1]}" = "poisonreport: $BATS_TEST_TMPDIR: Is a directory" ]
	[[ $output == *"Not read: $BATS_TEST_TMPDIR/none: No such file or directory."* ]]
	[[ $output == *'1 connection stopped'* ]]
	run -1 --separate-stderr poisonreport "$BATS_TEST_TMPDIR/none"
	[ -z "$output" ]
}

@test "poisonreport: a gzip file that is cut off is read as far as it goes" {
	event poisoned | awk '{ for (n = 1; n <= 2000; n++) { line = $0; sub(/"pid":7/, "\"pid\":" n * 7919 % 100003, line); print line } }' | gzip >"$log.gz"
	head -c 5000 "$log.gz" >"$log"
	run -1 --separate-stderr poisonreport "$log"
	[[ $stderr == "poisonreport: $log: Compressed file ended before the end-of-stream marker was reached, after line "* ]]
	[[ $output == *'Read only in part: '*' events '* ]]
	printf '\x1f\x8b\x08\0\0\0\0\0\0\0\377\377\377' >"$log"
	run -1 --separate-stderr poisonreport "$log"
	[[ $stderr == "poisonreport: $log: "*'invalid block type, after line 0' ]]
	[[ $output == *'Read only in part: '* ]]
}

@test "poisonreport: an output that cannot be written" {
	run -1 --separate-stderr poisonreport -o /dev/full "$log"
	[ "$stderr" = 'poisonreport: /dev/full: No space left on device' ]
	run -1 --separate-stderr poisonreport -o "$BATS_TEST_TMPDIR/none/page" "$log"
	[ "$stderr" = "poisonreport: $BATS_TEST_TMPDIR/none/page: No such file or directory" ]
	run -1 --separate-stderr eval 'poisonreport "$log" >/dev/full'
	[ "$stderr" = 'poisonreport: standard output: No space left on device' ]
}

@test "poisonreport: a log is never overwritten" {
	ln "$log" "$log.same"
	run -2 --separate-stderr poisonreport -o "$log.same" "$log"
	[ "$stderr" = "poisonreport: argument -o/--output: $log.same is a log that is to be read; see poisonreport --help" ]
	[ "$(wc -l <"$log")" -eq 1 ]
}

@test "poisonreport: a name that is no UTF-8" {
	mv "$log" "$log"$'\xff'
	run -0 --separate-stderr poisonreport "$log"$'\xff'
	[[ $output == *"$log"'\udcff · 1 line '* ]]
}

@test "poisonreport: wrong arguments" {
	run -2 --separate-stderr poisonreport
	[[ $stderr == *'required: LOG; see poisonreport --help' ]]
	run -2 --separate-stderr poisonreport -n 0 "$log"
	[ "$stderr" = 'poisonreport: argument -n/--worst: found "0", expected a number from 1 to 1000; see poisonreport --help' ]
	run -2 --separate-stderr poisonreport -n 99999999999 "$log"
	run -2 --separate-stderr poisonreport --jsno "$log"
	[[ $stderr == *--jsno*--help ]]
}

@test "poisonreport: as many of each kind as asked for" {
	for pid in 1 2 3 4; do event poisoned "\"pid\":$pid"; done >"$log"
	run -0 poisonreport -n 1 "$log"
	[[ $output == *'3 more connections of this kind not shown.'* ]]
	run -0 poisonreport --worst=4 "$log"
	[[ $output != *'not shown.'* ]]
}

@test "poisonreport: help, and the library's version" {
	run -0 --separate-stderr poisonreport --help
	[[ $output == 'usage: poisonreport '* ]]
	run -0 --separate-stderr poisonreport --version
	[[ $(cat "$top/shim/version.h") == *"\"${output#poisonreport }\""* ]]
}

@test "poisonreport: finds its parts beside itself, installed, and through a link" {
	mkdir -p "$BATS_TEST_TMPDIR"/{prefix/bin,prefix/share/poisonshim,links}
	cp "$top/scripts/poisonreport" "$BATS_TEST_TMPDIR/prefix/bin"
	ln -s ../prefix/bin/poisonreport "$BATS_TEST_TMPDIR/links/poisonreport"
	run -1 --separate-stderr "$BATS_TEST_TMPDIR/links/poisonreport" "$log"
	[[ $stderr == *'expected poisonreport.d beside this script'* ]]
	cp -r "$top/scripts/poisonreport.d" "$BATS_TEST_TMPDIR/prefix/share/poisonshim"
	run -0 "$BATS_TEST_TMPDIR/links/poisonreport" "$log"
	[[ $output == '<!doctype html>'* ]]
	[ ! -e "$BATS_TEST_TMPDIR/prefix/share/poisonshim/poisonreport.d/__pycache__" ]
}

@test "poisonreport: a long log in little memory" {
	long() {
		event torn | awk '{ for (n = 1; n <= 30000; n++) { line = $0; sub(/"pid":7/, "\"pid\":" n, line); print line } }'
	}
	(
		ulimit -v 80000
		run -0 --separate-stderr poisonreport - < <(long)
		[ -z "$stderr" ]
		[[ $output == *'30,000 lines'*'30,000 events'*'29,997 more connections of this kind not shown.'* ]]
	)
}
