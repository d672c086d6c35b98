#!/usr/bin/env bats
# What a person gets from scripts/poisonframe.

# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0

poisonframe="$BATS_TEST_DIRNAME/../../scripts/poisonframe"

setup() {
	printf '\0\0\0\3abc\0\0\0\0\0\0\0\5ab' >"$BATS_TEST_TMPDIR/packets"
}

@test "poisonframe: offset, length and first bytes of each message, and what is cut" {
	run -0 "$poisonframe" 'packet(4)' "$BATS_TEST_TMPDIR/packets"
	[ "${lines[0]}" = "           0            7  00 00 00 03 61 62 63" ]
	[ "${lines[1]}" = "           7            4  00 00 00 00" ]
	[ "${lines[2]}" = "2 messages, 17 bytes, packet(4)" ]
	[ "${lines[3]}" = "ends inside a message: 6 of 9 bytes" ]
}

@test "poisonframe: a pipe, and JSON" {
	run -0 bash -c "'$poisonframe' --json 'packet(4)' < '$BATS_TEST_TMPDIR/packets'"
	[ "${lines[0]}" = '{"offset": 0, "length": 7, "type": "00 00 00 03 61 62 63"}' ]
	[ "${lines[2]}" = '{"messages": 2, "bytes": 17, "cut": 6, "of": 9}' ]
}

@test "poisonframe: bytes that cannot be the framing" {
	run -1 "$poisonframe" tls "$BATS_TEST_TMPDIR/packets"
	[ "${lines[0]}" = "desync in the message at offset 0: the bytes from 0 on, 00 00 00 03 61 62 63 00 00 00 00 00 00 00 05 61, cannot be tls" ]
	run -1 "$poisonframe" --json tls "$BATS_TEST_TMPDIR/packets"
	[[ ${lines[0]} == '{"desync": 0, "message": 0, "bytes": "00 00 '* ]]
}

@test "poisonframe: options of the framing" {
	run -1 "$poisonframe" 'packet(4),max=6' "$BATS_TEST_TMPDIR/packets"
	run -0 "$poisonframe" 'skip(7)>packet(4),role=server' "$BATS_TEST_TMPDIR/packets"
	[ "${lines[2]}" = "2 messages, 17 bytes, skip(7)>packet(4)" ]
}

@test "poisonframe: auto says what it found" {
	printf '\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64\0\0\4\x08\0\0\0\0\0\0\0\0\1' >"$BATS_TEST_TMPDIR/http2"
	run -0 "$poisonframe" auto "$BATS_TEST_TMPDIR/http2"
	[ "${lines[0]}" = "           0           15  SETTINGS" ]
	[ "${lines[1]}" = "          15           13  WINDOW_UPDATE" ]
	[ "${lines[2]}" = "2 messages, 28 bytes, http2" ]
	run -2 --separate-stderr "$poisonframe" auto "$BATS_TEST_TMPDIR/packets"
	[[ $stderr == "poisonframe: auto: no protocol recognised: every write call is a message"* ]]
}

@test "poisonframe: what is wrong with the command is said, with status 2" {
	run -2 --separate-stderr "$poisonframe" 'packet(3)' "$BATS_TEST_TMPDIR/packets"
	[[ $stderr == 'poisonframe: FRAMING, column 8: found "3", expected 1, 2, 4 or 8 bytes'* ]]
	run -2 --separate-stderr "$poisonframe" line "$BATS_TEST_TMPDIR/nothing"
	[[ $stderr == *"nothing: No such file or directory" ]]
	run -2 --separate-stderr "$poisonframe" line "$BATS_TEST_TMPDIR"
	[[ $stderr == *": Is a directory" ]]
	run -2 --separate-stderr "$poisonframe" call "$BATS_TEST_TMPDIR/packets"
	[[ $stderr == *"a capture does not tell where calls end" ]]
	run -2 --separate-stderr "$poisonframe" --role peer line
	[[ $stderr == *"expected client or server" ]]
	run -2 --separate-stderr "$poisonframe"
	[[ $stderr == usage:* ]]
	run -2 --separate-stderr "$poisonframe" --wrong
}

@test "poisonframe: help and version" {
	run -0 "$poisonframe" --help
	[[ $output == usage:* ]]
	run -0 "$poisonframe" --version
	[[ $output =~ ^poisonframe\ [0-9.]+$ ]]
}

@test "poisonframe: a stream of gigabytes in constant memory" {
	run -0 bash -c "ulimit -v 65536; head -c 3000000000 /dev/zero | '$poisonframe' 'fixed(1000000000)'"
	[ "${lines[3]}" = "3 messages, 3000000000 bytes, fixed(1000000000)" ]
}

@test "poisonframe: not built" {
	run -2 --separate-stderr env SHIM_BUILD=/nonexistent "$poisonframe" line
	[[ $stderr == *"is not built: run make"* ]]
}
