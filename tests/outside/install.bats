#!/usr/bin/env bats
# make install lays down what make uninstall takes away, and what it lays down works there.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

setup() {
	stage=$BATS_TEST_TMPDIR/stage
	mkdir "$stage"
	unset MAKEFLAGS MAKELEVEL MFLAGS DESTDIR PREFIX BINDIR LIBDIR LIBEXECDIR INCLUDEDIR DATADIR MANDIR DOCDIR PYTHONDIR
}

# in_tree TARGET [VARIABLE=VALUE...]: make, with what is built already.
in_tree() {
	make -s -C "$top" BUILD="$(dirname "$library")" LDCONFIG=false "$@"
}

files_of() {
	(cd "$1" && find . ! -type d -printf '%P\n' | sort)
}

# guards LIBRARY: it is loaded, and looks at its configuration.
guards() {
	run -78 --separate-stderr env LD_PRELOAD="$1" POISONSHIM_FRAMING='packet(3)' /bin/true
	[[ $stderr == 'poisonshim: POISONSHIM_FRAMING, column 8'* ]]
}

@test "install: library, commands and manuals below PREFIX" {
	in_tree install DESTDIR="$stage"
	files_of "$stage" >"$BATS_TEST_TMPDIR/files"
	for file in lib/libpoisonshim.so lib/pkgconfig/poisonshim.pc share/doc/poisonshim/README.md; do
		grep -x "usr/local/$file" "$BATS_TEST_TMPDIR/files"
	done
	for page in "$top"/{scripts,shim}/*.[1-8]; do
		grep -x "usr/local/share/man/man${page##*.}/${page##*/}" "$BATS_TEST_TMPDIR/files"
	done
	for command in "$top"/scripts/*.1; do
		command=${command##*/}
		grep -x "usr/local/bin/${command%.1}" "$BATS_TEST_TMPDIR/files"
	done
	run -1 grep -v '^usr/local/' "$BATS_TEST_TMPDIR/files"
}

@test "install: modes are 644 and 755, whatever the caller's umask" {
	(umask 077 && in_tree install DESTDIR="$stage/new")
	[ -z "$(find "$stage/new" -type d ! -perm 755)" ]
	programs=$(grep -lrE -m1 '^(#!|.ELF)' "$stage"/new/usr/local/{bin,libexec} | sort)
	[ "$(find "$stage/new" -type f -perm 755 | sort)" = "$programs" ]
	[ -z "$(find "$stage/new" -type f ! -perm 755 ! -perm 644)" ]
}

@test "install: poisonrun finds the rest, below one prefix wherever that is, and in directories of their own" {
	unset SHIM_BUILD
	in_tree install DESTDIR="$stage" PREFIX=/usr LIBDIR=/usr/lib/x-linux-y
	run -0 "$stage/usr/bin/poisonrun" env
	[[ $output == *"LD_PRELOAD=$stage/usr/lib/x-linux-y/libpoisonshim.so"* ]]
	in_tree install PREFIX="$stage/p" BINDIR="$stage/b" LIBDIR="$stage/l" LIBEXECDIR="$stage/x"
	run -0 "$stage/b/poisonrun" env
	[[ $output == *"LD_PRELOAD=$stage/l/libpoisonshim.so"* ]]
	rm "$stage/x/poisonshim/poisonexec"
	run ! "$stage/b/poisonrun" true
}

@test "install: each directory can be elsewhere" {
	in_tree install DESTDIR="$stage" PREFIX=/usr LIBDIR=/usr/lib/x-linux-y BINDIR=/b MANDIR=/m DATADIR=/s
	[ -f "$stage/usr/lib/x-linux-y/libpoisonshim.so" ]
	[ -f "$stage/usr/lib/x-linux-y/pkgconfig/poisonshim.pc" ]
	[ -x "$stage/b/poisonframe" ]
	[ -f "$stage/m/man7/poisonshim.7" ]
	[ -f "$stage/s/doc/poisonshim/README.md" ]
	[ ! -e "$stage/usr/bin" ]
	in_tree uninstall DESTDIR="$stage" PREFIX=/usr LIBDIR=/usr/lib/x-linux-y BINDIR=/b MANDIR=/m DATADIR=/s
	[ -z "$(ls -A "$stage")" ]
}

