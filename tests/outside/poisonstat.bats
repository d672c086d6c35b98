#!/usr/bin/env bats
# poisonstat shows what guarded processes count, and puts away what those have left that have ended.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

setup() {
	stats=$BATS_TEST_TMPDIR/stats
	mkdir "$stats"
}

teardown() {
	[ -z "${alive:-}" ] || exec {alive}>&-
}

poisonstat() {
	timeout 60 "$top/scripts/poisonstat" "$@"
}

# count NAME [MESSAGES]: a guarded program of that name sends messages of 5 bytes, and ends.
count() {
	guarded POISONSHIM_STATS="$stats" POISONSHIM_FRAMING="${framing:-call}" \
		bash -c 'exec -a "$0" /usr/bin/python3 -IS "$@"' "$1" "$BATS_TEST_DIRNAME/counting.py" "${2:-1}" </dev/null >/dev/null
}

# start NAME [MESSAGES]: the same, and it lives until the end of the test.
start() {
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	guarded POISONSHIM_STATS="$stats" POISONSHIM_FRAMING="${framing:-call}" \
		bash -c 'exec -a "$0" /usr/bin/python3 -IS "$@"' "$1" "$BATS_TEST_DIRNAME/counting.py" "${2:-1}" \
		<"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
	exec {alive}>"$BATS_TEST_TMPDIR/in"
	read -r <"$BATS_TEST_TMPDIR/out"
}

# sum NAME: what --json says of that counter.
sum() {
	poisonstat --json "$stats" | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["sum"][sys.argv[1]])' "$1"
}

# patch OFFSET BYTES FILE
patch() {
	printf '%b' "$2" | dd of="$3" bs=1 seek="$1" conv=notrunc status=none
}

ended_file() {
	count old
	file=$(echo "$stats"/old.*.stats)
}

@test "poisonstat: a row for each process, and what has ended, and the sum, and each framing" {
	count old 3
	start young 2
	run -0 --separate-stderr poisonstat "$stats"
	[ -z "$stderr" ]
	[[ ${lines[0]} =~ ^program\ +pid\ +streams\ +messages\ +bytes\ +torn\ +resumed\ +poisoned\ +refused\ +closed\ +desync\ +off$ ]]
	[[ ${lines[1]} =~ ^young\ +[0-9]+\ +1\ +2\ +10\ +0 ]]
	[[ ${lines[2]} =~ ^old\ +ended\ +1\ +3\ +15\ +0 ]]
	[[ ${lines[3]} =~ ^sum\ +2\ +5\ +25\ +0 ]]
	[[ ${lines[4]} =~ ^framing\ +open\ +streams ]]
	[[ ${lines[5]} =~ ^call\ +1\ +2\ +5\ +25\ +0 ]]
	[ "${#lines[@]}" -eq 6 ]
}

@test "poisonstat: the last events" {
	guarded POISONSHIM_STATS="$stats" POISONSHIM_LOG=off /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	run -0 poisonstat "$stats"
	[[ ${lines[-1]} =~ ^[0-9:]{8}\ python3\[[0-9]+\]\ poisoned:\ fd\ [0-9]+,\ auto,\ message\ 1:\ [0-9]+\ of\ 1048576\ bytes$ ]]
}

@test "poisonstat: nothing yet" {
	run -0 --separate-stderr poisonstat "$stats"
	[[ ${lines[1]} =~ ^sum\ +0 ]]
	[ "${#lines[@]}" -eq 2 ]
	run -0 poisonstat --prometheus "$stats"
	run -0 poisonstat --json "$stats"
}

@test "poisonstat: files of ended processes become one, and are counted once" {
	for name in a b a; do
		count $name 4
	done
	for _ in 1 2 3; do
		[ "$(sum messages)" -eq 12 ]
	done
	[ "$(ls -A "$stats")" = ended ]
	count a
	[ "$(sum messages)" -eq 13 ]
}

@test "poisonstat: many at once lose nothing and count nothing twice" {
	for turn in 1 2 3; do
		for _ in 1 2 3 4; do
			count many 5
		done
		for _ in 1 2 3 4 5 6; do
			poisonstat --json "$stats" >/dev/null &
		done
		wait
		[ "$(sum messages)" -eq $((turn * 20)) ]
	done
}

@test "poisonstat: one that was killed between counting and deleting is made good" {
	ended_file
	cp "$file" "$BATS_TEST_TMPDIR/saved"
	[ "$(sum messages)" -eq 1 ]
	cp "$BATS_TEST_TMPDIR/saved" "$file"
	[ "$(sum messages)" -eq 1 ]
	[ "$(ls -A "$stats")" = ended ]
}

@test "poisonstat: what a killed one had begun to write is in nobody's way" {
	count a
	: >"$stats/.ended.new"
	[ "$(sum messages)" -eq 1 ]
	[ "$(ls -A "$stats")" = ended ]
}

