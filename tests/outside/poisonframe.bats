#!/usr/bin/env bats
# poisonframe says where the messages of a captured stream begin and end, and what is wrong with it.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

# poisonframe ARGUMENT...: with the standard input given.
poisonframe() {
	timeout 60 "$top/scripts/poisonframe" "$@"
}

# frame STATUS BYTES ARGUMENT...: BYTES as printf(1) writes them.
frame() {
	local status=$1 bytes=$2
	shift 2
	run "-$status" --separate-stderr poisonframe "$@" < <(printf '%b' "$bytes")
}

# events FIELD...: what the objects on the lines have there.
events() {
	/usr/bin/python3 -c '
import json, sys
for line in sys.stdin:
    event = json.loads(line)
    print(event["event"], *(event[name] for name in sys.argv[1:] if name in event))' "$@" <<<"$output"
}

three='\x00\x03abc\x00\x00\x00\x01d'

@test "poisonframe: offset, length and type of each message, and the sums" {
	frame 0 "$three" 'packet(2)'
	[ -z "$stderr" ]
	[[ ${lines[0]} =~ ^\ +offset\ +length\ +type$ ]]
	[[ ${lines[1]} =~ ^\ +0\ +5\ +00\ 03\ 61\ 62\ 63$ ]]
	[[ ${lines[2]} =~ ^\ +5\ +2\ +00\ 00$ ]]
	[[ ${lines[3]} =~ ^\ +7\ +3\ +00\ 01\ 64$ ]]
	[ "${lines[4]}" = '3 messages in 10 bytes, framing packet(2), role client; the longest has 5 bytes, at offset 0; ends at a boundary' ]
	[ "${#lines[@]}" -eq 5 ]
}

