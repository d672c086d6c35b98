#!/usr/bin/env bats
# The two demonstrations: what they show, and that they notice a guard that does not guard.

bats_require_minimum_version 1.5.0

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	library=${SHIM_LIBRARY:-$top/build/libpoisonshim.so}
	use_library "$library"
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
}

demo() {
	run -"$1" timeout 100 /usr/bin/python3 "$top/scripts/$2"
}

use_library() {
	export SHIM_LIBRARY=$1
}

use_empty_library() {
	use_library "$BATS_TEST_TMPDIR/empty.so"
	echo 'int poisonshim_empty;' | "${CC:-gcc}" -shared -fPIC -x c -o "$SHIM_LIBRARY" -
}

@test "demo: bare, a message holds the next one's header; guarded, the client reconnects and every message is whole" {
	demo 0 demo
	[[ $output == *HEADER* ]]
	[[ $output == *"'balance=42': Broken pipe"* ]]
	[[ $output == *"every message it took is whole"* ]]
}

@test "demo: shows the line that the guard logs" {
	demo 0 demo
	[[ $output == *stderr:*poisonshim* ]]
}

@test "demo: exits 1 and says so when the library guards nothing" {
	use_empty_library
	demo 1 demo
	[[ $output == *"FAILED: the guarded run is not clean: the peer got message"* ]]
}

@test "demo: exits 2 and says what to do when the library is not built" {
	use_library "$BATS_TEST_TMPDIR/none.so"
	demo 2 demo
	[[ $output == *"none.so is not built: run make"* ]]
}

@test "demo: takes build/ beside scripts/, and neither the caller's preload nor the caller's configuration" {
	mkdir "$BATS_TEST_TMPDIR/build"
	cp "$library" "$BATS_TEST_TMPDIR/build/libpoisonshim.so"
	cp -r "$top/scripts" "$BATS_TEST_TMPDIR"
	top=$BATS_TEST_TMPDIR
	unset SHIM_LIBRARY SHIM_BUILD
	LD_PRELOAD=$library POISONSHIM_MODE=audit demo 0 demo
}

@test "demo: runs with a library whose path has a space and a colon" {
	mkdir "$BATS_TEST_TMPDIR/a b:c"
	cp "$library" "$BATS_TEST_TMPDIR/a b:c/guard.so"
	use_library "$BATS_TEST_TMPDIR/a b:c/guard.so"
	demo 0 demo
}

@test "demo-redis: bare, k1 holds the next command and the client is told OK; guarded, both keys are right" {
	demo 0 demo-redis
	[[ $output == *" HOLD "* ]]
	[[ $output == *"SET k2: OK"* ]]
	[[ $output == *"Broken pipe"* ]]
	[[ $output == *"k1: 8,388,608 bytes, all its own"* ]]
	[[ $output == *"k2: 8,388,608 bytes, all its own"* ]]
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "demo-redis: exits 1 and says so when the library guards nothing" {
	use_empty_library
	demo 1 demo-redis
	[[ $output == *"FAILED: the guarded run is not clean: k1 is wrong and k2 is wrong"* ]]
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "demo-redis: exits 2 and says what to do when the library is not built" {
	use_library "$BATS_TEST_TMPDIR/none.so"
	demo 2 demo-redis
	[[ $output == *"none.so is not built: run make"* ]]
}
