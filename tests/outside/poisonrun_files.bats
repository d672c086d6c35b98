#!/usr/bin/env bats
# Where poisonrun finds the library, when the loader ignores it, and what --check tells.

# shellcheck disable=SC2030,SC2031,SC2154,SC2016,SC2034
bats_require_minimum_version 1.5.0
load guard.bash
load poisonrun.bash

setup_file() {
	build_kinds plain static i386
	export kinds
}

setup() {
	scratch=$BATS_TEST_TMPDIR
	export SHIM_BUILD=${SHIM_BUILD:-$top/build}
	built=$SHIM_BUILD
}

# install LIBRARY-DIRECTORY HELPER-DIRECTORY: a prefix in $scratch, and poisonrun is that of this prefix.
install_in() {
	rm -rf "$scratch/prefix"
	mkdir -p "$scratch/prefix"/{bin,"$1","$2"}
	cp "$top/scripts/poisonrun" "$scratch/prefix/bin"
	cp "$library" "$scratch/prefix/$1"
	cp "$built/poisonexec" "$scratch/prefix/$2"
	unset SHIM_BUILD
	poisonrun() {
		"$scratch/prefix/bin/poisonrun" "$@"
	}
}

@test "files: a library that is missing or wrong" {
	refuses "$scratch/none.so cannot be preloaded: No such file or directory" --library "$scratch/none.so" "$kinds/plain"
	refuses 'libm.so.6 is not poisonshim'"'"'s library' --library "$(gcc -print-file-name=libm.so.6)" "$kinds/plain"
	refuses "$BATS_TEST_FILENAME is no shared library" --library "$BATS_TEST_FILENAME" "$kinds/plain"
	head -c 50000 "$library" >"$scratch/libpoisonshim.so"
	run -2 --separate-stderr poisonrun --library "$scratch/libpoisonshim.so" "$kinds/plain"
	[[ $stderr == *"$scratch/libpoisonshim.so is cut short"* ]]
	run -2 poisonrun --check --library "$scratch/none.so" "$kinds/plain"
	[[ $output == *'library     NO  '*'No such file'* ]]
	run -0 --separate-stderr poisonrun --force --library "$scratch/none.so" "$kinds/plain"
	[ "$output" = unguarded ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	LD_PRELOAD=libm.so.6 run -0 --separate-stderr poisonrun --force --library "$scratch/none.so" env
	[[ $'\n'$output$'\n' == *$'\nLD_PRELOAD=libm.so.6\n'* ]]
}

@test "files: a place that LD_PRELOAD cannot name" {
	for name in 'a b' a:b 'a$LIB'; do
		mkdir -p "$scratch/$name"
		cp "$library" "$scratch/$name"
		refuses 'blanks, colons and $ have a meaning in LD_PRELOAD' --library "$scratch/$name/libpoisonshim.so" true
	done
}

@test "files: a relative path to the library stays right in other directories" {
	cd "${library%/*}"
	run -0 poisonrun --library ./libpoisonshim.so sh -c 'cd / && exec "$0"' "$kinds/plain"
	[ "$output" = guarded ]
}

@test "files: beside the script in a checkout, and installed under any prefix, through a link" {
	for places in 'lib libexec/poisonshim' 'lib64 libexec' 'lib/any-linux-gnu lib/any-linux-gnu/poisonshim' \
		'lib/poisonshim lib/poisonshim' 'build build'; do
		# shellcheck disable=SC2086 # two words
		install_in $places
		ln -sfn prefix/bin/poisonrun "$scratch/link"
		run -0 poisonrun env
		[[ $output == *"LD_PRELOAD=$scratch/prefix/${places% *}/libpoisonshim.so"* ]]
		run -0 "$scratch/prefix/bin/../../link" "$kinds/plain"
		[ "$output" = guarded ]
	done
}

@test "files: neither built nor installed" {
	[ ! -e /usr/bin/poisonrun ] && [ ! -e /usr/local/bin/poisonrun ] || skip 'it is installed'
	install_in lib libexec
	rm "$scratch/prefix/lib/libpoisonshim.so"
	refuses 'libpoisonshim.so cannot be preloaded: No such file' true
	rm "$scratch/prefix/libexec/poisonexec"
	refuses 'poisonexec is neither built nor installed: run make' true
	run -0 poisonrun --help
}

@test "files: of several libraries the one for the program's machine" {
	install_in lib/x86_64-linux-gnu libexec
	mkdir "$scratch/prefix/lib/i386-linux-gnu"
	i686-linux-gnu-gcc -shared -nostdlib -Wl,-soname,libpoisonshim.so -x c /dev/null \
		-o "$scratch/prefix/lib/i386-linux-gnu/libpoisonshim.so"
	run poisonrun --check "$kinds/i386"
	[[ $output == *"library     ok  $scratch/prefix/lib/i386-linux-gnu/libpoisonshim.so"* ]]
	[[ $output == *'machine     ok  i386, 32 bit'* ]]
	starts "$kinds/plain"
}

# arm FILE FLAGS: what was made for i386, with the head of a file for arm.
arm() {
	printf '\x28' | dd of="$1" bs=1 seek=18 conv=notrunc status=none
	printf '%b' "$2" | dd of="$1" bs=1 seek=36 conv=notrunc status=none
}

@test "files: arm with floating point in registers is another machine than arm without" {
	i686-linux-gnu-gcc -shared -nostdlib -Wl,-soname,libpoisonshim.so -x c /dev/null -o "$scratch/soft.so"
	arm "$scratch/soft.so" '\x00\x02\x00\x05'
	cp "$kinds/i386" "$scratch/hard"
	arm "$scratch/hard" '\x00\x04\x00\x05'
	refuses 'is for another machine (arm, 32 bit, hard float) than the library (arm, 32 bit)' --library "$scratch/soft.so" "$scratch/hard"
	arm "$scratch/hard" '\x00\x02\x00\x05'
	run poisonrun --check --library "$scratch/soft.so" "$scratch/hard"
	[[ $output == *'machine     ok  arm, 32 bit'* ]]
}

# A place where nobody has what the test gives to others.
for_others() {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	others=$(mktemp -d "${TMPDIR:-/tmp}/poisonrun.XXXXXX")
	chmod 755 "$others"
	cp "$library" "$SHIM_BUILD/poisonexec" "$others"
	mkdir "$others/scripts"
	cp "$top/scripts/poisonrun" "$others/scripts"
	export SHIM_BUILD=$others
	cat >"$others/secure.c" <<-'END'
		#include <sys/auxv.h>
		#include <unistd.h>
		int main(void)
		{
			return getauxval(AT_SECURE) ? 10 : 0;
		}
	END
	gcc -o "$others/secure" "$others/secure.c"
}

teardown() {
	[ ! "${others-}" ] || rm -r "$others"
}

@test "files: poisonrun foretells what the kernel does with setuid, setgid and capabilities, whoever asks" {
	for_others
	probe=$others/secure
	for who in '' 'setpriv --reuid=65534 --regid=65534 --clear-groups' \
		'setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs' \
		'setpriv --reuid=1 --regid=65534 --clear-groups --inh-caps=+net_raw' 'setpriv --no-new-privs'; do
		for file in 755:0:0: 4755:0:0: 4755:65534:65534: 2755:0:0: 2745:0:65533: 6755:65534:0: 755:0:0:chown=ep 755:0:0:net_raw=p \
			755:0:0:net_raw=i 755:0:0:net_raw=ep 4755:65534:0:net_raw=ei; do
			IFS=: read -r mode user group caps <<<"$file"
			chown "$user:$group" "$probe"
			chmod "$mode" "$probe"
			setcap -q -r "$probe" 2>/dev/null || true
			case $caps in
			'') ;;
			*) setcap "cap_$caps" "$probe" ;;
			esac
			really=0
			$who "$probe" || really=$?
			said=0
			$who "$others/scripts/poisonrun" "$probe" 2>"$scratch/said" || said=$?
			echo "$who $file: $really, $said: $(cat "$scratch/said")"
			case $really in
			10)
				[ "$said" -eq 2 ]
				grep -qE 'is set[ug]id to|has file capabilities' "$scratch/said"
				;;
			*) [ "$said" -eq "$really" ] || [[ $who == *new-privs* && $(cat "$scratch/said") == *capabilities* ]] ;;
			esac
		done
	done
}

