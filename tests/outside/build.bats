#!/usr/bin/env bats
# A clean copy builds, with either compiler, and says nothing it need not say.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

setup() {
	copy=$BATS_TEST_TMPDIR/copy
	mkdir "$copy"
	cp -r "$top/Makefile" "$top/shim" "$top/scripts" "$copy"
	unset MAKEFLAGS MAKELEVEL MFLAGS CC CFLAGS LDFLAGS BUILD
}

build_with() {
	run -0 --separate-stderr make -C "$copy" -s -j2 CC="$1"
	[ -z "$stderr" ]
	[ -f "$copy/build/libpoisonshim.so" ]
	LD_PRELOAD=$copy/build/libpoisonshim.so run -0 /bin/true
	[ -z "$output" ]
}

sources() {
	find "$copy" -type f ! -path '*/build/*' | sort
}

@test "build: gcc, without a warning; everything lands in build/" {
	sources >"$BATS_TEST_TMPDIR/before"
	build_with gcc
	sources | diff "$BATS_TEST_TMPDIR/before" -
}

@test "build: clang, without a warning; a second make has nothing to do" {
	build_with clang
	run -0 make -C "$copy" CC=clang
	[[ $output != *libpoisonshim* ]]
}
