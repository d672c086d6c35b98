#!/usr/bin/env bats
# A program that is built with poisonshim.h runs with and without the library, however it was linked.

# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load guard.bash

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# build LANGUAGE FLAG...: program.c or program.cc, so that the header alone is its only part of poisonshim.
build() {
	local language=$1 compiler=${CC:-gcc} standard=c99
	shift
	[ "$language" = cc ] && compiler=${CXX:-g++} standard=c++11
	"$compiler" -std=$standard -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Werror -I"$top/shim" \
		-o program "$@" "$top/tests/outside/api.$language"
}

# The states it sees, and what begin says inside a message: 32 is EPIPE.
with="clean inside clean inside 32 poisoned 32 told:given-up finished 0 ended"
without="none none none none 0 none 0 untold finished 0 ended"

check_built() {
	local expected=$1
	run -0 ./program
	[ "$output" = "$without" ]
	run -0 guarded POISONSHIM_LOG=off ./program
	[ "$output" = "$expected" ]
}

@test "api: C, position independent" {
	build c -fPIE -pie
	check_built "$with"
}

@test "api: C, position independent, optimised, bound at start" {
	build c -O2 -fPIE -pie -fno-plt -Wl,-z,now
	check_built "$with"
}

@test "api: C, at a fixed address" {
	build c -O2 -fno-pie -no-pie
	check_built "$with"
}

@test "api: C, at a fixed address, bound at start" {
	build c -fno-pie -no-pie -Wl,-z,now
	check_built "$with"
}

@test "api: C, static: the library is never loaded, and every call does nothing" {
	build c -static -fno-pie
	check_built "$without"
}

@test "api: C, static and position independent" {
	build c -O2 -static-pie -fPIE
	check_built "$without"
}

@test "api: C, other linkers" {
	for linker in gold lld; do
		for pie in "-fPIE -pie" "-fno-pie -no-pie"; do
			# shellcheck disable=SC2086
			build c -O2 $pie -fuse-ld=$linker
			check_built "$with"
		done
	done
}

@test "api: C, in two units and a shared library, which may all include it" {
	echo '#include "poisonshim.h"
	int other(int fd); int other(int fd) { return poisonshim_begin(fd) + (int)poisonshim_state(fd); }' >other.c
	"${CC:-gcc}" -Wall -Wextra -Werror -I"$top/shim" -shared -fPIC -o libother.so other.c
	build c -O2 other.c -L. -lother -Wl,-rpath,.
	check_built "$with"
}

@test "api: C++, position independent" {
	build cc -O2 -fPIE -pie
	check_built "$with"
}

@test "api: C++, at a fixed address" {
	build cc -fno-pie -no-pie
	check_built "$with"
}

@test "api: clang takes the header too" {
	CC=clang build c -O2 -fno-pie -no-pie
	check_built "$with"
	CXX=clang++ build cc -O2 -fPIE -pie
	check_built "$with"
}

@test "api: framing auto believes the program, and another framing does not" {
	build c
	run -0 guarded POISONSHIM_LOG=off POISONSHIM_FRAMING=explicit ./program
	[ "$output" = "$with" ]
	run -0 guarded POISONSHIM_LOG=off POISONSHIM_FRAMING=call ./program
	[ "$output" = "clean clean clean clean 0 clean 0 untold finished 0 ended" ]
}
