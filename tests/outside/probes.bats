#!/usr/bin/env bats
# The static probes (USDT): in the library's notes, seen by a tracer, and free while there is none.

# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load guard.bash

setup() {
	cd "$BATS_TEST_TMPDIR"
	notes=$(readelf -nW "$library")
}

# note NAME: the note of a probe, from its name on.
note() {
	grep -A2 "Name: $1\$" <<<"$notes"
}

@test "probes: torn, resumed, poisoned, refused" {
	[ "$(grep -A1 'Provider: poisonshim' <<<"$notes" | grep -o 'Name: .*' | sort | xargs)" = \
		"Name: poisoned Name: refused Name: resumed Name: torn" ]
}

@test "probes: fd, peer, message, sent, length and what else there is to say" {
	for name in torn resumed poisoned; do
		[ "$(note $name | grep -oE -- '-?[0-9]@' | wc -l)" -eq 6 ]
	done
	[ "$(note refused | grep -oE -- '-?[0-9]@' | wc -l)" -eq 7 ]
}

@test "probes: each has a semaphore, so that the peer is asked for only if somebody traces" {
	for name in torn resumed poisoned refused; do
		run -0 note $name
		[[ $output =~ Semaphore:\ 0x0*[1-9a-f] ]]
	done
}

# trace_to FILE: a script for gdb that prints the probes' arguments.
script() {
	for name in torn resumed poisoned; do
		printf 'break -probe-stap poisonshim:%s\ncommands\nsilent\nprintf "%s %%d %%s %%lu %%lu %%lu %%s\\n",' "$name" "$name"
		# shellcheck disable=SC2016
		printf ' $_probe_arg0, $_probe_arg1, $_probe_arg2, $_probe_arg3, $_probe_arg4, $_probe_arg5\ncontinue\nend\n'
	done
	printf 'break -probe-stap poisonshim:refused\ncommands\nsilent\nprintf "refused %%d %%s %%lu of %%lu\\n",'
	# shellcheck disable=SC2016
	printf ' $_probe_arg0, $_probe_arg1, $_probe_arg6, $_probe_arg5\ncontinue\nend\nrun\n'
}

@test "probes: a tracer sees them at any level of the log, every refusal too" {
	{
		echo "set startup-with-shell off"
		echo "set breakpoint pending on"
		echo "set environment LD_PRELOAD $library"
		echo "set environment POISONSHIM_LOG off"
		echo "set environment POISONSHIM_FRAMING packet(4)"
		script
	} >trace.gdb
	run -0 timeout 60 gdb -nx -batch -x trace.gdb --args /usr/bin/python3 "$BATS_TEST_DIRNAME/probed.py"
	seen=$(grep -E '^(torn|resumed|poisoned|refused|program) ' <<<"$output")
	facts=$(grep ^program <<<"$seen")
	read -r _ fd peer sent <<<"$facts"
	[ "$(grep -v ^program <<<"$seen")" = "torn $fd $peer 1 $sent 8388608 would-block
poisoned $fd $peer 1 $sent 8388608 not-the-rest
refused $fd $peer 1 of 7
refused $fd $peer 2 of 7
refused $fd $peer 3 of 7" ]
}

@test "probes: untraced, the peer is not asked for" {
	guarded POISONSHIM_LOG=off POISONSHIM_FRAMING='packet(4)' strace -f -o calls -e trace=getpeername \
		/usr/bin/python3 "$BATS_TEST_DIRNAME/probed.py"
	run -1 grep getpeername calls
}

@test "probes: none where the header is not" {
	run -0 "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -DPOISONSHIM_NO_PROBES -c -o probe.o \
		"$top/shim/probe.c"
	run -1 grep -E 'stapsdt|_semaphore|[Tt] probe_' <(readelf -nW probe.o; nm probe.o)
}
