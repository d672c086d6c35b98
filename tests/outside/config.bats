#!/usr/bin/env bats
# A configuration that does not parse stops the program before main, with one line that says where; a good one is silent.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

# refused NAME=VALUE WORD...: status 78, nothing of the program's own, one line with all the words.
refused() {
	local setting=$1 word
	shift
	run -78 --separate-stderr guarded "$setting" echo main was reached
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "poisonshim: "* ]]
	for word; do
		[[ $stderr == *"$word"* ]]
	done
}

accepted() {
	run -0 --separate-stderr guarded "$@" /bin/true
	[ -z "$output" ]
	[ -z "$stderr" ]
}

write_file() {
	file=$BATS_TEST_TMPDIR/poisonshim.conf
	printf '%s\n' "$@" >"$file"
}

@test "config: nothing set is good" {
	accepted
}

@test "config: every variable with a good value" {
	accepted POISONSHIM_FRAMING='length-field(offset=1,length=4,adjustment=-4)'
	accepted POISONSHIM_RULES='port:6379=line;peer:127.0.0.1:1-10/20=packet(4);unix:/run/*=off;fd:3=call;type:pipe=line;*=auto'
	accepted POISONSHIM_POLICY=strict POISONSHIM_MODE=audit POISONSHIM_DEADLINE=250ms
	accepted POISONSHIM_ACTION=shutdown POISONSHIM_SIGPIPE=1 POISONSHIM_WINDOW=4k
	accepted POISONSHIM_LOG="$BATS_TEST_TMPDIR/log,json,error"
}

@test "config: a wrong word names variable, column, what was found and what was expected" {
	refused POISONSHIM_POLICY=lenient POISONSHIM_POLICY 'column 1' '"lenient"' 'expected resume or strict'
	refused POISONSHIM_MODE=off POISONSHIM_MODE 'column 1' 'enforce or audit'
	refused POISONSHIM_SIGPIPE=yes POISONSHIM_SIGPIPE 'column 1' '0 or 1'
	refused POISONSHIM_ACTION=explode POISONSHIM_ACTION 'column 1' shutdown
}

@test "config: the column is where it goes wrong" {
	refused POISONSHIM_FRAMING='packet(3)' POISONSHIM_FRAMING 'column 8' '"3"'
	refused POISONSHIM_FRAMING='length-field(offset=1,lenth=4)' POISONSHIM_FRAMING 'column 23' '"lenth'
	refused POISONSHIM_RULES='port:80=line;port:x=line' POISONSHIM_RULES 'column 19' '"x"'
	refused POISONSHIM_RULES='port:80' POISONSHIM_RULES 'column 8' 'end of text'
	refused POISONSHIM_DEADLINE=5x POISONSHIM_DEADLINE 'column 2' '"x"' ms
	refused POISONSHIM_WINDOW=0 POISONSHIM_WINDOW 'column 1'
	refused POISONSHIM_LOG=/tmp/log,yaml POISONSHIM_LOG 'column 10' '"yaml"'
}

@test "config: an unknown variable is refused, and a known one suggested" {
	refused POISONSHIM_FRAMNIG=line POISONSHIM_FRAMNIG 'did you mean POISONSHIM_FRAMING'
}

@test "config: it stops programs of every kind, and does not wait for main" {
	for program in /usr/bin/perl /usr/bin/python3 /bin/sh /bin/ls; do
		run -78 guarded POISONSHIM_MODE=x "$program" </dev/null
	done
}

@test "config: the status says it even if stderr is closed or full" {
	run -78 without_stderr guarded POISONSHIM_MODE=x /bin/true
	run -78 with_full_stderr guarded POISONSHIM_MODE=x /bin/true
}

@test "config: a file sets variables, the environment wins" {
	write_file '# a comment' 'POISONSHIM_FRAMING=line' '' 'POISONSHIM_MODE=audit'
	accepted POISONSHIM_CONFIG="$file"
	write_file 'POISONSHIM_MODE=wrong'
	accepted POISONSHIM_CONFIG="$file" POISONSHIM_MODE=audit
}

@test "config: a mistake in a file names the file and the line" {
	write_file '# a comment' 'POISONSHIM_MODE=wrong'
	refused POISONSHIM_CONFIG="$file" "$file" 'line 2' POISONSHIM_MODE 'column 1' '"wrong"' 'enforce or audit'
}

@test "config: a file that is not there is refused" {
	refused POISONSHIM_CONFIG="$BATS_TEST_TMPDIR/none" POISONSHIM_CONFIG ENOENT "$BATS_TEST_TMPDIR/none"
}

@test "config: a file has its effect" {
	write_file 'POISONSHIM_RULES=type:unix=call' "POISONSHIM_LOG=$BATS_TEST_TMPDIR/log,json,error"
	run -0 guarded POISONSHIM_CONFIG="$file" /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	[ "$output" = EPIPE ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/log")" -eq 1 ]
}
