#!/usr/bin/env bats
# The symbol audit: what the library gives to a process, and what it takes from it.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

setup() {
	libc=$(ldd "$library" | awk '$1 == "libc.so.6" { print $3 }')
	exported >"$BATS_TEST_TMPDIR/exported"
	wanted >"$BATS_TEST_TMPDIR/wanted"
}

exported() {
	nm -D --defined-only "$library" | awk '{ print $3 }' | sort -u
}

wanted() {
	nm -D --undefined-only "$library" | awk '{ sub(/@.*/, "", $2); print $2 }' | sort -u
}

# Every name in libc's dynamic symbol table, without its version.
libc_names() {
	nm -D --defined-only "$libc" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u
}

hooks() {
	grep -v '^poisonshim_' "$BATS_TEST_TMPDIR/exported"
}

@test "exports: hooks and poisonshim_*, as the version script lists them for this libc" {
	sed -n '/^global:/,/^local:/p' "$top/shim/exports.map" | grep -oE '\b[A-Za-z_0-9]+;' | tr -d ';' | sort -u \
		>"$BATS_TEST_TMPDIR/listed"
	comm -12 "$BATS_TEST_TMPDIR/listed" <(libc_names) | diff - <(hooks)
}

@test "exports: no other name of a hooked function leads past its hook" {
	run -0 "$top/scripts/twins" "$library" "$libc"
	[ -z "$output" ]
}

@test "exports: a name that is missing would be found" {
	cd "$BATS_TEST_TMPDIR"
	echo 'int write(void) { return 0; } int open(void) { return 0; }' >few.c
	gcc -shared -fPIC -fno-builtin -o few.so few.c
	run -1 "$top/scripts/twins" few.so "$libc"
	[ "$(sort <<<"$output" | tr '\n' ' ')" = "__open __open64 __open64_2 __open_2 __write open64 " ]
}

@test "exports: every hook exists in libc" {
	[ "$(hooks | wc -l)" -ge 60 ]
	run -0 comm -23 <(hooks) <(libc_names)
	[ -z "$output" ]
}

@test "exports: every file in hooks/ is a hook, but the one for what libc calls by tables" {
	for file in "$top"/shim/hooks/*.c; do
		[ "$(basename "$file")" = stdio_jumps.c ] && continue
		hooks | grep -qx "$(basename "$file" .c)"
	done
}

@test "exports: no allocation, no stdio, no loading" {
	local forbidden='malloc|calloc|realloc|reallocarray|free|aligned_alloc|memalign|posix_memalign|valloc'
	forbidden+='|strn?dup|v?as?n?printf|.*printf(_chk)?|f?puts|putc.*|f(open|close|write|read|flush|dopen|getc|gets).*'
	forbidden+='|getline|getdelim|.?scanf.*|perror|psignal|v?syslog|openlog|std(in|out|err)|_IO_.*'
	forbidden+='|dl(m?open|close|error|vsym)|backtrace.*|qsort|setenv|putenv|getaddrinfo|gethostby.*|getpw.*|localtime.*'
	forbidden+='|pthread_(mutex|rwlock|cond).*|sem_.*|exit|atexit'
	run -1 grep -xE "$forbidden" "$BATS_TEST_TMPDIR/wanted"
}

@test "exports: the pattern above knows what it looks for" {
	for name in malloc strdup fprintf __fprintf_chk vsnprintf fopen64 fputs stderr dlopen; do
		local forbidden='malloc|strn?dup|.*printf(_chk)?|f?puts|f(open|close|write|read|flush).*|std(in|out|err)|dl(m?open|close)'
		grep -qxE "$forbidden" <<<"$name"
	done
}

@test "exports: nothing is taken that libc does not have" {
	run -0 comm -23 <(grep -vE '^(_ITM_|__gmon_start__|__tls_get_addr|__cxa_finalize)' "$BATS_TEST_TMPDIR/wanted") \
		<(libc_names)
	[ -z "$output" ]
}

@test "exports: dlsym is asked for every hook, and for no name that libc lacks" {
	LD_DEBUG=symbols guarded /bin/true 2>"$BATS_TEST_TMPDIR/debug"
	run -1 grep 'undefined symbol' "$BATS_TEST_TMPDIR/debug"
	for name in $(hooks); do
		grep -qE "HOOK_ALIAS\(\w+, $name\)" "$top"/shim/hooks/*.c && continue
		[[ $name == *vdprintf* || $name != *dprintf* ]] || continue # through the v of its name
		grep -q "symbol=$name;  lookup in file=$libc " "$BATS_TEST_TMPDIR/debug"
	done
}

@test "exports: it needs libc and nothing else" {
	readelf -dW "$library" | grep -oE 'NEEDED.*\[.*\]' | grep -oE '\[.*\]' >"$BATS_TEST_TMPDIR/needed"
	run -1 grep -vE '^\[(libc\.so\.6|libc\.musl-.*|ld-linux.*)\]$' "$BATS_TEST_TMPDIR/needed"
}

@test "exports: no executable stack, read-only relocations, none in the text" {
	readelf -lW "$library" | grep -qE 'GNU_STACK .* RW +0x'
	readelf -lW "$library" | grep -q GNU_RELRO
	readelf -dW "$library" | grep -qE 'BIND_NOW|FLAGS.*NOW'
	run -1 grep TEXTREL <(readelf -dW "$library")
}