@test "poisonframe: one object a line" {
	frame 0 "$three" --json 'packet(2)'
	[ "$(events offset length type end)" = 'message 0 5 00 03 61 62 63
message 5 2 00 00
message 7 3 00 01 64
summary 10 boundary' ]
}

@test "poisonframe: only the sums" {
	frame 0 "$three" --quiet 'packet(2)'
	[ "${#lines[@]}" -eq 1 ]
	frame 0 "$three" -jq 'packet(2)'
	[ "${#lines[@]}" -eq 1 ]
}

@test "poisonframe: no bytes are no message" {
	frame 0 '' tls
	[[ ${lines[1]} == '0 messages in 0 bytes, '*'; ends at a boundary' ]]
}

@test "poisonframe: types in the words of the protocol, whose name stands where it is another than configured" {
	frame 0 '\x01skip\x17\x03\x03\x00\x01x' 'skip(5)>tls'
	[[ ${lines[2]} == *'6  tls application_data' ]]
	frame 0 '\x15\x03\x03\x00\x02\x01\x00' auto
	[[ ${lines[1]} == *'7  tls alert' ]]
}

@test "poisonframe: a stream that ends inside a message" {
	frame 0 '\x00\x03abc\x00\x04x' 'packet(2)'
	[ "${lines[2]}" = 'ends inside a message: it begins at offset 5, and 3 of 6 bytes are there' ]
	[[ ${lines[3]} == '1 message in 8 bytes, '* ]]
	[[ ${lines[3]} != *boundary* ]]
	frame 0 '\x00\x03abc\x00\x04x' -j 'packet(2)'
	[ "$(events offset sent length)" = 'message 0 5
inside 5 3 6
summary 8' ]
	frame 0 'x' 'packet(2)'
	[ "${lines[1]}" = 'ends inside a message: it begins at offset 0, and 1 byte of it is there; its length is not known yet' ]
}

@test "poisonframe: bytes that cannot be the framing" {
	frame 1 '\x17\x03\x03\x00\x01x\x17\x04\x03\x00\x01xyz' tls
	[[ ${lines[1]} == *application_data ]]
	[ "${lines[2]}" = 'desync: this cannot be tls: found at offset 10 01 78 79 7a, in the message that begins at offset 6 with 17 04 03 00 01 78 79 7a' ]
	[[ ${lines[3]} == '1 message in 10 bytes, '* ]]
	frame 1 '\x17\x03\x03\x00\x01x\x17\x04\x03\x00\x01xyz' -j tls
	[ "$(events offset bytes begins framing)" = 'message 0
desync 10 0178797a 170403000178797a tls
summary tls' ]
}

@test "poisonframe: at most 16 bytes of them are shown" {
	frame 1 "$(printf 'x%.0s' {1..100})" http2
	[[ ${lines[1]} == *"offset 8$(printf ' 78%.0s' {1..16}), in the message that begins at offset 0 with$(printf ' 78%.0s' {1..16})" ]]
}

@test "poisonframe: call has no boundaries in a capture" {
	frame 0 abc call
	[ "${lines[1]}" = 'from offset 0 on: every write call is a message' ]
	[ "${lines[2]}" = 'a capture does not show where calls end: call has no boundaries in it' ]
	frame 0 abc auto
	[[ ${lines[1]} == 'from offset 0 on: auto recognises nothing for certain'* ]]
	frame 0 abc 'skip(2)>auto'
	[[ ${lines[2]} == 'from offset 2 on: auto recognises nothing for certain'* ]]
	frame 0 abc -j off
	[ "$(events offset end)" = 'unframed 0
summary unframed' ]
}

@test "poisonframe: the options of a rule" {
	frame 1 '\x00\x05abcde' 'packet(2),max=6'
	frame 0 '\x00\x05abcde' 'packet(2),max=7,desync=poison,action=reset,role=server'
	[[ ${lines[2]} == *'role server'* ]]
	frame 0 '\x00\x05abcde' --role client 'packet(2),role=server'
	[[ ${lines[2]} == *'role client'* ]]
	frame 0 'x' -r server 'line'
	[[ ${lines[2]} == *'role server'* ]]
}

@test "poisonframe: a wrong framing names the column, what was found and what was expected" {
	frame 2 '' 'packet(3)'
	[ -z "$output" ]
	[ "$stderr" = 'poisonframe: framing, column 8: found "3", expected 1, 2, 4 or 8 bytes of length, with - in front for little endian' ]
	frame 2 '' 'tls,unit=frame'
	[[ $stderr == 'poisonframe: framing, column 10: found "frame", expected no unit= here'* ]]
	frame 2 '' 'tls;'
	[[ $stderr == 'poisonframe: framing, column 4: found ";", expected "," and an option, or end of text' ]]
}

@test "poisonframe: wrong arguments" {
	frame 2 ''
	[[ $stderr == *'expected a framing'* ]]
	frame 2 '' tls a b
	frame 2 '' --role both tls
	[[ $stderr == *'both: expected a role: client or server'* ]]
	frame 2 '' --jsno tls
	[[ $stderr == *--help* ]]
}

@test "poisonframe: a file that cannot be read, an output that cannot be written" {
	run -2 --separate-stderr poisonframe tls "$BATS_TEST_TMPDIR/none"
	[ "$stderr" = "poisonframe: $BATS_TEST_TMPDIR/none: No such file or directory" ]
	run -2 --separate-stderr poisonframe tls "$BATS_TEST_TMPDIR"
	[ "$stderr" = "poisonframe: $BATS_TEST_TMPDIR: Is a directory" ]
	run -2 --separate-stderr eval 'poisonframe tls /dev/null >/dev/full'
	[ "$stderr" = 'poisonframe: standard output: No space left on device' ]
}

@test "poisonframe: reads a file as it reads its input" {
	printf '%b' "$three" >"$BATS_TEST_TMPDIR/stream"
	run -0 poisonframe -q 'packet(2)' "$BATS_TEST_TMPDIR/stream"
	[[ $output == '3 messages in 10 bytes'* ]]
	run -0 poisonframe -q 'packet(2)' - <"$BATS_TEST_TMPDIR/stream"
	[[ $output == '3 messages in 10 bytes'* ]]
}

@test "poisonframe: the pieces in which a pipe hands it over do not matter" {
	bytewise() {
		/usr/bin/python3 -c '
import os
for byte in b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" * 2 + b"\x00\x00\x04\x08\x00\x00\x00\x00\x00abcd":
    os.write(1, bytes([byte]))'
	}
	run -0 poisonframe -j auto < <(bytewise)
	! [[ $output == *desync* ]]
	bytewise >"$BATS_TEST_TMPDIR/stream"
	whole=$output
	run -0 poisonframe -j auto "$BATS_TEST_TMPDIR/stream"
	[ "$output" = "$whole" ]
}

@test "poisonframe: a long stream in little memory" {
	big() {
		printf '\x40\x00\x00\x00'
		head -c 1G /dev/zero
		printf '\x00\x00\x00\x01x'
	}
	(
		ulimit -v 20000
		run -0 poisonframe 'packet(4)' < <(big)
		[[ ${lines[1]} == *' 1073741828  40 00 00 00 00 00 00 00' ]]
		[[ ${lines[2]} == *' 1073741828             5  00 00 00 01 78' ]]
	)
}

@test "poisonframe: a file of packets is no stream" {
	frame 0 '\xd4\xc3\xb2\xa1\x02\x00\x04\x00' -q 'packet(4)'
	[[ $stderr == *'file of packets'* ]]
}

@test "poisonframe: help and version" {
	frame 0 '' --help
	[[ $output == 'usage: poisonframe '* ]]
	[ -z "$stderr" ]
	frame 0 '' --version
	[[ $output =~ ^poisonframe\ [0-9.]+$ ]]
}

@test "poisonframe: in a checkout it starts what make built there, through a link too" {
	mkdir -p "$BATS_TEST_TMPDIR"/{checkout/scripts,checkout/build,links}
	cp "$top/scripts/poisonframe" "$BATS_TEST_TMPDIR/checkout/scripts"
	ln -s ../checkout/scripts/poisonframe "$BATS_TEST_TMPDIR/links/poisonframe"
	unset SHIM_BUILD
	run -2 --separate-stderr "$BATS_TEST_TMPDIR/links/poisonframe" --version
	[[ $stderr == *'not built: run make'* ]]
	cp "$(dirname "$library")/poisonframe" "$BATS_TEST_TMPDIR/checkout/build"
	run -0 "$BATS_TEST_TMPDIR/links/poisonframe" --version
}