@test "install: a program that starts meanwhile finds the old library or the new one" {
	in_tree install DESTDIR="$stage"
	installed=$stage/usr/local/lib/libpoisonshim.so
	old=$(stat -c %i "$installed")
	strace -f -qq --seccomp-bpf -e trace=file -o "$BATS_TEST_TMPDIR/trace" make -s -C "$top" BUILD="$(dirname "$library")" install DESTDIR="$stage"
	[ "$(stat -c %i "$installed")" != "$old" ]
	grep -F "\"$installed\"" "$BATS_TEST_TMPDIR/trace" | grep rename
	run -1 grep -E "(unlink|open|creat)[a-z]*\(.*\"$installed\".*(O_WRONLY|O_RDWR|\) = 0)" "$BATS_TEST_TMPDIR/trace"
}

@test "uninstall: nothing of ours is left, and nothing of others is missing" {
	in_tree install DESTDIR="$stage"
	in_tree uninstall DESTDIR="$stage"
	[ -z "$(ls -A "$stage")" ]
	in_tree uninstall DESTDIR="$stage"

	mkdir -p "$stage/usr/local/bin" "$stage/usr/local/share/doc/poisonshim"
	touch "$stage/usr/local/bin/other" "$stage/usr/local/share/doc/poisonshim/notes"
	in_tree install DESTDIR="$stage"
	in_tree uninstall DESTDIR="$stage"
	[ "$(files_of "$stage")" = 'usr/local/bin/other
usr/local/share/doc/poisonshim/notes' ]
}

@test "install: without DESTDIR the loader's cache is renewed; uninstall leaves directories that others share" {
	printf '#!/bin/sh\necho "$0" >>"$0.log"\nexit 1\n' >"$BATS_TEST_TMPDIR/cache"
	chmod 755 "$BATS_TEST_TMPDIR/cache"
	in_tree install PREFIX="$stage" LDCONFIG="$BATS_TEST_TMPDIR/cache"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/cache.log")" -eq 1 ]
	in_tree uninstall PREFIX="$stage" LDCONFIG="$BATS_TEST_TMPDIR/cache"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/cache.log")" -eq 2 ]
	[ -z "$(files_of "$stage")" ]
	[ -d "$stage/bin" ]
	[ -z "$(find "$stage" -name "poisonshim*")" ]

	in_tree install DESTDIR="$stage" LDCONFIG="$BATS_TEST_TMPDIR/cache"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/cache.log")" -eq 2 ]
}

@test "install: what is installed works where it is, with the checkout out of reach" {
	unset SHIM_BUILD
	in_tree install DESTDIR="$stage" PREFIX=/opt/guard
	mv "$stage/opt/guard" "$stage/moved"
	guards "$stage/moved/lib/libpoisonshim.so"
	version=$(sed -n 's/.*VERSION "\(.*\)"/\1/p' "$top/shim/version.h")
	for command in "$stage"/moved/bin/*; do
		run -0 --separate-stderr "$command" --version
		[ "$output" = "${command##*/} $version" ]
		[ -z "$stderr" ]
		run -0 --separate-stderr "$command" --help
		[[ $output == "usage: ${command##*/} "* ]]
		[ -z "$stderr" ]
	done
}