@test "poisonstat: a file that its process never finished is removed after a while" {
	: >"$stats/.a.1.2.new"
	touch -d '1 hour ago' "$stats/.b.1.2.new"
	poisonstat "$stats"
	[ "$(ls -A "$stats")" = .a.1.2.new ]
}

@test "poisonstat: JSON" {
	framing='fixed(5)' count 'na"me'
	start young
	poisonstat --json "$stats" | /usr/bin/python3 -c '
import json, sys
view = json.load(sys.stdin)
assert sorted(view) == ["directory", "ended", "events", "processes", "skipped", "sum"]
assert view["directory"] == sys.argv[1] and view["skipped"] == 0 and view["events"] == []
(young,) = view["processes"]
assert young["program"] == "young" and young["framing"] == "call" and young["streams"] == 1 and young["audit"] is False
assert young["since"] > 1.7e9
assert [(row["program"], row["framing"]) for row in view["ended"]] == [("na\"me", "fixed(5)")]
assert view["sum"]["streams"] == 2
' "$stats"
}

@test "poisonstat: Prometheus, as promtool likes it" {
	count $'odd\\na"me\n\xff' 3
	framing='fixed(5)' count 'plain'
	start young 2
	poisonstat --prometheus "$stats" >"$BATS_TEST_TMPDIR/x.prom"
	run -0 promtool check metrics <"$BATS_TEST_TMPDIR/x.prom"
	[ -z "$output" ]
	grep -Fx 'poisonshim_messages_total{program="odd\\na\"me\\x0a\\xff",framing="call"} 3' "$BATS_TEST_TMPDIR/x.prom"
	grep -Fx 'poisonshim_messages_total{program="young",framing="call"} 2' "$BATS_TEST_TMPDIR/x.prom"
	grep -Fx 'poisonshim_streams_total{program="plain",framing="fixed(5)"} 1' "$BATS_TEST_TMPDIR/x.prom"
	grep -Fx 'poisonshim_streams_open{program="young",framing="call"} 1' "$BATS_TEST_TMPDIR/x.prom"
	grep -Fx 'poisonshim_streams_open{program="plain",framing="fixed(5)"} 0' "$BATS_TEST_TMPDIR/x.prom"
	grep -Fx 'poisonshim_processes{program="young"} 1' "$BATS_TEST_TMPDIR/x.prom"
	grep -Fx 'poisonshim_processes{program="plain"} 0' "$BATS_TEST_TMPDIR/x.prom"
	grep -Fx 'poisonshim_skipped_files 0' "$BATS_TEST_TMPDIR/x.prom"
	for counter in streams messages bytes torn resumed poisoned refused closed_inside desync off; do
		grep -Fx "# TYPE poisonshim_${counter}_total counter" "$BATS_TEST_TMPDIR/x.prom"
	done
}

# bad MESSAGE: the file is skipped with that line, and the rest is shown.
bad() {
	[ -e "$stats/ended" ] || count good 2
	run -0 --separate-stderr poisonstat --json "$stats"
	[ "$stderr" = "poisonstat: $file: $1" ]
	[[ $output == *'"program":"good","framing":"call","streams":1,"ended":1,"messages":2'* ]]
	[[ $output == *'"skipped":1}' ]]
	run -0 --separate-stderr poisonstat --prometheus "$stats"
	grep -Fx 'poisonshim_skipped_files 1' <<<"$output"
	[ -e "$file" ]
}

@test "poisonstat: an empty file" {
	ended_file
	truncate -s 0 "$file"
	bad 'empty: skipped; no process has it open'
}

@test "poisonstat: a truncated file, wherever it ends" {
	ended_file
	for size in 4095 912 911 100 1; do
		truncate -s $size "$file"
		bad 'truncated: skipped; no process has it open'
	done
}

@test "poisonstat: a file that is only being made" {
	ended_file
	patch 0 '\0\0\0\0\0\0\0\0' "$file"
	bad 'is only being made: skipped; no process has it open'
}

@test "poisonstat: a file of another version, of another byte order, of somebody else" {
	ended_file
	cp "$file" "$BATS_TEST_TMPDIR/saved"
	patch 8 '\x02' "$file"
	bad 'of another version of poisonshim: skipped; no process has it open'
	/usr/bin/python3 -c '
import sys
with open(sys.argv[1], "r+b") as file:
    magic = file.read(8)
    file.seek(0)
    file.write(magic[::-1])' "$file"
	bad 'written by a machine of another byte order: skipped; no process has it open'
	patch 0 'x' "$file"
	bad 'no statistics of poisonshim: skipped; no process has it open'
}