@test "files: setuid and capabilities are refused in words" {
	for_others
	chmod u+s "$others/secure"
	nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
	run -2 --separate-stderr $nobody "$others/scripts/poisonrun" "$others/secure"
	[ "$stderr" = "poisonrun: $others/secure is setuid to user 0: the loader ignores LD_PRELOAD where privileges are gained; --force runs it all the same" ]
	run -10 $nobody "$others/scripts/poisonrun" --force "$others/secure"
	run -0 "$others/scripts/poisonrun" "$others/secure"
	chmod 711 "$others/secure"
	run -2 --separate-stderr $nobody "$others/scripts/poisonrun" "$others/secure"
	[[ $stderr == *'cannot be read, so that nobody knows what it is: Permission denied'* ]]
}

@test "files: a file system that is mounted nosuid gains nothing" {
	for_others
	chmod u+s "$others/secure"
	mkdir "$others/mounted"
	run unshare -m sh -c 'mount -t tmpfs -o nosuid,mode=755 none "$0/mounted" && cp -p "$0/secure" "$0/mounted" && exec "$@"' \
		"$others" setpriv --reuid=65534 --regid=65534 --clear-groups "$others/scripts/poisonrun" "$others/mounted/secure"
	[[ $output != *unshare:* && $output != *mount:* ]] || skip 'nothing can be mounted here'
	[ "$status" -eq 0 ]
}

