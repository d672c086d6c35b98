#!/usr/bin/env bats
# What poisonshim(7) says of /etc/ld.so.preload, measured in a small root directory.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

# put FILE...: into the jail, with the libraries it needs.
put() {
	local file
	for file in "$@" $(ldd "$@" | grep -o '/[^ :]*' | sort -u); do
		mkdir -p "$jail${file%/*}"
		[ -e "$jail$file" ] || cp -L "$file" "$jail$file"
	done
}

setup() {
	[ "$(id -u)" -eq 0 ] || skip "chroot and setuid need root"
	jail=$BATS_TEST_TMPDIR/jail
	mkdir -p "$jail"/{etc,lib}
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$jail"
	put /bin/bash /bin/rm
	cp "$library" "$jail/lib/shim.so"
}

in_jail() {
	timeout 60 chroot "$jail" "$@"
}

as_user() {
	timeout 60 chroot --userspec=65534:65534 "$jail" "$@"
}

# A program that is cut and goes on with other bytes: prints what it gets for that.
build_abandon() {
	cat >"$BATS_TEST_TMPDIR/abandon.c" <<-'C'
		#include <errno.h>
		#include <stdio.h>
		#include <sys/socket.h>
		#include <unistd.h>

		int main(void)
		{
			static char big[4 << 20];
			int pair[2];

			socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
			if (write(pair[0], big, sizeof(big)) <= 0 || write(pair[0], "other", 5) >= 0)
				return 1;
			puts(errno == EPIPE ? "guarded" : "not guarded");
		}
	C
	cp "$(compile "$BATS_TEST_TMPDIR/abandon.c")" "$jail/abandon"
}

@test "ld.so.preload: every program is guarded, also one whose caller has set nothing" {
	build_abandon
	run -0 in_jail /abandon
	[ "$output" = 'not guarded' ]
	echo /lib/shim.so >"$jail/etc/ld.so.preload"
	run -0 --separate-stderr env -i "$(command -v chroot)" --userspec=65534:65534 "$jail" /abandon
	[ "$output" = guarded ]
	POISONSHIM_FRAMING=wrong run -78 as_user /abandon
}

@test "ld.so.preload: setuid programs have the library in them, and it reads no variable, writes no log, guards nothing" {
	build_abandon
	echo /lib/shim.so >"$jail/etc/ld.so.preload"
	mkdir "$jail/root"
	echo secret >"$jail/root/secret"
	chmod 700 "$jail/root"
	cp "$jail/abandon" "$jail/raised"
	chmod 4755 "$jail/raised"

	POISONSHIM_LOG=/root/log,debug run -0 --separate-stderr in_jail /abandon
	[ -s "$jail/root/log" ]
	rm "$jail/root/log"
	for variable in POISONSHIM_LOG=/root/log,debug POISONSHIM_CONFIG=/root/secret POISONSHIM_FRAMING=wrong; do
		run -0 --separate-stderr as_user /bin/bash -c 'export "$0"; exec /raised' "$variable"
		[ "$output" = 'not guarded' ]
		[ -z "$stderr" ]
	done
	[ "$(ls "$jail/root")" = secret ]
}

@test "ld.so.preload: LD_PRELOAD with a path does not reach setuid programs" {
	build_abandon
	chmod 4755 "$jail/abandon"
	run -0 --separate-stderr as_user /bin/bash -c 'LD_PRELOAD=/lib/shim.so exec /abandon'
	[ "$output" = 'not guarded' ]
	chmod 755 "$jail/abandon"
	run -0 --separate-stderr as_user /bin/bash -c 'LD_PRELOAD=/lib/shim.so exec /abandon'
	[ "$output" = guarded ]
}

@test "ld.so.preload: where the library is missing or another machine's every program says so, and runs unguarded" {
	build_abandon
	head -c 18 "$library" >"$jail/lib/foreign.so"
	printf '\xff' >>"$jail/lib/foreign.so"
	tail -c +20 "$library" >>"$jail/lib/foreign.so"
	for name in missing foreign; do
		echo "/lib/$name.so" >"$jail/etc/ld.so.preload"
		run -0 --separate-stderr in_jail /abandon
		[ "$output" = 'not guarded' ]
		[[ $stderr == "ERROR: ld.so: object '/lib/$name.so' from /etc/ld.so.preload cannot be preloaded"*'ignored.' ]]
	done
}

@test "ld.so.preload: where the library ends every program, a shell that runs already and static programs still help" {
	echo '__attribute__((constructor)) static void end(void) { __builtin_trap(); }' >"$BATS_TEST_TMPDIR/bad.c"
	cp "$(compile "$BATS_TEST_TMPDIR/bad.c" -shared -fPIC -nostdlib)" "$jail/lib/bad.so"
	run -0 --separate-stderr in_jail /bin/bash -c '
		echo /lib/bad.so >/etc/ld.so.preload
		/bin/rm --version; echo "rm: $?"
		/lib64/ld-linux-x86-64.so.2 /bin/rm --version; echo "rm: $?"
		: >/etc/ld.so.preload
		/bin/rm -f /none; echo "rm: $?"'
	[ "$(grep ^rm <<<"$output")" = 'rm: 132
rm: 132
rm: 0' ]

	echo /lib/bad.so >"$jail/etc/ld.so.preload"
	run -132 in_jail /bin/rm /etc/ld.so.preload
	echo 'int unlink(const char *); int main(void) { return unlink("/etc/ld.so.preload"); }' >"$BATS_TEST_TMPDIR/unlink.c"
	cp "$(compile "$BATS_TEST_TMPDIR/unlink.c" -static)" "$jail/static"
	run -0 in_jail /static
	run -0 in_jail /bin/rm --version
}