@test "poisonstat: a head that contradicts itself" {
	ended_file
	cp "$file" "$BATS_TEST_TMPDIR/saved"
	for at in 12 16 24 28 32 36; do # size, framings, rows, row, where messages and bytes are in it
		cp "$BATS_TEST_TMPDIR/saved" "$file"
		patch $at '\xff\xff\xff\xff' "$file"
		if [ $at -eq 12 ]; then
			bad 'truncated: skipped; no process has it open'
		else
			bad 'damaged: its head contradicts itself: skipped; no process has it open'
		fi
	done
	for at in 12 16 20 24 28 32 36; do
		cp "$BATS_TEST_TMPDIR/saved" "$stats/zero.$at.stats"
		patch $at '\0\0\0\0' "$stats/zero.$at.stats"
		run -0 timeout 10 "$top/scripts/poisonstat" "$stats"
	done
}

@test "poisonstat: something that is no file" {
	mkdir "$stats/x.stats"
	ln -s /etc/passwd "$stats/y.stats"
	mkfifo "$stats/z.stats"
	run -0 --separate-stderr poisonstat "$stats"
	[ "${#stderr_lines[@]}" -eq 3 ]
	[[ $stderr == *'x.stats: no regular file'* && $stderr == *'y.stats: Too many levels of symbolic links'* && $stderr == *'z.stats: no regular file'* ]]
}

@test "poisonstat: sums that cannot be read stay as they are, and so do the files" {
	count a
	poisonstat "$stats"
	count a
	truncate -s -1 "$stats/ended"
	cp "$stats/ended" "$BATS_TEST_TMPDIR/saved"
	run -0 --separate-stderr poisonstat --json "$stats"
	[ "$stderr" = "poisonstat: $stats/ended: damaged, somebody else's, or of another version of poisonshim: skipped; the files of ended processes stay" ]
	[[ $output == *'"sum":{"streams":1,'* ]]
	cmp "$stats/ended" "$BATS_TEST_TMPDIR/saved"
	ls "$stats"/a.*.stats
}

@test "poisonstat: sums that somebody else has put there" {
	[ "$(id -u)" -eq 0 ] || skip 'needs another user'
	count a
	poisonstat "$stats"
	chown 65534 "$stats/ended"
	run -0 --separate-stderr poisonstat "$stats"
	[[ $stderr == *"somebody else's"* ]]
	chown 65534 "$stats"
	run -0 --separate-stderr poisonstat "$stats"
	[ -z "$stderr" ]
}

@test "poisonstat: names in the sums lead nowhere else" {
	count a
	poisonstat "$stats"
	: >"$BATS_TEST_TMPDIR/victim.stats"
	/usr/bin/python3 -c '
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(-256, 2)
    file.write(b"../victim.stats".ljust(256, b"\0"))' "$stats/ended"
	run -0 --separate-stderr poisonstat "$stats"
	[[ $stderr == *damaged* ]]
	[ -e "$BATS_TEST_TMPDIR/victim.stats" ]
}

@test "poisonstat: a directory that it may not write" {
	[ "$(id -u)" -eq 0 ] || skip 'needs another user'
	stats=$(mktemp -d)
	chmod 755 "$stats"
	count a 3
	for _ in 1 2; do
		run -0 --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups "$(dirname "$library")/poisonstat" -j "$stats"
		[ "$stderr" = "poisonstat: $stats/ended: Permission denied: the files of ended processes stay" ]
		[[ $output == *'"sum":{"streams":1,"ended":1,"messages":3,'* ]]
	done
	rm -r "$stats"
}

@test "poisonstat: wrong arguments" {
	for arguments in '' 'a b' '-j -p x' '--watch=0 x' '--watch=1s x' '-w99999 x' '--jsno x'; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr poisonstat $arguments
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	run -2 --separate-stderr poisonstat --watch=1s "$stats"
	[ "$stderr" = 'poisonstat: --watch=1s: expected seconds, 1 to 3600' ]
	run -2 --separate-stderr poisonstat --watch "$stats"
	[ "$stderr" = 'poisonstat: --watch: expected a terminal as standard output' ]
}

@test "poisonstat: a directory that is not there, an output that cannot be written" {
	run -2 --separate-stderr poisonstat "$stats/none"
	[ "$stderr" = "poisonstat: $stats/none: No such file or directory" ]
	run -2 --separate-stderr poisonstat /etc/passwd
	[ "$stderr" = 'poisonstat: /etc/passwd: Not a directory' ]
	run -2 --separate-stderr eval 'poisonstat "$stats" >/dev/full'
	[ "$stderr" = 'poisonstat: standard output: No space left on device' ]
}

@test "poisonstat: help and version" {
	run -0 --separate-stderr poisonstat --help
	[[ $output == 'usage: poisonstat '* ]]
	[ -z "$stderr" ]
	run -0 poisonstat --version
	[[ $output =~ ^poisonstat\ [0-9.]+$ ]]
}