@test "files: --check says by what the program and each of its libraries write" {
	cat >"$scratch/lib.c" <<-'END'
		#include <sys/socket.h>
		#include <sys/uio.h>
		ssize_t from_library(int fd) { send(fd, "", 1, 0); return writev(fd, 0, 0); }
	END
	cat >"$scratch/main.c" <<-'END'
		#include <aio.h>
		#include <liburing.h>
		#include <unistd.h>
		ssize_t from_library(int fd);
		int main(void)
		{
			struct io_uring ring = {0};
			write(1, "must not run", 12);
			return aio_write(0) + io_uring_submit(&ring) + (int)from_library(1);
		}
	END
	gcc -shared -fPIC -Wl,-soname,libfrom.so -o "$scratch/libfrom.so" "$scratch/lib.c"
	gcc -o "$scratch/main" "$scratch/main.c" "$scratch/libfrom.so" -luring -Wl,-rpath,"$scratch"
	run -0 --separate-stderr poisonrun --check "$scratch/main"
	[ -z "$stderr" ]
	[[ $output != *'must not run'* ]]
	[[ $output == *$'main\n    guarded         write\n    past the guard  '@(aio_write io_uring_submit|io_uring_submit aio_write)$'\n'* ]]
	[[ $output == *$'libfrom.so\n    guarded         '@(send writev|writev send)$'\n'* ]]
	rm "$scratch/libfrom.so"
	run -2 --separate-stderr poisonrun --check "$scratch/main"
	[[ $output == *'libraries   NO  '*' --list fails'* ]]
	[[ $stderr == *libfrom.so* ]]
}

@test "files: --check runs no loader that only the program names" {
	printf '#!/bin/sh\ntouch %s/ran\n' "$scratch" >"$scratch/ld-linux-own.so.2"
	chmod +x "$scratch/ld-linux-own.so.2"
	gcc -Wl,--dynamic-linker="$scratch/ld-linux-own.so.2" -o "$scratch/own" "$kinds/program.c"
	run poisonrun --check "$scratch/own"
	[[ $output == *'is not a loader of this system, and was not run'* ]]
	[ ! -e "$scratch/ran" ]
}

@test "files: every function that --check calls guarded is one that the library has" {
	run -0 --separate-stderr sed -n '/^static const char \*const doors/,/;/s/"\([^"]*\)"/\n\1\n/gp' "$top/shim/launch/writes.c"
	doors=$(grep -E '^[a-z_0-9]+$' <<<"$output")
	[ "$(wc -l <<<"$doors")" -gt 20 ]
	for name in $doors; do
		grep -qE "[[:space:]]$name;" "$top/shim/exports.map"
	done
}