@test "commands: in the checkout too each knows the version and its usage" {
	for page in "$top"/scripts/*.1; do
		command=$(basename "$page" .1)
		run -0 --separate-stderr "$top/scripts/$command" --version
		[ "$output" = "$command $(sed -n 's/.*VERSION "\(.*\)"/\1/p' "$top/shim/version.h")" ]
		run -0 --separate-stderr "$top/scripts/$command" --help
		[[ $output == "usage: $command "* ]]
	done
}

@test "install: the commands find their parts where the variables have put them" {
	unset SHIM_BUILD
	in_tree install PREFIX="$stage/p" BINDIR="$stage/b" LIBDIR="$stage/l" LIBEXECDIR="$stage/x" DATADIR="$stage/s"
	for command in "$stage"/b/*; do
		run -0 "$command" --version
	done
	[ ! -x "$stage/b/poisonrun" ] || run -78 --separate-stderr "$stage/b/poisonrun" --framing 'packet(3)' /bin/true
	in_tree uninstall PREFIX="$stage/p" BINDIR="$stage/b" LIBDIR="$stage/l" LIBEXECDIR="$stage/x" DATADIR="$stage/s"
	[ -z "$(files_of "$stage")" ]
}

@test "pkg-config: the library to preload, the version, and no -l" {
	in_tree install PREFIX="$stage"
	export PKG_CONFIG_PATH=$stage/lib/pkgconfig
	run -0 pkg-config --modversion poisonshim
	[ "$output" = "$(sed -n 's/.*VERSION "\(.*\)"/\1/p' "$top/shim/version.h")" ]
	run -0 pkg-config --cflags poisonshim
	[ "${output% }" = "-I$stage/include" ]
	run -0 pkg-config --libs poisonshim
	[ -z "${output// /}" ]
	guards "$(pkg-config --variable=preload poisonshim)"
	run -0 pkg-config --validate poisonshim
}

@test "pkg-config: a program built by what it says runs without the library, and with it is guarded" {
	in_tree install PREFIX="$stage"
	export PKG_CONFIG_PATH=$stage/lib/pkgconfig
	cat >"$BATS_TEST_TMPDIR/state.c" <<-'C'
		#include <poisonshim.h>
		#include <stdio.h>
		#include <sys/socket.h>

		int main(void)
		{
			int pair[2];

			socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
			printf("%d %d\n", poisonshim_begin(pair[0]), poisonshim_state(pair[0]) == POISONSHIM_NONE);
		}
	C
	for mode in -pie -no-pie; do
		# shellcheck disable=SC2046 # words
		program=$(compile "$BATS_TEST_TMPDIR/state.c" $mode $(pkg-config --cflags --libs poisonshim))
		run -0 "$program"
		[ "$output" = '0 1' ]
		run -0 env LD_PRELOAD="$(pkg-config --variable=preload poisonshim)" POISONSHIM_FRAMING=explicit "$program"
		[ "$output" = '0 0' ]
	done
}

@test "install: python3 finds the module where it looks for modules below PREFIX, and uninstall takes the compiled one too" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/python3 "$BATS_TEST_TMPDIR/bin/python3"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	in_tree install DESTDIR="$stage"
	run -0 python3 -c 'import site; print(*site.getsitepackages(), sep="\n")'
	module=$(find "$stage" -name poisonshim.py)
	directory=${module%/*}
	grep -Fx "${directory#"$stage"}" <<<"$output"
	(cd / && unset PYTHONDONTWRITEBYTECODE && PYTHONPATH=$directory python3 -c 'import poisonshim')
	[ -d "$directory/__pycache__" ]
	in_tree uninstall DESTDIR="$stage"
	[ -z "$(ls -A "$stage")" ]
}

@test "pkg-config: directories below PREFIX move with it" {
	in_tree install DESTDIR="$stage" LIBDIR=/usr/local/lib/x-linux-y
	export PKG_CONFIG_PATH=$stage/usr/local/lib/x-linux-y/pkgconfig
	run -0 pkg-config --define-variable=prefix=/q --variable=preload poisonshim
	[ "$output" = /q/lib/x-linux-y/libpoisonshim.so ]
}
